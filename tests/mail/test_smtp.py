"""Mails as they go over the wire: a real SMTP server on this machine, and what it may answer."""

import datetime as dt
import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMultiAlternatives
from icalendar import Calendar
from pytest_django import Settings

from musling.foundation import clock
from musling.mail import outbox
from musling.mail.models import Delivery, State
from musling.rounds import five_steps
from musling.rounds.models import Step
from tests.mail.post import Post
from tests.rounds.evaluation.evaluating import make_round

TAKEN = "250 OK"


@dataclass
class Mailbox:
    """Takes mails, or answers the next one as a test says; ``dies`` hangs up instead."""

    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    dies: int = 0
    mails: list[tuple[str, EmailMessage, bytes]] = field(default_factory=list)
    callers: list[object] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (the library looks for this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(  # noqa: N802 (the library looks for this name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        self.callers.append(session.peer)
        if self.dies:
            self.dies -= 1
            server.transport.abort()
            return TAKEN
        answer = self.answers.pop(0) if self.answers else TAKEN
        if answer == TAKEN:
            message = email.message_from_bytes(content, policy=email.policy.default)
            self.mails.append((envelope.rcpt_tos[0], message, content))
        return answer

    @property
    def addressees(self) -> list[str]:
        """To whom mails came, in order of name."""
        return sorted(to for to, _message, _content in self.mails)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """The server, running, and Musling told to use it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "musling.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box
    server.stop()


def addresses(post: Post) -> list[str]:
    return sorted(row.profile.email for row in (post.signe, post.lars))


def later() -> None:
    """After the longest pause that a first failure brings."""
    clock.move(max(outbox.PAUSES[:1]) + dt.timedelta(seconds=1))
    outbox.deliver()


def test_an_invitation_arrives_as_calendars_want_it(post: Post, mailbox: Mailbox) -> None:
    post.book()
    outbox.deliver()
    assert mailbox.addressees == addresses(post)
    for _to, message, content in mailbox.mails:
        assert b"\n" not in content.replace(b"\r\n", b"")  # RFC 5321: lines end in CRLF
        assert max(map(len, content.split(b"\r\n"))) <= 998
        (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        assert part.get_param("method") == "REQUEST"
        (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
        assert event["LOCATION"] == "Rådhuset, lokale 3"
        assert event.decoded("DTSTART") == post.talk.starts_at
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"]


def test_a_server_that_is_busy_is_asked_again_with_the_same_id(
    post: Post, mailbox: Mailbox
) -> None:
    mailbox.answers = ["451 4.3.2 Try again later"]
    post.book()
    outbox.deliver()
    (waiting,) = Delivery.objects.filter(state=State.FAILED)
    assert waiting.problem == "451 4.3.2 Try again later"
    first_id = waiting.message_id
    assert len(mailbox.mails) == 1
    later()
    assert mailbox.addressees == addresses(post)
    assert first_id in {message["Message-ID"] for _to, message, _content in mailbox.mails}


def test_a_server_that_hangs_up_in_the_middle_loses_and_doubles_nothing(
    post: Post, mailbox: Mailbox
) -> None:
    mailbox.dies = 1
    post.book()
    outbox.deliver()
    later()
    assert mailbox.addressees == addresses(post)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_an_address_that_does_not_exist_is_given_up_in_the_servers_words(
    post: Post, mailbox: Mailbox
) -> None:
    mailbox.refused = {post.signe.profile.email}
    post.book()
    outbox.deliver()
    assert mailbox.addressees == [post.lars.profile.email]
    (lost,) = Delivery.objects.filter(state=State.GIVEN_UP)
    assert lost.recipient_id == post.signe.profile_id
    assert lost.problem == "550 5.1.1 No such user here"


def test_a_server_that_is_not_there_is_waited_for(post: Post, mailbox: Mailbox, settings) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    post.book()
    outbox.deliver()
    assert mailbox.mails == []
    settings.EMAIL_PORT = port
    later()
    assert mailbox.addressees == addresses(post)


def test_a_server_that_is_down_for_an_hour_loses_nothing_and_doubles_nothing(
    post: Post, settings: Settings, mailbox: Mailbox
) -> None:
    right = settings.EMAIL_PORT
    for _talk in range(5):
        post.book(post.new_talk())
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but nobody listens
        settings.EMAIL_PORT = nobody.getsockname()[1]
        for _some in range(12):
            assert outbox.deliver() == 0
            clock.move(dt.timedelta(minutes=5))
        assert set(Delivery.objects.values_list("state", flat=True)) == {State.FAILED}
        assert {"refused" in row.problem for row in Delivery.objects.all()} == {True}
    settings.EMAIL_PORT = right
    for _some in range(20):  # the longest pause by then is two hours
        outbox.deliver()
        clock.move(dt.timedelta(minutes=6))
    assert mailbox.addressees == ["lars@havneby.example"] * 5 + ["signe@havneby.example"] * 5
    assert len({message["Message-ID"] for _to, message, _content in mailbox.mails}) == 10
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_all_mails_leave_over_one_connection_and_one_more_after_a_fault(
    post: Post, mailbox: Mailbox
) -> None:
    for _talk in range(4):
        post.book(post.new_talk())
    outbox.deliver()
    assert len(mailbox.callers) == 8
    assert len(set(mailbox.callers)) == 1
    mailbox.answers = [TAKEN, "451 4.3.2 Try again later"]
    for _talk in range(4):
        post.book(post.new_talk())
    outbox.deliver()
    assert len(mailbox.mails) == 15
    assert len(set(mailbox.callers[8:])) == 2


def test_a_mail_from_a_kept_form_is_byte_for_byte_what_django_would_send(
    post: Post, mailbox: Mailbox
) -> None:
    post.note("paper.confirmed")
    outbox.deliver()
    ((to, message, content),) = mailbox.mails
    whole = EmailMultiAlternatives(
        subject=str(message["Subject"]),
        body=message.get_content().replace("\r\n", "\n"),
        to=[to],
        headers={
            name: str(message[name])
            for name in ("Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Date")
        },
    ).message()
    assert content.rstrip() == whole.as_bytes(linesep="\r\n").rstrip()


def test_words_on_one_very_long_line_still_lead_to_the_place(post: Post, mailbox: Mailbox) -> None:
    post.work.organisation.name = "Ø" * 120
    post.work.organisation.save()
    own_round = make_round(post.work.organisation)
    Step.objects.create(
        organisation=post.work.organisation,
        round=own_round,
        number=five_steps.FORM,
        due_on=clock.today(),
        texts={"da": "Et ord til. " * 200},
    )
    post.note("conversation.form_sent", round=own_round.pk)
    outbox.deliver()
    ((_to, message, _content),) = mailbox.mails
    assert post.talk.public_id in message.get_content().replace("\r\n", "")
    assert "mark" not in message["Message-ID"]
