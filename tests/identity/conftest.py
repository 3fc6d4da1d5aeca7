"""A workplace with log-ins as holders have them: verified addresses, real passwords."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from musling.foundation import clock
from musling.people.log_ins import make_log_in
from musling.people.models import Person, Profile
from musling.vault import keyring
from tests.identity.steps import PASSWORD, log_in
from tests.people.workplace import Workplace


@pytest.fixture
def quick_passwords(settings) -> None:
    """Hashed in no time: scrypt takes a quarter second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def a_keyring(settings, tmp_path, quick_passwords) -> None:
    """Keys of its own."""
    settings.MUSLING_KEYRING = tmp_path / "keyring"
    settings.MUSLING_LEDGER = tmp_path / "ledger"
    keyring.begin()


@pytest.fixture
def place(db) -> Workplace:
    return Workplace()


@pytest.fixture
def mette(place, a_keyring) -> Profile:
    """An employee with a log-in whose address is her own, not the one that HR knows."""
    profile = place.profile("Mette Dam")
    place.employ(profile, place.unit("Øst"))
    return linked(profile, "mette@privat.example")


@pytest.fixture
def hr(place, a_keyring) -> Profile:
    profile = place.profile("Helle Riis")
    place.role(profile)
    return linked(profile, "helle@privat.example")


def linked(profile: Profile, email: str) -> Profile:
    """The profile linked to a log-in with this address."""
    profile.person = make_log_in(email=email, password=PASSWORD, language=profile.language)
    profile.linked_at = clock.now()
    profile.save()
    return profile


@pytest.fixture
def new_log_in(db, a_keyring) -> Callable[..., Person]:
    def make(email: str = "nina@privat.example", **more: str) -> Person:
        return make_log_in(email=email, password=PASSWORD, **more)

    return make


@pytest.fixture
def browser_of():
    """A browser in which the profile's holder has logged in by password."""

    def browser(profile: Profile, **more: str) -> Client:
        client = Client()
        log_in(client, profile.person.email, **more)
        assert client.session.get("_auth_user_id") == str(profile.person_id)
        return client

    return browser


@pytest.fixture
def code_in_mail() -> Callable[[], str]:
    """The code that stands alone on a line of the last mail."""

    def find() -> str:
        found = re.search(r"^([A-Z]{3,4}(?:-[A-Z]{3,4})+)$", mail.outbox[-1].body, re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found[1]

    return find
