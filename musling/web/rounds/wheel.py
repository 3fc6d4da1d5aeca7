"""The round as a year wheel in SVG: twelve months, its period, today, a dot for each step."""

import datetime as dt
import math
from calendar import isleap
from collections.abc import Sequence
from typing import Any

from django.utils.dates import MONTHS_3

from musling.rounds.models import Round, Step

HALF_A_YEAR = 182
OUTER, INNER, DOT, NAME = 100.0, 78.0, 89.0, 63.0


def wheel(row: Round, steps: Sequence[Step], today: dt.date) -> dict[str, Any]:
    """What the template draws; round the middle, the first of January at the top.

    Everything in it stands as text beside it, so a reader of the screen misses nothing.
    """
    return {
        "months": [
            {"name": MONTHS_3[month], "x": x, "y": y, "line": _line(angle)}
            for month in range(1, 13)
            for angle in (_angle(dt.date(row.year, month, 1)),)
            for x, y in (_at(_angle(dt.date(row.year, month, 15)), NAME),)
        ],
        "period": _arc(_angle(row.starts_on), _angle(row.ends_on)),
        "today": _line(_angle(today)) if _is_near(row, today) else "",
        "dots": [
            {"x": x, "y": y, "number": step.number, "done": step.done_at is not None}
            for step in steps
            for x, y in (_at(_angle(step.due_on), DOT),)
        ],
    }


def _is_near(row: Round, today: dt.date) -> bool:
    """Whether today lies in the round's year: a mark in another would show it as over."""
    middle = row.starts_on + (row.ends_on - row.starts_on) / 2
    return abs((today - middle).days) <= HALF_A_YEAR


def _angle(day: dt.date) -> float:
    days = 366 if isleap(day.year) else 365
    return (day.timetuple().tm_yday - 1) / days * 2 * math.pi


def _at(angle: float, radius: float) -> tuple[str, str]:
    return f"{radius * math.sin(angle):.1f}", f"{-radius * math.cos(angle):.1f}"


def _line(angle: float) -> str:
    (x1, y1), (x2, y2) = _at(angle, INNER), _at(angle, OUTER)
    return f"M{x1} {y1}L{x2} {y2}"


def _arc(begins: float, ends: float) -> str:
    """The ring between two angles; a whole one where the period is a year."""
    if ends <= begins:
        ends += 2 * math.pi
    ends = min(ends, begins + 2 * math.pi - 0.001)
    large = int(ends - begins > math.pi)
    (x1, y1), (x2, y2) = _at(begins, OUTER), _at(ends, OUTER)
    (x3, y3), (x4, y4) = _at(ends, INNER), _at(begins, INNER)
    return (
        f"M{x1} {y1}A{OUTER} {OUTER} 0 {large} 1 {x2} {y2}"
        f"L{x3} {y3}A{INNER} {INNER} 0 {large} 0 {x4} {y4}Z"
    )
