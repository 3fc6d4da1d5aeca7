"""Moving and putting off: one talk, or many when a leader falls ill."""

import datetime as dt
from collections.abc import Collection, Mapping
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.access import led_talks
from musling.conversations.actions.offering import (
    answer_offer,
    book,
    check_times,
    close_offer,
    leave_time,
    led_talk,
    refuse_led_then,
)
from musling.conversations.models import Offer, SharedTimes, State
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused

MOST = 60


@transaction.atomic
def move_talk(
    actor: Actor,
    *,
    public_id: str,
    time: dt.datetime,
    minutes: int,
    place: str = "",
    beside: Collection[int] = (),
) -> None:
    """The leader moves a booked talk; it counts as postponed where it is moved to a later day.

    ``beside``: ids of talks that are moved in the same go.
    """
    found = led_talk(actor, public_id)
    if found.state != State.BOOKED:
        raise Refused(_("Only a booked talk can be moved."))
    check_times(actor, [time], minutes)
    _take_out_of_shared(found)
    refuse_led_then(found, time, minutes, beside=beside)
    close_offer(found.offer)
    book(actor, found, time, minutes, place, "conversation.moved")


@transaction.atomic
def move_many(actor: Actor, *, times: Mapping[str, dt.datetime]) -> int:
    """The leader gives many booked talks new times: talk's public id → time. Returns how many.

    Each keeps its length and its place. All or none: a refusal names the talk as its field.
    """
    _refuse_number(times)
    ends, beside = {}, _hold(actor, times)
    for public_id, time in times.items():
        found = led_talk(actor, public_id)
        conversation = found.conversation
        if found.state != State.BOOKED or not conversation.starts_at or not conversation.ends_at:
            raise Refused(_("This talk is not booked any more. Look at the list again."), public_id)
        length = conversation.ends_at - conversation.starts_at
        ends[public_id] = time + length
        try:
            move_talk(
                actor,
                public_id=public_id,
                time=time,
                minutes=round(length.total_seconds() / 60),
                place=conversation.place,
                beside=beside,
            )
        except Refused as refused:
            raise Refused(refused.message, public_id) from None
    for first, second in pairwise(sorted(times, key=lambda one: times[one])):
        if times[second] < ends[first]:
            raise Refused(_("Two of the times overlap. Leave room between them."), second)
    return len(times)


@transaction.atomic
def postpone_talk(actor: Actor, *, public_id: str) -> None:
    """Either party puts off a booked talk without a new time yet; the leader is asked for one."""
    found = talk(actor, public_id, lock=True)
    if found.state != State.BOOKED:
        raise Refused(_("Only a booked talk can be put off."))
    if found.i_lead:
        _take_out_of_shared(found)
    found.conversation.postponed += 1
    if found.offer:
        answer_offer(found.offer, Offer.Answer.WITHDRAWN)
    leave_time(found.conversation, State.PLANNED)
    log.note(
        actor,
        "conversation.postponed",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        sequence=found.conversation.calendar_sequence,
    )


@transaction.atomic
def postpone_many(actor: Actor, *, talks: Collection[str]) -> int:
    """The leader puts off many booked talks at once; each is told. Returns how many.

    One that was put off or called off meanwhile is passed over: safe to press twice.
    """
    _refuse_number(talks)
    _hold(actor, talks)
    done = 0
    for public_id in talks:
        if led_talk(actor, public_id).state == State.BOOKED:
            postpone_talk(actor, public_id=public_id)
            done += 1
    return done


def _hold(actor: Actor, talks: Collection[str]) -> list[int]:
    """Locks all of them in one order before the first changes, and returns their ids.

    An employee who answers meanwhile holds one of them and waits for the leader's calendar.
    """
    rows = led_talks(actor).filter(public_id__in=talks).order_by("pk")
    return [row.pk for row in rows.select_for_update(of=("self",))]


def _refuse_number(talks: Collection[str]) -> None:
    if not talks:
        raise Refused(_("Choose at least one talk."))
    if len(talks) > MOST:
        raise Refused(_("Choose at most %(most)d at a time.") % {"most": MOST})


def _take_out_of_shared(found: Talk) -> None:
    """The leader cannot make that time any more, so nobody else may pick it."""
    if found.offer is None or found.offer.shared_id is None:
        return
    shared = SharedTimes.objects.select_for_update(of=("self",)).get(pk=found.offer.shared_id)
    begins, ends = found.conversation.starts_at, found.conversation.ends_at
    length = dt.timedelta(minutes=shared.minutes)
    if begins is None or ends is None:
        return
    kept = [
        text
        for text in shared.times
        if dt.datetime.fromisoformat(text) + length <= begins
        or dt.datetime.fromisoformat(text) >= ends
    ]
    if kept != shared.times:
        shared.times = kept
        shared.save(update_fields=["times"])
