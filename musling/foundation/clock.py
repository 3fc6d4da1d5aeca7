"""The one clock. The demo and the tests can move it, so that a year passes in a minute.

The offset lies in a file under ``MUSLING_VAR``, so that all processes share it. Production never
reads the file.
"""

import datetime as dt
from calendar import monthrange
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
Day = TypeVar("Day", bound=dt.date)


def _file() -> Path:
    return Path(settings.MUSLING_VAR) / "clock"


def offset() -> dt.timedelta:
    """How far the clock is moved; zero in production and where nobody moved it."""
    if settings.MUSLING_MODE == "production":
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(_file().read_text()))
    except (FileNotFoundError, ValueError):
        return dt.timedelta()


def move(by: dt.timedelta) -> dt.timedelta:
    """Moves the clock by so much (negative: back) and returns the whole offset.

    Raises PermissionError in production.
    """
    if settings.MUSLING_MODE == "production":
        raise PermissionError("The clock of a production installation cannot be moved.")
    total = offset() + by
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().write_text(str(total.total_seconds()))
    return total


def reset() -> None:
    """Puts the clock right again."""
    _file().unlink(missing_ok=True)


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC) + offset()


def today(zone: ZoneInfo = COPENHAGEN) -> dt.date:
    """The date in the given time zone: a date is a date, not a moment."""
    return now().astimezone(zone).date()


def after(moment: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """The moment so much later as time passes, in the same zone.

    Python adds to the clock on the wall, which is an hour off in the nights in which summer time
    begins and ends. Its order of moments in one zone is that of the wall, too: compare in UTC.
    """
    return (moment.astimezone(dt.UTC) + length).astimezone(moment.tzinfo)


def day_of(moment: dt.datetime) -> dt.date:
    """The day in Denmark."""
    return moment.astimezone(COPENHAGEN).date()


def months_later(day: Day, months: int) -> Day:
    """The same day (and time, if it has one) so many months later, or earlier where negative.

    The last of the month where that has no such day.
    """
    passed = day.month - 1 + months
    year, month = day.year + passed // 12, passed % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
