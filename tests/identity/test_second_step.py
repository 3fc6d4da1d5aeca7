"""The second step's secrets are sealed; without the keyring nothing is lost and nobody gets in."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse

from musling.identity import second_step
from musling.people.models import Person
from musling.vault import keyring, rotation
from musling.vault.models import Key
from musling.vault.sealing import SealBroken
from tests.identity.steps import (
    SECRET,
    app_code,
    confirm_it_is_me,
    give_app,
    is_in,
    log_in,
    recovery_code,
)


@pytest.fixture
def with_app(mette) -> Person:
    give_app(mette.person)
    return mette.person


def dump() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mfa_authenticator")
        return str(cursor.fetchall())


def test_set_up_on_the_pages_seals_secret_and_seed(mette, browser_of):
    client = browser_of(mette)
    confirm_it_is_me(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    assert secret not in dump()
    app = Authenticator.objects.get(type="totp")
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert second_step.unseal(app.data["secret"]) == secret
    assert len(second_step.unseal(seed)) == 80
    assert seed[:12] == app.data["secret"][:12] == Person.objects.get().key.public_id


def test_a_wrong_code_sets_nothing_up(mette, browser_of):
    client = browser_of(mette)
    confirm_it_is_me(client)
    client.get(reverse("mfa_activate_totp"))
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_no_secret_of_an_app_lies_open(with_app):
    assert SECRET not in dump()


def test_each_person_has_one_key_of_ones_own(with_app, hr):
    give_app(hr.person)
    assert Key.objects.filter(purpose="totp").count() == 2
    assert Person.objects.filter(key__purpose="totp").count() == 2


def test_it_opens_after_the_keys_were_wrapped_anew(with_app):
    keyring.begin()
    while rotation.rewrap(100):
        pass
    assert Key.objects.get(purpose="totp").generation == 2
    client = Client()
    log_in(client, with_app.email)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert is_in(client)


def test_a_changed_secret_does_not_open(with_app):
    stored = Authenticator.objects.get(type="totp").data["secret"]
    broken = stored[:-6] + ("AAAA==" if stored[-6:] != "AAAA==" else "BBBB==")
    with pytest.raises((SealBroken, ValueError)):
        second_step.unseal(broken)


def test_a_secret_does_not_open_with_the_key_of_another(with_app, hr):
    give_app(hr.person)
    _mine, _dot, sealed = second_step.seal(with_app, SECRET).partition(".")
    theirs = Key.objects.get(pk=Person.objects.get(pk=hr.person_id).key_id).public_id
    with pytest.raises(SealBroken):
        second_step.unseal(f"{theirs}.{sealed}")


def test_without_the_keyring_the_page_says_so_and_nobody_gets_in(with_app, settings, tmp_path):
    client = Client()
    log_in(client, with_app.email)
    settings.MUSLING_KEYRING = tmp_path / "lost"
    response = client.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert response.status_code == 503
    assert "MUSLING_KEYRING" in response.content.decode()
    assert not is_in(client)


def test_with_a_foreign_keyring_too(with_app, settings, tmp_path):
    client = Client()
    log_in(client, with_app.email)
    settings.MUSLING_KEYRING = tmp_path / "foreign"
    keyring.begin()
    response = client.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert response.status_code == 503
    assert not is_in(client)


def test_reading_the_recovery_codes_writes_nothing(with_app, browser_of, mette):
    client = Client()
    log_in(client, with_app.email)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    confirm_it_is_me(client)
    before = dump()
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert recovery_code(with_app) in page
    assert dump() == before


def test_a_used_recovery_code_is_not_shown_again(with_app):
    code = recovery_code(with_app)
    client = Client()
    log_in(client, with_app.email)
    client.post(reverse("mfa_authenticate"), {"code": code})
    confirm_it_is_me(client)
    assert code not in client.get(reverse("mfa_view_recovery_codes")).content.decode()


def test_new_recovery_codes_end_the_old(with_app):
    old = recovery_code(with_app)
    client = Client()
    log_in(client, with_app.email)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    confirm_it_is_me(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    assert recovery_code(with_app) != old
    other = Client()
    log_in(other, with_app.email)
    other.post(reverse("mfa_authenticate"), {"code": old})
    assert not is_in(other)


def test_the_picture_of_the_key_carries_no_style(mette, browser_of):
    client = browser_of(mette)
    confirm_it_is_me(client)
    page = client.get(reverse("mfa_activate_totp"))
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode()
    assert "otpauth://" not in page.content.decode()
