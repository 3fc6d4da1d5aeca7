"""What an import makes of the tree of units, and what it refuses to make of it."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.organisations.models import Unit
from musling.people.import_files import UnitRow
from musling.people.import_files.rows import ReadFile
from musling.people.imports import apply_import, plan_import
from musling.people.imports.candidates import Candidates
from musling.people.imports.standing import Standing
from musling.people.imports.units import Tree
from musling.people.models import Employment
from tests.people.imports.lists import (
    Line,
    counts,
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


@pytest.fixture
def program() -> Actor:
    """The four units are in, with nobody in them."""
    actor = Actor(None, 0, Workplace().organisation.pk, clock.now())
    apply_import(actor, None, units(plain(tree())))
    return actor


def plain(lines: list[Line]) -> list[Line]:
    """Units without their leaders, who are none of this file's business."""
    return without(lines, "leader_employment_id")


def above(number: str) -> str:
    """The number of the unit above, or empty."""
    parent = Unit.objects.select_related("parent").get(number=number).parent
    return parent.number if parent else ""


def paths_are_right() -> bool:
    return all(
        one.path == f"{one.parent.path if one.parent else '/'}{one.pk}/"
        for one in Unit.objects.select_related("parent")
    )


def test_a_unit_is_renamed_and_moved_with_all_below_it(program: Actor) -> None:
    lines = plain([unit("1"), unit("10", parent_id="20", name="Nyt navn"), unit("20")])
    plan = apply_import(program, None, units(lines))
    assert (counts(plan, "units"), plan.rejected) == ((1, 1, 1, 0), [])
    assert (Unit.objects.get(number="10").name, above("10"), above("11")) == (
        "Nyt navn",
        "20",
        "10",
    )
    assert paths_are_right()
    assert counts(apply_import(program, None, units(lines)), "units") == (0, 0, 3, 0)


def test_a_unit_that_is_not_in_the_list_stays(program: Actor) -> None:
    """It may have been made by hand; what is closed says so in its column."""
    plan = apply_import(program, None, units(plain([unit("1")])))
    assert counts(plan, "units") == (0, 0, 1, 0)
    assert Unit.objects.filter(closed_on=None).count() == 4


def test_a_missing_column_says_nothing(program: Actor) -> None:
    lines = without(tree(name="Ny"), "parent_id", "closed", "leader_employment_id")
    assert counts(apply_import(program, None, units(lines)), "units") == (0, 4, 0, 0)
    assert [above(number) for number in ("1", "10", "11", "12")] == ["", "1", "10", "10"]


@pytest.mark.parametrize(
    ("lines", "column"),
    [
        ([unit("13", parent_id="99")], "parent_id"),
        ([unit("11", parent_id="99")], "parent_id"),
        ([unit("10", parent_id="11")], "parent_id"),
        ([unit("1", parent_id="12")], "parent_id"),
    ],
    ids=["new under unknown", "moved under unknown", "under its own", "top under the bottom"],
)
def test_a_bad_place_is_rejected_and_changes_nothing(
    program: Actor, lines: list[Line], column: str
) -> None:
    before = list(Unit.objects.values())
    plan = apply_import(program, None, units(plain(lines)))
    assert rejected(plan) == [("units.csv", 2, column)]
    assert counts(plan, "units") == (0, 0, 0, 0)
    assert list(Unit.objects.values()) == before


def test_a_circle_takes_its_own_rows_along_and_no_others(program: Actor) -> None:
    lines = [
        unit("20", parent_id="21"),
        unit("21", parent_id="22"),
        unit("22", parent_id="20"),
        unit("30", parent_id="1"),
        unit("23", parent_id="20"),
        unit("24", parent_id="23"),
    ]
    plan = apply_import(program, None, units(plain(lines)))
    # What hangs below the circle has nothing to hang on; the message says which.
    assert rejected(plan) == [("units.csv", row, "parent_id") for row in (2, 3, 4, 6, 7)]
    *ring, below, further_below = (one.problem for one in plan.rejected)
    assert len(set(ring)) == 1
    assert ("2 " in below, "6 " in further_below) == (True, True)
    assert (counts(plan, "units"), above("30")) == ((1, 0, 0, 0), "1")


def test_two_units_that_swap_places_are_no_circle(program: Actor) -> None:
    lines = [unit("10", parent_id="11"), unit("11", parent_id="1")]
    plan = apply_import(program, None, units(plain(lines)))
    assert (counts(plan, "units"), plan.rejected) == ((0, 2, 0, 0), [])
    assert (above("11"), above("10"), above("12")) == ("1", "11", "10")
    assert paths_are_right()


def test_people_of_a_rejected_unit_are_rejected_for_it(program: Actor) -> None:
    lines = plain([unit("13", parent_id="99"), unit("14", parent_id="1")])
    listed = [person("1", unit_id="13"), person("2", unit_id="14")]
    plan = apply_import(program, people(listed), units(lines))
    assert rejected(plan) == [("people.csv", 2, "unit_id"), ("units.csv", 2, "parent_id")]
    assert (counts(plan), counts(plan, "units")) == ((1, 0, 0, 0), (1, 0, 0, 0))


def test_too_many_levels_are_rejected(program: Actor) -> None:
    chain = [unit(f"L{n}", parent_id=f"L{n - 1}" if n else "12") for n in range(60)]
    plan = apply_import(program, None, units(plain(chain)))
    assert 0 < len(plan.rejected) < 60
    assert counts(plan, "units")[0] + len(plan.rejected) == 60
    assert paths_are_right()


