"""Inviting many of one's team in one go: a time each, up to three each, or each picks one."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from musling.conversations.access import led_talks
from musling.conversations.actions.offering import offer_talk
from musling.conversations.actions.planning import plan_talks, talks_there
from musling.conversations.models import Conversation, Offer, SharedTimes, State
from musling.conversations.queries.glances import any_ahead
from musling.conversations.queries.times import Period, booked_spans
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.people.leading import led_employments

MOST = 60
MOST_TIMES = 200  # that several pick from
Offering = Callable[[Conversation, str], object]  # the talk, and whose: employment's public id


@transaction.atomic
def invite_team(
    actor: Actor,
    *,
    times: Mapping[str, dt.datetime | Sequence[dt.datetime]],
    minutes: int,
    place: str = "",
    kind: str = "mus",
) -> Sequence[Conversation]:
    """Plans and offers a talk to each: employment's public id → the time or times proposed there.

    All or none: a time that has passed, two at the same time, or one at which the leader already
    has a talk refuse the whole, with the name of the field, so that nothing typed is lost.
    """
    each = {who: [own] if isinstance(own, dt.datetime) else list(own) for who, own in times.items()}
    _refuse_number(each)
    flat = [(time, who) for who, own in each.items() for time in own]
    _refuse_clashes(actor, flat, minutes)

    def offer(talk: Conversation, who: str) -> None:
        offer_talk(
            actor,
            public_id=talk.public_id,
            times=each[who],
            minutes=minutes,
            place=place,
            clear=True,
        )

    return _to_each(actor, each, kind, offer)


@transaction.atomic
def put_out_times(
    actor: Actor,
    *,
    employments: Collection[str],
    times: Sequence[dt.datetime],
    minutes: int,
    place: str = "",
    kind: str = "mus",
) -> Sequence[Conversation]:
    """Plans and offers a talk to each of them; each picks one of the times, first come.

    ``employments``: public ids. There have to be at least as many times as people, so that nobody
    is left without. All or none, as with ``invite_team``.
    """
    _refuse_number(employments)
    times = sorted(set(times))
    if len(times) > MOST_TIMES:
        raise Refused(_("Put out at most %(most)d times.") % {"most": MOST_TIMES}, "times")
    if len(times) < len(set(employments)):
        raise Refused(
            _(
                "Only %(times)d of the %(people)d people would get a time. Choose more, or fewer "
                "people."
            )
            % {"times": len(times), "people": len(set(employments))},
            "times",
        )
    _refuse_clashes(actor, [(time, "times") for time in times], minutes)
    shared = SharedTimes.objects.create(
        organisation_id=actor.organisation_id,
        leader_id=actor.profile_id,
        made_at=clock.now(),
        minutes=minutes,
        times=[time.isoformat() for time in times],
    )

    def offer(talk: Conversation, _who: str) -> None:
        offer_talk(
            actor,
            public_id=talk.public_id,
            times=times,
            minutes=minutes,
            place=place,
            shared=shared,
            clear=True,
        )

    return _to_each(actor, employments, kind, offer)


def _to_each(
    actor: Actor, employments: Collection[str], kind: str, offer: Offering
) -> Sequence[Conversation]:
    """Plans a talk for whoever has none, and offers each that waits for times."""
    led = list(led_employments(actor).filter(public_id__in=employments).select_related("profile"))
    plan_talks(actor, employments=led, kind=kind)
    # One of last year that was not held goes on, and there is none of this year then.
    there = talks_there([one.pk for one in led], kind, actor.today.year)
    seats = there.filter(conversation__in=led_talks(actor).values("pk"))
    seats = seats.select_related("conversation", "employment").order_by("-conversation__year", "pk")
    first = {seat.employment_id: seat for seat in seats}.values()
    without = _without_times([seat.conversation_id for seat in first])
    offered = []
    for seat in first:
        state = seat.conversation.state
        waits = state in {State.PLANNED, State.DECLINED}
        if state == State.OFFERED:
            waits = seat.conversation_id in without
        if seat.employment and waits:
            offer(seat.conversation, seat.employment.public_id)
            offered.append(seat.conversation)
    return offered


def _without_times(talks: Collection[int]) -> set[int]:
    """Of these, the talks whose last offer has no time to choose: none yet, or all have passed."""
    last = {
        talk: (times, answer)
        for talk, times, answer in Offer.objects.filter(conversation__in=talks)
        .order_by("sent_at", "pk")
        .values_list("conversation", "times", "answer")
    }
    return {
        talk
        for talk, (times, answer) in last.items()
        if not times or (answer == Offer.Answer.NONE and not any_ahead(times))
    }


def _refuse_number(people: Collection[str]) -> None:
    if not people:
        raise Refused(_("Choose at least one person."))
    if len(people) > MOST:
        raise Refused(_("Invite at most %(most)d at a time.") % {"most": MOST})


def _refuse_clashes(actor: Actor, times: Sequence[tuple[dt.datetime, str]], minutes: int) -> None:
    """Refuses times that have passed, that overlap, or at which the actor has another talk."""
    length = dt.timedelta(minutes=minutes)
    in_utc = ((time.astimezone(dt.UTC), who) for time, who in times)  # as time passes
    ordered = sorted(in_utc, key=lambda pair: pair[0])
    passed = next((who for time, who in ordered if time <= actor.at), None)
    if passed is not None:
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), passed)
    for (begins, _first), (follows, second) in pairwise(ordered):
        if follows < begins + length:
            raise Refused(_("Two of the times overlap. Leave room between them."), second)
    period = Period(clock.day_of(ordered[0][0]), clock.day_of(ordered[-1][0] + length))
    taken = booked_spans(actor.profile_id, *period.moments)
    for time, who in ordered:
        if any(span.starts < time + length and time < span.ends for span in taken):
            raise Refused(_("You have another talk at one of the times. Choose another."), who)
