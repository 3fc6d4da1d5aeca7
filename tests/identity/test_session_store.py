"""A copy of the table of sessions opens none of them and tells nothing of what they hold."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from musling.identity.session_store import SessionStore, fingerprint
from tests.identity.steps import confirm_it_is_me, is_in

pytestmark = pytest.mark.django_db


def table() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM django_session")
        return str(cursor.fetchall())


def test_the_key_in_the_table_opens_no_session(mette, browser_of):
    client = browser_of(mette)
    cookie = client.cookies["session"].value
    (row,) = Session.objects.all()
    assert row.session_key == fingerprint(cookie) != cookie
    thief = Client()
    thief.cookies["session"] = row.session_key
    assert is_in(client)
    assert not is_in(thief)


def test_the_secret_of_an_app_that_is_being_set_up_is_not_to_be_read(mette, browser_of):
    client = browser_of(mette)
    confirm_it_is_me(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    assert secret in str(dict(client.session.items()))
    assert secret not in table()
    readable = [row.get_decoded() for row in Session.objects.all()]  # as Django reads its own
    assert readable == [{}] * len(readable)


def test_the_code_that_was_mailed_is_not_to_be_read(mette):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mette.person.email})
    (code,) = re.findall(
        r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[-1].body, re.MULTILINE
    )
    assert code in str(dict(client.session.items()))
    assert code not in table()


def test_another_secret_key_ends_all_sessions(mette, browser_of, settings):
    client = browser_of(mette)
    assert is_in(client)
    settings.SECRET_KEY = "another " * 10
    assert not is_in(client)


@pytest.mark.parametrize("broken", ["", "gAAAAA", "eyJhIjoxfQ", "x" * 5000])
def test_what_does_not_open_is_an_empty_session(broken: str):
    assert SessionStore().decode(broken) == {}


def test_logging_out_takes_the_session_out_of_the_table(mette, browser_of):
    client = browser_of(mette)
    cookie = client.cookies["session"].value
    assert SessionStore().exists(cookie)
    client.post(reverse("log-out"))
    assert not SessionStore().exists(cookie)
