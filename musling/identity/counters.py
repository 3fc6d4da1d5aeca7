"""The counters of rate limits and used codes, which lie in the database cache."""

import datetime as dt
import time

from musling.identity.models import CacheEntry


def forget_old() -> int:
    """Removes counters that have run out; returns how many rows went.

    Django itself removes them only when the table is full. By the machine's own time, which the
    cache counts by too, not by the clock that demo and tests may move.
    """
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    removed, _by_model = CacheEntry.objects.filter(expires__lt=now).delete()
    return removed
