"""When a leader is free for talks, and what is left of times that several pick from."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet

from musling.calendars.queries import busy_spans, hours_of
from musling.calendars.slots import Span, free_times
from musling.conversations import access
from musling.conversations.models import Conversation, Offer, Part, Participant, SharedTimes, State
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN

# Whoever proposed another time may still take one of those that were offered.
ANSWERABLE = (Offer.Answer.NONE, Offer.Answer.OTHER_TIME, Offer.Answer.OUTSIDE)
WITH_TIME = (State.BOOKED, State.OPEN)
# Others may still hold a time that they have lost (see actions.offering.leave_time).
HAVE_TIME = (*WITH_TIME, State.HELD, State.MINUTES_OUT, State.AGREED)
LONGEST = dt.timedelta(hours=8)  # a talk (see actions.offering)
USUAL_WAY_AHEAD = dt.timedelta(days=14)  # of the first proposed day
USUAL_PERIOD = dt.timedelta(days=28)
WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Period:
    """The days among which times are looked for, both included."""

    first: dt.date
    last: dt.date

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """Its first moment, and the first after it."""
        begins, ends = self.first, self.last + dt.timedelta(days=1)
        return (
            dt.datetime.combine(begins, dt.time(), COPENHAGEN),
            dt.datetime.combine(ends, dt.time(), COPENHAGEN),
        )


def usual_period(actor: Actor) -> Period:
    """Two weeks ahead, so that people can prepare, and four weeks long."""
    first = actor.today + USUAL_WAY_AHEAD
    return Period(first, first + USUAL_PERIOD)


def free_for_talks(
    actor: Actor,
    period: Period,
    *,
    minutes: int,
    most: int = 200,
    without: Collection[int] = (),
) -> list[dt.datetime]:
    """When the actor can lead talks of so many minutes, earliest first; four queries.

    Within the own working hours, without Danish holidays, clear of own talks (as leader or
    employee), of times that were proposed and wait for an answer, and of what the own calendar
    says. ``without``: ids of talks that are about to leave their time.
    """
    begins, ends = period.moments
    begins -= LONGEST
    own = hours_of(actor)
    busy = [
        *booked_spans(actor.profile_id, begins, ends, without=without),
        *_proposed_spans(actor, without),
        *busy_spans(actor, begins, ends),
    ]
    return free_times(
        own.hours,
        busy,
        first=max(period.first, actor.today),
        last=period.last,
        minutes=minutes,
        pause=own.pause,
        after=actor.at,
        most=most,
    )


def one_a_day(times: Iterable[dt.datetime], count: int) -> list[dt.datetime]:
    """The first of the times on each day, so that there is a real choice; at most so many."""
    days: dict[dt.date, dt.datetime] = {}
    for time in times:
        days.setdefault(time.date(), time)
    return list(days.values())[:count]


def spread(times: Sequence[dt.datetime], count: int) -> list[dt.datetime]:
    """So many of the times, over a week's working days and over each day: people work shifts.

    Where the days are too few for that, the earliest of the others fill it up.
    """
    a_day = -(-count // WORKING_DAYS)
    picked: list[dt.datetime] = []
    for _day, of_day in groupby(times, key=lambda time: time.date()):
        own = list(of_day)
        some = min(a_day, len(own))
        picked += [own[place * len(own) // some] for place in range(some)]
    picked = picked[:count]
    left = [time for time in times if time not in picked]
    return sorted([*picked, *left[: count - len(picked)]])


def booked_spans(
    profile_id: int, begins: dt.datetime, ends: dt.datetime, *, without: Collection[int] = ()
) -> list[Span]:
    """When somebody has talks between two moments, in whatever part; one query."""
    own = Participant.objects.filter(profile_id=profile_id, ended_at=None)
    rows = Conversation.objects.filter(
        pk__in=own.values("conversation"),
        state__in=WITH_TIME,
        starts_at__lt=ends,
        ends_at__gt=begins,
    ).exclude(pk__in=without)
    pairs = rows.values_list("starts_at", "ends_at")
    return [Span(starts, ends) for starts, ends in pairs if starts and ends]


def _proposed_spans(actor: Actor, without: Collection[int]) -> list[Span]:
    """Times that the actor proposed and that may still be taken; one query."""
    open_offers = Q(answer__in=ANSWERABLE, conversation__state=State.OFFERED)
    offers = access.readable_offers(actor).filter(
        open_offers, conversation__in=access.led_talks(actor).values("pk")
    )
    rows = offers.exclude(conversation__in=without).values_list("times", "minutes", "shared__times")
    return [
        Span(begins, clock.after(begins, dt.timedelta(minutes=minutes)))
        for own, minutes, shared in rows
        for begins in moments(own if shared is None else shared)
    ]


def moments(texts: Iterable[str]) -> list[dt.datetime]:
    """The moments that were kept as text, in Danish time."""
    return [dt.datetime.fromisoformat(text).astimezone(COPENHAGEN) for text in texts]


def times_left(actor: Actor, offer: Offer, *, lock: bool = False) -> list[dt.datetime]:
    """Which of an offer's times may still be taken, in order: those ahead at which its leader has
    no other talk. Two queries at most.

    ``lock`` holds times that are put out for several until the transaction ends: two who pick wait
    for each other, and the second sees what the first took.
    """
    times, leader = _times_and_leader(offer, lock=lock)
    length = dt.timedelta(minutes=offer.minutes)
    ahead = sorted((time for time in times if time > actor.at), key=dt.datetime.timestamp)
    if not ahead or leader is None:
        return ahead
    taken = booked_spans(
        leader, ahead[0], clock.after(ahead[-1], length), without=[offer.conversation_id]
    )
    return [
        time
        for time in ahead
        if not any(span.starts < clock.after(time, length) and time < span.ends for span in taken)
    ]


def _times_and_leader(offer: Offer, *, lock: bool) -> tuple[list[dt.datetime], int | None]:
    """What was offered, and the profile of who leads the talk then; one query at most."""
    if offer.shared_id is not None:
        rows = SharedTimes.objects.filter(pk=offer.shared_id)
        shared = (rows.select_for_update(of=("self",)) if lock else rows).get()
        return moments(shared.times), shared.leader_id
    if not offer.times:
        return [], None
    seats = Participant.objects.filter(
        conversation=offer.conversation_id, part=Part.LEADER, ended_at=None
    )
    return moments(offer.times), seats.values_list("profile", flat=True).first()


@dataclass(frozen=True, slots=True)
class Appointment:
    """A talk of a leader's that has a time, for lists of them."""

    pk: int
    public_id: str
    name: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str


