"""Making a log-in. Only its holder, the first user of an installation and the demo get here."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from musling.foundation.problems import Refused
from musling.people.models import Person


def address_taken(email: str) -> bool:
    """Whether some log-in has this address, as its own or as one more."""
    address = email.strip().lower()
    return (
        EmailAddress.objects.filter(email=address, verified=True).exists()
        or Person.objects.filter(email__iexact=address).exists()
    )


@transaction.atomic
def make_log_in(
    *, email: str, password: str | None = None, hashed: str = "", language: str = "da"
) -> Person:
    """A log-in whose address its holder has proved to read mail at.

    ``hashed`` is a password already hashed by Django, for whoever chose it a page earlier. With
    neither, the log-in has no password. Raises Refused (field ``email``) for an address in use.
    """
    if address_taken(email):
        raise Refused(_("There is already a log-in with this address."), "email")
    person = Person.objects.create_user(email, password, language=language)
    if hashed:
        person.password = hashed
        person.save(update_fields=["password"])
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person
