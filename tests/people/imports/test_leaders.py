"""Who leads which unit after an import."""

import datetime as dt
from typing import Any

import pytest

from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.organisations.models import Unit
from musling.people.imports import apply_import, plan_import
from musling.people.models import Employment, Leadership, Profile
from tests.people.imports.lists import (
    Line,
    counts,
    everybody,
    people,
    person,
    rejected,
    tree,
    unit,
    units,
    without,
)
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def workplace() -> Workplace:
    return Workplace()


@pytest.fixture
def program(workplace: Workplace) -> Actor:
    """Units and people are in; leaders came with the list of units."""
    actor = Actor(None, 0, workplace.organisation.pk, clock.now())
    apply_import(actor, people(everybody()), units(tree()))
    return actor


@pytest.fixture
def later(program: Actor) -> Actor:
    """The same, ten days later."""
    return Actor(None, 0, program.organisation_id, program.at + 10 * ONE_DAY)


def posts(number: str) -> list[tuple[str, dt.date, dt.date | None]]:
    """The unit's leaderships: employment, first and last day."""
    found = Leadership.objects.filter(unit__number=number).order_by("pk")
    return list(found.values_list("employment__number", "starts_on", "ends_on"))


def with_leader(number: str, leader: str) -> list[Line]:
    """The list of units, where this one has another leader."""
    return [
        unit(one["unit_id"], leader_employment_id=leader) if one["unit_id"] == number else one
        for one in tree()
    ]


def test_leaders_lead_from_the_day_of_the_import(program: Actor) -> None:
    assert posts("11") == [("A-3", program.today, None)]
    assert posts("12") == []


def test_a_new_leader_follows_the_old_one_without_a_day_between(
    program: Actor, later: Actor
) -> None:
    plan = apply_import(later, people(everybody()), units(with_leader("11", "A-6")))
    assert counts(plan, "units") == (0, 1, 3, 0)
    assert posts("11") == [
        ("A-3", program.today, later.today - ONE_DAY),
        ("A-6", later.today, None),
    ]
    again = apply_import(later, people(everybody()), units(with_leader("11", "A-6")))
    assert counts(again, "units") == (0, 0, 4, 0)


def test_an_empty_cell_is_a_vacant_post(program: Actor, later: Actor) -> None:
    plan = apply_import(later, people(everybody()), units(with_leader("11", "")))
    assert counts(plan, "units") == (0, 1, 3, 0)
    assert posts("11") == [("A-3", program.today, later.today - ONE_DAY)]
    assert counts(apply_import(later, None, units(with_leader("11", ""))), "units") == (0, 0, 4, 0)


def test_the_list_of_units_wins_over_is_leader(program: Actor, later: Actor) -> None:
    """Åse says that she leads; the list of units says Lise."""
    lines = [person("5", is_leader="ja"), person("3", is_leader="nej"), *everybody()[:2]]
    apply_import(later, people([*lines, person("4"), person("6")]), units(tree()))
    assert posts("11") == [("A-3", program.today, None)]


def test_is_leader_serves_where_the_list_of_units_names_none(workplace: Workplace) -> None:
    actor = Actor(None, 0, workplace.organisation.pk, clock.now())
    found = units(without(tree(), "leader_employment_id"))
    apply_import(actor, people(everybody()), found)
    assert [posts(number)[0][0] for number in ("1", "10", "11")] == ["A-1", "A-2", "A-3"]
    assert posts("12") == []


def test_a_leader_may_be_employed_elsewhere(program: Actor, later: Actor) -> None:
    apply_import(later, people(everybody()), units(with_leader("12", "A-3")))
    assert posts("12") == [("A-3", later.today, None)]
    assert posts("11") == [("A-3", program.today, None)]
    # A list of people alone says nothing about that post.
    plan = apply_import(later, people(everybody()))
    assert (counts(plan), posts("12")) == ((0, 0, 6, 0), [("A-3", later.today, None)])


def test_a_leader_given_by_hand_from_elsewhere_stays(
    program: Actor, later: Actor, workplace: Workplace
) -> None:
    employment = Employment.objects.get(number="A-2")
    workplace.lead(employment, Unit.objects.get(number="12"))
    assert counts(apply_import(later, people(everybody()))) == (0, 0, 6, 0)
    assert posts("12")[0][2] is None


