"""Where mail to somebody goes.

Whoever has a log-in gets mail at the own verified address and nowhere else: no import and no HR can
turn it aside. Only who has none yet is reached at the work e-mail that the organisation knows.
"""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac

from musling.foundation.among import Among
from musling.mail.catalogue import Mail
from musling.mail.rows import Reader
from musling.people.models import Profile


def addresses(profiles: Collection[Profile | Reader]) -> dict[int, str]:
    """The address of each profile that has one; one query."""
    people = {profile.person_id for profile in profiles if profile.person_id}
    # The primary one last, so that it is the one that stays.
    verified = EmailAddress.objects.filter(Among("user_id", people), verified=True).order_by(
        "primary", "pk"
    )
    own = dict(verified.values_list("user", "email")) if people else {}
    found = {
        profile.pk: own.get(profile.person_id, "") if profile.person_id else profile.email
        for profile in profiles
    }
    return {pk: email for pk, email in found.items() if is_usable(email)}


def address_for(mail: Mail, reader: Profile | Reader, where: dict[int, str]) -> str:
    """Where that mail goes to, by what ``addresses`` found; empty where nowhere."""
    if mail.work_only:
        return reader.email if is_usable(reader.email) else ""
    return where.get(reader.pk, "")


def is_usable(email: str) -> bool:
    """Whether mail can be sent there: one address, one line, no option of a mail program (T19)."""
    if not email or email.startswith("-"):
        return False
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def fingerprint(email: str) -> str:
    """Tells whether two addresses are the same, and of itself nothing about either."""
    digest = salted_hmac("musling.mail.addresses", email.lower(), algorithm="sha256").hexdigest()
    return digest[:32]
