"""T20: password reset. A's token for B, reuse, expiry, forged Host, who-exists by text or time."""

import datetime as dt
import re
import time
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from musling.people.models import Person
from tests.identity.steps import is_in, log_in

NEW = "otte store ænder"
MAILED_TO_NOBODY = "nobody@privat.example"


@pytest.fixture
def mette(new_log_in) -> Person:
    return new_log_in("mette@privat.example")


@pytest.fixture
def lars(new_log_in) -> Person:
    return new_log_in("lars@privat.example")


def ask(email: str, **more: str) -> str:
    """Asks for a reset; returns the link of the mail, or nothing where there is none."""
    mail.outbox.clear()
    response = Client().post(reverse("account_reset_password"), {"email": email}, **more)
    assert response.status_code == 302, response
    found = re.search(r"https?://\S+/password/new/\S+", mail.outbox[0].body)
    return found[0] if found else ""


def choose(link: str, password: str = NEW, client: Client | None = None):
    """Opens the link and sends a new password; returns the last answer."""
    client = client or Client()
    opened = client.get(urlsplit(link).path, follow=True)
    where = opened.redirect_chain[-1][0] if opened.redirect_chain else urlsplit(link).path
    return client.post(where, {"password1": password, "password2": password})


def can_log_in(email: str, password: str) -> bool:
    client = Client()
    log_in(client, email, password)
    return is_in(client)


def test_the_link_changes_the_password_and_tells_the_holder(mette):
    choose(ask(mette.email))
    assert can_log_in(mette.email, NEW)
    assert mail.outbox[-1].to == [mette.email]


def test_opening_the_link_changes_nothing(mette):
    before = Person.objects.get(pk=mette.pk).password
    assert Client().get(urlsplit(ask(mette.email)).path, follow=True).status_code == 200
    assert Person.objects.get(pk=mette.pk).password == before


def test_a_token_of_one_does_not_fit_another(mette, lars):
    mine, of_lars = ask(mette.email), ask(lars.email)
    token = re.search(r"-(.+)/$", urlsplit(mine).path.rpartition("/new/")[2])[1]
    who = re.match(r"[0-9a-z]+", urlsplit(of_lars).path.rpartition("/new/")[2])[0]
    stolen = reverse("account_reset_password_from_key", kwargs={"uidb36": who, "key": token})
    choose(stolen)
    assert not can_log_in(lars.email, NEW)


def test_a_token_in_the_session_does_not_fit_another(mette, lars):
    """The page without the token in its address takes it from the session, and checks it again."""
    client = Client()
    client.get(urlsplit(ask(mette.email)).path)
    who = re.match(r"[0-9a-z]+", urlsplit(ask(lars.email)).path.rpartition("/new/")[2])[0]
    there = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": who, "key": "set-password"}
    )
    client.post(there, {"password1": NEW, "password2": NEW})
    assert not can_log_in(lars.email, NEW)


def test_a_link_works_once(mette):
    link = ask(mette.email)
    choose(link)
    choose(link, "ni helt andre ænder")
    assert can_log_in(mette.email, NEW)
    assert not can_log_in(mette.email, "ni helt andre ænder")


def test_an_older_link_ends_with_the_password(mette):
    older, newer = ask(mette.email), ask(mette.email)
    choose(newer)
    choose(older, "ni helt andre ænder")
    assert not can_log_in(mette.email, "ni helt andre ænder")


def test_a_link_ends_when_the_holder_logs_in(mette):
    link = ask(mette.email)
    log_in(Client(), mette.email)
    choose(link)
    assert not can_log_in(mette.email, NEW)


def test_a_link_is_too_old_after_two_hours(mette, monkeypatch):
    link = ask(mette.email)
    later = dt.datetime.now() + dt.timedelta(hours=2, minutes=1)  # noqa: DTZ005, TID251
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    choose(link)
    assert not can_log_in(mette.email, NEW)


def test_a_link_is_good_for_less_than_two_hours(mette, monkeypatch):
    link = ask(mette.email)
    later = dt.datetime.now() + dt.timedelta(hours=1, minutes=58)  # noqa: DTZ005, TID251
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    choose(link)
    monkeypatch.undo()
    assert can_log_in(mette.email, NEW)


@pytest.mark.parametrize(
    "header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_SERVER", "HTTP_FORWARDED"]
)
def test_a_forged_host_reaches_no_mail(header, mette, settings):
    settings.MUSLING_BASE_URL = "https://musling.havneby.example"
    settings.ALLOWED_HOSTS = [".example", "testserver"]  # even where the name is let in
    mail.outbox.clear()
    for address in (mette.email, MAILED_TO_NOBODY):
        Client().post(
            reverse("account_reset_password"), {"email": address}, **{header: "evil.example"}
        )
        Client().post(
            reverse("account_request_login_code"), {"email": address}, **{header: "evil.example"}
        )
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert "evil" not in message.subject + message.body
        for link in re.findall(r"https?://\S+", message.body):
            assert urlsplit(link).netloc == "musling.havneby.example"