def week_of(day: dt.date) -> Period:
    """From the Monday before, or the day itself, to the Sunday."""
    monday = day - dt.timedelta(days=day.weekday())
    return Period(monday, monday + dt.timedelta(days=6))


def appointments(actor: Actor, period: Period, *, over_too: bool = False) -> list[Appointment]:
    """The booked talks that the actor leads in the period, in order of time; one query.

    ``over_too``: also those that have begun or been held.
    """
    rows = _led_between(actor, period, HAVE_TIME if over_too else (State.BOOKED,))
    return [
        Appointment(
            row.conversation.pk,
            row.conversation.public_id,
            row.profile.name,
            row.employment.title if row.employment else "",
            row.conversation.starts_at.astimezone(COPENHAGEN),
            row.conversation.ends_at.astimezone(COPENHAGEN),
            row.conversation.place,
        )
        for row in rows
        if row.conversation.starts_at and row.conversation.ends_at
    ]


def _led_between(actor: Actor, period: Period, states: Iterable[str]) -> QuerySet[Participant]:
    begins, ends = period.moments
    talks = access.led_talks(actor).filter(
        state__in=states, starts_at__gte=begins, starts_at__lt=ends
    )
    seats = Participant.objects.filter(
        conversation__in=talks.values("pk"), part=Part.EMPLOYEE, ended_at=None
    )
    return seats.select_related("conversation", "profile", "employment").order_by(
        "conversation__starts_at", "pk"
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One of somebody's talks as a calendar holds it: when and where, not whom or what."""

    public_id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    sequence: int
    made_at: dt.datetime


def calendar_entries(profile_id: int, since: dt.datetime) -> list[Entry]:
    """The talks of a profile that have a time from that moment on, in order; one query.

    For the feed, whose reader has shown the profile's own secret instead of logging in.
    """
    own = Participant.objects.filter(profile_id=profile_id, ended_at=None)
    rows = Conversation.objects.filter(
        pk__in=own.values("conversation"),
        state__in=HAVE_TIME,
        starts_at__gte=since,
        ends_at__isnull=False,
    )
    fields = ("public_id", "starts_at", "ends_at", "place", "calendar_sequence", "made_at")
    return [Entry(*row) for row in rows.order_by("starts_at", "pk").values_list(*fields)]
