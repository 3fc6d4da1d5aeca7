"""Putting the difference of some persons on the sums, and keeping a sum's place in the tree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

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
        # Most people of a unit count as the same: how many more, or fewer, count as what.
        self.alike: dict[tuple[int, tuple[str, ...], tuple[int, ...]], int] = defaultdict(int)

    def add(self, counts: Counts, sign: int) -> None:
        """Puts one person on (1) or takes one off (-1), in every year that has rows."""
        places, base = tuple(counts.places), counts.years[NOTHING_OFFERED]
        for year in self.years:
            self.alike[year, places, tuple(counts.years.get(str(year), base))] += sign

    def rows(self) -> dict[tuple[int, Key], list[int]]:
        """What is to be added to each column of a sum, by its year and unit."""
        found: dict[tuple[int, Key], list[int]] = defaultdict(lambda: [0] * len(FIELDS))
        for (year, places, values), persons in self.alike.items():
            for key, value in at_each(places, values).items() if persons else ():
                row = found[year, key]
                for place, number in enumerate(counted(value)):
                    row[place] += persons * number
        return found


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
    rows = {at: columns for at, columns in changes.rows().items() if any(columns)}
    units = {unit for _year, (unit, _itself) in rows}
    updated = []
    for pk, year, unit, itself, *numbers in _there(state, units, {year for year, _key in rows}):
        change = rows.pop((year, (unit or 0, itself)), None)
        if change:
            updated.append((pk, *(a + b for a, b in zip(numbers, change, strict=True))))
    # Without people (the first number) every other number is 0, too.
    bulk.update(Tally, ("id", *FIELDS), (row for row in updated if row[1]))
    Tally.objects.filter(pk__in=[row[0] for row in updated if not row[1]]).delete()
    _make(state, rows)


def _there(state: TalliedUntil, units: set[int], years: set[int]) -> Iterator[tuple[Any, ...]]:
    """The sums of these units and years; two queries, so that each finds its rows by the index."""
    own = Tally.objects.filter(organisation_id=state.organisation_id, year__in=years)
    for rows in (own.filter(unit_id__in=units - {0}), own.filter(unit=None)):
        yield from rows.values_list("pk", "year", "unit_id", "itself", *FIELDS)


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
