"""The core task: worded, validated, told; a unit's contribution; old talks keep theirs (C1)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames.core_task_actions import (
    LONGEST,
    tell_core_task,
    validate_core_task,
    withdraw_contribution,
    word_core_task,
)
from musling.frames.models import CoreTask
from musling.frames.queries import core_task
from musling.people.models import Leadership, Person, Profile
from tests.cast import Cast, unit

pytestmark = pytest.mark.django_db
WORDS = "Vi gør hverdagen tryg."


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


def now(cast: Cast) -> list[str]:
    """What heads Mette's talk today."""
    return [row.text for row in core_task(cast.employee.actor, cast.unit.way_up)]


def validated(cast: Cast, task: CoreTask) -> CoreTask:
    return validate_core_task(
        cast.hr.actor, version=task.version, by="Direktionen", on=clock.today()
    )


# --- wording -------------------------------------------------------------------------------------


@pytest.mark.row("C1")
def test_hr_words_a_version_after_the_other(cast: Cast):
    first = word_core_task(cast.hr.actor, words=f"  {WORDS} ", seen=0)
    assert (first.version, first.text, first.valid_from) == (1, WORDS, clock.today())
    assert first.worded_by_id == cast.hr.profile.pk
    assert word_core_task(cast.hr.actor, words=WORDS, seen=0) == first
    second = word_core_task(cast.hr.actor, words="Vi hjælper.", seen=1)
    assert (second.version, second.validated_by, second.told_at) == (2, "", None)
    assert now(cast) == []  # nothing is validated yet
    assert Activity.objects.filter(verb="core_task.worded").count() == 2


@pytest.mark.row("C1")
def test_it_heads_the_talks_once_the_management_has_validated_it(cast: Cast):
    first = word_core_task(cast.hr.actor, words=WORDS)
    assert now(cast) == []
    validated(cast, first)
    assert now(cast) == [WORDS]
    second = word_core_task(cast.hr.actor, words="Vi hjælper.")
    assert now(cast) == [WORDS]  # until these are validated, too
    validated(cast, second)
    assert now(cast) == ["Vi hjælper."]


def test_a_contribution_is_withdrawn_and_worded_again(cast: Cast):
    word_core_task(cast.leaders_leader.actor, words="Vi styrer.", unit=cast.top)
    assert withdraw_contribution(cast.leader.actor, unit=cast.unit, seen=0) is None
    word_core_task(cast.leader.actor, words="Vi kommer til tiden.", unit=cast.unit)
    then = clock.now()
    for name in ("hr", "employee", "leaders_leader"):
        with pytest.raises(NotThere):
            withdraw_contribution(cast.everybody[name].actor, unit=cast.unit, seen=1)
    with pytest.raises(ChangedMeanwhile):
        withdraw_contribution(cast.leader.actor, unit=cast.unit, seen=0)
    for _time in range(2):
        withdraw_contribution(cast.leader.actor, unit=cast.unit, seen=1)
    assert now(cast) == ["Vi styrer."]
    assert Activity.objects.filter(verb="core_task.withdrawn").count() == 1
    # A talk that was held before keeps them.
    old = core_task(cast.employee.actor, cast.unit.way_up, then)
    assert [row.text for row in old] == ["Vi kommer til tiden."]
    word_core_task(cast.leader.actor, words="Vi tager os tid.", unit=cast.unit, seen=2)
    assert now(cast) == ["Vi tager os tid."]


def test_two_at_once_do_not_overwrite_each_other(cast: Cast):
    word_core_task(cast.hr.actor, words=WORDS, seen=0)
    with pytest.raises(ChangedMeanwhile):
        word_core_task(cast.hr.actor, words="Noget andet.", seen=0)
    assert [row.text for row in CoreTask.objects.all()] == [WORDS]