# --- closing ---------------------------------------------------------------------------------


def test_a_unit_is_closed_once(program: Actor) -> None:
    closed = plain([unit("12", parent_id="10", closed="ja")])
    plan = apply_import(program, None, units(closed))
    assert counts(plan, "units") == (0, 0, 0, 1)
    assert Unit.objects.get(number="12").closed_on == clock.today()
    later = Actor(None, 0, program.organisation_id, clock.now() + dt.timedelta(days=9))
    assert counts(plan_import(later, None, units(closed)), "units") == (0, 0, 1, 0)


def test_a_closed_unit_is_closed_from_its_date_and_opens_again(program: Actor) -> None:
    apply_import(program, None, units(plain([unit("12", parent_id="10", closed="31-12-2025")])))
    assert Unit.objects.get(number="12").closed_on == dt.date(2025, 12, 31)
    plan = apply_import(program, None, units(plain([unit("12", parent_id="10", closed="nej")])))
    assert (counts(plan, "units"), Unit.objects.get(number="12").closed_on) == ((0, 1, 0, 0), None)


def test_a_unit_with_open_ones_below_it_stays_open(program: Actor) -> None:
    plan = apply_import(program, None, units(plain([unit("10", parent_id="1", closed="ja")])))
    assert rejected(plan) == [("units.csv", 2, "closed")]
    assert not Unit.objects.exclude(closed_on=None).exists()


def test_a_whole_branch_may_close(program: Actor) -> None:
    lines = [unit(number, parent_id="10", closed="ja") for number in ("11", "12")]
    plan = apply_import(
        program, None, units(plain([unit("10", parent_id="1", closed="ja"), *lines]))
    )
    assert (counts(plan, "units"), plan.rejected) == ((0, 0, 0, 3), [])


def test_an_open_unit_cannot_lie_under_a_closed_one(program: Actor) -> None:
    apply_import(program, None, units(plain([unit("12", parent_id="10", closed="ja")])))
    lines = plain([unit("11", parent_id="12"), unit("15", parent_id="12")])
    plan = apply_import(program, None, units(lines))
    assert rejected(plan) == [("units.csv", 2, "parent_id"), ("units.csv", 3, "parent_id")]
    assert above("11") == "10"


def test_a_unit_where_people_are_employed_stays_open(program: Actor) -> None:
    """Whether the list says so, or somebody was added by hand."""
    listed = [person("6")]
    apply_import(program, people(listed))
    closing = units(plain([unit("12", parent_id="10", closed="ja")]))
    for given_people in (people(listed), None):
        plan = apply_import(program, given_people, closing)
        assert rejected(plan) == [("units.csv", 2, "closed")]
        assert "1" in plan.rejected[0].problem
    assert Unit.objects.get(number="12").closed_on is None
    moved = apply_import(program, people([person("6", unit_id="11")]), closing)
    assert (counts(moved, "units"), moved.rejected) == ((0, 0, 0, 1), [])


def test_nobody_is_employed_in_a_closed_unit(program: Actor) -> None:
    apply_import(program, None, units(plain([unit("12", parent_id="10", closed="31-12-2025")])))
    listed = [person("6"), person("7", unit_id="12", to="30-11-2025")]
    plan = apply_import(program, people(listed))
    assert rejected(plan) == [("people.csv", 2, "unit_id")]
    assert list(Employment.objects.values_list("number", flat=True)) == ["A-7"]


# --- any list --------------------------------------------------------------------------------

NUMBERS = st.sampled_from(["1", "10", "11", "12", "20", "21", "22", "23"])
LINES = st.lists(
    st.tuples(NUMBERS, st.one_of(NUMBERS, st.just(""), st.just("99")), st.booleans()),
    max_size=8,
    unique_by=lambda line: line[0],
)


@given(LINES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_list_says_a_tree_stays_a_tree(
    program: Actor, lines: list[tuple[str, str, bool]]
) -> None:
    rows = [
        UnitRow(place, number, f"Enhed {number}", parent, closed=closed)
        for place, (number, parent, closed) in enumerate(lines, 2)
    ]
    read = ReadFile("units.csv", rows, [], frozenset({"unit_id", "name", "parent_id", "closed"}))
    standing = Standing(program.organisation_id, clock.today())
    found = Tree(standing, read, Candidates(standing, None))
    # Every unit is reached from the top, once.
    assert sorted(one.number for one in found.downwards()) == sorted(found.drafts)
    # Nothing open came to lie below something that is closed.
    for one in found.drafts.values():
        assert one.closed_on or not one.parent or not found.drafts[one.parent].closed_on
    # Each row is either taken as it is, or rejected and its unit left as it was.
    taken = {one.row.row for one in found.drafts.values() if one.row}
    out = {one.row for one in found.rejected}
    assert taken.isdisjoint(out)
    assert taken | out == {row.row for row in rows}
    for row in rows:
        draft = found.drafts.get(row.unit_id)
        if row.row in taken:
            assert draft
            assert (draft.parent, bool(draft.closed_on)) == (row.parent_id, row.closed)
        elif draft:
            assert draft.before
            assert (draft.name, draft.closed_on) == (draft.before.name, draft.before.closed_on)
