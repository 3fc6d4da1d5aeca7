"""What somebody does at log-in, step by step."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from musling.identity import second_step
from musling.people.models import Person

PASSWORD = "seks små ænder"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def log_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    """Sends the log-in form."""
    data = {"login": email, "password": password, **more}
    return client.post(reverse("account_login"), data)


def is_in(client: Client) -> bool:
    """Whether somebody is logged in in this browser."""
    return client.get(reverse("account")).status_code == 200


def confirm_it_is_me(client: Client, password: str = PASSWORD) -> None:
    """Types the password once more, as before a change to the log-in."""
    response = client.post(reverse("account_reauthenticate"), {"password": password})
    assert response.status_code == 302, response.content.decode()


def give_app(person: Person, secret: str = SECRET) -> None:
    """Sets up an app for one-time codes and recovery codes, sealed as the pages do it."""
    Authenticator.objects.create(
        user=person, type="totp", data={"secret": second_step.seal(person, secret)}
    )
    seed = second_step.seal(person, RecoveryCodes.generate_seed())
    Authenticator.objects.create(
        user=person, type="recovery_codes", data={"seed": seed, "used_mask": 0}
    )


def app_code(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_code(person: Person) -> str:
    """The first recovery code that is left."""
    found = Authenticator.objects.get(user=person, type="recovery_codes")
    return found.wrap().get_unused_codes()[0]