@pytest.mark.parametrize(
    "changes",
    [{"is_leader": "nej"}, {"unit_id": "12"}, {"unit_id": "12", "is_leader": "nej"}],
    ids=["no more", "moved", "moved and no more"],
)
def test_whoever_is_leader_no_more_leads_no_more(
    program: Actor, later: Actor, changes: dict[str, str]
) -> None:
    rest = [one for one in everybody() if one["employment_id"] != "A-3"]
    lines = [*rest, person("3", **changes)]
    assert counts(apply_import(later, people(lines))) == (0, 1, 5, 0)
    assert posts("11") == [("A-3", program.today, later.today - ONE_DAY)]
    leads_12 = [("A-3", later.today, None)] if changes == {"unit_id": "12"} else []
    assert posts("12") == leads_12
    assert counts(apply_import(later, people(lines))) == (0, 0, 6, 0)


def test_two_who_are_leader_of_one_unit_both_lead_it(program: Actor, later: Actor) -> None:
    rest = [one for one in everybody() if one["employment_id"] != "A-5"]
    lines = [*rest, person("5", is_leader="ja")]
    assert counts(apply_import(later, people(lines))) == (0, 1, 5, 0)
    assert [(number, last) for number, _first, last in posts("11")] == [
        ("A-3", None),
        ("A-5", None),
    ]
    assert counts(apply_import(later, people(lines))) == (0, 0, 6, 0)


def test_stand_ins_are_the_organisations_own(
    program: Actor, later: Actor, workplace: Workplace
) -> None:
    stand_in = Employment.objects.get(number="A-5")
    workplace.lead(stand_in, Unit.objects.get(number="11"), kind="stand_in")
    apply_import(later, people(everybody()), units(with_leader("11", "A-6")))
    assert Leadership.objects.get(kind="stand_in").ends_on is None
    # But whoever leaves stands in no more.
    rest = [one for one in everybody() if one["employment_id"] != "A-5"]
    apply_import(later, people(rest))
    assert Leadership.objects.get(kind="stand_in").ends_on == later.today


def test_a_leader_who_starts_later_leads_from_then(program: Actor, later: Actor) -> None:
    start = later.today + 30 * ONE_DAY
    new = person("9", unit_id="11", **{"from": start.strftime("%d-%m-%Y")})
    lists = people([*everybody(), new]), units(with_leader("11", "A-9"))
    apply_import(later, *lists)
    assert posts("11") == [("A-3", program.today, start - ONE_DAY), ("A-9", start, None)]
    assert counts(apply_import(later, *lists), "units") == (0, 0, 4, 0)
    assert len(posts("11")) == 2


# --- rows that are rejected for their leader --------------------------------------------------


def everything() -> list[list[dict[str, Any]]]:
    """All that an import may change."""
    tables = (Unit, Profile, Employment, Leadership)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("leader", ["A-99", "A-4"], ids=["unknown", "has left"])
def test_a_unit_whose_leader_is_unknown_stays_as_it_is(
    program: Actor, later: Actor, leader: str
) -> None:
    """Name, place and closing in the row count as little as the leader; nobody there is moved."""
    row = unit("11", name="Nyt navn", parent_id="1", leader_employment_id=leader)
    listed = people([one for one in everybody() if one["employment_id"] != "A-4"])
    apply_import(later, listed)
    before = everything()
    for changes in ({}, {"closed": "ja"}):
        plan = apply_import(later, listed, units([row | changes]))
        assert rejected(plan) == [("units.csv", 2, "leader_employment_id")]
        assert (counts(plan), counts(plan, "units")) == ((0, 0, 5, 0), (0, 0, 0, 0))
        assert everything() == before


def test_rows_that_need_a_rejected_unit_say_which_row_it_is(program: Actor, later: Actor) -> None:
    lines = [
        *tree(),
        unit("14", parent_id="13"),
        unit("13", parent_id="10", leader_employment_id="A-99"),
        unit("15", parent_id="10"),
    ]
    before = everything()
    listed = [*everybody()[:5], person("6", unit_id="14"), person("8", unit_id="13")]
    plan = plan_import(later, people(listed), units(lines))
    assert rejected(plan) == [
        ("people.csv", 7, "unit_id"),
        ("people.csv", 8, "unit_id"),
        ("units.csv", 6, "parent_id"),
        ("units.csv", 7, "leader_employment_id"),
    ]
    in_14, in_13, below_13, cause = (one.problem for one in plan.rejected)
    assert in_13 == below_13 == in_14.replace("6", "7")
    assert "units.csv" in in_13
    assert "units.csv" not in cause
    apply_import(later, people(listed), units(lines))
    # Nobody is moved or ends by it; the sound row stands.
    assert Unit.objects.exclude(number="15").count() == len(before[0])
    assert everything()[1:] == before[1:]


