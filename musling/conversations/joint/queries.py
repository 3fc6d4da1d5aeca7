"""What is asked and agreed about one talk for several employments."""

from collections.abc import Collection
from dataclasses import dataclass

from musling.conversations.joint.access import changeable_joint_talks
from musling.conversations.models import JointPart, JointTalk
from musling.foundation.actor import Actor
from musling.people.leading import Leaders, Problem, active, led_employments
from musling.people.models import Employment

KIND = "mus"  # the yearly talk; others are of one employment by nature


def own_employments(actor: Actor) -> list[Employment]:
    """The actor's employments of today, the oldest first; one query."""
    rows = active(actor.today).filter(profile_id=actor.profile_id).select_related("unit")
    return list(rows.order_by("starts_on", "pk"))


@dataclass(frozen=True, slots=True)
class Choice:
    """An employment whose leader could lead the one talk."""

    employment: Employment
    leader: str


def choices(actor: Actor, employments: Collection[Employment]) -> list[Choice]:
    """Those of the employments that somebody leads, with who; four queries."""
    ways_up = {unit for row in employments for unit in row.unit.way_up}
    leaders = Leaders(actor.organisation_id, actor.today, ways_up)
    found = []
    for row in employments:
        leader = leaders.of(row)
        if not isinstance(leader, Problem):
            found.append(Choice(row, leader.profile.name))
    return found


def own_joint_talk(actor: Actor, year: int) -> JointTalk | None:
    """What the actor asked for in the year; one query."""
    rows = changeable_joint_talks(actor).filter(profile_id=actor.profile_id, kind=KIND, year=year)
    return rows.select_related("holder__unit").first()


def is_ruled(joint: JointTalk) -> bool:
    """Whether HR decided it for a whole round, rather than all the leaders; one query at most."""
    if joint.settled_at is None:
        return False
    return JointPart.objects.filter(joint=joint, agreed_at=None).exists()


def asked_of(actor: Actor) -> list[JointTalk]:
    """What waits for the actor's answer as a leader; one query, three more for who leads."""
    waiting = JointPart.objects.filter(
        organisation_id=actor.organisation_id,
        agreed_at=None,
        joint__settled_at=None,
        joint__refused_at=None,
    )
    if not waiting.exists():
        return []
    mine = waiting.filter(employment__in=led_employments(actor).values("pk"))
    rows = changeable_joint_talks(actor).filter(pk__in=mine.values("joint"))
    return list(rows.select_related("profile", "holder__unit").order_by("asked_at", "pk"))


def held_for(employments: Collection[int], year: int) -> dict[int, int]:
    """Of these employments, those whose talk of the year is another's, and whose; one query."""
    rows = JointPart.objects.filter(
        employment__in=employments, joint__year=year, joint__settled_at__isnull=False
    )
    pairs = rows.values_list("employment", "joint__holder")
    return {employment: holder for employment, holder in pairs if employment != holder}
