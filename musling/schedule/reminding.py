"""Reminders of agreements, organisation by organisation."""

from musling.conversations.actions.following_up import note_due_agreements
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.organisations.models import Organisation

AT_ONCE = 500


def remind_of_agreements() -> int:
    """Notes in every organisation which agreements fall due; the mails follow from the notes."""
    return sum(
        _remind_in(organisation)
        for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True)
    )


def _remind_in(organisation_id: int) -> int:
    noted = 0
    while just_now := note_due_agreements(program(organisation_id), limit=AT_ONCE):
        noted += just_now
    return noted


def program(organisation_id: int) -> Actor:
    """The program itself, acting in an organisation: no person and no profile."""
    return Actor(person_id=None, profile_id=0, organisation_id=organisation_id, at=clock.now())
