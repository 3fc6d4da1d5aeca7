"""What applies to a unit alone, and how it fares: the page says it before, and it is so after."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from musling.conversations.coverage.counting import count_all
from musling.conversations.models import Tally
from musling.conversations.queries.following import Fare
from musling.frames.models import CoreTask, FrameVersion, RequiredItem, TeamVersion
from musling.frames.queries import core_task
from musling.people.models import Employment, Role
from musling.rounds.models import Covered, FormChoice
from musling.schedule import counting
from tests.cast import LONG_AGO, Cast, member, unit
from tests.conversations import stages
from tests.reorganising.changed import Town, town
from tests.rounds.planned import planned

pytestmark = [pytest.mark.django_db, pytest.mark.row("X9")]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place(cast: Cast) -> Town:
    return town(cast)


def told(place: Town, change) -> list[str]:
    """What is said of what applies, in lines."""
    return [f"{one.what}: {one.fate} {one.do}".strip() for one in place.looks(change).matters]


def own_questions(place: Town, at) -> None:
    TeamVersion.objects.create(
        organisation=place.cast.havneby,
        unit=at,
        kind="mus",
        number=1,
        base=FrameVersion.objects.filter(
            frame__organisation=place.cast.havneby, frame__kind="mus"
        ).get(),
        changes={"hidden": ["wellbeing.1"]},
        made_at=place.cast.hr.actor.at,
    )


def test_where_nothing_is_the_units_own_nothing_is_said(place: Town):
    for change in (place.merge(), place.move(place.other), place.split(place.cast.employee)):
        assert told(place, change) == []


def test_own_questions_stay_behind_in_a_merge_and_go_along_in_a_move(place: Town):
    own_questions(place, place.cast.unit)
    assert told(place, place.merge())[0].startswith(
        "The own questions of Hjemmeplejen: They do not"
    )
    assert told(place, place.split(place.cast.employee))[0].startswith("The own questions of")
    assert told(place, place.move(place.other))[0].startswith("The unit's own questions: They go")


def test_the_other_units_questions_are_asked_from_now_on(place: Town):
    own_questions(place, place.other)
    (line,) = told(place, place.merge())
    assert line.startswith(
        "The own questions of Sygeplejen: Talks that begin from now on ask them."
    )


def worded(place: Town, at, text: str) -> None:
    day = place.cast.hr.actor.today
    CoreTask.objects.create(
        organisation=place.cast.havneby, unit=at, version=1, text=text, valid_from=day
    )


def test_the_contribution_that_heads_the_talks_is_the_one_of_the_new_place(place: Town):
    cast = place.cast
    worded(place, cast.unit, "Hjem")
    (line,) = told(place, place.merge())
    assert "The organisation's alone do." in line
    assert "word a new contribution" in line
    worded(place, place.other, "Pleje")
    (line,) = told(place, place.merge())
    assert "The words of Hjemmeplejen head the talks no more. Those of Sygeplejen do." in line
    place.does(place.merge())
    way_up = Employment.objects.get(pk=cast.employee.employment.pk).unit.way_up
    assert [row.text for row in core_task(cast.employee.actor, way_up)] == ["Pleje"]


def test_a_contribution_goes_along_where_the_unit_moves(place: Town):
    worded(place, place.cast.unit, "Hjem")
    worded(place, place.other, "Pleje")
    assert told(place, place.move(place.other)) == []


def required(place: Town, at) -> None:
    RequiredItem.objects.create(
        organisation=place.cast.havneby,
        unit=at,
        kinds=["mus"],
        item="wellbeing.1",
        made_at=place.cast.hr.actor.at,
    )


def test_what_committees_require_holds_where_their_units_are(place: Town):
    required(place, place.cast.unit)
    required(place, place.other)
    required(place, place.cast.top)
    lost, won = told(place, place.merge())
    assert lost.startswith(
        "1 question that a committee made mandatory (Hjemmeplejen): It is asked no"
    )
    assert won.startswith("1 question that a committee made mandatory (Sygeplejen): It is asked of")
    (won,) = told(place, place.move(place.other))
    assert "(Sygeplejen)" in won


def test_committees_whose_area_changes_are_named(place: Town):
    cast = place.cast
    for at in (cast.unit, place.other, cast.top):
        Role.objects.create(
            organisation=cast.havneby,
            profile=cast.colleague.profile,
            name=Role.Name.COMMITTEE,
            unit=at,
            starts_on=LONG_AGO,
        )
    gone, won = told(place, place.merge())
    assert gone.startswith(
        "The committee of Hjemmeplejen: Nobody is left in its area. End the role"
    )
    assert won == "The committee of Sygeplejen: Those who move come into its area."
    lost, _won = told(place, place.split(cast.employee))
    assert lost == "The committee of Hjemmeplejen: Those who move leave its area."


def test_a_planned_round_that_names_the_unit_is_to_be_looked_at(place: Town):
    cast = place.cast
    row = planned(cast)
    Covered.objects.create(organisation=cast.havneby, round=row, unit=cast.unit)
    FormChoice.objects.create(
        organisation=cast.havneby, round=row, unit=cast.unit, form="group", chosen_at=row.made_at
    )
    form, named = told(place, place.merge())
    assert "falls away; that of Sygeplejen holds" in form
    assert "Look at whom the round covers before it opens." in named
    (form,) = told(place, place.split(cast.employee))
    assert "does not go along" in form


def test_a_begun_talk_of_a_leader_who_has_left_goes_along(place: Town):
    cast = place.cast
    talk = stages.held_talk(cast)
    Employment.objects.filter(pk=cast.leader.employment.pk).update(
        ends_on=cast.hr.actor.today.replace(year=2025)
    )
    # Whoever led it is gone, and so is the post: Christian leads now, Signe then.
    found = place.looks(place.merge())
    assert found.talks.fares == {talk.pk: Fare.AGREEMENTS}


def test_the_sums_of_coverage_follow(place: Town):
    cast = place.cast
    below = unit(cast.havneby, "8", "Aftenholdet", cast.unit)
    member(cast.havneby, below, "Eva")
    stages.held_talk(cast)
    counting.count()
    place.does(place.merge())
    counting.count()
    sums = Tally.objects.filter(year=cast.hr.actor.today.year, itself=False)
    assert sums.get(unit=place.other).people == 7
    assert not sums.filter(unit=cast.unit).exists()
    assert count_all() == 0
