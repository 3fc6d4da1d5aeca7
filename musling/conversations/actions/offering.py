"""Planning, offering, answering, booking, moving and calling off a talk."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.kinds import kind as kind_of
from musling.conversations.models import (
    Conversation,
    Offer,
    Part,
    Participant,
    Preparation,
    State,
)
from musling.conversations.queries.deputies import handed_over_by
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames.queries import content_for
from musling.people.leading import active, led_employments
from musling.people.models import Employment
from musling.vault import keys

MAY_BE_OFFERED = {State.PLANNED, State.OFFERED, State.DECLINED}
MAY_BE_MOVED = {State.BOOKED, State.OFFERED}
ENDED = {State.CANCELLED}


def own_employment(actor: Actor) -> Employment:
    """The employment that the actor leads from. Raises NotThere where there is none today."""
    employment = active(actor.today).filter(profile_id=actor.profile_id).order_by("pk").first()
    if employment is None:
        raise NotThere
    return employment


@transaction.atomic
def plan_talks(
    actor: Actor, *, employments: Collection[Employment], kind: str = "mus", year: int | None = None
) -> list[Conversation]:
    """Plans a talk for each employment, with the actor as leader; set-based.

    Each gets its keys, its parties and their preparations, and last year's talk to go on from. An
    employment that already has one this year is passed over. Raises NotThere where the actor does
    not lead one of them.
    """
    year = year or actor.today.year
    asked = {employment.pk for employment in employments}
    led = set(led_employments(actor).filter(pk__in=asked).values_list("pk", flat=True))
    if asked - led:
        raise NotThere
    mine = own_employment(actor)
    # Whoever presses twice, or in two tabs, waits here and then finds the talk planned.
    list(Employment.objects.select_for_update().filter(pk__in=asked).order_by("pk"))
    there = Participant.objects.filter(
        employment__in=asked,
        part=Part.EMPLOYEE,
        conversation__kind=kind,
        conversation__year=year,
    ).exclude(conversation__state=State.CANCELLED)
    wanted = asked - set(there.values_list("employment", flat=True))
    return make_talks(
        actor,
        pairs=[(employment, mine) for employment in employments if employment.pk in wanted],
        kind=kind,
        year=year,
    )


def make_talks(
    actor: Actor, *, pairs: Sequence[tuple[Employment, Employment]], kind: str, year: int
) -> list[Conversation]:
    """Makes the rows of planned talks for (employee, leader) pairs; a fixed number of statements.

    No rule is asked here: ``plan_talks`` asks it for a leader, the round (a later issue) for HR.
    """
    if not pairs:
        return []
    content, reveal = content_for(actor.organisation_id, kind)
    before = _latest_talks(kind, [employee for employee, _leader in pairs], actor.today)
    talk_keys = keys.new_keys(len(pairs), organisation_id=actor.organisation_id, purpose="talk")
    talks = Conversation.objects.bulk_create(
        (
            Conversation(
                organisation_id=actor.organisation_id,
                kind=kind,
                year=year,
                content=content,
                reveal=reveal,
                previous_id=before.get(employee.pk),
                key=key,
                made_at=clock.now(),
            )
            for (employee, _leader), key in zip(pairs, talk_keys, strict=True)
        ),
        batch_size=1000,
    )
    _seat(actor, talks, pairs)
    log.note_many(
        actor,
        [
            ("conversation.planned", row.pk, employee.profile_id)
            for row, (employee, _leader) in zip(talks, pairs, strict=True)
        ],
    )
    return talks


def _latest_talks(kind: str, employments: Sequence[Employment], today: dt.date) -> dict[int, int]:
    """The last held talk of that kind per employment: the next one goes on from there.

    An employment without one goes on from an employment of the same person that has ended; never
    from another that goes on, whose agreements are with another leader.
    """
    held = Participant.objects.filter(
        profile__in={employment.profile_id for employment in employments},
        part=Part.EMPLOYEE,
        conversation__kind=kind,
        conversation__held_at__isnull=False,
    ).order_by("conversation__held_at")
    same: dict[int, int] = {}
    ended: dict[int, int] = {}
    for profile, employment, ends_on, talk_id in held.values_list(
        "profile", "employment", "employment__ends_on", "conversation"
    ):
        same[employment] = talk_id
        if ends_on is not None and ends_on < today:
            ended[profile] = talk_id
    found = {row.pk: same.get(row.pk, ended.get(row.profile_id)) for row in employments}
    return {pk: talk_id for pk, talk_id in found.items() if talk_id is not None}


def _seat(
    actor: Actor, talks: list[Conversation], pairs: Sequence[tuple[Employment, Employment]]
) -> None:
    """Participants and their empty preparations, each under its own key."""
    seats = [
        Participant(
            organisation_id=actor.organisation_id,
            conversation=row,
            profile_id=employment.profile_id,
            employment=employment,
            part=part,
        )
        for row, pair in zip(talks, pairs, strict=True)
        for employment, part in zip(pair, (Part.EMPLOYEE, Part.LEADER), strict=True)
    ]
    Participant.objects.bulk_create(seats, batch_size=1000)
    make_preparations(actor, seats)


def make_preparations(actor: Actor, seats: Sequence[Participant]) -> None:
    """An empty preparation for each participant, under an own key."""
    own_keys = keys.new_keys(
        len(seats), organisation_id=actor.organisation_id, purpose="preparation"
    )
    Preparation.objects.bulk_create(
        (
            Preparation(
                organisation_id=actor.organisation_id,
                participant=seat,
                key=key,
                made_at=clock.now(),
                short=seat.part == Part.EMPLOYEE,
            )
            for seat, key in zip(seats, own_keys, strict=True)
        ),
        batch_size=1000,
    )


@transaction.atomic
def offer_talk(
    actor: Actor,
    *,
    public_id: str,
    times: Sequence[dt.datetime],
    minutes: int,
    place: str = "",
) -> Offer:
    """Offers one to three times for a planned talk; the offer is the documented proof (A1)."""
    found = _led(actor, public_id)
    conversation = found.conversation
    if conversation.state not in MAY_BE_OFFERED:
        raise Refused(_("This talk already has a time. Move it instead."))
    _check_times(actor, times, minutes)
    _close_offer(found)
    offer = Offer.objects.create(
        organisation_id=actor.organisation_id,
        conversation=conversation,
        sent_at=clock.now(),
        sent_by=found.me,
        times=[time.isoformat() for time in times],
        minutes=minutes,
        place=place,
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


def _close_offer(found: Talk) -> None:
    if found.offer and found.offer.answer in {Offer.Answer.NONE, Offer.Answer.OTHER_TIME}:
        found.offer.answer = Offer.Answer.WITHDRAWN
        found.offer.answered_at = clock.now()
        found.offer.save(update_fields=["answer", "answered_at"])


def _check_times(actor: Actor, times: Sequence[dt.datetime], minutes: int) -> None:
    if not 1 <= len(times) <= 3:
        raise Refused(_("Propose between one and three times."), "times")
    if any(time <= actor.at for time in times):
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), "times")
    if not 10 <= minutes <= 480:
        raise Refused(_("A talk takes between 10 minutes and 8 hours."), "minutes")


@transaction.atomic
def accept_offer(actor: Actor, *, public_id: str, time: dt.datetime) -> None:
    """The employee takes one of the times; the talk is booked. Safe to press twice."""
    found = _for_employee(actor, public_id)
    offer = _open_offer(found)
    if offer.answer == Offer.Answer.ACCEPTED and found.conversation.starts_at == time:
        return
    if found.state != State.OFFERED or offer.answer != Offer.Answer.NONE:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    if time.isoformat() not in {_same(text) for text in offer.times}:
        raise Refused(_("Choose one of the times that were proposed."), "time")
    if time <= actor.at:
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), "time")
    _answer(offer, Offer.Answer.ACCEPTED)
    log.note(
        actor,
        "conversation.accepted",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )
    _book(actor, found, time, offer.minutes, offer.place, "conversation.booked")


def _same(text: str) -> str:
    return dt.datetime.fromisoformat(text).isoformat()


@transaction.atomic
def propose_other_times(actor: Actor, *, public_id: str, times: Sequence[dt.datetime]) -> None:
    """The employee proposes other times instead."""
    found = _for_employee(actor, public_id)
    offer = _open_offer(found)
    if found.state not in {State.OFFERED, State.BOOKED}:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    _check_times(actor, times, offer.minutes)
    offer.proposed_times = [time.isoformat() for time in times]
    _answer(offer, Offer.Answer.OTHER_TIME)
    log.note(
        actor,
        "conversation.other_time",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def take_proposed_time(actor: Actor, *, public_id: str, time: dt.datetime) -> None:
    """The leader takes one of the times that the employee proposed; the talk is booked or moved."""
    found = _led(actor, public_id)
    offer = _open_offer(found)
    if offer.answer != Offer.Answer.OTHER_TIME or found.state not in MAY_BE_MOVED:
        raise Refused(_("No other time is proposed any more. Look at the talk again."))
    if time.isoformat() not in {_same(text) for text in offer.proposed_times}:
        raise Refused(_("Choose one of the times that were proposed."), "time")
    if time <= actor.at:
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), "time")
    moved = found.conversation.starts_at is not None
    _answer(offer, Offer.Answer.ACCEPTED)
    verb = "conversation.moved" if moved else "conversation.booked"
    _book(actor, found, time, offer.minutes, offer.place, verb)


@transaction.atomic
def decline_offer(actor: Actor, *, public_id: str) -> None:
    """The employee says no thanks; no reason is asked, and it can be taken back (A2)."""
    found = _for_employee(actor, public_id)
    if found.state == State.DECLINED:
        return
    if not found.kind.may_decline or found.state not in {State.OFFERED, State.BOOKED}:
        raise Refused(_("This talk cannot be declined now. Propose another time instead."))
    _answer(_open_offer(found), Offer.Answer.DECLINED)
    _leave_time(found.conversation, State.DECLINED)
    log.note(
        actor,
        "conversation.declined",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def take_back_decline(actor: Actor, *, public_id: str) -> None:
    """The employee wants the talk after all; the offer stands open again (A2)."""
    found = _for_employee(actor, public_id)
    if found.state == State.OFFERED:
        return
    if found.state != State.DECLINED:
        raise Refused(_("This talk was not declined."))
    offer = _open_offer(found)
    offer.answer, offer.answered_at = Offer.Answer.NONE, None
    offer.save(update_fields=["answer", "answered_at"])
    found.conversation.state = State.OFFERED
    found.conversation.save(update_fields=["state"])
    log.note(
        actor,
        "conversation.decline_withdrawn",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
    )


@transaction.atomic
def move_talk(
    actor: Actor, *, public_id: str, time: dt.datetime, minutes: int, place: str = ""
) -> None:
    """The leader moves a booked talk; it counts as postponed where it is moved to a later day."""
    found = _led(actor, public_id)
    if found.state != State.BOOKED:
        raise Refused(_("Only a booked talk can be moved."))
    _check_times(actor, [time], minutes)
    _close_offer(found)
    _book(actor, found, time, minutes, place, "conversation.moved")


@transaction.atomic
def postpone_talk(actor: Actor, *, public_id: str) -> None:
    """Either party puts off a booked talk without a new time yet; the leader is asked for one."""
    found = talk(actor, public_id, lock=True)
    if found.state != State.BOOKED:
        raise Refused(_("Only a booked talk can be put off."))
    found.conversation.postponed += 1
    if found.offer:
        _answer(found.offer, Offer.Answer.WITHDRAWN)
    _leave_time(found.conversation, State.PLANNED)
    log.note(
        actor,
        "conversation.postponed",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        sequence=found.conversation.calendar_sequence,
    )


@transaction.atomic
def call_off_talk(actor: Actor, *, public_id: str) -> None:
    """The leader calls the talk off; what was prepared stays private to each."""
    found = _led(actor, public_id)
    if found.state == State.CANCELLED:
        return
    if _has_begun(found):
        raise Refused(_("The talk has begun. It cannot be called off any more."))
    _close_offer(found)
    _leave_time(found.conversation, State.CANCELLED)
    log.note(
        actor,
        "conversation.called_off",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        sequence=found.conversation.calendar_sequence,
    )


def _has_begun(found: Talk) -> bool:
    """Opened in Musling, or held on paper: from then on there is content that only both see."""
    return bool(found.conversation.opened_at or found.conversation.held_at)


def _leave_time(conversation: Conversation, state: str) -> None:
    """The talk loses its time; a calendar that holds it gets a cancellation with a higher number.

    The old time stays in the row until a new one comes: the cancellation names it.
    """
    if conversation.starts_at:
        conversation.calendar_sequence += 1
    conversation.state = state
    conversation.save()
    _forget_ready(conversation)


def _forget_ready(conversation: Conversation) -> None:
    """ "We agree on the frame" was pressed for another time: it is pressed anew."""
    Participant.objects.filter(conversation=conversation).update(ready_at=None)


def _book(
    actor: Actor, found: Talk, time: dt.datetime, minutes: int, place: str, verb: str
) -> None:
    conversation = found.conversation
    if conversation.starts_at:
        conversation.calendar_sequence += 1
        if conversation.state == State.BOOKED and time.date() > conversation.starts_at.date():
            conversation.postponed += 1
    conversation.state = State.BOOKED
    conversation.starts_at = time
    conversation.ends_at = time + dt.timedelta(minutes=minutes)
    conversation.place = place
    conversation.save()
    _forget_ready(conversation)
    log.note(
        actor,
        verb,
        object_id=conversation.pk,
        about=found.employee.profile_id,
        sequence=conversation.calendar_sequence,
    )


def _answer(offer: Offer, answer: str) -> None:
    offer.answer, offer.answered_at = answer, clock.now()
    offer.save(update_fields=["answer", "answered_at", "proposed_times"])


def _led(actor: Actor, public_id: str) -> Talk:
    found = talk(actor, public_id, lock=True)
    if not found.i_lead:
        raise NotThere
    return found


def _for_employee(actor: Actor, public_id: str) -> Talk:
    found = talk(actor, public_id, lock=True)
    if found.i_lead:
        raise NotThere
    return found


def _open_offer(found: Talk) -> Offer:
    if found.offer is None:
        raise Refused(_("This offer is no longer open. Look at the talk again."))
    return found.offer


@transaction.atomic
def hand_to_deputy(actor: Actor, *, public_id: str, employment: Employment) -> None:
    """The leader lets somebody else lead this one talk; the employee is told and may say no.

    The leader keeps the own preparation; the deputy gets an empty one and sees what is handed in.
    """
    found = _led(actor, public_id)
    if _has_begun(found) or found.state == State.CANCELLED:
        raise Refused(_("The talk has begun or ended. Only its parties can go on with it."))
    deputy = (
        active(actor.today).filter(pk=employment.pk, organisation_id=actor.organisation_id).first()
    )
    if deputy is None or deputy.profile_id in {found.me.profile_id, found.other.profile_id}:
        raise Refused(_("Choose somebody else who works here."), "employment")
    _change_leader(actor, found, deputy)
    log.note(
        actor,
        "deputy.named",
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        deputy=deputy.profile_id,
        instead_of=found.me.pk,
    )


@transaction.atomic
def refuse_deputy(actor: Actor, *, public_id: str) -> None:
    """The employee says no to the deputy: the leader who handed the talk over has it back."""
    found = _for_employee(actor, public_id)
    before = handed_over_by(found)
    if before is None or _has_begun(found):
        raise Refused(_("This talk was not handed to anybody else."))
    deputy = found.other
    deputy.ended_at = clock.now()
    deputy.save(update_fields=["ended_at"])
    before.ended_at = None
    before.save(update_fields=["ended_at"])
    _agree_anew(found)
    log.note(
        actor,
        "deputy.refused",
        object_id=found.conversation.pk,
        about=actor.profile_id,
        deputy=deputy.profile_id,
    )


def _change_leader(actor: Actor, found: Talk, deputy: Employment) -> None:
    found.me.ended_at = clock.now()
    found.me.save(update_fields=["ended_at"])
    _agree_anew(found)
    seat, made = Participant.objects.get_or_create(
        conversation=found.conversation,
        profile_id=deputy.profile_id,
        part=Part.LEADER,
        defaults={"organisation_id": actor.organisation_id, "employment": deputy},
    )
    if made:
        make_preparations(actor, [seat])
    else:
        seat.ended_at = None
        seat.save(update_fields=["ended_at"])
        # From now on again: what was handed in meanwhile was meant for somebody else.
        Preparation.objects.filter(participant=seat).update(made_at=clock.now())
    # What the employee handed in was for the other leader; the deputy sees what comes from now on.
    Participant.objects.filter(pk=found.other.pk).update(handed_in_at=None)


def _agree_anew(found: Talk) -> None:
    """Other parties agree on the frame, and on who writes, from the beginning."""
    _forget_ready(found.conversation)
    found.conversation.minute_taker = None
    found.conversation.save(update_fields=["minute_taker"])


def length_of(kind: str) -> int:
    """The default length in minutes of an offer of that kind; an hour where it has no clock."""
    return kind_of(kind).minutes or 60
