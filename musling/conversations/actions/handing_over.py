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
from musling.conversations.actions.seats import change_leader
from musling.conversations.models import Conversation, Offer, Part, Participant, State
from musling.conversations.queries.deputies import handed_over_by, left_behind
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.people.leading import active, nearest_leader
from musling.people.models import Employment


@transaction.atomic
def hand_to_deputy(actor: Actor, *, public_id: str, employment: Employment) -> None:
    """The leader lets somebody else lead this one talk; the employee is told and may say no.

    The leader keeps the own preparation; the deputy gets an empty one and sees what is handed in.
    A deputy does not hand the talk on: the leader or the employee decides who else leads it.
    """
    found = led_talk(actor, public_id)
    if has_begun(found.conversation) or found.state == State.CANCELLED:
        raise Refused(_("The talk has begun or ended. Only its parties can go on with it."))
    if found.me.deputises_for_id is not None:
        raise Refused(
            _("You lead this talk instead of somebody else. Only its leader can ask another.")
        )
    deputy = (
        active(actor.today).filter(pk=employment.pk, organisation_id=actor.organisation_id).first()
    )
    if deputy is None or deputy.profile_id in {found.me.profile_id, found.other.profile_id}:
        raise Refused(_("Choose somebody else who works here."), "employment")
    _invite_others(found.conversation)
    change_leader(actor, found.conversation, found.me, deputy, deputises_for=found.me)
    log.note(
        actor,
        "deputy.named",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        deputy=deputy.profile_id,
        instead_of=found.me.pk,
        sequence=found.conversation.calendar_sequence,
    )


@transaction.atomic
def refuse_deputy(actor: Actor, *, public_id: str) -> None:
    """The employee says no to the deputy: the own leader has the talk again.

    What was handed in meanwhile was meant for the deputy, and is handed in anew.
    """
    found = talk_as_employee(actor, public_id)
    before = handed_over_by(found)
    if before is None or has_begun(found.conversation):
        raise Refused(_("This talk was not handed to anybody else."))
    deputy, own = found.other, _own_leader(actor, found.me, before)
    if own is None or own.profile_id == deputy.profile_id:
        raise Refused(_("Nobody else leads you right now. Ask HR who does."))
    _invite_others(found.conversation)
    change_leader(actor, found.conversation, deputy, own)
    log.note(
        actor,
        "deputy.refused",
        object_id=found.conversation.pk,
        about=actor.profile_id,
        deputy=deputy.profile_id,
        sequence=found.conversation.calendar_sequence,
    )


def _invite_others(conversation: Conversation) -> None:
    """A calendar takes a cancellation, and a new invitation after it, by their numbers."""
    if conversation.starts_at:
        conversation.calendar_sequence += 1
        conversation.save(update_fields=["calendar_sequence"])


def _own_leader(actor: Actor, employee: Participant, before: Participant) -> Employment | None:
    """The employee's leader of today; else whoever handed the talk over, if still here."""
    if employee.employment is not None:
        today = nearest_leader(employee.employment, actor.today)
        if isinstance(today, Employment):
            return today
    return active(actor.today).filter(profile_id=before.profile_id).order_by("pk").first()


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
        offer = Offer.objects.filter(conversation=conversation).order_by("sent_at").last()
        close_offer(offer)
        if conversation.state != State.DECLINED:
            leave_time(conversation, State.PLANNED)
        elif offer:
            # Should the employee want the talk after all: these were the former leader's times.
            offer.times, offer.place = [], ""
            offer.save(update_fields=["times", "place"])
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
