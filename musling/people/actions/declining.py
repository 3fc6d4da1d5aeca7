"""HR says what the yearly talk is called, and whether one may say "no thanks" (A2, B3, C10)."""

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Organisation
from musling.people.access import is_hr


def organisation_of(actor: Actor) -> Organisation:
    """The actor's organisation, for HR. Raises NotThere."""
    if not is_hr(actor):
        raise NotThere
    return Organisation.objects.get(pk=actor.organisation_id)


@transaction.atomic
def name_talk(actor: Actor, *, talk_name: str) -> None:
    """What the organisation calls its yearly talk; every page and mail says so from now on (B3).

    Raises NotThere, Refused (field ``talk_name``) where there is no word.
    """
    organisation = organisation_of(actor)
    name = " ".join(talk_name.split())
    if not name:
        raise Refused(_("Write what you call the talk, such as MUS."), "talk_name")
    if organisation.talk_name != name:
        organisation.talk_name = name
        organisation.save(update_fields=["talk_name"])
        log.note(actor, "organisation.changed", object_id=organisation.pk)


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