@pytest.mark.parametrize("words", ["", "   ", "x" * (LONGEST + 1)])
def test_words_that_are_none_or_too_many_are_refused(cast: Cast, words: str):
    with pytest.raises(Refused) as problem:
        word_core_task(cast.hr.actor, words=words)
    assert problem.value.field == "core_task"


def test_others_word_nothing(cast: Cast):
    for name, member in cast.everybody.items():
        if name != "hr":
            with pytest.raises(NotThere):
                word_core_task(member.actor, words=WORDS)
        if name != "leader":
            with pytest.raises(NotThere):
                word_core_task(member.actor, words=WORDS, unit=cast.unit)
    assert not CoreTask.objects.exists()


@pytest.mark.row("C1")
def test_a_units_leader_words_what_it_contributes(cast: Cast):
    validated(cast, word_core_task(cast.hr.actor, words=WORDS))
    word_core_task(cast.leaders_leader.actor, words="Vi styrer.", unit=cast.top)
    assert now(cast) == [WORDS, "Vi styrer."]
    own = word_core_task(cast.leader.actor, words="Vi kommer til tiden.", unit=cast.unit, seen=0)
    assert own.version == 1
    assert now(cast) == [WORDS, "Vi kommer til tiden."]
    assert [row.text for row in core_task(cast.hr.actor, cast.top.way_up)][1:] == ["Vi styrer."]


def test_whoever_leads_a_vacant_unit_from_above_words_its_contribution(cast: Cast):
    below = unit(cast.havneby, "21", "Distrikt Vest", cast.unit)
    word_core_task(cast.leader.actor, words="Vi er der.", unit=below)
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=below,
        employment=cast.colleague.employment,
        starts_on=clock.today(),
    )
    with pytest.raises(NotThere):
        word_core_task(cast.leader.actor, words="Noget nyt.", unit=below)


# --- validating ----------------------------------------------------------------------------------


def test_who_validated_it_and_when_is_registered(cast: Cast):
    task = word_core_task(cast.hr.actor, words=WORDS)
    validated(cast, task)
    validated(cast, task)
    task.refresh_from_db()
    assert (task.validated_by, task.validated_on) == ("Direktionen", clock.today())
    assert Activity.objects.filter(verb="core_task.validated").count() == 1


@pytest.mark.parametrize(
    ("by", "ahead", "field"),
    [("", 0, "validated_by"), ("x" * 121, 0, "validated_by"), ("Direktionen", 1, "validated_on")],
)
def test_what_cannot_be_so_is_refused(cast: Cast, by: str, ahead: int, field: str):
    word_core_task(cast.hr.actor, words=WORDS)
    day = clock.today() + dt.timedelta(days=ahead)
    with pytest.raises(Refused) as problem:
        validate_core_task(cast.hr.actor, version=1, by=by, on=day)
    assert problem.value.field == field


def test_nothing_is_validated_that_is_not_worded_or_not_the_newest(cast: Cast):
    with pytest.raises(Refused, match="not worded"):
        validate_core_task(cast.hr.actor, version=1, by="Direktionen", on=clock.today())
    word_core_task(cast.hr.actor, words=WORDS)
    word_core_task(cast.hr.actor, words="Vi hjælper.")
    for version in (1, 3):
        with pytest.raises(ChangedMeanwhile):
            validate_core_task(cast.hr.actor, version=version, by="Direktionen", on=clock.today())
        with pytest.raises(ChangedMeanwhile):
            tell_core_task(cast.hr.actor, version=version)


# --- telling -------------------------------------------------------------------------------------


