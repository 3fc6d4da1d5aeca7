"""An import says before how many talks follow to another leader, and just these follow (row X9)."""

import datetime as dt
from collections.abc import Mapping

import pytest

from musling.activity.models import Activity
from musling.cli.main import main
from musling.conversations.models import Participant
from musling.foundation import clock
from musling.foundation.actor import program
from musling.people.import_files import read_people, read_units
from musling.people.imports import ImportPlan, apply_import, import_again, part, plan_import
from musling.people.imports.part import Part
from musling.people.models import Employment
from musling.reorganising import imports
from musling.reorganising.imports import consequences, let_talks_follow
from tests.cast import Cast, booked_talk
from tests.conversations import stages
from tests.reorganising.changed import Town, town
from tests.web.staff_pages import employ_many

pytestmark = [pytest.mark.django_db, pytest.mark.row("X9")]
UNITS = ("unit_id", "name", "parent_id", "leader_employment_id", "closed")
PEOPLE = ("employment_id", "person_id", "first_name", "last_name", "unit_id")
Rows = dict[str, list[str]]


def file(columns: tuple[str, ...], rows: Rows) -> bytes:
    """A list as a payroll system writes it."""
    return "\n".join(";".join(row) for row in (columns, *rows.values())).encode()


@pytest.fixture
def place(cast: Cast) -> Town:
    made = town(cast)
    booked_talk(cast)
    return made


def as_it_stands(place: Town) -> tuple[Rows, Rows]:
    """Both lists, of which nothing would change but that it was imported."""
    cast = place.cast
    units = {
        "top": ["1", "Kommunen", "", cast.leaders_leader.employment.number, ""],
        "home": ["2", "Hjemmeplejen", "1", cast.leader.employment.number, ""],
        "other": ["3", "Sygeplejen", "1", place.signe.employment.number, ""],
    }
    employed = Employment.objects.filter(organisation=cast.havneby)
    people = {
        row.profile.first_name: [
            *(row.number, row.profile.number, row.profile.first_name, row.profile.last_name),
            row.unit.number,
        ]
        for row in employed.select_related("profile", "unit").order_by("pk")
    }
    return units, people


def leaders() -> Mapping[int, int]:
    """Who leads each talk now."""
    rows = Participant.objects.filter(part="leader", ended_at=None)
    return dict(rows.values_list("conversation", "profile"))


def brought_in(place: Town, units: Rows, people: Rows) -> dict:
    """What was told before; then the lists are in, and talks have followed."""
    actor = place.cast.hr.actor
    lists = read_people("p.csv", file(PEOPLE, people)), read_units("u.csv", file(UNITS, units))
    plan = plan_import(actor, *lists)
    assert plan.rejected == []
    told = consequences(actor, plan)["reorganised"]
    let_talks_follow(actor, apply_import(actor, *lists))
    return told


def test_what_stands_already_moves_nothing(place: Town):
    before = leaders()
    told = brought_in(place, *as_it_stands(place))
    assert (told["numbers"], told["moving"], told["new_leader"], told["talks"]) == (
        [0, 0, 0],
        0,
        0,
        {},
    )
    assert leaders() == before
    assert not Activity.objects.filter(verb__in=["leader.took_over", "team.changed"]).exists()


def test_a_new_leader_who_comes_with_the_list(place: Town):
    units, people = as_it_stands(place)
    people["Nye"] = ["ny-1", "ny-p", "Nye", "Leder", "2"]
    units["home"][3] = "ny-1"
    told = brought_in(place, units, people)
    assert told["talks"] == {"with_time": 1}
    new = Employment.objects.get(number="ny-1").profile_id
    assert set(leaders().values()) == {new}
    about = set(Activity.objects.filter(verb="team.changed").values_list("about_id", flat=True))
    assert {new, place.cast.leader.profile.pk} <= about


def test_one_person_moves_and_the_talk_with_her(place: Town):
    units, people = as_it_stands(place)
    people["Mette"][4] = "3"
    told = brought_in(place, units, people)
    assert (told["moving"], told["new_leader"], told["talks"]) == (1, 1, {"with_time": 1})
    assert set(leaders().values()) == {place.signe.profile.pk}


def test_a_unit_that_moves_takes_its_vacant_ones_below_along(place: Town):
    units, people = as_it_stands(place)
    units["home"][2:4] = ["3", ""]
    told = brought_in(place, units, people)
    assert (told["moved"], told["numbers"]) == (["Hjemmeplejen"], [0, 0, 1])
    # Lars leads nobody any more: he and his four are Signe's.
    assert told["new_leader"] == 5
    assert set(leaders().values()) == {place.signe.profile.pk}


