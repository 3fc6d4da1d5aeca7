"""From a calendar's file to when its owner is busy. Run as a program of its own; never imported.

Reads the file from standard input, writes busy stretches as JSON to standard output: pairs of
moments in ISO 8601, UTC, in order. Arguments: the first and the last moment that count. Exit 3:
no calendar; exit 4: too large.

Why a process of its own: the file is a stranger's. A rule that repeats every second, or that never
comes true, would hold up the schedule; here hard limits end it. It has no secrets and no database,
and titles, places and guests never reach the program that has both.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
PROCESSOR_SECONDS = 5
MEMORY_BYTES = 1024**3
MOST_EVENTS = 5000  # in the file, and stretches that come of them: a series is many
NO_CALENDAR, TOO_LARGE = 3, 4
# What repeats more often than daily is no meeting.
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
Stretch = tuple[dt.datetime, dt.datetime]


def limit() -> None:
    """Sets hard limits on time and memory where the system knows them."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def busy(calendar: icalendar.Calendar, first: dt.datetime, last: dt.datetime) -> list[Stretch]:
    """When the calendar's owner is taken between two moments; what touches is one stretch."""
    calendar.subcomponents = [one for one in calendar.subcomponents if _can_be_read(one)]
    events = recurring_ical_events.of(calendar, skip_bad_series=True).between(first, last)
    found = [(_moment(one.start), _moment(one.end)) for one in events if takes_time(one)]
    return merged([*found, *_free_busy(calendar)], first, last)


def takes_time(event: icalendar.Event) -> bool:
    """Whether an entry takes its owner's time: not called off, and not shown as free."""
    said = {name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP")}
    free = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    return said["STATUS"] != "CANCELLED" and said["TRANSP"] != "TRANSPARENT" and not free


def merged(found: Iterable[Stretch], first: dt.datetime, last: dt.datetime) -> list[Stretch]:
    """In order and within the two moments, without what lies in another."""
    stretches: list[Stretch] = []
    for starts, ends in sorted((max(a, first), min(b, last)) for a, b in found):
        if stretches and starts <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], ends))
        elif starts < ends:
            stretches.append((starts, ends))
    return stretches


def _can_be_read(component: icalendar.Component) -> bool:
    """Neither an entry that never begins, on which the library fails, nor one that repeats all day.

    One broken entry of a calendar is no reason to know nothing of the others.
    """
    endless = component.name == "VEVENT" and "DTSTART" not in component
    return not endless and not _too_often(component)


def _too_often(component: icalendar.Component) -> bool:
    rules = component.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    return any(str(word).upper() in TOO_OFTEN for rule in rules for word in rule.get("FREQ", []))


def _free_busy(calendar: icalendar.Calendar) -> Iterator[Stretch]:
    """What a calendar says that publishes nothing but when its owner is busy."""
    for component in calendar.walk("VFREEBUSY"):
        periods = component.get("FREEBUSY", [])
        for period in periods if isinstance(periods, list) else [periods]:
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield _moment(period.start), _moment(period.end)


def _moment(value: dt.date) -> dt.datetime:
    """A moment in UTC; what names no zone is meant in Danish time, a date as its midnight."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    aware = value if value.tzinfo else value.replace(tzinfo=COPENHAGEN)
    return aware.astimezone(dt.UTC)


def main() -> int:
    """Standard input to standard output."""
    limit()
    first, last = (dt.datetime.fromisoformat(text) for text in sys.argv[1:3])
    try:
        calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
    except (ValueError, IndexError, KeyError):
        return NO_CALENDAR
    if calendar.name != "VCALENDAR":
        return NO_CALENDAR
    if len(calendar.subcomponents) > MOST_EVENTS:
        return TOO_LARGE
    stretches = busy(calendar, first, last)
    if len(stretches) > MOST_EVENTS:
        return TOO_LARGE
    json.dump([[moment.isoformat() for moment in one] for one in stretches], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
