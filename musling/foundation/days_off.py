"""Danish days off: public holidays, and days on which most workplaces are closed all the same."""

import datetime as dt
from functools import lru_cache

from dateutil.easter import easter

# Days from Easter Sunday: Maundy Thursday, Good Friday, Easter, Ascension, Whitsun. Great Prayer
# Day (26) is a working day since 2024 (law 214 of 2023).
FROM_EASTER = (-3, -2, 0, 1, 39, 49, 50)
# New Year and Christmas; then 5 June (Constitution Day), 24 and 31 December: no public holidays,
# but days off by most agreements.
FIXED = ((1, 1), (12, 25), (12, 26), (6, 5), (12, 24), (12, 31))


def is_day_off(day: dt.date) -> bool:
    """Whether a Danish workplace is closed on that day, weekends not counted."""
    return day in _days_off(day.year)


@lru_cache(maxsize=16)
def _days_off(year: int) -> frozenset[dt.date]:
    sunday = easter(year)
    moving = (sunday + dt.timedelta(days=days) for days in FROM_EASTER)
    return frozenset((*moving, *(dt.date(year, month, day) for month, day in FIXED)))
