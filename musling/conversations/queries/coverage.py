"""Coverage: how many have been offered and held their talk this year. Open columns only.

It counts persons and years, not meetings: in each unit a person counts once, where the talk that
came furthest stands (docs/glossary.md). What was said is nowhere near.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from django.db.models import F, Q

from musling.conversations import access
from musling.conversations.kinds import KINDS
from musling.conversations.models import Part, Participant, State
from musling.foundation.actor import Actor
from musling.foundation.alphabet import folded
from musling.organisations.access import readable_units
from musling.organisations.models import Unit
from musling.people.access import readable_employments
from musling.people.leading import active


class Stand(IntEnum):
    """Where one person's talk of the year stands, the furthest last."""

    NONE = 0
    ON_LEAVE = 1
    OFFERED = 2
    DECLINED = 3
    BOOKED = 4
    HELD = 5
    AGREED = 6


STANDS = {
    State.PLANNED: Stand.NONE,
    State.CANCELLED: Stand.NONE,
    State.OFFERED: Stand.OFFERED,
    State.DECLINED: Stand.DECLINED,
    State.BOOKED: Stand.BOOKED,
    State.OPEN: Stand.BOOKED,
    State.HELD: Stand.HELD,
    State.MINUTES_OUT: Stand.HELD,
    State.AGREED: Stand.AGREED,
}


@dataclass
class Line:
    """One line of the page: a unit with all below it, or the people of the unit itself.

    ``stands`` has one entry per person.
    """

    unit: Unit
    itself: bool = False
    has_below: bool = False
    stands: dict[int, Stand] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many persons."""
        return len(self.stands)

    @property
    def late(self) -> int:
        """How many have been offered nothing and are not on leave."""
        return self.count(Stand.NONE)

    def count(self, stand: Stand) -> int:
        """How many stand there."""
        return sum(1 for one in self.stands.values() if one == stand)

    def add(self, profile: int, stand: Stand) -> None:
        """Counts a person once, where the furthest talk stands."""
        self.stands[profile] = max(stand, self.stands.get(profile, Stand.NONE))


@dataclass(frozen=True)
class Coverage:
    """A unit (none: the whole organisation), its total, and a line per unit right below it."""

    unit: Unit | None
    way: list[Unit]
    year: int
    total: Line
    lines: list[Line]


def coverage(actor: Actor, *, year: int, unit: Unit | None = None) -> Coverage:
    """Coverage of a unit and of those right below it, late ones first.

    Seven queries, whatever the number of units and people. Employments and talks are those that the
    actor may see; whoever may see none gets zeros.
    """
    below = list(readable_units(actor).filter(parent=unit))
    lines = {one.pk: Line(one, has_below=True) for one in below}
    total = Line(unit or Unit(name=""))
    own = Line(unit, itself=True) if unit else None
    for path, profile, stand in _persons(actor, year, unit.path if unit else "/"):
        total.add(profile, stand)
        line = lines.get(_next_below(path, unit)) or own
        if line:
            line.add(profile, stand)
    shown = [line for line in (*lines.values(), *([own] if own else [])) if line.people]
    shown.sort(key=lambda line: (-line.late, folded(line.unit.name)))
    way = readable_units(actor).filter(pk__in=unit.way_up[1:] if unit else []).order_by("path")
    with_below = set(
        readable_units(actor).filter(parent__in=below).values_list("parent_id", flat=True)
    )
    for line in shown:
        line.has_below = not line.itself and line.unit.pk in with_below
    return Coverage(unit, sorted(way, key=lambda one: len(one.path)), year, total, shown)


def _next_below(path: str, unit: Unit | None) -> int:
    """The id that follows the unit in the path; 0 where the path ends in it."""
    rest = path[len(unit.path) if unit else 1 :]
    return int(rest.partition("/")[0] or 0)


def _persons(actor: Actor, year: int, path: str) -> Iterator[tuple[str, int, Stand]]:
    """Path, profile and stand of every employment below the path that holds today."""
    talks = _talks(actor, year)
    employments = readable_employments(actor).filter(
        pk__in=active(actor.today).filter(
            organisation_id=actor.organisation_id, unit__path__startswith=path
        )
    )
    leave = Q(leave_from__lte=actor.today) & (Q(leave_until=None) | Q(leave_until__gte=actor.today))
    rows = employments.annotate(path=F("unit__path"), absent=leave)
    for pk, its_path, profile, absent in rows.values_list("pk", "path", "profile_id", "absent"):
        furthest = max(talks.of(profile, pk), default=Stand.NONE)
        if furthest == Stand.NONE and absent:
            furthest = Stand.ON_LEAVE
        yield its_path, profile, furthest


@dataclass(frozen=True)
class _Talks:
    """Stands by employment, and those of no employment that holds today, by profile."""

    by_employment: dict[int, list[Stand]]
    by_profile: dict[int, list[Stand]]

    def of(self, profile: int, employment: int) -> Iterable[Stand]:
        return (*self.by_employment.get(employment, ()), *self.by_profile.get(profile, ()))


def _talks(actor: Actor, year: int) -> _Talks:
    """The year's talks. One whose employment has ended follows its person to the present ones."""
    found = _Talks(defaultdict(list), defaultdict(list))
    readable = access.readable_dates(actor).filter(year=year, kind__in=KINDS)
    here = set(
        active(actor.today)
        .filter(organisation_id=actor.organisation_id)
        .values_list("pk", flat=True)
    )
    rows = Participant.objects.filter(
        part=Part.EMPLOYEE, ended_at=None, conversation__in=readable
    ).values_list("profile_id", "employment_id", "conversation__state")
    for profile, employment, state in rows:
        stand = STANDS[State(state)]
        if employment in here:
            found.by_employment[employment].append(stand)
        else:
            found.by_profile[profile].append(stand)
    return found
