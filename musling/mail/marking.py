"""Marking a mail as sent, at once and by itself: what keeps a crash from repeating more than one.

It happens once for each mail, between two mails to the same server. On PostgreSQL the marks leave
over a connection of their own: each is handed to the system at once, and while the database writes
it, in a transaction of its own, the next mails go to the server. Its commit does not wait for the
disk. A worker that is killed loses nothing by that: what is on its way arrives. Only where the
database server itself dies within the second are the last marks gone; those mails go out again
under the same Message-ID, as after any crash between the mail server's yes and our mark.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from psycopg import pq

from musling.foundation import clock
from musling.mail.models import State
from musling.mail.rows import Due

MARK = (
    "UPDATE mail_delivery SET state = %s, sent_at = %s, problem = '', message_id = %s"
    " WHERE id IN ({}) AND state = %s AND next_try_at = %s"
)
MARK_BESIDE = (
    b"UPDATE mail_delivery SET state = 'sent', sent_at = $1::timestamptz, problem = '',"
    b" message_id = $2 WHERE id = ANY($3::bigint[]) AND state = 'sending'"
    b" AND next_try_at = $4::timestamptz"
)
NAME = b"musling_mark"  # PostgreSQL's for the statement that it plans once
UNDER_WAY = 50  # marks at most of which we do not know yet that they stand
WRITTEN = [pq.ExecStatus.COMMAND_OK, pq.ExecStatus.PIPELINE_SYNC]
Mark = Callable[[Sequence[Due], str], None]


@contextmanager
def marks() -> Iterator[Mark]:
    """What marks the mails of a while, each with one statement; all stand when it ends."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield mark_sent
        return
    beside = _Beside()
    try:
        yield beside.mark
    finally:
        beside.close()


def mark_sent(rows: Sequence[Due], message_id: str) -> None:
    """Marks what left in one mail, as far as our lease on it still holds; one statement."""
    places = ", ".join(["%s"] * len(rows))
    statement = MARK.replace("{}", places)
    adapt = connection.ops.adapt_datetimefield_value
    now, lease = adapt(clock.now()), adapt(rows[0].next_try_at)
    with connection.cursor() as cursor:
        ids = [row.pk for row in rows]
        cursor.execute(statement, [State.SENT, now, message_id, *ids, State.SENDING, lease])


class _Beside:
    """A connection on which marks are under way.

    What it could not mark is marked over the usual connection: it saves time and decides nothing.
    """

    def __init__(self) -> None:
        self.database = connections.create_connection(DEFAULT_DB_ALIAS)
        self.session: pq.abc.PGconn | None = None
        self.under_way: list[tuple[Sequence[Due], str]] = []

    def mark(self, rows: Sequence[Due], message_id: str) -> None:
        """Sends the mark off."""
        if len(self.under_way) == UNDER_WAY:
            self._settle()
        self.under_way.append((rows, message_id))
        try:
            session = self.session or self._open()
            if settings.MUSLING_PREPARE:
                session.send_query_prepared(NAME, _values(rows, message_id))
            else:
                session.send_query_params(MARK_BESIDE, _values(rows, message_id))
            session.pipeline_sync()  # ends its transaction, and hands both to the system
        except (psycopg.Error, Error):
            self._settle()

    def close(self) -> None:
        """Waits for the last marks."""
        try:
            self._settle()
        finally:
            self.database.close()

    def _open(self) -> pq.abc.PGconn:
        self.database.ensure_connection()
        session: pq.abc.PGconn = self.database.connection.pgconn
        if settings.MUSLING_PREPARE:  # behind a pooler it would stay with somebody else's session
            session.exec_(b"SET synchronous_commit = off")
            session.prepare(NAME, MARK_BESIDE)
        session.nonblocking = 0
        session.enter_pipeline_mode()
        self.session = session
        self.answers = select.poll()
        self.answers.register(session.socket, select.POLLIN)
        return session

    def _settle(self) -> None:
        """Waits for the marks that are under way; makes those anew that were not written."""
        marks, self.under_way = self.under_way, []
        for mark in marks:
            if not self._is_written():
                mark_sent(*mark)

    def _is_written(self) -> bool:
        """Whether the next mark is."""
        if self.session is None:
            return False
        with suppress(psycopg.Error):
            # The answer, nothing, and the end of the transaction.
            answers = [self._answer(self.session) for _each in range(3)]
            return [answer.status for answer in answers if answer] == WRITTEN
        return False

    def _answer(self, session: pq.abc.PGconn) -> pq.abc.PGresult | None:
        while session.is_busy():
            self.answers.poll()
            session.consume_input()
        return session.get_result()


def _values(rows: Sequence[Due], message_id: str) -> list[bytes]:
    lease = rows[0].next_try_at
    ids = ",".join(str(row.pk) for row in rows)
    texts = (clock.now().isoformat(), message_id, f"{{{ids}}}", lease.isoformat() if lease else "")
    return [text.encode() for text in texts]
