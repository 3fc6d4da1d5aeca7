"""The second wall between organisations on PostgreSQL: row-level security, set per transaction.

The first wall is ``access``: every query starts from the actor's own rows. Should one forget the
organisation, the database itself shows nothing of another's. The tables' policies are written by
``cli.rights``; a transaction that names no organisation (log-in, jobs, commands) has no such wall.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SETTING = "musling.organisation"


@contextmanager
def walled(organisation_id: int, *, goes_on: bool) -> Iterator[None]:
    """The database shows and takes rows of this organisation alone, in this transaction.

    ``goes_on``: whether the transaction goes on afterwards, without the wall; else it ends with it.
    On SQLite there is one wall.
    """
    if connection.vendor != "postgresql":
        yield
        return
    _set(str(organisation_id))
    try:
        yield
    finally:
        if goes_on and not connection.needs_rollback:
            _set("")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