@pytest.mark.row("C1")
def test_everybody_with_a_log_in_is_told_once(cast: Cast):
    task = validated(cast, word_core_task(cast.hr.actor, words=WORDS))
    Profile.objects.filter(pk=cast.operator.profile.pk).update(disabled_at=clock.now())
    Profile.objects.filter(pk=cast.colleague.profile.pk).update(person=None)
    here = Profile.objects.filter(organisation=cast.havneby, person__isnull=False, disabled_at=None)
    assert tell_core_task(cast.hr.actor, version=1) == here.count()
    assert tell_core_task(cast.hr.actor, version=1) == 0
    told = Activity.objects.filter(verb="core_task.told")
    assert sorted(told.values_list("about_id", flat=True)) == sorted(
        here.values_list("pk", flat=True)
    )
    assert {(row.object_id, row.more["on"]) for row in told} == {
        (task.pk, clock.today().isoformat())
    }
    task.refresh_from_db()
    assert task.told_at is not None


def employ_with_log_in(cast: Cast, numbers: range) -> None:
    """So many more people who have a log-in."""
    people = Person.objects.bulk_create(
        Person(email=f"told{n}@example.dk", made_at=clock.now()) for n in numbers
    )
    Profile.objects.bulk_create(
        Profile(organisation=cast.havneby, person=person, first_name="P", number=person.email)
        for person in people
    )


def test_three_thousand_are_told_in_as_many_statements_as_fifteen_hundred(cast: Cast):
    counted = []
    for number in (1, 2):
        employ_with_log_in(cast, range(1500 * number, 1500 * (number + 1)))
        task = validated(cast, word_core_task(cast.hr.actor, words=f"{WORDS} {number}"))
        with CaptureQueriesContext(connection) as captured:
            told = tell_core_task(cast.hr.actor, version=task.version)
        assert told > 1500 * number
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_it_takes_the_management_and_hr_to_tell(cast: Cast):
    word_core_task(cast.hr.actor, words=WORDS)
    with pytest.raises(Refused, match="who validated"):
        tell_core_task(cast.hr.actor, version=1)
    for name in set(cast.everybody) - {"hr"}:
        actor = cast.everybody[name].actor
        with pytest.raises(NotThere):
            tell_core_task(actor, version=1)
        with pytest.raises(NotThere):
            validate_core_task(actor, version=1, by="Mig", on=clock.today())


def test_what_everybody_was_told_is_not_changed_any_more(cast: Cast):
    task = validated(cast, word_core_task(cast.hr.actor, words=WORDS))
    tell_core_task(cast.hr.actor, version=1)
    with pytest.raises(Refused, match="new one"):
        validate_core_task(cast.hr.actor, version=1, by="Byrådet", on=clock.today())
    assert validated(cast, task).validated_by == "Direktionen"


# --- in the talk ---------------------------------------------------------------------------------


def test_a_moment_in_the_past_has_the_words_of_its_day(cast: Cast):
    validated(cast, word_core_task(cast.hr.actor, words=WORDS))
    word_core_task(cast.leader.actor, words="Vi kommer til tiden.", unit=cast.unit)
    then = clock.now()
    second = word_core_task(cast.hr.actor, words="Vi hjælper.")  # the same day, within the hour
    validated(cast, second)
    clock.move(dt.timedelta(days=40))
    word_core_task(cast.leader.actor, words="Vi tager os tid.", unit=cast.unit)
    assert now(cast) == ["Vi hjælper.", "Vi tager os tid."]
    old = core_task(cast.employee.actor, cast.unit.way_up, then)
    assert [row.text for row in old] == [WORDS, "Vi kommer til tiden."]
    before = clock.now() - dt.timedelta(days=400)
    assert core_task(cast.employee.actor, cast.unit.way_up, before) == []


def test_it_costs_one_query_however_many_units_have_words(cast: Cast):
    validated(cast, word_core_task(cast.hr.actor, words=WORDS))
    for number in range(5):
        row = unit(cast.havneby, f"9{number}", f"Enhed {number}", cast.top)
        CoreTask.objects.create(
            organisation=cast.havneby, unit=row, text="Vores", valid_from=clock.today()
        )
    with CaptureQueriesContext(connection) as queries:
        assert now(cast) == [WORDS]
    assert len(queries) == 1
