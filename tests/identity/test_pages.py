"""Every page of log-in, as somebody out and as somebody in: it answers, in both languages."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.identity.steps import confirm_it_is_me, give_app

OUT = [
    "account_login",
    "account_request_login_code",
    "account_inactive",
    "logged-out",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_signup",
]
IN = [
    "account",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
WITH_APP = [
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
]
SAID = {"da": '<html lang="da"', "en": '<html lang="en"'}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", OUT)
def test_a_page_for_somebody_logged_out(name, language, db):
    client = Client()
    client.post(reverse("language"), {"language": language})
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert SAID[language] in response.content.decode()


@pytest.mark.parametrize("name", IN + WITH_APP)
def test_a_page_for_somebody_logged_in(name, mette, browser_of):
    client = browser_of(mette)
    confirm_it_is_me(client)
    if name in WITH_APP:
        give_app(mette.person)
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert b"mette@havneby" not in response.content


@pytest.mark.parametrize("name", IN)
def test_a_page_of_ones_own_asks_to_log_in_first(name, db):
    response = Client().get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_there_is_no_open_sign_up(db):
    response = Client().post(
        reverse("account_signup"), {"email": "x@y.example", "password1": "syv små ænder"}
    )
    assert response.status_code == 200
    assert "code" in response.context["form"].errors