def test_a_host_that_is_not_ours_is_refused(mette):
    response = Client().post(
        reverse("account_reset_password"), {"email": mette.email}, HTTP_HOST="evil.example"
    )
    assert response.status_code == 400
    assert mail.outbox == []


# --- who exists: the same text, the same work ---------------------------------------------------

FORMS = [
    ("account_reset_password", "email", {}),
    ("account_request_login_code", "email", {}),
    ("account_login", "login", {"password": "not the right one"}),
]


def answer(name: str, field: str, more: dict[str, str], email: str):
    """Sends the form; returns every page that follows, without what is new each time."""
    client = Client()
    response = client.post(reverse(name), {field: email, **more}, follow=True)
    text = re.sub(
        r'name="(csrfmiddlewaretoken|credential)" value="[^"]*"', "", response.content.decode()
    )
    return response.status_code, response.redirect_chain, text.replace(email, "ADDRESS")


@pytest.mark.parametrize(("name", "field", "more"), FORMS)
def test_the_answer_is_the_same_whether_or_not_somebody_is_there(name, field, more, mette):
    there = answer(name, field, more, mette.email)
    assert there == answer(name, field, more, MAILED_TO_NOBODY)


@pytest.mark.parametrize(("name", "field", "more"), FORMS)
def test_the_work_is_the_same_whether_or_not_somebody_is_there(
    name, field, more, mette, monkeypatch
):
    """Mails and password hashes are what takes time: as many for the one as for the other."""
    hashed: list[str] = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(
        hasher,
        "encode",
        lambda self, *args, **more: hashed.append("") or encode(self, *args, **more),
    )
    work = []
    for email in (mette.email, MAILED_TO_NOBODY):
        mail.outbox.clear()
        hashed.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer(name, field, more, email)
        work.append((len(mail.outbox), len(hashed), len(queries)))
    (mails, hashes, queries), (other_mails, other_hashes, other_queries) = work
    assert (mails, hashes) == (other_mails, other_hashes)
    assert abs(queries - other_queries) <= 4  # tenths of a millisecond


@pytest.mark.parametrize(("name", "field", "more"), FORMS[:2])
def test_a_refused_recipient_looks_like_any_other(name, field, more, mette, monkeypatch):
    """A mail server that knows its mailboxes would else tell, by an error page or a message."""
    there = answer(name, field, more, mette.email)

    def refuse(self, *args, **more):
        raise SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert answer(name, field, more, MAILED_TO_NOBODY) == there


@pytest.mark.parametrize("problem", [ConnectionRefusedError(), TimeoutError()])
def test_a_mail_server_that_is_down_is_told_to_everybody_alike(problem, mette, monkeypatch):
    def fail(self, *args, **more):
        raise problem

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    form = ("account_reset_password", "email", {})
    there = answer(*form, mette.email)
    assert "alert-error" in there[2]
    assert answer(*form, MAILED_TO_NOBODY) == there


def test_a_closed_log_in_gets_no_link(mette):
    mette.is_active = False
    mette.save()
    assert ask(mette.email) == ""


def test_mails_are_limited_per_address(mette):
    answers = [
        Client().post(reverse("account_reset_password"), {"email": mette.email}).status_code
        for _time in range(5)
    ]
    assert answers == [302, 302, 302, 429, 429]
    assert len(mail.outbox) == 3


def test_log_in_by_guessing_is_stopped_even_with_the_right_password_at_last(mette):
    for guess in range(5):
        log_in(Client(), mette.email, f"guess number {guess}")
    client = Client()
    log_in(client, mette.email)
    assert not is_in(client)


def test_a_login_code_is_guessed_three_times_at_most(mette, code_in_mail):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mette.email})
    there = reverse("account_confirm_login_code")
    for _guess in range(3):
        client.post(there, {"code": "BBBB-BBBB"})
    client.post(there, {"code": code_in_mail()})
    assert not is_in(client)


def test_a_login_code_is_only_for_the_browser_that_asked(mette, code_in_mail):
    Client().post(reverse("account_request_login_code"), {"email": mette.email})
    other = Client()
    other.post(reverse("account_request_login_code"), {"email": MAILED_TO_NOBODY})
    mail.outbox.pop()
    other.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    assert not is_in(other)


def test_a_login_code_is_too_old_after_ten_minutes(mette, code_in_mail, monkeypatch):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mette.email})
    later = time.time() + 601
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: later)
    client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    monkeypatch.undo()
    assert not is_in(client)


def test_a_login_code_logs_in(mette, code_in_mail):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mette.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    assert is_in(client)
