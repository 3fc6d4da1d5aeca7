"""When mail that can wait leaves: on Danish working days, outside the reader's quiet hours.

Nothing that can wait is worth a Saturday or an evening: mails about work in one's free time are
what people turn reminders off for. So it is Monday to Friday, not on public holidays, nor on the
three days on which most workplaces are closed all the same. Who works nights sets own quiet hours;
they stand instead of the night, and working days stay what they are.
"""

import datetime as dt
from dataclasses import dataclass

from musling.foundation.clock import COPENHAGEN
from musling.foundation.days_off import is_day_off

A_DAY = dt.timedelta(days=1)
MIDNIGHT = dt.time()
SATURDAY = 5
LEAST_OPEN = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of each day in which nothing that can wait arrives; may go over midnight.

    Clock times in Denmark, the last one not within. ``start`` and ``end`` are not the same.
    """

    start: dt.time
    end: dt.time

    def holds(self, time: dt.time) -> bool:
        """Whether the clock time is a quiet one."""
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end

    @property
    def leaves_room(self) -> bool:
        """Whether there are hours enough in the day in which something may arrive."""
        start, end = (
            dt.timedelta(hours=one.hour, minutes=one.minute) for one in (self.start, self.end)
        )
        quiet = (end - start) % A_DAY
        return bool(quiet) and A_DAY - quiet >= LEAST_OPEN


NIGHT = Quiet(dt.time(20), dt.time(7))


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday, and no day off in Denmark."""
    return day.weekday() < SATURDAY and not is_day_off(day)


def next_open(moment: dt.datetime, quiet: Quiet = NIGHT) -> dt.datetime:
    """The moment itself where mail that can wait may arrive then, else the next such moment."""
    while True:
        local = moment.astimezone(COPENHAGEN)
        if not is_working_day(local.date()):
            moment = _at(local.date() + A_DAY, MIDNIGHT, moment)
        elif quiet.holds(local.time()):
            over_midnight = local.time() >= quiet.end
            moment = _at(local.date() + over_midnight * A_DAY, quiet.end, moment)
        else:
            return moment


def next_morning(moment: dt.datetime, quiet: Quiet = NIGHT) -> dt.datetime:
    """The next end of quiet hours on a working day: when the day's one gathered mail leaves."""
    local = moment.astimezone(COPENHAGEN)
    day = local.date() + (local.time() > quiet.end) * A_DAY
    return next_open(_at(day, quiet.end, moment - dt.timedelta(microseconds=1)), quiet)


def _at(day: dt.date, time: dt.time, after: dt.datetime) -> dt.datetime:
    """That time of the day in Denmark, in UTC, after the moment.

    In the night in which summer time ends, an hour comes twice: the second one where the first has
    been.
    """
    local = dt.datetime.combine(day, time, COPENHAGEN)
    first = local.astimezone(dt.UTC)
    return first if first > after else local.replace(fold=1).astimezone(dt.UTC)
