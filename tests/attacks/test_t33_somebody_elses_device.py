"""T33: somebody else holds the device. Mail subjects, back button, autofill, lock, log-out."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from musling.foundation import clock
from musling.people import activation
from tests.identity.steps import confirm_it_is_me, is_in, log_in

SHARED = {"shared_device": "on"}


# --- a device that others use too ---------------------------------------------------------------


def test_a_shared_device_is_locked_after_five_idle_minutes(mette, browser_of):
    client = browser_of(mette, **SHARED)
    clock.move(dt.timedelta(minutes=4, seconds=50))
    assert is_in(client)
    clock.move(dt.timedelta(minutes=5, seconds=10))
    assert not is_in(client)


def test_the_session_is_gone_on_the_server_not_only_in_the_browser(mette, browser_of):
    client = browser_of(mette, **SHARED)
    stolen = client.cookies["session"].value
    clock.move(dt.timedelta(minutes=6))
    client.get(reverse("account"))
    clock.reset()
    thief = Client()
    thief.cookies["session"] = stolen
    assert not is_in(thief)


def test_who_goes_on_working_is_not_locked(mette, browser_of):
    client = browser_of(mette, **SHARED)
    for _page in range(5):
        clock.move(dt.timedelta(minutes=4))
        assert is_in(client)


def test_a_device_of_ones_own_is_not_locked(mette, browser_of):
    client = browser_of(mette)
    clock.move(dt.timedelta(hours=1))
    assert is_in(client)


def test_every_page_knows_that_the_device_is_shared(mette, browser_of):
    shared, own = browser_of(mette, **SHARED), browser_of(mette)
    assert b"data-shared-device" in shared.get(reverse("account")).content
    assert b"data-shared-device" not in own.get(reverse("account")).content


def test_the_tick_holds_for_a_code_by_mail_too(mette, code_in_mail):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mette.person.email, **SHARED})
    client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    assert client.session["shared_device"] is True


def test_the_tick_of_a_failed_log_in_does_not_stick(mette):
    client = Client()
    log_in(client, mette.person.email, "wrong password", **SHARED)
    log_in(client, mette.person.email)
    assert is_in(client)
    assert "shared_device" not in client.session


def test_the_cookie_ends_with_the_browser(mette, browser_of):
    for more in ({}, SHARED):
        cookie = browser_of(mette, **more).cookies["session"]
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert cookie["httponly"]


def test_one_who_comes_next_has_none_of_it(mette, hr, browser_of):
    """The next person on the same device: a new session with nothing of the first."""
    client = browser_of(mette, **SHARED)
    client.post(reverse("log-out"))
    log_in(client, hr.person.email)
    assert client.session["_auth_user_id"] == str(hr.person_id)
    assert "shared_device" not in client.session


# --- log-out, back button, cache ----------------------------------------------------------------


def test_log_out_has_the_browser_forget(mette, browser_of):
    client = browser_of(mette)
    response = client.post(reverse("log-out"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)


@pytest.mark.parametrize("name", ["account", "account_email", "mfa_index", "account_login"])
def test_no_page_stays_behind_the_back_button(name, mette, browser_of):
    response = browser_of(mette).get(reverse(name))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_recovery_codes_and_keys_stay_in_no_cache(mette, browser_of):
    client = browser_of(mette)
    confirm_it_is_me(client)
    assert "no-store" in client.get(reverse("mfa_activate_totp"))["Cache-Control"]


# --- autofill -----------------------------------------------------------------------------------

INPUT = re.compile(r"<input[^>]*>")


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("account_login", {"username", "current-password"}),
        ("account_request_login_code", {"username"}),
        ("account_reset_password", {"username"}),
        ("account_signup", {"off"}),
    ],
)
def test_the_browser_keeps_nothing_but_what_a_password_manager_needs(name, allowed, db):
    page = Client().get(reverse(name)).content.decode()
    typed = [tag for tag in INPUT.findall(page) if not re.search(r'type="(hidden|checkbox)"', tag)]
    assert typed
    found = {re.search(r'autocomplete="([^"]*)"', tag)[1] for tag in typed}
    assert found == allowed


# --- mails: what a lock screen shows ------------------------------------------------------------

NAMES = ("Mette", "Dam", "Havneby", "Anna", "Holm", "Vest", "Øst", "Helle")


def all_mails(mette, hr, place, browser_of, code_in_mail) -> list:
    """Every mail of log-in, as far as a person can cause it."""
    anna = place.profile("Anna Holm", email="")
    slip = activation.print_slips(place.actor(hr), [anna])[0]
    client = Client()
    client.post(reverse("account_signup"), {"code": slip.code})
    for email in ("taken@privat.example", mette.person.email):
        data = {"email": email, "password1": "otte små ænder", "password2": "otte små ænder"}
        client.post(reverse("activate-whose"), data)
    for name in ("account_reset_password", "account_request_login_code"):
        for email in (mette.person.email, "nobody@privat.example"):
            Client().post(reverse(name), {"email": email})
    client = browser_of(mette)
    confirm_it_is_me(client)
    client.post(reverse("account_email"), {"action_add": "1", "email": "ny@privat.example"})
    client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})
    client.post(reverse("account_email"), {"action_primary": "1", "email": "ny@privat.example"})
    client.post(reverse("account_email"), {"action_remove": "1", "email": "mette@privat.example"})
    return mail.outbox


def test_subjects_say_nothing_of_whom_or_what(mette, hr, place, browser_of, code_in_mail):
    mails = all_mails(mette, hr, place, browser_of, code_in_mail)
    assert len(mails) == 11
    for message in mails:
        assert not [name for name in NAMES if name in message.subject], message.subject
        assert not re.search(r"[A-Z]{4}-[A-Z]{4}", message.subject), message.subject
        assert "@" not in message.subject


def test_bodies_name_nobody_and_no_workplace(mette, hr, place, browser_of, code_in_mail):
    for message in all_mails(mette, hr, place, browser_of, code_in_mail):
        assert not [name for name in NAMES if name in message.body], message.body
        assert message.alternatives == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_mails_are_in_the_readers_language(language, new_log_in):
    person = new_log_in(language=language)
    Client().post(reverse("account_reset_password"), {"email": person.email})
    with translation.override(language):
        assert mail.outbox[-1].subject == translation.gettext("Choose a new password")


def test_mails_are_marked_as_sent_by_a_program(mette):
    Client().post(reverse("account_reset_password"), {"email": mette.person.email})
    assert mail.outbox[-1].extra_headers["Auto-Submitted"] == "auto-generated"
