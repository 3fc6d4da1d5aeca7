"""A page of coverage: a unit, and the units right below it, the late ones first."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from musling.conversations.coverage.access import covered_units, top_units_led
from musling.conversations.coverage.standing import STAND_FIELDS, Stand
from musling.conversations.models import TalliedUntil, Tally
from musling.foundation.actor import Actor
from musling.foundation.alphabet import folded
from musling.foundation.problems import NotThere
from musling.organisations.access import readable_units
from musling.organisations.models import Unit
from musling.people.access import is_hr

PER_PAGE = 25


@dataclass(frozen=True)
class Line:
    """One line of the page: a unit with all below it, or the people of the unit itself."""

    tally: Tally
    opens: bool = False

    @property
    def unit(self) -> Unit:
        """The unit; an empty one for the whole organisation."""
        return self.tally.unit or Unit(name="")

    @property
    def itself(self) -> bool:
        """Whether it is about the unit without what lies below it."""
        return self.tally.itself

    @property
    def people(self) -> int:
        """How many persons are employed there."""
        return self.tally.people

    @property
    def late(self) -> int:
        """How many have been offered nothing and are not on leave."""
        return self.tally.late

    def count(self, stand: Stand) -> int:
        """How many stand there."""
        return self.number(STAND_FIELDS[stand])

    def number(self, field: str) -> int:
        """The number in one of ``standing.FIELDS``."""
        number: int = getattr(self.tally, field)
        return number


@dataclass(frozen=True)
class Coverage:
    """A unit (none: the whole organisation) in a year: its sum, and a line per unit below it.

    ``until``: the moment up to which it is counted; none while it is counted for the first time.
    ``units``: how many lines there are on all pages. ``search``: what they were narrowed down by.
    """

    unit: Unit | None
    way: list[Unit]
    year: int
    until: dt.datetime | None
    total: Line
    lines: list[Line]
    units: int
    search: str = ""


def coverage(
    actor: Actor, *, year: int, unit: Unit | None = None, search: str = "", page: int | None = 1
) -> Coverage:
    """Coverage of a unit and of those right below it; searched, of those anywhere below.

    ``page``: from 1, the last one where there are fewer; None for all lines. Ten queries at most,
    whatever the number of units, people and talks. Raises NotThere for what the actor may not see.
    """
    _refuse_unless_covered(actor, unit)
    state = TalliedUntil.objects.filter(organisation_id=actor.organisation_id).first()
    # A year in which nothing is offered has no rows of its own.
    own = year if state and year in state.years else 0
    rows = Tally.objects.filter(organisation_id=actor.organisation_id, year=own)
    total = rows.filter(unit=unit, itself=False).first() or Tally()
    found = _listed(rows, unit, search)
    count = found.count()
    if page is not None:
        page = min(page, max(1, -(-count // PER_PAGE)))
        found = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Coverage(
        unit,
        _way(actor, unit),
        year,
        state.until if state else None,
        Line(total),
        _lines(found),
        count,
        search,
    )


def _refuse_unless_covered(actor: Actor, unit: Unit | None) -> None:
    allowed = covered_units(actor).filter(pk=unit.pk).exists() if unit else is_hr(actor)
    if not allowed:
        raise NotThere


def starts(actor: Actor) -> list[Unit]:
    """Where a leader's leader begins: the units led that have others below them, by name."""
    return list(top_units_led(actor))


def covered_unit(actor: Actor, public_id: str) -> Unit:
    """The unit of that id. Raises NotThere where the actor may not see its coverage."""
    unit = covered_units(actor).filter(public_id=public_id).first()
    if unit is None:
        raise NotThere
    return unit


def the_only_top(actor: Actor) -> Unit | None:
    """The unit at the top, where there is one alone."""
    tops = readable_units(actor).filter(parent=None)[:2]
    return tops[0] if len(tops) == 1 else None


def _listed(rows: QuerySet[Tally], unit: Unit | None, search: str) -> QuerySet[Tally]:
    """The sums to be listed, the late ones first; where nobody is employed, there is none."""
    ordered = rows.order_by("-late", "sort", "unit", "itself")
    words = folded(search.strip())
    if words:
        below = ordered.filter(itself=False, unit__isnull=False, sort__contains=words)
        return below.filter(unit__path__startswith=unit.path).exclude(unit=unit) if unit else below
    return ordered.filter(parent=unit, unit__isnull=False)


def _lines(found: QuerySet[Tally]) -> list[Line]:
    below = Unit.objects.filter(parent=OuterRef("unit"))
    rows = found.annotate(opens=Exists(below)).select_related("unit")
    return [Line(row, opens=row.opens and not row.itself) for row in rows]


def _way(actor: Actor, unit: Unit | None) -> list[Unit]:
    """The units above it that the actor may see, the highest first."""
    if unit is None:
        return []
    above = covered_units(actor).filter(pk__in=unit.way_up[1:])
    return sorted(above, key=lambda one: len(one.path))


def waiting_most(actor: Actor, *, year: int, most: int) -> tuple[Line, list[Line]]:
    """For HR's start page: the sum, and the units right below the top with most people waiting."""
    found = coverage(actor, year=year, unit=the_only_top(actor))
    return found.total, [line for line in found.lines if line.late][:most]
