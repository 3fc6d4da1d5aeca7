"""One's own mail choices, HR's undelivered mails after the address is mended, the server's test."""

import asyncio
import base64
import datetime as dt
import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from allauth.account.models import EmailAddress
from django.db import connection
from django.urls import reverse
from pytest_django import Settings

from musling.activity.models import Activity
from musling.foundation import clock
from musling.mail.addresses import fingerprint
from musling.mail.catalogue import OPTIONAL
from musling.mail.models import Delivery, MailChoices
from musling.mail.server_test import Step, try_server
from musling.web.staff import mail_server
from tests.cast import Cast, Member, make_cast
from tests.web.staff_pages import english, queries, words

pytestmark = pytest.mark.django_db
PASSWORD = "hemmelig-adgang-42"


def at(name: str, *parts: object) -> str:
    return reverse(name, args=["havneby", *parts])


# --- one's own mail ------------------------------------------------------------------------------


def everything() -> dict[str, str]:
    """A tick for every mail."""
    return dict.fromkeys(OPTIONAL, "on")


def test_everybody_turns_down_what_is_not_mandatory(cast: Cast) -> None:
    browser = cast.employee.client
    page = at("mail-choices")
    assert browser.get(page).content.decode().count("checked") == len(OPTIONAL)
    ticks = everything()
    del ticks["due"]
    answer = browser.post(page, ticks)
    assert answer.url == page
    assert MailChoices.objects.get(profile=cast.employee.profile).turned_down == ["due"]
    assert browser.get(page).content.decode().count("checked") == len(OPTIONAL) - 1
    assert not MailChoices.objects.exclude(profile=cast.employee.profile).exists()


def test_quiet_hours_over_midnight_are_kept_and_shown(cast: Cast) -> None:
    browser = cast.employee.client
    page = at("mail-choices")
    browser.post(page, everything() | {"quiet_from": "22:30", "quiet_until": "09:00"})
    row = MailChoices.objects.get()
    assert (row.quiet_from, row.quiet_until) == (dt.time(22, 30), dt.time(9))
    shown = browser.get(page).content.decode()
    assert 'value="22:30"' in shown
    assert 'value="09:00"' in shown


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        ("08:00", "", "Give both times, or none."),
        ("08:00", "08:00", "at least two hours"),
        ("25:00", "08:00", "Enter a valid time."),
        ("8 o'clock", "08:00", "Enter a valid time."),
    ],
)
def test_hours_that_cannot_be_are_said_and_nothing_typed_is_lost(
    cast: Cast, start: str, end: str, problem: str
) -> None:
    browser = english(cast.employee)
    answer = browser.post(at("mail-choices"), {"quiet_from": start, "quiet_until": end})
    assert answer.status_code == 422
    assert problem in words(answer)
    shown = answer.content.decode()
    assert "checked" not in shown
    assert f'value="{start.replace(chr(39), "&#x27;")}"' in shown
    assert not MailChoices.objects.exists()


def test_settings_lead_there(cast: Cast) -> None:
    assert at("mail-choices") in cast.employee.client.get(at("settings")).content.decode()


# --- undelivered -----------------------------------------------------------------------------


def undelivered(cast: Cast, count: int = 1) -> None:
    """So many mails that a server refused at the address that is the employee's now."""
    address = EmailAddress.objects.get(user=cast.employee.person).email
    Delivery.objects.bulk_create(
        Delivery(
            organisation=cast.havneby,
            activity_id=1000 + number,
            recipient=cast.employee.profile,
            mail="offered",
            state="given_up",
            problem="550 5.1.1 User unknown",
            refused_at=fingerprint(address),
            made_at=clock.now(),
        )
        for number in range(count)
    )


def test_a_mended_address_is_marked_and_the_mail_can_be_sent_again(cast: Cast) -> None:
    undelivered(cast)
    browser = english(cast.hr)
    page = at("undelivered-mails")
    assert "550 5.1.1 User unknown" in words(browser.get(page))
    assert "Another address since" not in words(browser.get(page))
    EmailAddress.objects.filter(user=cast.employee.person).update(email="ny@privat.example")
    assert "Another address since" in words(browser.get(page))
    row = Delivery.objects.get()
    again = at("mail-again", cast.employee.profile.public_id)
    browser.post(again, {"delivery": row.public_id, "from_list": "1"})
    assert "Everything arrived" in words(browser.get(page))


