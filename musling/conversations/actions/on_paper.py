"""A talk held on paper: registered by one, confirmed or contested by the other."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.talking import begin_minutes, mark_held
from musling.conversations.models import PaperTalk, State
from musling.conversations.queries.talks import paper_of, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import Refused


@transaction.atomic
def register_paper_talk(actor: Actor, *, public_id: str, held_on: dt.date) -> None:
    """One says that the talk was held on paper that day; it counts when the other confirms."""
    found = talk(actor, public_id, lock=True)
    if found.conversation.opened_at or found.conversation.held_at:
        raise Refused(_("This talk is held in Musling already."))
    if found.state == State.CANCELLED:
        raise Refused(_("This talk was called off."))
    if held_on > actor.today:
        raise Refused(_("The day lies ahead. Register the talk when it is held."), "held_on")
    if abs(held_on.year - found.conversation.year) > 1:
        raise Refused(
            _("This is the talk of %(year)d. Look at the date again.")
            % {"year": found.conversation.year},
            "held_on",
        )
    PaperTalk.objects.update_or_create(
        conversation=found.conversation,
        defaults={
            "organisation_id": actor.organisation_id,
            "registered_by": found.me,
            "held_on": held_on,
            "registered_at": clock.now(),
            "confirmed_at": None,
            "contested_at": None,
        },
    )
    log.note(
        actor, "paper.registered", object_id=found.conversation.pk, about=found.employee.profile_id
    )


@transaction.atomic
def answer_paper_talk(
    actor: Actor, *, public_id: str, confirm: bool, held_on: dt.date | None = None
) -> None:
    """The other party confirms that the talk was held, or contests it. Safe to press twice.

    ``held_on``: the day that the page showed. Whoever has the registering one's place by now, as a
    deputy or a new leader, was not there and confirms nothing.
    """
    found = talk(actor, public_id, lock=True)
    paper = paper_of(found)
    if paper is None:
        raise Refused(_("Nobody has registered this talk as held on paper."))
    if paper.registered_by.part == found.me.part:
        raise Refused(_("The other of you confirms what you registered."))
    if paper.confirmed_at and confirm:
        return
    if held_on is not None and held_on != paper.held_on:
        raise Refused(_("The day was changed meanwhile. Look at it again."))
    if paper.confirmed_at:
        raise Refused(_("You confirmed this talk already."))
    if found.conversation.opened_at or found.state == State.CANCELLED:
        raise Refused(_("This talk has begun in Musling, or was called off."))
    if not confirm:
        paper.contested_at = clock.now()
        paper.save(update_fields=["contested_at"])
        log.note(
            actor,
            "paper.contested",
            object_id=found.conversation.pk,
            about=found.employee.profile_id,
        )
        return
    paper.confirmed_at = clock.now()
    paper.save(update_fields=["confirmed_at"])
    found.conversation.held_on_paper = True
    # The seat of that part, whoever has it by now.
    found.conversation.minute_taker = found.other
    found.conversation.save(update_fields=["held_on_paper", "minute_taker"])
    begin_minutes(actor, found)
    noon = dt.datetime.combine(paper.held_on, dt.time(12), COPENHAGEN)
    mark_held(actor, found, noon)
    log.note(
        actor, "paper.confirmed", object_id=found.conversation.pk, about=found.employee.profile_id
    )
