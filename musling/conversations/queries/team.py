"""The leader's team at a glance, and what waits for somebody: open columns only, no text."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from musling.conversations import access
from musling.conversations.models import (
    Agreement,
    Conversation,
    Offer,
    Part,
    Participant,
    State,
)
from musling.conversations.queries.steps import ME, Step, next_step
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.foundation.prepared import prepared
from musling.people.leading import led_rows
from musling.people.models import Employment

OFFERED = {
    State.OFFERED,
    State.DECLINED,
    State.BOOKED,
    State.OPEN,
    State.HELD,
    State.MINUTES_OUT,
    State.AGREED,
}
BOOKED = {State.BOOKED, State.OPEN, State.HELD, State.MINUTES_OUT, State.AGREED}
HELD = {State.HELD, State.MINUTES_OUT, State.AGREED}


# What a board and a start page say of a talk; making rows of all columns took most of their time.
OF_A_TALK = (
    *("public_id", "kind", "year", "reveal", "state", "made_at"),
    *("starts_at", "held_at", "postponed", "minute_taker"),
)
OF_A_SEAT = ("conversation_id", "profile_id", "employment_id", "part", "handed_in_at")
OF_AN_OFFER = ("conversation_id", "sent_at", "answer", "answered_at")


@dataclass
class TeamRow:
    """One employee of the team with this year's talk, if there is one.

    ``led`` is False for whoever somebody else leads now, where only the talk is the actor's.
    """

    employment: Employment
    found: Talk | None = None
    led: bool = True
    minutes_state: str = ""
    minutes_approved_at: dt.datetime | None = None
    agreements: int = 0
    done: int = 0
    step: Step = field(default_factory=lambda: Step(_("Plan a talk"), ME))

    @property
    def waits_for_me(self) -> bool:
        """Whether the leader is the one who has something to do."""
        return self.step.waits == ME and not self.on_leave

    on_leave: bool = False


@dataclass
class Team:
    """The rows, what waits for me first, and how far the team is."""

    rows: list[TeamRow]
    year: int

    @property
    def waiting(self) -> int:
        """How many things wait for the leader."""
        return sum(row.waits_for_me for row in self.rows)

    @property
    def unoffered(self) -> list[TeamRow]:
        """Those of the own team who have no offer this year and are not on leave."""
        return [
            row
            for row in self.rows
            if row.led
            and not row.on_leave
            and (row.found is None or row.found.state == State.PLANNED)
        ]

    @property
    def somebody_without_log_in(self) -> bool:
        """Whether there is somebody in the own team to print a slip for."""
        return any(row.led and row.employment.profile.person_id is None for row in self.rows)

    def count(self, states: Iterable[str]) -> int:
        """How many of the team's talks have come so far."""
        wanted = set(states)
        return sum(row.found is not None and row.found.state in wanted for row in self.rows)


def team(actor: Actor, year: int | None = None) -> Team:
    """The actor's team this year; a fixed number of queries however many they are."""
    year = year or actor.today.year
    employments = led_rows(actor)
    talks = _led_talks(actor=actor, year=year)
    found = _seated(actor, talks)
    mine = {row.employee.employment_id or 0: row for row in found}
    minutes = {talk.pk: _minutes_of(talk) for talk in talks}
    led = {row.pk for row in employments}
    # Talks of people who are led by somebody else now stay with whoever leads the talk.
    employments += (
        _employments(pks=[pk for pk in mine if pk not in led]) if mine.keys() - led else []
    )
    rows = [TeamRow(one, mine.get(one.pk), led=one.pk in led) for one in employments]
    _look_up(actor, rows, minutes)
    rows.sort(key=lambda row: (not row.waits_for_me, row.on_leave))
    return Team(rows, year)


@prepared
def _led_talks(actor: Actor, year: int) -> QuerySet[Conversation]:
    """The talks that the actor leads this year, with how far their minutes are."""
    led = Participant.objects.filter(profile_id=actor.profile_id, part=Part.LEADER, ended_at=None)
    talks = access.own_talks(actor).filter(year=year, pk__in=led.values("conversation"))
    return _with_minutes(talks.exclude(state=State.CANCELLED))


