"""When somebody else becomes the leader after a talk was held: what goes along, and what ends.

Open agreements go along by themselves; minutes and answers only if the employee says so, who is
asked once and can change it (X7). The leader before loses access. So does a deputy, once both agree
on the minutes: from then on the leader follows up.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.offering import talk_as_employee
from musling.conversations.models import Conversation, GoesAlong, Part, Participant, StandIn, State
from musling.foundation import clock
from musling.foundation.actor import Actor, program
from musling.foundation.problems import NotThere, Refused
from musling.people.leading import Leaders, active, in_force
from musling.people.models import Employment


@dataclass(frozen=True, slots=True)
class _Change:
    """A talk whose leader's seat is held by somebody who does not lead the employee any more."""

    conversation: int
    employee: int
    employee_seat: int
    held_at: dt.datetime
    state: str
    holder: int
    holder_seat: int
    deputy: bool  # who led this one talk instead of the leader, and has done so
    new: Employment


def hand_over_in(organisation_id: int) -> int:
    """Hands over the talks whose employees have another leader now; returns how many.

    Called by the schedule. A fixed number of queries, and a few more for each talk handed over.
    """
    actor = program(organisation_id)
    done = 0
    for change in list(_changes(organisation_id, actor.today)):
        if _may_leave(change, actor.today):
            _hand_over(actor, change)
            done += 1
    return done


def _changes(organisation_id: int, day: dt.date) -> Iterator[_Change]:
    leaders = Leaders(organisation_id, day)
    later = Conversation.objects.filter(previous=OuterRef("conversation"), held_at__isnull=False)
    last_held = Participant.objects.filter(
        ~Exists(later),
        organisation_id=organisation_id,
        ended_at=None,
        conversation__held_at__isnull=False,
        conversation__key__destroyed_at=None,
    )
    holders = {
        talk: (seat, profile, instead_of is not None)
        for talk, seat, profile, instead_of in last_held.filter(part=Part.LEADER).values_list(
            "conversation", "pk", "profile", "deputises_for"
        )
    }
    employed = in_force(day, "employment__")
    employees = last_held.filter(employed, part=Part.EMPLOYEE, profile__disabled_at=None)
    for talk, profile, own_seat, unit, held_at, state in employees.values_list(
        *("conversation", "profile", "pk", "employment__unit"),
        *("conversation__held_at", "conversation__state"),
    ):
        found = leaders.find(profile, unit)
        if not isinstance(found.leader, Employment) or talk not in holders:
            continue
        seat, holder, deputy = holders[talk]
        # Somebody who stands in for a while does not replace whoever holds the post.
        if holder not in {post.profile_id for post in leaders.led[found.unit_id or 0]}:
            yield _Change(
                talk, profile, own_seat, held_at, state, holder, seat, deputy, found.leader
            )


def _may_leave(change: _Change, day: dt.date) -> bool:
    """Whoever led the talk ends it, until both agree on the minutes; unless she or he has left."""
    there = active(day).filter(profile_id=change.holder)
    return change.state == State.AGREED or not there.exists()


@transaction.atomic
def _hand_over(actor: Actor, change: _Change) -> None:
    Conversation.objects.select_for_update().get(pk=change.conversation)
    before = Participant.objects.filter(pk=change.holder_seat, ended_at=None)
    if not before.update(ended_at=clock.now()):
        return  # another worker was quicker
    seat, made = Participant.objects.get_or_create(
        conversation_id=change.conversation,
        profile_id=change.new.profile_id,
        part=Part.LEADER,
        defaults={
            "organisation_id": actor.organisation_id,
            "employment": change.new,
            "goes_along": GoesAlong.NOTHING,
        },
    )
    if not made:
        # Whoever led the talk itself has it again; who had handed it to a deputy was not in it.
        later = seat.ended_at is not None and seat.ended_at > change.held_at
        sat_in_it = later and not change.deputy
        seat.goes_along = seat.goes_along if sat_in_it else GoesAlong.NOTHING
        seat.ended_at = None
        seat.save(update_fields=["ended_at", "goes_along"])
    StandIn.objects.filter(conversation=change.conversation, begun_at__isnull=False).exclude(
        ended_at__isnull=False
    ).update(ended_at=clock.now())
    if change.state != State.AGREED:
        # Whoever was to write the minutes is gone: the employee, who was there, ends them.
        unfinished = Conversation.objects.filter(minute_taker=change.holder_seat)
        unfinished.update(minute_taker=change.employee_seat)
    log.note(
        actor,
        _verb(change, seat),
        object_id=change.conversation,
        about=change.employee,
        former=change.holder,
        leader=change.new.profile_id,
    )


def _verb(change: _Change, seat: Participant) -> str:
    if change.deputy:
        return "leader.follows_up"
    return "leader.changed" if seat.goes_along else "leader.returned"


@transaction.atomic
def choose_what_goes_along(actor: Actor, *, public_id: str, choice: str) -> None:
    """The employee says what the new leader may see of a talk held with the one before.

    Can be changed at any time: what has been read is read. Raises NotThere for anybody else.
    """
    found = talk_as_employee(actor, public_id)
    if found.leader.goes_along == "":
        raise NotThere
    if choice not in GoesAlong.values:
        raise Refused(_("Choose one of the three."), "choice")
    seat = Participant.objects.select_for_update().get(pk=found.leader.pk)
    if seat.goes_along == choice and seat.chosen_at:
        return
    seat.goes_along, seat.chosen_at = choice, clock.now()
    seat.save(update_fields=["goes_along", "chosen_at"])
    log.note(
        actor,
        "leader.sees",
        object_id=found.conversation.pk,
        about=actor.profile_id,
        choice=choice,
    )