def test_a_unit_is_merged_where_all_go_to_one_other(place: Town):
    units, people = as_it_stands(place)
    units["home"][3:] = ["", "ja"]
    for row in people.values():
        row[4] = "3" if row[4] == "2" else row[4]
    told = brought_in(place, units, people)
    assert told["merged"] == [["Hjemmeplejen", "Sygeplejen"]]
    assert (told["numbers"], told["moving"], told["talks"]) == ([1, 0, 0], 5, {"with_time": 1})
    assert set(leaders().values()) == {place.signe.profile.pk}


def test_a_unit_whose_people_go_apart_is_closed(place: Town):
    units, people = as_it_stands(place)
    units["home"][3:] = ["", "ja"]
    for number, row in enumerate(people.values()):
        row[4] = ("1", "3")[number % 2] if row[4] == "2" else row[4]
    told = brought_in(place, units, people)
    assert (told["merged"], told["closed"]) == ([], ["Hjemmeplejen"])


def test_where_nobody_leads_the_talk_waits(place: Town):
    units, people = as_it_stands(place)
    units["home"][3] = units["top"][3] = ""
    before = leaders()
    told = brought_in(place, units, people)
    assert (told["talks"], told["waiting"]) == ({}, 1)
    assert leaders() == before


def test_from_the_command_line_talks_follow_too(place: Town, tmp_path):
    units, people = as_it_stands(place)
    people["Mette"][4] = "3"
    (tmp_path / "p.csv").write_bytes(file(PEOPLE, people))
    (tmp_path / "u.csv").write_bytes(file(UNITS, units))
    words = ["people", "import", "--organisation", "havneby", "--people", str(tmp_path / "p.csv")]
    assert main([*words, "--units", str(tmp_path / "u.csv")]) == 0
    assert set(leaders().values()) == {place.signe.profile.pk}


@pytest.mark.parametrize("what", ["person", "leader", "place", "nothing"])
def test_a_list_of_which_only_the_changed_rows_are_read_moves_the_same(
    place: Town, tmp_path, monkeypatch, what
):
    monkeypatch.setattr(part, "MOST", 1.0)
    units, people = as_it_stands(place)
    words = ["people", "import", "--organisation", "havneby", "--people", str(tmp_path / "p.csv")]
    words += ["--units", str(tmp_path / "u.csv")]

    def bring_in() -> None:
        (tmp_path / "p.csv").write_bytes(file(PEOPLE, people))
        (tmp_path / "u.csv").write_bytes(file(UNITS, units))
        assert main(words) == 0

    bring_in()
    read: list[bool] = []
    follows = imports._follow_of_part
    monkeypatch.setattr(
        imports, "_follow_of_part", lambda *given: (read.append(True), follows(*given))
    )
    if what == "person":
        people["Mette"][4] = "3"
    elif what == "leader":
        units["home"][3] = place.signe.employment.number
    elif what == "place":
        units["home"][2:4] = ["3", ""]
    bring_in()
    assert read == [True]
    new = place.cast.leader if what == "nothing" else place.signe
    assert set(leaders().values()) == {new.profile.pk}


def test_what_was_handed_in_is_not_read_by_a_leader_who_came_by_a_list(place: Town):
    cast = place.cast
    talk = stages.Conversation.objects.get()
    stages.hand_in(cast, talk)
    units, people = as_it_stands(place)
    people["Mette"][4] = "3"
    brought_in(place, units, people)
    seat = Participant.objects.get(conversation=talk, part="employee")
    assert seat.handed_in_at is None


def every_night(place: Town, settings, tmp_path) -> tuple[Rows, Rows]:
    """Lists of a larger town that came before, and as long ago as that they are known by heart."""
    settings.MUSLING_VAR = tmp_path
    employ_many(place.cast, range(40))
    units, people = as_it_stands(place)
    again(place, people, units)
    clock.move(dt.timedelta(hours=7))
    return units, people


def again(place: Town, people: Rows, units: Rows | None = None) -> ImportPlan:
    actor = program(place.cast.havneby.pk)
    read = read_units("u.csv", file(UNITS, units)) if units else None
    plan = import_again(actor, "p.csv", file(PEOPLE, people), read, allow_ending=True)
    assert plan.rejected == []
    let_talks_follow(actor, plan)
    return plan


def test_where_little_is_read_whoever_is_led_by_another_is_found(place: Town, settings, tmp_path):
    units, people = every_night(place, settings, tmp_path)
    units["home"][3] = place.signe.employment.number
    plan = again(place, people, units)
    assert isinstance(plan.standing, Part)
    # Mette's own row says nothing new, and was not read.
    assert place.cast.employee.employment.number not in plan.persons.drafts
    assert set(leaders().values()) == {place.signe.profile.pk}


def test_where_little_is_read_whoever_moves_is_found(place: Town, settings, tmp_path):
    _units, people = every_night(place, settings, tmp_path)
    people["Mette"][4] = "3"
    plan = again(place, people)
    assert isinstance(plan.standing, Part)
    assert set(leaders().values()) == {place.signe.profile.pk}
