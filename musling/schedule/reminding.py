"""Reminders, organisation by organisation."""

from musling.conversations.actions.following_up import note_due_agreements
from musling.foundation.actor import program
from musling.frames.theme_actions import note_missing_theme
from musling.mail.reminding import remind_in
from musling.organisations.models import Organisation
from musling.privacy.access_requests import note_due_requests

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


def remind_of_requests() -> int:
    """Notes in every organisation which access requests fall due."""
    places = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(note_due_requests(place) for place in places)


def remind_of_theme() -> int:
    """Notes in every organisation that the main committee is to choose the coming theme."""
    places = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(note_missing_theme(place) for place in places)


def remind_of_what_waits() -> int:
    """Notes in every organisation whom to remind of offers, talks and minutes that wait."""
    places = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(remind_in(place) for place in places)
