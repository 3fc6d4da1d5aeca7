"""The other party proves who she or he is on this screen, without being logged in.

Wrong tries count with those of log-in, for the same address: whoever guesses here guesses nowhere
else the sooner.
"""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from musling.people.models import Person


@dataclass(frozen=True)
class NotProved:
    """Why not; in words for the form."""

    field: str
    message: str


def _authenticators(person: Person) -> dict[str, Authenticator]:
    """The second steps that the person has set up, but for recovery codes; one query."""
    rows = Authenticator.objects.filter(user=person)
    return {row.type: row for row in rows.exclude(type=Authenticator.Type.RECOVERY_CODES)}


def can_prove_here(person: Person) -> bool:
    """Whether the person has a password and, where there is a second step, a code to type.

    A passkey proves who holds this device, which here is somebody else.
    """
    steps = _authenticators(person)
    return person.has_usable_password() and (not steps or Authenticator.Type.TOTP in steps)


def needs_code(person: Person) -> bool:
    """Whether the password alone is not enough."""
    return Authenticator.Type.TOTP in _authenticators(person)


def proved(
    request: HttpRequest, person: Person, *, password: str, code: str = ""
) -> NotProved | None:
    """None when password and code are the person's own; else why not."""
    adapter = get_adapter()
    try:
        user = adapter.authenticate(request, email=person.email, password=password)
    except ValidationError as problem:
        return NotProved("password", problem.messages[0])
    if user is None or user.pk != person.pk or not user.is_active:
        return NotProved("password", _("The password is not right. Try again."))
    totp = _authenticators(person).get(Authenticator.Type.TOTP)
    if totp is None:
        return None
    return _prove_code(request, totp, code)


def _prove_code(request: HttpRequest, totp: Authenticator, code: str) -> NotProved | None:
    key = f"mfa-auth-user-{totp.user_id}"  # allauth's own, so that tries add up
    if not ratelimit.consume(request, action="login_failed", key=key):
        return NotProved("code", _("Too many tries. Wait a few minutes, then try again."))
    if not TOTP(totp).validate_code(code):
        return NotProved("code", _("The code is not right. Check it and try again."))
    ratelimit.clear(request, action="login_failed", key=key)
    return None