def test_a_unit_that_its_row_would_have_opened_says_which_row_it_is(
    program: Actor, later: Actor
) -> None:
    moved = [one | {"unit_id": "11"} if one["unit_id"] == "12" else one for one in everybody()]
    apply_import(later, people(moved), units([unit("12", parent_id="10", closed="ja")]))
    again = unit("12", parent_id="10", closed="nej", leader_employment_id="A-99")
    lines = [again, unit("16", parent_id="12")]
    plan = plan_import(later, people([*moved, person("8", unit_id="12")]), units(lines))
    assert rejected(plan) == [
        ("people.csv", 8, "unit_id"),
        ("units.csv", 2, "leader_employment_id"),
        ("units.csv", 3, "parent_id"),
    ]
    person_problem, _cause, unit_problem = (one.problem for one in plan.rejected)
    assert person_problem == unit_problem
    assert "units.csv" in unit_problem


def test_leaders_in_the_same_files_are_known(workplace: Workplace) -> None:
    """Whoever leads the unit that she works in is as new as the unit."""
    actor = Actor(None, 0, workplace.organisation.pk, clock.now())
    plan = apply_import(actor, people(everybody()), units(tree()))
    assert (plan.rejected, counts(plan), counts(plan, "units")) == ([], (6, 0, 0, 0), (4, 0, 0, 0))
    assert posts("11") == [("A-3", actor.today, None)]


def test_units_whose_leaders_come_with_nobody_are_rejected(workplace: Workplace) -> None:
    actor = Actor(None, 0, workplace.organisation.pk, clock.now())
    plan = apply_import(actor, None, units(tree()))
    assert [column for _file, _row, column in rejected(plan)] == [
        "leader_employment_id",
        "leader_employment_id",
        "leader_employment_id",
        "parent_id",
    ]
    assert not Unit.objects.exists()


def test_a_leader_who_is_rejected_for_the_unit_may_still_lead_another(
    program: Actor, later: Actor
) -> None:
    """One wrong number does not spread by way of the people: only by way of the units."""
    lines = [*with_leader("12", "A-8"), unit("13", parent_id="10", leader_employment_id="A-99")]
    plan = apply_import(later, people([*everybody(), person("8", unit_id="13")]), units(lines))
    assert rejected(plan) == [
        ("people.csv", 8, "unit_id"),
        ("units.csv", 6, "leader_employment_id"),
    ]
    assert posts("12") == []


def test_whoever_has_left_and_was_leader_leaves(program: Actor, later: Actor) -> None:
    """Payroll systems go on saying it of the past; it is no reason to keep the employment."""
    last = (later.today - ONE_DAY).strftime("%d-%m-%Y")
    rest = [one for one in everybody() if one["employment_id"] != "A-3"]
    plan = apply_import(later, people([*rest, person("3", to=last)]))
    assert (plan.rejected, counts(plan)) == ([], (0, 0, 5, 1))
    assert posts("11") == [("A-3", program.today, later.today - ONE_DAY)]


def test_a_leader_whose_own_row_is_rejected_is_told_of_once(workplace: Workplace) -> None:
    actor = Actor(None, 0, workplace.organisation.pk, clock.now())
    lines = [person("3", email="x"), *everybody()[:2], *everybody()[3:]]
    plan = apply_import(actor, people(lines), units(tree()))
    assert rejected(plan) == [("people.csv", 2, "email")]
    assert (posts("11"), counts(plan)) == ([], (5, 0, 0, 0))


def test_nobody_in_hr_makes_herself_a_leader_by_a_file(
    program: Actor, later: Actor, workplace: Workplace
) -> None:
    """T30, as by form: somebody else in HR must do it, as long as there is somebody."""
    me = workplace.hr()
    myself = person("7", unit_id="12", is_leader="ja", person_id="P-HR", first_name="Helle")
    Profile.objects.filter(pk=me.profile_id).update(number="P-HR", first_name="Helle")
    by_units = units(with_leader("12", "A-7"))
    listed = people([*everybody(), myself | {"last_name": "Riis"}])
    other = workplace.hr("Ove Odde")
    for found, where in ((None, ("people.csv", 8, "is_leader")), (by_units, None)):
        plan = apply_import(me, listed, found)
        assert rejected(plan) == [where or ("units.csv", 5, "leader_employment_id")]
        apply_import(me, listed, found)
        assert posts("12") == []
        # The row of people is rejected whole, too.
        assert Employment.objects.filter(number="A-7").exists() is (found is not None)
    apply_import(other, listed, by_units)
    assert [number for number, _first, _last in posts("12")] == ["A-7"]
    # What she is already, her own file may go on saying.
    assert apply_import(me, listed, by_units).rejected == []
