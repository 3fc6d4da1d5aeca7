"""The second wall between organisations on PostgreSQL: row-level security, set per transaction.

The first wall is ``access``: every query starts from the actor's own rows. Should one forget the
organisation, the database itself shows nothing of another's. The tables' policies are written by
``cli.rights``; a transaction that names no organisation (log-in, jobs, commands) has no such wall.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

SETTING = "musling.organisation"


@contextmanager
def walled(organisation_id: int) -> Iterator[None]:
    """Until the transaction ends, the database shows and takes rows of this organisation alone.

    Inside a transaction. On SQLite there is one wall.
    """
    if connection.vendor != "postgresql":
        yield
        return
    _set(str(organisation_id))
    try:
        yield
    finally:
        # A test's transaction goes on after the request; the program's own ends with it.
        if settings.MUSLING_MODE == "test" and not connection.needs_rollback:
            _set("")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
