"""Which times are free: arithmetic over working hours, busy times and holidays. No database."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from musling.foundation.clock import COPENHAGEN
from musling.foundation.days_off import is_day_off

# Begin and end of a day's work, from Monday; None: a day off.
Hours = Sequence[tuple[dt.time, dt.time] | None]

# 37 hours as most Danish offices have them; each sets the own.
USUAL_HOURS: Hours = (
    *([(dt.time(8), dt.time(16))] * 4),
    (dt.time(8), dt.time(15)),
    None,
    None,
)
USUAL_PAUSE = 15  # minutes
STEP = dt.timedelta(minutes=5)  # a talk begins at full five minutes


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, both aware."""

    starts: dt.datetime
    ends: dt.datetime


def free_times(
    hours: Hours,
    busy: Iterable[Span],
    *,
    first: dt.date,
    last: dt.date,
    minutes: int,
    pause: int = USUAL_PAUSE,
    after: dt.datetime,
    most: int = 200,
) -> list[dt.datetime]:
    """When talks of so many minutes can begin, one after the other, from ``first`` to ``last``.

    Within the hours of each day, not on Danish holidays, not before ``after``, with the pause
    before and after whatever is busy; in Danish time, earliest first, at most ``most``.
    """
    taken = _merged(busy)
    length, rest = dt.timedelta(minutes=minutes), dt.timedelta(minutes=pause)
    found = (
        time
        for day in _days(first, last)
        if not is_day_off(day)
        for time in _of_day(_opening(hours, day, after), taken, length, rest)
    )
    return [time.astimezone(COPENHAGEN) for time in islice(found, most)]


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


def _opening(hours: Hours, day: dt.date, after: dt.datetime) -> Span | None:
    """The day's working hours as a span; by UTC from here on: a day may have 23 or 25 hours."""
    own = hours[day.weekday()]
    if own is None:
        return None
    begins, ends = (dt.datetime.combine(day, time, COPENHAGEN).astimezone(dt.UTC) for time in own)
    return Span(max(begins, _up(after.astimezone(dt.UTC) + STEP)), ends)


def _of_day(
    opening: Span | None, taken: Sequence[Span], length: dt.timedelta, rest: dt.timedelta
) -> Iterator[dt.datetime]:
    if opening is None:
        return
    # A calendar can hold thousands of stretches; what follows looks through these again and again.
    taken = [
        span
        for span in taken
        if span.ends + rest > opening.starts and span.starts - rest < opening.ends
    ]
    begins = opening.starts
    while begins + length <= opening.ends:
        clash = next(
            (
                span
                for span in taken
                if span.starts < begins + length + rest and begins < span.ends + rest
            ),
            None,
        )
        if clash is None:
            yield begins
            begins = _up(begins + length + rest)
        else:
            begins = _up(max(clash.ends + rest, begins + STEP))


def _up(moment: dt.datetime) -> dt.datetime:
    """The next full five minutes."""
    over = (moment - dt.datetime.min.replace(tzinfo=dt.UTC)) % STEP
    return moment + (STEP - over if over else dt.timedelta())


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: one.starts):
        if merged and span.starts <= merged[-1].ends:
            merged[-1] = Span(merged[-1].starts, max(merged[-1].ends, span.ends))
        elif span.ends > span.starts:
            merged.append(span)
    return merged
