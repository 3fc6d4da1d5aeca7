"""What a person counts as in a year: one number that holds the furthest stand and the marks.

It counts persons and years, not meetings (docs/glossary.md): in each unit a person counts once,
where the talk that came furthest stands. A mark says that something was done, whatever the stand.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from musling.conversations.models import State

QUARTERS = 4


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
# The lowest bits hold the stand, one each of the next a mark.
_STAND = 0b111
PLAN_MADE = 0b1000
FOLLOWED = tuple(PLAN_MADE << quarter for quarter in range(1, QUARTERS + 1))
MARKS = (PLAN_MADE, *FOLLOWED)
# The columns of ``Tally`` that count: everybody, each stand, each mark.
STAND_FIELDS = ("late", "on_leave", "offered", "declined", "booked", "held", "agreed")
MARK_FIELDS = ("plan_made", *(f"followed_{quarter}" for quarter in range(1, QUARTERS + 1)))
FIELDS = ("people", *STAND_FIELDS, *MARK_FIELDS)

Key = tuple[int, bool]  # a unit (0: the whole organisation), and whether it is the unit itself
WHOLE: Key = (0, False)


def merged(values: Iterable[int]) -> int:
    """Several numbers of one person as one: the furthest stand, and every mark."""
    stand = marks = 0
    for value in values:
        stand = max(stand, value & _STAND)
        marks |= value & ~_STAND
    return stand | marks


def counted(value: int) -> list[int]:
    """What one person adds to each of ``FIELDS``."""
    row = [1] + [0] * (len(FIELDS) - 1)
    row[1 + (value & _STAND)] = 1
    for place, mark in enumerate(MARKS, 1 + len(STAND_FIELDS)):
        row[place] = int(bool(value & mark))
    return row


def at_each(places: Sequence[str], values: Sequence[int]) -> dict[Key, int]:
    """The person's number in every unit where she or he counts: each place and all above it."""
    found: dict[Key, int] = {}
    for path, value in zip(places, values, strict=True):
        way = [int(part) for part in path.strip("/").split("/")]
        for key in (WHOLE, *((unit, False) for unit in way), (way[-1], True)):
            found[key] = merged((found[key], value)) if key in found else value
    return found
