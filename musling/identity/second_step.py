"""The second step of log-in: its secrets are sealed, and what follows when one is set up."""

import base64
import functools
import logging
from collections.abc import Callable
from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.people.models import Person
from musling.people.sessions import end_sessions
from musling.vault import keys
from musling.vault.keyring import KeyringProblem
from musling.vault.models import Key
from musling.vault.sealing import OpenKey

log = logging.getLogger("musling.identity")
PURPOSE = "totp"


def seal(person: Person, secret: str) -> str:
    """The secret sealed under the person's own key, which the text names. Raises KeyringProblem."""
    key = _key_of(person)
    sealed = _opened(key).seal(_binding(key), secret)
    return f"{key.public_id}.{base64.b64encode(sealed).decode()}"


def unseal(text: str) -> str:
    """What ``seal`` sealed. Raises KeyringProblem, KeyDestroyed, SealBroken."""
    public_id, _dot, sealed = text.partition(".")
    key = Key.objects.get(public_id=public_id, purpose=PURPOSE)
    secret: str = _opened(key).open(_binding(key), base64.b64decode(sealed))
    return secret


@transaction.atomic
def _key_of(person: Person) -> Key:
    """The person's key, made where there is none yet; two tabs make one."""
    locked = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if locked.key_id is None:
        locked.key = keys.new_key(organisation_id=None, purpose=PURPOSE)
        locked.save(update_fields=["key"])
    assert locked.key is not None  # noqa: S101
    return locked.key


def _opened(key: Key) -> OpenKey:
    try:
        return keys.unwrap([key])[key.pk]
    except KeyError:
        raise keys.KeyDestroyed(key.public_id) from None


def _binding(key: Key) -> str:
    return f"mfa_authenticator|{key.public_id}|data"


def needs_keyring(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that opens such secrets says so when the keyring is missing, and changes nothing."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        except KeyringProblem as problem:
            log.error("second step: %s", problem)  # noqa: TRY400 (the message says it all)
            return render(request, "identity/keyring_missing.html", status=503)
        return response

    return answer


def listen() -> None:
    """Ends the other sessions when a second step is set up: they never passed it."""
    signals.authenticator_added.connect(_end_other_sessions, dispatch_uid="musling.second_step")


def _end_other_sessions(
    request: HttpRequest, user: Person, authenticator: Authenticator, **_more: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    end_sessions([user.pk])
    user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, user)
