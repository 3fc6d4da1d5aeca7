"""HR says whether an employee may say "no thanks" to the yearly talk (A2, C10)."""

from django.db import transaction

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.organisations.models import Organisation
from musling.people.access import is_hr


def organisation_of(actor: Actor) -> Organisation:
    """The actor's organisation, for HR. Raises NotThere."""
    if not is_hr(actor):
        raise NotThere
    return Organisation.objects.get(pk=actor.organisation_id)


@transaction.atomic
def set_may_decline(actor: Actor, *, may_decline: bool | None) -> None:
    """Sets it; None: as the sector has it, a duty where the talk is a right. Raises NotThere.

    Who has said no thanks before can still take it back.
    """
    organisation = organisation_of(actor)
    if organisation.may_decline is not may_decline:
        organisation.may_decline = may_decline
        organisation.save(update_fields=["may_decline"])
        log.note(actor, "organisation.changed", object_id=organisation.pk)
