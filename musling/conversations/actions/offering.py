"""Offering, answering, booking, moving and calling off a talk."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.seats import forget_ready
from musling.conversations.kinds import kind as kind_of
from musling.conversations.models import (
    Conversation,
    Offer,
    Participant,
    SharedTimes,
    State,
)
from musling.conversations.queries.talks import Talk, talk
from musling.conversations.queries.times import ANSWERABLE, booked_spans, times_left
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.models import Profile

MAY_BE_OFFERED = {State.PLANNED, State.OFFERED, State.DECLINED}
MAY_BE_MOVED = {State.BOOKED, State.OFFERED}
ENDED = {State.CANCELLED}


@transaction.atomic
def offer_talk(
    actor: Actor,
    *,
    public_id: str,
    times: Sequence[dt.datetime],
    minutes: int,
    place: str = "",
    shared: SharedTimes | None = None,
) -> Offer:
    """Offers one to three times for a planned talk; the offer is the documented proof (A1).

    With ``shared``, as many as there are: others pick from them, too.
    """
    found = led_talk(actor, public_id)
    conversation = found.conversation
    if conversation.state not in MAY_BE_OFFERED:
        raise Refused(_("This talk already has a time. Move it instead."))
    check_times(actor, times[:1] if shared else times, minutes)
    close_offer(found.offer)
    offer = Offer.objects.create(
        organisation_id=actor.organisation_id,
        conversation=conversation,
        sent_at=clock.now(),
        sent_by=found.me,
        times=[time.isoformat() for time in times],
        minutes=minutes,
        place=place,
        shared=shared,
    )
    conversation.state = State.OFFERED
    conversation.place = place
    conversation.save(update_fields=["state", "place"])
    log.note(
        actor,
        "conversation.offered",
        object_id=conversation.pk,
        about=found.other.profile_id,
        offer=offer.pk,
    )
    return offer


def close_offer(offer: Offer | None) -> None:
    """An offer that waits for an answer is withdrawn."""
    if offer and offer.answer in ANSWERABLE:
        answer_offer(offer, Offer.Answer.WITHDRAWN)


def check_times(actor: Actor, times: Sequence[dt.datetime], minutes: int) -> None:
    """Refuses more than three times, one that has passed, and a length that is none."""
    if not 1 <= len(times) <= 3:
        raise Refused(_("Propose between one and three times."), "times")
    if any(time <= actor.at for time in times):
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), "times")
    if not 10 <= minutes <= 480:
        raise Refused(_("A talk takes between 10 minutes and 8 hours."), "minutes")


@transaction.atomic
def accept_offer(actor: Actor, *, public_id: str, time: dt.datetime) -> None:
    """The employee takes one of the times; the talk is booked. Safe to press twice."""
    found = talk_as_employee(actor, public_id)
    offer = _open_offer(found)
    if offer.answer == Offer.Answer.ACCEPTED and found.conversation.starts_at == time:
        return
    if found.state != State.OFFERED or offer.answer not in ANSWERABLE:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    if time.isoformat() not in {_same(text) for text in offer.times}:
        raise Refused(_("Choose one of the times that were proposed."), "time")
    if time <= actor.at:
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), "time")
    # One at a time with whoever takes another time of the same leader's.
    Profile.objects.select_for_update(of=("self",), no_key=True).get(pk=found.leader.profile_id)
    if offer.shared_id is None and _leader_is_taken(found, time, offer.minutes):
        raise Refused(
            _("%(name)s has another talk at that time by now. Propose another time.")
            % {"name": found.leader.profile.first_name},
            "time",
        )
    if time not in times_left(actor, offer, lock=True):
        raise Refused(
            _("Somebody else has just taken that time. Choose one of those that are left."), "time"
        )
    answer_offer(offer, Offer.Answer.ACCEPTED)
    log.note(
        actor,
        "conversation.accepted",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )
    book(actor, found, time, offer.minutes, offer.place, "conversation.booked")


def _leader_is_taken(found: Talk, time: dt.datetime, minutes: int) -> bool:
    """Whether the leader has promised the time to somebody else, too, who was quicker."""
    ends = clock.after(time, dt.timedelta(minutes=minutes))
    own = Participant.objects.filter(profile_id=found.employee.profile_id)
    own_talks = list(own.values_list("conversation_id", flat=True))
    return bool(booked_spans(found.leader.profile_id, time, ends, without=own_talks))


def _same(text: str) -> str:
    return dt.datetime.fromisoformat(text).isoformat()


@transaction.atomic
def propose_other_times(actor: Actor, *, public_id: str, times: Sequence[dt.datetime]) -> None:
    """The employee proposes other times instead."""
    found = talk_as_employee(actor, public_id)
    offer = _open_offer(found)
    if found.state not in {State.OFFERED, State.BOOKED}:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    check_times(actor, times, offer.minutes)
    offer.proposed_times = [time.isoformat() for time in times]
    answer_offer(offer, Offer.Answer.OTHER_TIME)
    log.note(
        actor,
        "conversation.other_time",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def refuse_outside_hours(actor: Actor, *, public_id: str) -> None:
    """The employee says with one press that the time lies outside the own working hours.

    No reason and no other time is asked for: the leader proposes anew. Safe to press twice.
    """
    found = talk_as_employee(actor, public_id)
    offer = _open_offer(found)
    if offer.answer == Offer.Answer.OUTSIDE:
        return
    if found.state not in {State.OFFERED, State.BOOKED}:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    offer.proposed_times = []
    answer_offer(offer, Offer.Answer.OUTSIDE)
    log.note(
        actor,
        "conversation.outside_hours",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def take_proposed_time(actor: Actor, *, public_id: str, time: dt.datetime) -> None:
    """The leader takes one of the times that the employee proposed; the talk is booked or moved."""
    found = led_talk(actor, public_id)
    offer = _open_offer(found)
    if offer.answer != Offer.Answer.OTHER_TIME or found.state not in MAY_BE_MOVED:
        raise Refused(_("No other time is proposed any more. Look at the talk again."))
    if time.isoformat() not in {_same(text) for text in offer.proposed_times}:
        raise Refused(_("Choose one of the times that were proposed."), "time")
    if time <= actor.at:
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), "time")
    moved = found.conversation.starts_at is not None
    answer_offer(offer, Offer.Answer.ACCEPTED)
    verb = "conversation.moved" if moved else "conversation.booked"
    book(actor, found, time, offer.minutes, offer.place, verb)


@transaction.atomic
def decline_offer(actor: Actor, *, public_id: str) -> None:
    """The employee says no thanks; no reason is asked, and it can be taken back (A2)."""
    found = talk_as_employee(actor, public_id)
    if found.state == State.DECLINED:
        return
    if not found.may_decline or found.state not in {State.OFFERED, State.BOOKED}:
        raise Refused(_("This talk cannot be declined now. Propose another time instead."))
    answer_offer(_open_offer(found), Offer.Answer.DECLINED)
    leave_time(found.conversation, State.DECLINED)
    log.note(
        actor,
        "conversation.declined",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def take_back_decline(actor: Actor, *, public_id: str) -> None:
    """The employee wants the talk after all; the offer stands open again (A2)."""
    found = talk_as_employee(actor, public_id)
    if found.state == State.OFFERED:
        return
    if found.state != State.DECLINED:
        raise Refused(_("This talk was not declined."))
    offer = _open_offer(found)
    offer.answer, offer.answered_at = Offer.Answer.NONE, None
    offer.save(update_fields=["answer", "answered_at"])
    # Without times another leader has it now, who proposes new ones.
    found.conversation.state = State.OFFERED if offer.times else State.PLANNED
    found.conversation.save(update_fields=["state"])
    log.note(
        actor,
        "conversation.decline_withdrawn",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def call_off_talk(actor: Actor, *, public_id: str) -> None:
    """The leader calls the talk off; what was prepared stays private to each."""
    found = led_talk(actor, public_id)
    if found.state == State.CANCELLED:
        return
    if has_begun(found.conversation):
        raise Refused(_("The talk has begun. It cannot be called off any more."))
    close_offer(found.offer)
    leave_time(found.conversation, State.CANCELLED)
    log.note(
        actor,
        "conversation.called_off",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        sequence=found.conversation.calendar_sequence,
    )


def has_begun(conversation: Conversation) -> bool:
    """Opened in Musling, or held on paper: from then on there is content that only both see."""
    return bool(conversation.opened_at or conversation.held_at)


def leave_time(conversation: Conversation, state: str) -> None:
    """The talk loses its time; a calendar that holds it gets a cancellation with a higher number.

    The old time stays in the row until a new one comes: the cancellation names it.
    """
    if conversation.starts_at:
        conversation.calendar_sequence += 1
    conversation.state = state
    conversation.save()
    forget_ready(conversation)


def book(actor: Actor, found: Talk, time: dt.datetime, minutes: int, place: str, verb: str) -> None:
    """The talk has this time now; its number grows where a calendar may hold another one."""
    conversation = found.conversation
    was = {}
    if conversation.starts_at:
        was = {"was": conversation.starts_at.isoformat()}
        conversation.calendar_sequence += 1
        later = clock.day_of(time) > clock.day_of(conversation.starts_at)
        if conversation.state == State.BOOKED and later:
            conversation.postponed += 1
    conversation.state = State.BOOKED
    conversation.starts_at = time
    conversation.ends_at = clock.after(time, dt.timedelta(minutes=minutes))
    conversation.place = place
    conversation.save()
    forget_ready(conversation)
    log.note(
        actor,
        verb,
        object_id=conversation.pk,
        about=found.employee.profile_id,
        sequence=conversation.calendar_sequence,
        **was,
    )


def answer_offer(offer: Offer, answer: str) -> None:
    """Notes on the offer what was answered, and when."""
    offer.answer, offer.answered_at = answer, clock.now()
    offer.save(update_fields=["answer", "answered_at", "proposed_times"])


def led_talk(actor: Actor, public_id: str) -> Talk:
    """The talk, locked, for who leads it. Raises NotThere."""
    found = talk(actor, public_id, lock=True)
    if not found.i_lead:
        raise NotThere
    return found


def talk_as_employee(actor: Actor, public_id: str) -> Talk:
    """The talk, locked, for the employee. Raises NotThere."""
    found = talk(actor, public_id, lock=True)
    if found.i_lead:
        raise NotThere
    return found


def _open_offer(found: Talk) -> Offer:
    if found.offer is None:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    return found.offer


def length_of(kind: str) -> int:
    """The default length in minutes of an offer of that kind; an hour where it has no clock."""
    return kind_of(kind).minutes or 60
