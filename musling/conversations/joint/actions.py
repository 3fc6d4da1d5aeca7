"""Asking for one talk for all employments, and the leaders' answers.

A person can have several employments with different leaders (docs/glossary.md). The person asks,
so that no leader learns of another employment unless told; all the leaders agree, or it stays at a
talk for each.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.closing import call_off_unheld
from musling.conversations.joint.access import changeable_joint_talks
from musling.conversations.joint.queries import (
    KIND,
    is_ruled,
    own_employments,
    own_joint_talk,
)
from musling.conversations.models import (
    Conversation,
    JointPart,
    JointTalk,
    Part,
    Participant,
    State,
)
from musling.foundation import clock
from musling.foundation.actor import Actor, program
from musling.foundation.problems import NotThere, Refused
from musling.people.leading import Leaders, Problem, led_employments
from musling.people.models import Employment, Profile


@transaction.atomic
def ask_for_one_talk(actor: Actor, *, holder: str) -> JointTalk:
    """The person asks for one talk, led by the leader of the employment ``holder``.

    Raises NotThere where there are not several employments, Refused where a leader has said no this
    year, where nobody leads one of them, or where the talk of another employment has begun.
    """
    Profile.objects.select_for_update().get(pk=actor.profile_id)
    employments = own_employments(actor)
    kept = next((row for row in employments if row.public_id == holder), None)
    if len(employments) < 2:
        raise NotThere
    if kept is None:
        raise Refused(_("Choose one of your employments."), "holder")
    year = actor.today.year
    there = own_joint_talk(actor, year)
    if there is not None and there.refused_at:
        raise Refused(_("A leader has said no this year. Talk with your leaders about it."))
    if there is not None:
        return there
    leaders = _leaders_of(actor, employments)
    _refuse_begun([row.pk for row in employments if row.pk != kept.pk], year)
    joint, made = JointTalk.objects.get_or_create(
        profile_id=actor.profile_id,
        kind=KIND,
        year=year,
        defaults={
            "organisation_id": actor.organisation_id,
            "holder": kept,
            "asked_at": clock.now(),
        },
    )
    if not made:  # a round has ruled meanwhile
        return joint
    JointPart.objects.bulk_create(
        JointPart(organisation_id=actor.organisation_id, joint=joint, employment=row)
        for row in employments
    )
    log.note_many(actor, [("joint.asked", joint.pk, one) for one in sorted(leaders)])
    return joint


def _leaders_of(actor: Actor, employments: Sequence[Employment]) -> set[int]:
    """The profiles of their leaders. Raises Refused where one has none."""
    ways_up = {unit for row in employments for unit in row.unit.way_up}
    leaders = Leaders(actor.organisation_id, actor.today, ways_up)
    found = set()
    for row in employments:
        leader = leaders.of(row)
        if isinstance(leader, Problem):
            raise Refused(_("Nobody leads one of your employments yet. Ask HR."))
        found.add(leader.profile_id)
    return found


def _refuse_begun(employments: Sequence[int], year: int) -> None:
    """The talks that would fall away must not have begun."""
    if _talks_of(employments, year).exclude(opened_at=None, held_at=None).exists():
        raise Refused(
            _("The talk of another of the employments has begun or was held. Each keeps its own.")
        )


def _talks_of(employments: Sequence[int], year: int) -> QuerySet[Conversation]:
    seats = Participant.objects.filter(
        employment__in=employments, part=Part.EMPLOYEE, ended_at=None
    )
    talks = Conversation.objects.filter(pk__in=seats.values("conversation"), kind=KIND, year=year)
    return talks.exclude(state__in=[State.CANCELLED, State.DECLINED])


def _held(actor: Actor, public_id: str) -> JointTalk:
    rows = changeable_joint_talks(actor).select_for_update(of=("self",))
    joint = rows.filter(public_id=public_id).first()
    if joint is None:
        raise NotThere
    return joint


@transaction.atomic
def agree_to_one_talk(actor: Actor, *, public_id: str) -> JointTalk:
    """A leader agrees for the employments that she or he leads; the last one settles it.

    Then the talks of the other employments that have not begun are called off. Safe to press twice.
    Raises NotThere, and Refused where it was refused or one of those talks has begun meanwhile.
    """
    joint = _held(actor, public_id)
    led = led_employments(actor).filter(profile_id=joint.profile_id)
    parts = JointPart.objects.filter(joint=joint)
    mine = parts.filter(employment__in=led.values("pk"))
    if not mine.exists():
        raise NotThere
    if joint.settled_at:
        return joint
    if joint.refused_at:
        raise Refused(_("Somebody has said no meanwhile. There is a talk for each employment."))
    now = clock.now()
    mine.filter(agreed_at=None).update(agreed_by=actor.profile_id, agreed_at=now)
    if not parts.filter(agreed_at=None).exists():
        _settle(actor, joint)
    return joint


def _settle(actor: Actor, joint: JointTalk) -> None:
    others = other_employments(joint)
    _refuse_begun(others, joint.year)
    talks = _talks_of(others, joint.year).order_by("pk").values_list("pk", flat=True)
    call_off_unheld(actor, list(talks))
    joint.settled_at = clock.now()
    joint.save(update_fields=["settled_at"])
    log.note(actor, "joint.settled", object_id=joint.pk, about=joint.profile_id)


def other_employments(joint: JointTalk) -> list[int]:
    """Those whose own talk falls away; one query."""
    parts = JointPart.objects.filter(joint=joint).exclude(employment=joint.holder_id)
    return list(parts.order_by("employment").values_list("employment", flat=True))


@transaction.atomic
def refuse_one_talk(actor: Actor, *, public_id: str) -> JointTalk:
    """A leader says no: a talk for each employment. Safe to press twice.

    Raises NotThere, and Refused where all have agreed meanwhile.
    """
    joint = _held(actor, public_id)
    led = led_employments(actor).filter(profile_id=joint.profile_id)
    if not JointPart.objects.filter(joint=joint, employment__in=led.values("pk")).exists():
        raise NotThere
    if joint.settled_at:
        raise Refused(_("All have agreed meanwhile. It is one talk now."))
    if joint.refused_at is None:
        joint.refused_at = clock.now()
        joint.save(update_fields=["refused_at"])
        log.note(actor, "joint.refused", object_id=joint.pk, about=joint.profile_id)
    return joint


@transaction.atomic
def want_a_talk_each(actor: Actor, *, public_id: str) -> list[int]:
    """The person takes it back: a talk for each employment again. Returns the other employments.

    Raises NotThere for who did not ask; Refused where a leader has said no anyway, where HR decided
    so for a whole round (its next look would make it again), or where the one talk has begun.
    """
    joint = _held(actor, public_id)
    if joint.profile_id != actor.profile_id:
        raise NotThere
    if joint.refused_at:
        raise Refused(_("A leader has said no already: there is a talk for each employment."))
    if is_ruled(joint):
        raise Refused(_("HR has decided on one talk for everybody in the round. Ask HR."))
    _refuse_begun([joint.holder_id], joint.year)
    others = other_employments(joint)
    log.note(actor, "joint.taken_back", object_id=joint.pk, about=joint.profile_id)
    joint.delete()
    return others


def whose_holder_left() -> QuerySet[JointTalk]:
    """Those of this year whose talk is nobody's any more: its employment ended before it began."""
    today = clock.today()
    begun = Participant.objects.filter(
        ~Q(conversation__opened_at=None, conversation__held_at=None),
        employment=OuterRef("holder"),
        part=Part.EMPLOYEE,
        conversation__kind=OuterRef("kind"),
        conversation__year=OuterRef("year"),
    )
    rows = JointTalk.objects.filter(year__gte=today.year, holder__ends_on__lt=today)
    return rows.filter(~Exists(begun), refused_at=None)


@transaction.atomic
def end_with_holder(joint_pk: int) -> list[int]:
    """Ends it: a talk for each of the other employments, which are returned. Safe to run twice."""
    joint = whose_holder_left().select_for_update(of=("self",)).filter(pk=joint_pk).first()
    if joint is None:
        return []
    others = other_employments(joint)
    log.note(
        program(joint.organisation_id), "joint.ended", object_id=joint.pk, about=joint.profile_id
    )
    joint.delete()
    return others
