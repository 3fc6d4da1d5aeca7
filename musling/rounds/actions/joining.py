"""One talk for several employments in a round: the places of those whose talk is another's."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from musling.activity import log
from musling.conversations.joint import actions as joint
from musling.conversations.joint.access import changeable_joint_talks
from musling.conversations.models import JointPart, JointTalk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.rounds.models import Place, Round, State
from musling.rounds.placing import OF_ANOTHER, Placed


@transaction.atomic
def agree(actor: Actor, *, public_id: str) -> bool:
    """A leader agrees; once all have, the other employments' places are closed. Is it settled?

    Raises as ``agree_to_one_talk`` does.
    """
    row = joint.agree_to_one_talk(actor, public_id=public_id)
    if row.settled_at:
        places = _places(joint.other_employments(row), row.kind, row.year)
        places.filter(closed_at=None).update(closed_at=clock.now(), closed_why=OF_ANOTHER)
    return row.settled_at is not None


@transaction.atomic
def take_back(actor: Actor, *, public_id: str) -> None:
    """The person wants a talk for each again: the next daily look offers them.

    Raises as ``want_a_talk_each`` does.
    """
    row = changeable_joint_talks(actor).filter(public_id=public_id).first()
    others = joint.want_a_talk_each(actor, public_id=public_id)
    if row is not None:
        _come_back(others, row.kind, row.year)


def let_go_of_who_left() -> int:
    """Where the employment that held the one talk has ended: the others are offered their own.

    Returns how many. Called before the daily look, which offers them.
    """
    done = 0
    for pk, kind, year in list(joint.whose_holder_left().values_list("pk", "kind", "year")):
        with transaction.atomic():
            others = joint.end_with_holder(pk)
            _come_back(others, kind, year)
            done += bool(others)
    return done


def _come_back(employments: Sequence[int], kind: str, year: int) -> None:
    """Their places wait for a talk again."""
    _places(employments, kind, year).filter(closed_why=OF_ANOTHER).update(
        closed_at=None, closed_why="", conversation=None
    )


def _places(employments: Sequence[int], kind: str, year: int) -> QuerySet[Place]:
    rounds = {"round__kind": kind, "round__year": year}
    rows = Place.objects.filter(employment__in=employments, **rounds)
    return rows.exclude(round__state=State.CLOSED)


def keep_ruling(actor: Actor, row: Round, placed: Sequence[Placed]) -> int:
    """HR's ruling "one talk for all": kept as what persons and leaders agree on is; how many parts.

    So coverage, reminders and the team's page of the other leader know of it. Safe to repeat; six
    statements, none where nobody is concerned.
    """
    pairs = {one.employment.pk: one for one in placed if one.of is not None}
    if not pairs:
        return 0
    holders = {one.employment.profile_id: one.of for one in pairs.values()}
    rows = JointTalk.objects.filter(profile__in=holders, kind=row.kind, year=row.year)
    there = {one.profile_id: one for one in rows.select_for_update()}
    now = clock.now()
    JointTalk.objects.bulk_create(
        (
            JointTalk(
                organisation_id=actor.organisation_id,
                profile_id=profile,
                kind=row.kind,
                year=row.year,
                holder_id=holder,
                asked_at=now,
                settled_at=now,
            )
            for profile, holder in holders.items()
            if profile not in there and holder is not None
        ),
        ignore_conflicts=True,  # somebody who asks right now is seen by the next look
    )
    # What was asked or refused among the leaders is overruled by the round.
    open_ones = [one for one in there.values() if one.settled_at is None]
    for one in open_ones:
        one.holder_id, one.settled_at, one.refused_at = holders[one.profile_id] or 0, now, None
    JointTalk.objects.bulk_update(open_ones, ["holder", "settled_at", "refused_at"])
    there = {one.profile_id: one for one in rows}
    wanted = [
        (there[one.employment.profile_id], employment)
        for one in pairs.values()
        for employment in (one.employment.pk, there[one.employment.profile_id].holder_id)
    ]
    kept = set(
        JointPart.objects.filter(joint__in=there.values()).values_list("joint", "employment")
    )
    new = sorted({(one.pk, pk) for one, pk in wanted} - kept)
    JointPart.objects.bulk_create(
        JointPart(organisation_id=actor.organisation_id, joint_id=pk, employment_id=employment)
        for pk, employment in new
    )
    about = {one.pk: one.profile_id for one in there.values()}
    log.note_many(actor, [("joint.ruled", pk, about[pk]) for pk in sorted({pk for pk, _e in new})])
    return len(new)