def _with_minutes(talks: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return talks.only(*OF_A_TALK).annotate(
        minutes_state=F("minutes__state"), minutes_approved_at=F("minutes__approved_at")
    )


def _minutes_of(talk: Any) -> tuple[str, dt.datetime | None]:
    """What ``_with_minutes`` found: the state, empty where there are none, and the approval."""
    return talk.minutes_state or "", talk.minutes_approved_at


@prepared
def _employments(pks: list[int]) -> QuerySet[Employment]:
    return Employment.objects.filter(pk__in=pks).select_related("profile").order_by("pk")


def _seated(actor: Actor, talks: Iterable[Conversation]) -> list[Talk]:
    """Those of the talks in which the actor and somebody else have a seat; two queries.

    The seats come without the people in them.
    """
    found, seats = [], defaultdict(list)
    pks = [talk.pk for talk in talks]
    last = {offer.conversation_id: offer for offer in _offers(talks=pks)}
    for seat in _seats(talks=pks):
        seats[seat.conversation_id].append(seat)
    for talk in talks:
        mine = [seat for seat in seats[talk.pk] if seat.profile_id == actor.profile_id]
        others = [seat for seat in seats[talk.pk] if seat.profile_id != actor.profile_id]
        if mine and others:
            found.append(Talk(talk, mine[0], others[0], last.get(talk.pk)))
    return found


@prepared
def _seats(talks: list[int]) -> QuerySet[Participant]:
    seats = Participant.objects.filter(conversation__in=talks, ended_at=None)
    seats = seats.exclude(part=Part.FACILITATOR).order_by("conversation", "part")
    return seats.only(*OF_A_SEAT)


@prepared
def _offers(talks: list[int]) -> QuerySet[Offer]:
    """The offers of these talks, the newest last; dates and answers only."""
    rows = Offer.objects.filter(conversation__in=talks).order_by("sent_at", "pk")
    return rows.only(*OF_AN_OFFER)


def _look_up(
    actor: Actor,
    rows: list[TeamRow],
    minutes: Mapping[int, tuple[str, dt.datetime | None]],
) -> None:
    """People, minutes and counts of agreements; one query."""
    talks = [row.found.conversation.pk for row in rows if row.found]
    agreed = {talk: (made, done) for talk, made, done in _agreements_in(actor=actor, talks=talks)}
    for row in rows:
        row.on_leave = is_on_leave(actor, row.employment)
        if row.found is None:
            continue
        pk = row.found.conversation.pk
        row.found.other.profile = row.employment.profile
        row.minutes_state, row.minutes_approved_at = minutes[pk]
        row.agreements, row.done = agreed.get(pk, (0, 0))
        row.step = next_step(row.found, row.minutes_state, row.employment.profile.first_name)


@prepared
def _agreements_in(actor: Actor, talks: list[int]) -> QuerySet[Agreement, tuple[int, int, int]]:
    """Per talk how many agreements there are, and how many both say are done."""
    rows = access.readable_agreements(actor).filter(conversation__in=talks)
    done = Q(done_by_employee_at__isnull=False, done_by_leader_at__isnull=False)
    counted = rows.values("conversation").annotate(made=Count("pk"), done=Count("pk", filter=done))
    return counted.order_by().values_list("conversation", "made", "done")


def is_on_leave(actor: Actor, employment: Employment) -> bool:
    """Whether the employment is on leave today; the talk is offered when the leave ends."""
    begins, ends = employment.leave_from, employment.leave_until
    return bool(begins and begins <= actor.today and (ends is None or ends >= actor.today))


def my_open_talks(actor: Actor) -> list[tuple[Talk, str]]:
    """The actor's newest talks as employee, at most three, each with its minutes' state.

    Newest first; three queries. Nobody's name is in them.
    """
    found = _seated(actor, _my_talks(actor=actor))
    found.sort(key=lambda row: row.conversation.made_at, reverse=True)
    return [(row, _minutes_of(row.conversation)[0]) for row in found]


@prepared
def _my_talks(actor: Actor) -> QuerySet[Conversation]:
    mine = Participant.objects.filter(
        profile_id=actor.profile_id, part=Part.EMPLOYEE, ended_at=None
    )
    talks = access.own_talks(actor).filter(pk__in=mine.values("conversation"))
    newest = talks.exclude(state=State.CANCELLED).order_by("-year", "-made_at")[:3]
    return _with_minutes(newest)


def open_agreement_dates(actor: Actor) -> list[tuple[dt.date | None, bool]]:
    """Due dates of the actor's open agreements, and whether each is late; one query, no text."""
    dates = _open_agreements(actor=actor)
    return [(due_on, bool(due_on and due_on < actor.today)) for due_on in dates]


@prepared
def _open_agreements(actor: Actor) -> QuerySet[Agreement, dt.date | None]:
    rows = access.changeable_agreements(actor).filter(conversation__held_at__isnull=False)
    still_open = rows.filter(Q(done_by_employee_at=None) | Q(done_by_leader_at=None))
    return still_open.order_by("due_on").values_list("due_on", flat=True)
