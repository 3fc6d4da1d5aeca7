"""Another leads the talk: a deputy for this one, or the leader that the employee has now."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.offering import (
    close_offer,
    has_begun,
    leave_time,
    led_talk,
    talk_as_employee,
)
from musling.conversations.actions.seats import agree_anew, change_leader
from musling.conversations.models import Conversation, Offer, Part, Participant, State
from musling.conversations.queries.deputies import handed_over_by, left_behind
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.people.leading import active
from musling.people.models import Employment


@transaction.atomic
def hand_to_deputy(actor: Actor, *, public_id: str, employment: Employment) -> None:
    """The leader lets somebody else lead this one talk; the employee is told and may say no.

    The leader keeps the own preparation; the deputy gets an empty one and sees what is handed in.
    """
    found = led_talk(actor, public_id)
    if has_begun(found.conversation) or found.state == State.CANCELLED:
        raise Refused(_("The talk has begun or ended. Only its parties can go on with it."))
    deputy = (
        active(actor.today).filter(pk=employment.pk, organisation_id=actor.organisation_id).first()
    )
    if deputy is None or deputy.profile_id in {found.me.profile_id, found.other.profile_id}:
        raise Refused(_("Choose somebody else who works here."), "employment")
    change_leader(actor, found.conversation, found.me, deputy)
    log.note(
        actor,
        "deputy.named",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        deputy=deputy.profile_id,
        instead_of=found.me.pk,
    )


@transaction.atomic
def refuse_deputy(actor: Actor, *, public_id: str) -> None:
    """The employee says no to the deputy: the leader who handed the talk over has it back."""
    found = talk_as_employee(actor, public_id)
    before = handed_over_by(found)
    if before is None or has_begun(found.conversation):
        raise Refused(_("This talk was not handed to anybody else."))
    deputy = found.other
    deputy.ended_at = clock.now()
    deputy.save(update_fields=["ended_at"])
    before.ended_at = None
    before.save(update_fields=["ended_at"])
    agree_anew(found.conversation)
    log.note(
        actor,
        "deputy.refused",
        object_id=found.conversation.pk,
        about=actor.profile_id,
        deputy=deputy.profile_id,
    )


def take_over(
    actor: Actor, *, employments: Collection[int], mine: Employment, kind: str, year: int
) -> list[Conversation]:
    """Takes over the talks that a former leader of these employees planned, and returns them.

    The caller has made sure that the actor leads them now. A time that was agreed with the former
    leader is called off, and times are proposed anew; what each has prepared stays with each. A
    talk that has begun, or that the actor handed to a deputy, stays with whoever leads it.
    """
    left = left_behind(actor, employments, kind=kind, year=year)
    list(Conversation.objects.select_for_update().filter(pk__in=left.values("conversation")))
    taken = []
    for former in left.select_related("conversation"):
        conversation = former.conversation
        close_offer(Offer.objects.filter(conversation=conversation).order_by("sent_at").last())
        if conversation.state != State.DECLINED:
            leave_time(conversation, State.PLANNED)
        change_leader(actor, conversation, former, mine)
        employee = Participant.objects.get(conversation=conversation, part=Part.EMPLOYEE)
        log.note(
            actor,
            "leader.took_over",
            object_id=conversation.pk,
            about=employee.profile_id,
            former=former.profile_id,
            sequence=conversation.calendar_sequence,
        )
        taken.append(conversation)
    return taken
