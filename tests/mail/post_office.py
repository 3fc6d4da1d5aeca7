"""A real mail server on this machine that counts what it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Counting:
    """Takes every mail and remembers to whom and under which id it came."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(  # noqa: N802 (the library looks for this name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        message = message_from_bytes(envelope.original_content or b"")
        self.taken.append((envelope.rcpt_tos[0], str(message["Message-ID"])))
        return "250 OK"

    def ids(self) -> dict[str, set[str]]:
        """Under which ids mails came, by address."""
        found: dict[str, set[str]] = {}
        for address, message_id in self.taken:
            found.setdefault(address, set()).add(message_id)
        return found

    def again(self) -> int:
        """How many mails came again under an id that was here before."""
        return len(self.taken) - len({message_id for _address, message_id in self.taken})


@contextmanager
def post_office(port: int, counting: Counting | None = None) -> Iterator[Counting]:
    """The server, listening at the port while it is open."""
    counting = counting or Counting()
    server = Controller(counting, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield counting
    finally:
        server.stop()
