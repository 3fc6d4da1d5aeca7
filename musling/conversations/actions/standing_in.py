"""The leader tells a stand-in what to follow up on, from a day on; the employee sees it.

HR says who stands in, and how long; of what was agreed before, a stand-in gets what the leader
tells: the open agreements of the talks that the leader names. The rest goes along only if the
employee says so, as with a new leader. Never backwards in time.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.models import Conversation, GoesAlong, Part, Participant, StandIn
from musling.conversations.queries.stand_ins import followed_by_me, later_held, stand_ins_of
from musling.foundation import clock
from musling.foundation.actor import Actor, program
from musling.foundation.problems import NotThere, Refused
from musling.people.leading import active


@transaction.atomic
def tell_stand_in(actor: Actor, *, talks: Collection[str], stand_in: str, from_on: dt.date) -> int:
    """From that day the stand-in follows up on these talks instead of the actor; how many.

    ``talks`` and ``stand_in`` are public ids, of talks that both agree on and of the stand-in's
    employment. Raises Refused with what to do. Safe to press twice.
    """
    posts = {str(row.employment.public_id): row for row in stand_ins_of(actor)}
    post = posts.get(stand_in)
    if post is None:
        raise Refused(_("Choose somebody who stands in for you. HR says who does."), "stand_in")
    earliest = max(actor.today, post.starts_on)
    if from_on < earliest or (post.ends_on and from_on > post.ends_on):
        raise Refused(
            _("Choose a day while %(name)s stands in for you, today at the earliest.")
            % {"name": post.employment.profile.first_name},
            "from_on",
        )
    seats = followed_by_me(actor).filter(conversation__public_id__in=talks)
    own = Participant.objects.filter(
        conversation__in=seats.values("conversation"),
        profile=post.employment.profile_id,
        part=Part.EMPLOYEE,
    )
    if own.exists():
        raise Refused(
            _("%(name)s cannot follow up on the own agreements. Take that one away.")
            % {"name": post.employment.profile.first_name},
            "talks",
        )
    _lock(seats.values_list("conversation", flat=True))  # two presses at once wait for each other
    told = 0
    for seat in seats.exclude(conversation__stand_in__in=StandIn.objects.filter(ended_at=None)):
        row = StandIn.objects.create(
            organisation_id=actor.organisation_id,
            conversation=seat.conversation,
            told_by=seat,
            employment=post.employment,
            from_on=from_on,
            told_at=clock.now(),
        )
        _note(actor, "stand_in.told", row)
        told += 1
    if not told:
        raise Refused(_("Choose at least one."), "talks")
    _begin_due(actor.organisation_id, actor.today)
    return told


@transaction.atomic
def end_stand_in(actor: Actor, *, stand_in: str) -> None:
    """The leader takes it back, before or after it has begun. Safe to press twice."""
    row = StandIn.objects.filter(
        public_id=stand_in,
        organisation_id=actor.organisation_id,
        told_by__profile_id=actor.profile_id,
    ).first()
    if row is None:
        raise NotThere
    _lock([row.conversation_id])
    row.refresh_from_db()
    if row.ended_at:
        return
    if row.begun_at:
        give_back(row)
    _end(row)
    _note(actor, "stand_in.ended", row)


def begin_due_in(organisation_id: int) -> int:
    """Gives the seats over whose day has come; returns how many. Called by the schedule."""
    return _begin_due(organisation_id, program(organisation_id).today)


@transaction.atomic
def _begin_due(organisation_id: int, today: dt.date) -> int:
    due = StandIn.objects.filter(
        organisation_id=organisation_id, begun_at=None, ended_at=None, from_on__lte=today
    )
    rows = list(due.select_related("employment", "told_by").order_by("conversation"))
    _lock([row.conversation_id for row in rows])
    return sum(_begin(row, today) for row in rows)


def _begin(row: StandIn, today: dt.date) -> bool:
    """The stand-in gets the seat, if the leader who told it still has it and the other is here."""
    _lock([row.conversation_id])
    row.refresh_from_db()
    if row.begun_at or row.ended_at:
        return False  # another worker was quicker
    here = active(today).filter(pk=row.employment_id).exists()
    # What was open has gone along to a talk that was held since: another one to tell about.
    here = here and not later_held(row.conversation_id).exists()
    mine = Participant.objects.filter(pk=row.told_by_id, ended_at=None)
    if not here or not mine.update(ended_at=clock.now()):
        _end(row)
        return False
    Participant.objects.update_or_create(
        conversation_id=row.conversation_id,
        profile_id=row.employment.profile_id,
        part=Part.LEADER,
        defaults={
            "organisation_id": row.organisation_id,
            "employment": row.employment,
            "goes_along": GoesAlong.NOTHING,
            "chosen_at": None,
            "ended_at": None,
        },
    )
    row.begun_at = clock.now()
    row.save(update_fields=["begun_at"])
    _note(program(row.organisation_id), "stand_in.begun", row)
    return True


def give_back(row: StandIn) -> None:
    """The leader who told it has the seat again, as it was."""
    stand_in = Participant.objects.filter(
        conversation_id=row.conversation_id, part=Part.LEADER, ended_at=None
    )
    stand_in.filter(profile_id=row.employment.profile_id).update(ended_at=clock.now())
    if not stand_in.exists():
        Participant.objects.filter(pk=row.told_by_id).update(ended_at=None)


def _end(row: StandIn) -> None:
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])


def _lock(talks: Collection[int]) -> None:
    """In one order, whoever comes: nobody waits for somebody who waits."""
    list(Conversation.objects.select_for_update().filter(pk__in=list(talks)).order_by("pk"))


def _note(actor: Actor, verb: str, row: StandIn) -> None:
    employee = Participant.objects.filter(conversation=row.conversation_id, part=Part.EMPLOYEE)
    log.note(
        actor,
        verb,
        object_id=row.conversation_id,
        about=employee.values_list("profile", flat=True).first(),
        stand_in=row.employment.profile_id,
        on=row.from_on.isoformat(),
    )
