"""Who stands in for a leader, which talks that leader follows up on, and who was told what."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from musling.conversations.models import Conversation, Part, Participant, StandIn, State
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.people.leading import in_force
from musling.people.models import Leadership


def stand_ins_of(actor: Actor) -> list[Leadership]:
    """Who stands in, now or later, at the units that the actor leads; one query."""
    own = Leadership.objects.filter(
        in_force(actor.today),
        kind=Leadership.Kind.LEADER,
        employment__profile_id=actor.profile_id,
    )
    rows = Leadership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=actor.today),
        organisation_id=actor.organisation_id,
        kind=Leadership.Kind.STAND_IN,
        unit__in=own.values("unit"),
        employment__profile__disabled_at=None,
    ).exclude(employment__profile_id=actor.profile_id)
    return list(rows.select_related("employment__profile").order_by("starts_on", "pk"))


def later_held(talk: int | OuterRef) -> QuerySet[Conversation]:
    """Held talks that go on from this one."""
    return Conversation.objects.filter(previous=talk, held_at__isnull=False)


def followed_by_me(actor: Actor) -> QuerySet[Participant]:
    """The actor's leader's seats in the last held talk of each employee, agreed on and alive."""
    seats = Participant.objects.filter(
        ~Exists(later_held(OuterRef("conversation"))),
        organisation_id=actor.organisation_id,
        profile_id=actor.profile_id,
        part=Part.LEADER,
        ended_at=None,
        conversation__state=State.AGREED,
        conversation__key__destroyed_at=None,
    )
    return seats.select_related("conversation")


@dataclass(frozen=True, slots=True)
class Followed:
    """A talk that the leader follows up on, or has told a stand-in to."""

    conversation: Conversation
    employee: str
    profile: int  # the employee's
    told: StandIn | None = None


def followed(actor: Actor) -> list[Followed]:
    """What the actor can tell a stand-in, and has told, by the employees' names; three queries."""
    told = {
        row.conversation_id: row
        for row in StandIn.objects.filter(
            ended_at=None,
            organisation_id=actor.organisation_id,
            told_by__profile_id=actor.profile_id,
        ).select_related("employment__profile", "conversation")
    }
    talks = {seat.conversation_id: seat.conversation for seat in followed_by_me(actor)}
    talks |= {pk: row.conversation for pk, row in told.items()}
    employees = Participant.objects.filter(conversation__in=talks, part=Part.EMPLOYEE)
    rows = [
        Followed(
            talks[seat.conversation_id],
            seat.profile.name,
            seat.profile_id,
            told.get(seat.conversation_id),
        )
        for seat in employees.select_related("profile")
    ]
    return sorted(rows, key=lambda row: row.employee)


def stand_in_of(found: Talk) -> StandIn | None:
    """Who stands in for the leader of this talk, or will; one query."""
    rows = StandIn.objects.filter(conversation=found.conversation, ended_at=None)
    return rows.select_related("employment__profile", "told_by__profile").first()
