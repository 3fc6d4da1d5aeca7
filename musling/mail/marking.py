"""Marking a mail as sent, at once and by itself: what keeps a crash from repeating more than one.

It happens once for each mail, between two mails to the same server, so it is one statement that is
kept, and on PostgreSQL its commit does not wait for the disk: a worker that is killed loses nothing
by that. Only where the database server itself dies within the second are the last marks gone; those
mails go out again under the same Message-ID, as after any crash between the mail server's yes and
our mark.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from musling.foundation import clock
from musling.mail.models import Delivery, State

MARK = (
    "UPDATE mail_delivery SET state = %s, sent_at = %s, problem = '', message_id = %s"
    " WHERE id IN ({}) AND state = %s AND next_try_at = %s"
)


@contextmanager
def without_waiting() -> Iterator[None]:
    """Commits in here do not wait for the disk (PostgreSQL; SQLite with WAL never does)."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    _set("off")
    try:
        yield
    finally:
        _set("on")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('synchronous_commit', %s, false)", [value])


def mark_sent(rows: Sequence[Delivery], message_id: str) -> None:
    """Marks what left in one mail, as far as our lease on it still holds; one statement."""
    places = ", ".join(["%s"] * len(rows))
    statement = MARK.replace("{}", places)
    adapt = connection.ops.adapt_datetimefield_value
    now, lease = adapt(clock.now()), adapt(rows[0].next_try_at)
    with connection.cursor() as cursor:
        ids = [row.pk for row in rows]
        cursor.execute(statement, [State.SENT, now, message_id, *ids, State.SENDING, lease])