def test_ten_thousand_undelivered_mails_cost_what_one_does(cast: Cast) -> None:
    browser = english(cast.hr)
    page = at("undelivered-mails")
    assert "Everything arrived" in words(browser.get(page))
    undelivered(cast)
    one = queries(browser, page)
    Delivery.objects.all().delete()
    undelivered(cast, 10_000)
    assert queries(browser, page) == one
    shown = browser.get(page).content.decode()
    assert shown.count('name="delivery"') == 50
    last = browser.get(f"{page}?page=200").content.decode()
    assert last.count('name="delivery"') == 50


# --- the mail server -------------------------------------------------------------------------


class Office:
    """Takes mails; answers as a test says."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []
        self.rcpt = "250 OK"
        self.data = "250 2.0.0 Queued as 42"
        self.auth = AuthResult(success=True)

    async def handle_RCPT(  # noqa: N802 (the library looks for this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 (the library looks for this name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data.startswith("250"):
            content = envelope.original_content or b""
            self.mails.append((list(envelope.rcpt_tos), content.decode()))
        return self.data

    def authenticate(self, server: SMTP, session: Session, *_more: object) -> AuthResult:
        """Says what the test wants to everybody."""
        return self.auth


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    """A server on this machine that asks for a log-in, and Musling told to use it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Office()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=box.authenticate,
        auth_require_tls=False,
    )
    server.start()
    settings.EMAIL_BACKEND = "musling.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "musling", PASSWORD
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box
    server.stop()
    asyncio.set_event_loop(None)


@pytest.fixture
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for the end of the transaction is done in it: these tests never end one."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda deed: deed())


def tried(member: Member) -> str:
    """The page after a press of the button."""
    browser = english(member)
    assert browser.post(at("mail-server")).url == at("mail-server")
    return words(browser.get(at("mail-server")))


@pytest.mark.usefixtures("_now")
@pytest.mark.parametrize("who", ["hr", "operator"])
def test_a_test_mail_goes_to_oneself_and_each_step_is_shown(
    cast: Cast, office: Office, who: str
) -> None:
    member = cast.everybody[who]
    shown = tried(member)
    for label in ("Connect to the server", "Greeting", "Log in to the server", "Mail accepted"):
        assert label in shown
    assert "250 2.0.0 Queued as 42" in shown
    assert "Did not" not in shown
    ((to, content),) = office.mails
    assert to == [EmailAddress.objects.get(user=member.person).email]
    assert "A test from Musling" in content
    assert PASSWORD not in shown
    assert Activity.objects.filter(verb="mail.server_tried").count() == 1


@pytest.mark.usefixtures("_now")
def test_a_refused_recipient_ends_the_test_with_the_servers_words(
    cast: Cast, office: Office
) -> None:
    office.rcpt = "550 5.7.1 Relaying denied"
    shown = tried(cast.hr)
    assert "Recipient accepted Did not 550 5.7.1 Relaying denied" in shown
    assert "Mail accepted" not in shown
    assert office.mails == []


@pytest.mark.usefixtures("_now")
def test_a_server_that_repeats_the_password_tells_it_to_nobody(cast: Cast, office: Office) -> None:
    wire = base64.b64encode(f"\0musling\0{PASSWORD}".encode()).decode()
    office.auth = AuthResult(
        success=False, handled=False, message=f"535 5.7.8 No such log-in: {PASSWORD} {wire}"
    )
    shown = tried(cast.hr)
    assert "Log in to the server Did not 535 5.7.8 No such log-in" in shown
    assert PASSWORD not in shown
    assert wire not in shown


@pytest.mark.usefixtures("_now")
def test_a_server_that_is_not_there_is_said(
    cast: Cast,
    settings: Settings,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "musling.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    shown = tried(cast.hr)
    assert "Connect to the server Did not [Errno 111] Connection refused" in shown


def test_without_a_server_the_page_says_so(cast: Cast) -> None:
    browser = english(cast.hr)
    assert "Mails go to no server here" in words(browser.get(at("mail-server")))
    browser.post(at("mail-server"))
    assert not Activity.objects.filter(verb="mail.server_tried").exists()


@pytest.mark.django_db(transaction=True)
def test_the_server_is_tried_after_the_transaction_and_shown_all_the_same(
    transactional_db: None, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    within = []

    def trying(address: str) -> list[Step]:
        within.append(connection.in_atomic_block)
        return try_server(address)

    monkeypatch.setattr(mail_server, "try_server", trying)
    assert "250 2.0.0 Queued as 42" in tried(cast.hr)
    assert within == [False]
