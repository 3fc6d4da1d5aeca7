"""T21: second step. Field missing, empty, expired, replayed, tried fast, step jumped over."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.identity.steps import (
    PASSWORD,
    SECRET,
    app_code,
    confirm_it_is_me,
    give_app,
    is_in,
    log_in,
    recovery_code,
)

STEP = "/account/log-in/second-step/"


@pytest.fixture
def person(new_log_in):
    made = new_log_in("mette@privat.example")
    give_app(made)
    return made


@pytest.fixture
def halfway(person) -> Client:
    """A browser that has given the right password, and nothing more."""
    client = Client()
    response = log_in(client, person.email)
    assert response["Location"] == STEP
    return client


@pytest.fixture(autouse=True)
def _early_in_the_half_minute():
    """A code must not run out between being read and being typed by the test."""
    if time.time() % 30 > 27:
        time.sleep(30 - time.time() % 30)


def test_the_code_of_the_app_logs_in(halfway):
    halfway.post(STEP, {"code": app_code()})
    assert is_in(halfway)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"code": ""},
        {"code": " "},
        {"code": "000000\x00"},
        {"code": "not a code"},
        {"code": "١٢٣٤٥٦"},
        {"code[]": "123456"},
        {"credential": ""},
        {"credential": "null"},
        {"credential": "{}"},
        {"credential": "[]"},
        {"credential": '{"id": "x", "response": {}}'},
        {"credential": "not json"},
    ],
)
def test_a_missing_empty_or_odd_field_does_not_log_in(data, halfway):
    response = halfway.post(STEP, data)
    assert response.status_code == 200
    assert not is_in(halfway)


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_an_expired_or_coming_code_does_not_log_in(steps, halfway):
    halfway.post(STEP, {"code": app_code(steps=steps)})
    assert not is_in(halfway)


def test_a_code_works_once(halfway, person):
    code = app_code()
    halfway.post(STEP, {"code": code})
    other = Client()
    log_in(other, person.email)
    other.post(STEP, {"code": code})
    assert is_in(halfway)
    assert not is_in(other)


def test_a_recovery_code_works_once(halfway, person):
    code = recovery_code(person)
    halfway.post(STEP, {"code": code})
    assert is_in(halfway)
    other = Client()
    log_in(other, person.email)
    other.post(STEP, {"code": code})
    assert not is_in(other)


def test_after_five_guesses_even_the_right_code_waits(halfway):
    for guess in range(5):
        halfway.post(STEP, {"code": f"{guess:06}"})
    halfway.post(STEP, {"code": app_code()})
    assert not is_in(halfway)


def test_guesses_count_over_all_browsers(halfway, person):
    for guess in range(5):
        other = Client()
        log_in(other, person.email)
        other.post(STEP, {"code": f"{guess:06}"})
    halfway.post(STEP, {"code": app_code()})
    assert not is_in(halfway)


JUMPS = ["account", "account_email", "account_change_password", "mfa_index", "kept", "home"]


@pytest.mark.parametrize("name", JUMPS)
def test_who_is_halfway_has_no_session_anywhere(name, halfway, place):
    response = halfway.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/account/log-in/")


def test_who_is_halfway_cannot_take_the_second_step_off(halfway, person):
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_activate_totp"):
        halfway.post(reverse(name))
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_the_second_step_alone_is_nothing(person):
    client = Client()
    response = client.post(STEP, {"code": app_code()})
    assert response["Location"] == reverse("account_login")
    assert not is_in(client)


def test_the_second_step_of_another_does_not_fit(person, new_log_in):
    """The password of one and the code of the other's app."""
    other = new_log_in("lars@privat.example")
    give_app(other, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
    client = Client()
    log_in(client, other.email)
    client.post(STEP, {"code": app_code(SECRET)})
    assert not is_in(client)


def test_a_code_by_mail_does_not_replace_the_second_step(person, code_in_mail):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": person.email})
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    assert response["Location"] == STEP
    assert not is_in(client)


def test_a_new_password_by_mail_does_not_replace_the_second_step(person):
    person.set_password("otte store ænder")
    person.save()
    client = Client()
    response = log_in(client, person.email, "otte store ænder")
    assert response["Location"] == STEP


def test_who_waits_too_long_begins_anew(halfway, monkeypatch):
    later = time.time() + 16 * 60
    monkeypatch.setattr("allauth.account.internal.stagekit.time.time", lambda: later)
    response = halfway.post(STEP, {"code": app_code()})
    monkeypatch.undo()
    assert response["Location"] == reverse("account_login")
    assert not is_in(halfway)


def test_a_stolen_open_session_cannot_change_the_second_step(person, halfway):
    """Log-in alone is not enough: the password is asked for again, within five minutes."""
    halfway.post(STEP, {"code": app_code()})
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        response = halfway.post(reverse(name))
        assert response["Location"].startswith("/account/again/"), name
    response = halfway.get(reverse("mfa_view_recovery_codes"))
    assert response["Location"].startswith("/account/again/")
    assert Authenticator.objects.filter(user=person, type="totp").exists()


@pytest.mark.parametrize("credential", ["", "null", "{}", "[]", '{"id": 1, "response": 7}'])
def test_an_odd_passkey_logs_nobody_in(credential, person):
    client = Client()
    response = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert response["Location"] == reverse("account_login")
    assert not is_in(client)


# --- where one's part asks for it ---------------------------------------------------------------


def inside(place) -> str:
    """An address inside the organisation that every member may see."""
    return reverse("organisation-style", args=[place.slug])


@pytest.fixture
def required(settings):
    settings.MUSLING_MFA_REQUIRED = True
    settings.MUSLING_MFA_ROLES = ["hr", "operator"]


def test_hr_without_a_second_step_gets_no_further(required, hr, browser_of, place):
    client = browser_of(hr)
    response = client.get(inside(place))
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).context["is_missing"] is True


def test_hr_with_a_second_step_gets_in(required, hr, place):
    give_app(hr.person)
    client = Client()
    log_in(client, hr.person.email)
    client.post(STEP, {"code": app_code()})
    assert client.get(inside(place)).status_code == 200


def test_recovery_codes_alone_are_no_second_step(required, hr, browser_of, place):
    client = browser_of(hr)
    give_app(hr.person)
    Authenticator.objects.filter(type="totp").delete()
    assert client.get(inside(place))["Location"] == reverse("mfa_index")


def test_an_employee_is_not_asked(required, mette, browser_of, place):
    assert browser_of(mette).get(inside(place)).status_code == 200


def test_hr_who_takes_it_off_is_asked_again_at_once(required, hr, place):
    give_app(hr.person)
    client = Client()
    log_in(client, hr.person.email)
    client.post(STEP, {"code": app_code()})
    confirm_it_is_me(client, PASSWORD)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert client.get(inside(place))["Location"] == reverse("mfa_index")
