"""What only PostgreSQL holds of the log: rows go by one function, and two workers chain as one."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from musling.activity import chain
from musling.activity.chain import link
from musling.activity.models import Activity, Batch
from musling.activity.verifying import verify
from musling.foundation import clock
from tests.activity.test_chain import deed

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_program_cannot_empty_the_log_through_the_function():
    row = deed()
    old = clock.now() - dt.timedelta(days=5000)
    Batch.objects.create(
        number=1, log="activity", made_at=old, ids=[[1, row.pk]], highest=row.pk, prints=b"",
        prints_hash="", first_at=old, last_at=old, before="", hash="",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT musling_expire_batch(1, now())")
    assert Activity.objects.filter(pk=row.pk).exists()


def test_the_program_cannot_expire_what_is_young():
    deed()
    link()
    with (
        pytest.raises(Exception, match="younger than a year"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT musling_expire_batch(1, now())")
    assert Activity.objects.count() == 1


def test_of_two_workers_at_once_one_leaves_it_to_the_other(monkeypatch):
    deed()
    real = chain._unlinked
    once = threading.Lock()

    def other() -> None:
        try:
            link()
        finally:
            connection.close()

    def meanwhile(log, linked):
        rows = real(log, linked)
        if once.acquire(blocking=False):
            worker = threading.Thread(target=other)
            worker.start()
            worker.join()
        return rows

    monkeypatch.setattr(chain, "_unlinked", meanwhile)
    assert link() == 0
    assert Batch.objects.count() == 1
    assert list(verify({})) == []
