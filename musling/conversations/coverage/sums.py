"""Putting the difference of some persons on the sums, and keeping a sum's place in the tree."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from musling.conversations.coverage.persons import NOTHING_OFFERED, Counts
from musling.conversations.coverage.standing import FIELDS, Key, at_each, counted
from musling.conversations.models import TalliedUntil, Tally
from musling.foundation import bulk
from musling.foundation.alphabet import folded
from musling.organisations.models import Unit

BASE = int(NOTHING_OFFERED)
PLACE = ("organisation_id", "year", "unit_id", "itself", "parent_id", "sort")


class Changes:
    """How much each sum grows or shrinks."""

    def __init__(self, years: Iterable[int]) -> None:
        self.years = list(years)
        self.rows: dict[tuple[int, Key], list[int]] = defaultdict(lambda: [0] * len(FIELDS))

    def add(self, counts: Counts, sign: int) -> None:
        """Puts one person on (1) or takes one off (-1), in every year that has rows."""
        base = counts.years[NOTHING_OFFERED]
        usual = self._columns(counts.places, base)
        for year in self.years:
            own = counts.years.get(str(year))
            for key, columns in (self._columns(counts.places, own) if own else usual).items():
                row = self.rows[year, key]
                for place, number in enumerate(columns):
                    row[place] += sign * number

    def _columns(self, places: list[str], values: list[int]) -> dict[Key, list[int]]:
        return {key: counted(value) for key, value in at_each(places, values).items()}


def open_year(state: TalliedUntil, year: int) -> None:
    """Gives a year rows of its own, equal to those of a year in which nothing is offered yet."""
    columns = (*PLACE[:1], *PLACE[2:], *FIELDS)
    rows = Tally.objects.filter(organisation_id=state.organisation_id, year=BASE)
    copied = list(rows.values_list(*columns)) if year != BASE else []
    bulk.insert(Tally, ("year", *columns), ((year, *row) for row in copied))
    state.years = [*state.years, year]
    state.save(update_fields=["years"])


def put_on(state: TalliedUntil, changes: Changes) -> None:
    """Adds the changes to the sums that there are, and makes those that are missing."""
    rows = {at: columns for at, columns in changes.rows.items() if any(columns)}
    units = {unit for _year, (unit, _itself) in rows}
    wanted = Q(unit_id__in=units - {0}) | (Q(unit=None) if 0 in units else Q(pk=None))
    there = Tally.objects.filter(wanted, organisation_id=state.organisation_id)
    updated = []
    for pk, year, unit, itself, *numbers in there.values_list(
        "pk", "year", "unit_id", "itself", *FIELDS
    ):
        change = rows.pop((year, (unit or 0, itself)), None)
        if change:
            updated.append((pk, *(a + b for a, b in zip(numbers, change, strict=True))))
    bulk.update(Tally, ("id", *FIELDS), updated)
    _make(state, rows)


def _make(state: TalliedUntil, rows: dict[tuple[int, Key], list[int]]) -> None:
    units = Unit.objects.in_bulk({unit for _year, (unit, _itself) in rows} - {0})

    def place(unit: int, *, itself: bool) -> tuple[Any, ...]:
        found = units.get(unit)
        return (unit or None, itself, *(_in_tree(found, itself=itself) if found else (None, "")))

    bulk.insert(
        Tally,
        (*PLACE, *FIELDS),
        (
            (state.organisation_id, year, *place(unit, itself=itself), *columns)
            for (year, (unit, itself)), columns in rows.items()
        ),
    )


def _in_tree(unit: Unit, *, itself: bool) -> tuple[int | None, str]:
    """Under which unit the sum is listed, and by what among its like."""
    return (unit.pk if itself else unit.parent_id), folded(unit.name)


def set_right(state: TalliedUntil, units: QuerySet[Unit]) -> None:
    """Gives the sums of these units the place and name that the units have now."""
    by_id = {unit.pk: unit for unit in units.only("pk", "parent_id", "name")}
    rows = Tally.objects.filter(organisation_id=state.organisation_id, unit__in=units.values("pk"))
    wrong = []
    for pk, unit, itself, parent, sort in rows.values_list(
        "pk", "unit_id", "itself", "parent_id", "sort"
    ):
        place = _in_tree(by_id[unit], itself=itself) if unit in by_id else (parent, sort)
        if place != (parent, sort):
            wrong.append((pk, *place))
    bulk.update(Tally, ("id", "parent_id", "sort"), wrong)
