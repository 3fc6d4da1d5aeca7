"""Who can lead one talk instead of its leader."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from musling.conversations.models import Conversation, Part, Participant, State
from musling.conversations.queries.talks import Talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.people.leading import active, in_force, nearest_leader
from musling.people.models import Employment, Leadership


def possible_deputies(actor: Actor, found: Talk) -> QuerySet[Employment]:
    """Leaders of the organisation and colleagues in the leader's or the employee's unit.

    Deliberately not everybody: a list of a municipality's 10,000 names tells who works there.
    """
    near = {row.employment.unit_id for row in (found.me, found.other) if row.employment}
    leads = Leadership.objects.filter(
        in_force(actor.today), organisation_id=actor.organisation_id
    ).values("employment")
    people = active(actor.today).filter(organisation_id=actor.organisation_id)
    return (
        (people.filter(unit__in=near) | people.filter(pk__in=leads))
        .exclude(profile__in=[found.me.profile_id, found.other.profile_id])
        .select_related("profile")
        .order_by("profile__first_name", "profile__last_name", "pk")
    )


def handed_over_by(found: Talk) -> Participant | None:
    """Who handed the talk to the deputy that leads it now; None where nobody did.

    Nor is there anything to say no to where the deputy is the employee's leader by now.
    """
    before = found.leader.deputises_for
    return None if before is None or _leads_the_employee(found) else before


def _leads_the_employee(found: Talk) -> bool:
    """Whether the talk is led by the employee's own leader of today: then nobody stands in."""
    employment = found.employee.employment
    if employment is None:
        return False
    leader = nearest_leader(employment, clock.today())
    return isinstance(leader, Employment) and leader.profile_id == found.leader.profile_id


def unfinished_or_of(talks: QuerySet[Conversation], year: int) -> QuerySet[Conversation]:
    """This year's talks, and those of the years before that nobody has ended yet."""
    ended = {State.AGREED, State.CANCELLED, State.DECLINED}
    unfinished = Q(year__lt=year, key__destroyed_at=None) & ~Q(state__in=ended)
    return talks.filter(Q(year=year) | unfinished)


def left_behind(
    actor: Actor, employments: Collection[int], *, kind: str = "mus", year: int | None = None
) -> QuerySet[Participant]:
    """The leader's seats of talks that a former leader of these employees planned and never held.

    For whoever leads them now: the caller has made sure. Not those that the actor gave to a deputy.
    """
    mine = Participant.objects.filter(
        deputises_for__profile=actor.profile_id, ended_at=None, part=Part.LEADER
    )
    theirs = Participant.objects.filter(employment__in=employments, part=Part.EMPLOYEE)
    year = year or actor.today.year
    talks = (
        unfinished_or_of(Conversation.objects.filter(kind=kind), year)
        .filter(opened_at=None, held_at=None, pk__in=theirs.values("conversation"))
        .exclude(pk__in=mine.values("conversation"))
        .exclude(state=State.CANCELLED)
    )
    seats = Participant.objects.filter(conversation__in=talks, part=Part.LEADER, ended_at=None)
    return seats.exclude(profile_id=actor.profile_id)
