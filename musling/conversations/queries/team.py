"""The leader's team at a glance, and what waits for somebody: open columns only, no text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from musling.conversations import access
from musling.conversations.models import Conversation, Minutes, Offer, Part, Participant, State
from musling.conversations.queries.steps import ME, Step, next_step
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.people.leading import led_employments
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


@dataclass
class TeamRow:
    """One employee of the team with this year's talk, if there is one."""

    employment: Employment
    found: Talk | None = None
    minutes: Minutes | None = None
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
        """Those who have no offer this year and are not on leave."""
        return [
            row
            for row in self.rows
            if not row.on_leave and (row.found is None or row.found.state == State.PLANNED)
        ]

    def count(self, states: Iterable[str]) -> int:
        """How many of the team's talks have come so far."""
        wanted = set(states)
        return sum(row.found is not None and row.found.state in wanted for row in self.rows)


def team(actor: Actor, year: int | None = None) -> Team:
    """The actor's team this year; a fixed number of queries however many they are."""
    year = year or actor.today.year
    employments = list(
        led_employments(actor)
        .select_related("profile", "unit")
        .order_by("profile__first_name", "profile__last_name", "pk")
    )
    mine = _led_talks(actor, year)
    led = {row.pk for row in employments}
    extra = {
        found.employee.employment_id: found.employee.employment
        for found in mine.values()
        if found.employee.employment_id not in led and found.employee.employment
    }
    rows = [TeamRow(row, mine.get(row.pk)) for row in [*employments, *extra.values()]]
    _look_up(actor, rows)
    rows.sort(key=lambda row: (not row.waits_for_me, row.on_leave))
    return Team(rows, year)


def _led_talks(actor: Actor, year: int) -> dict[int, Talk]:
    """The talks that the actor leads this year, by the employee's employment; two queries."""
    led = Participant.objects.filter(
        profile_id=actor.profile_id, part=Part.LEADER, ended_at=None, conversation__year=year
    )
    talks = access.own_talks(actor).filter(pk__in=led.values("conversation"))
    return {
        found.employee.employment_id or 0: found
        for found in talks_with_parties(actor, talks.exclude(state=State.CANCELLED).values("pk"))
    }


def talks_with_parties(actor: Actor, talks: Any) -> list[Talk]:
    """Talks with their parties and last offers; two queries."""
    seats = (
        Participant.objects.filter(conversation__in=talks, ended_at=None)
        .exclude(part=Part.FACILITATOR)
        .select_related("conversation", "profile", "employment")
        .order_by("conversation", "part")
    )
    parties: dict[int, list[Participant]] = {}
    for seat in seats:
        parties.setdefault(seat.conversation_id, []).append(seat)
    offers = {
        offer.conversation_id: offer
        for offer in Offer.objects.filter(conversation__in=list(parties)).order_by("sent_at", "pk")
    }
    found = []
    for pk, both in parties.items():
        mine = [seat for seat in both if seat.profile_id == actor.profile_id]
        others = [seat for seat in both if seat.profile_id != actor.profile_id]
        if mine and others:
            found.append(Talk(mine[0].conversation, mine[0], others[0], offers.get(pk)))
    return found


def _look_up(actor: Actor, rows: list[TeamRow]) -> None:
    """Minutes' state and counts of agreements; two queries."""
    talks = [row.found.conversation.pk for row in rows if row.found]
    minutes = {
        row.conversation_id: row
        for row in access.readable_minutes(actor).filter(conversation__in=talks).defer("salt")
    }
    made: dict[int, list[bool]] = {}
    agreements = access.readable_agreements(actor).filter(conversation__in=talks)
    for talk, employee, leader in agreements.values_list(
        "conversation", "done_by_employee_at", "done_by_leader_at"
    ):
        made.setdefault(talk, []).append(bool(employee and leader))
    for row in rows:
        row.on_leave = is_on_leave(actor, row.employment)
        if row.found is None:
            continue
        pk = row.found.conversation.pk
        row.minutes = minutes.get(pk)
        row.agreements, row.done = len(made.get(pk, [])), sum(made.get(pk, []))
        row.step = next_step(
            row.found,
            row.minutes.state if row.minutes else "",
            row.found.other.profile.first_name,
        )


def is_on_leave(actor: Actor, employment: Employment) -> bool:
    """Whether the employment is on leave today; the talk is offered when the leave ends."""
    begins, ends = employment.leave_from, employment.leave_until
    return bool(begins and begins <= actor.today and (ends is None or ends >= actor.today))


def my_open_talks(actor: Actor) -> list[Talk]:
    """The actor's own talks as employee that are not over, newest first; two queries."""
    mine = Participant.objects.filter(
        profile_id=actor.profile_id, part=Part.EMPLOYEE, ended_at=None
    )
    talks = access.own_talks(actor).filter(pk__in=mine.values("conversation"))
    newest: list[Conversation] = list(
        talks.exclude(state=State.CANCELLED).order_by("-year", "-made_at")[:3]
    )
    found = talks_with_parties(actor, [row.pk for row in newest])
    return sorted(found, key=lambda row: row.conversation.made_at, reverse=True)


def open_agreement_dates(actor: Actor) -> list[tuple[object, bool]]:
    """Due dates of the actor's open agreements, and whether each is late; one query, no text."""
    rows = access.changeable_agreements(actor).filter(conversation__held_at__isnull=False)
    return [
        (due_on, bool(due_on and due_on < actor.today))
        for due_on, employee, leader in rows.values_list(
            "due_on", "done_by_employee_at", "done_by_leader_at"
        ).order_by("due_on")
        if not (employee and leader)
    ]
