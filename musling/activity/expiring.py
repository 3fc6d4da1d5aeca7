"""The log itself expires, in whole batches of the chain; each batch's hash stays.

On PostgreSQL the program may neither change nor remove a row of the log. A function of the tables'
owner does it, and refuses what is younger than a year, whatever it is asked.
"""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction

from musling.activity.chain import LOGS
from musling.activity.models import Batch
from musling.foundation import clock


def forgotten_before() -> dt.datetime:
    """What was done before this is in no row of the log any more; a batch spans no month."""
    return clock.now() - dt.timedelta(days=366 * settings.MUSLING_LOG_YEARS + 31)


def expire() -> int:
    """Removes the rows of batches older than ``MUSLING_LOG_YEARS``; returns how many batches.

    Each batch by itself, so a run that was cut off is simply begun again.
    """
    before = clock.now() - dt.timedelta(days=366 * settings.MUSLING_LOG_YEARS)
    old = Batch.objects.filter(expired_at=None, last_at__lt=before).order_by("number")
    numbers = list(old.values_list("number", flat=True))
    for number in numbers:
        _expire(number)
    return len(numbers)


def _expire(number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT musling_expire_batch(%s, %s)", [number, clock.now()])
        return
    with transaction.atomic():
        batch = Batch.objects.get(number=number)
        rows = LOGS[batch.log]._base_manager  # noqa: SLF001 (nothing may hide from it)
        for low, high in batch.ids:
            rows.filter(pk__range=(low, high)).delete()
        Batch.objects.filter(number=number).update(prints=b"", expired_at=clock.now())
