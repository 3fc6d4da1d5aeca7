"""Why somebody is reminded: rows of data, and the cases that each finds. No content, no names.

A reason finds its open cases; a case counts from a date (``anchor``). Each step says how many days
from then whom to remind: the person who can act, twice at most, then the leader, once. HR is never
told of a case: ``reminding`` tells HR once a month that talks wait, with the way to the coverage by
unit. Days are calendar days; what falls on a day off waits for a working day.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import F, Q, QuerySet

from musling.conversations.actions.opening import BY_ROUND
from musling.conversations.kinds import KINDS, kind
from musling.conversations.models import (
    Conversation,
    JointPart,
    Minutes,
    Offer,
    Part,
    Participant,
    Signature,
    State,
)
from musling.conversations.queries.glances import any_ahead
from musling.foundation.clock import COPENHAGEN
from musling.people.leading import Leaders, Problem, active
from musling.rounds.models import Place, Round
from musling.rounds.models import State as RoundState

LAST_QUARTER = 10  # the month with which it begins


@dataclass(frozen=True, slots=True)
class Case:
    """One open matter. ``object_id`` tells it from others of the reason, whatever it is about.

    ``persons`` can act; ``leader`` is whoever leads the talk, if anybody. ``more`` goes to the
    log: ids and dates.
    """

    object_id: int
    about: int | None  # the talk, if it is about one
    anchor: dt.date
    persons: tuple[int, ...]
    leader: int | None = None
    more: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """So many days from the anchor (negative: before it), whom, and the deed that is noted."""

    days: int
    to: Literal["person", "leader"]
    verb: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A row: its cases in an organisation on a day, and its steps in the order they come.

    ``waits``: whether cases that went through all steps count as waiting, for HR.
    """

    name: str
    find: Callable[[int, dt.date], list[Case]]
    steps: tuple[Step, ...]
    waits: bool = True


# --- finding ---------------------------------------------------------------------------------


# Offered by a round: it is the leader who has something to do, until there is an offer with times.
WITHOUT_TIME = Q(how=BY_ROUND, times=[], answer=Offer.Answer.NONE)


def unanswered_offers(organisation_id: int, _day: dt.date) -> list[Case]:
    """Offers without an answer, counted from the day they were sent.

    Of times that have all passed ``times_passed`` reminds: the employee has nothing to choose.
    """
    offers = Offer.objects.filter(
        ~WITHOUT_TIME,
        organisation=organisation_id,
        answer=Offer.Answer.NONE,
        conversation__state=State.OFFERED,
    ).values_list("pk", "conversation", "sent_at", "times")
    rows = [row[:3] for row in offers if not row[3] or any_ahead(row[3])]
    seats = _seats(organisation_id, State.OFFERED)
    return [
        Case(pk, talk, _day_of(sent), one.employee, one.leader, {"offer": pk})
        for pk, talk, sent in rows
        if (one := seats.get(talk)) and one.employee
    ]


def times_passed(organisation_id: int, day: dt.date) -> list[Case]:
    """Talks that are not held as far as we know, for who leads them, counted from the last day.

    Booked, and the day has passed; or offered without an answer, and all the times have.
    """
    booked = Conversation.objects.filter(
        organisation=organisation_id, state=State.BOOKED, starts_at__lt=_midnight(day)
    ).values_list("pk", "starts_at")
    found: list[tuple[int, dt.date, dict[str, object]]]
    found = [(pk, _day_of(starts), {}) for pk, starts in booked if starts]
    offers = Offer.objects.filter(
        ~Q(times=[]),
        organisation=organisation_id,
        answer=Offer.Answer.NONE,
        conversation__state=State.OFFERED,
    ).values_list("pk", "conversation", "times")
    found += [
        (talk, max(map(_day_of, map(dt.datetime.fromisoformat, times))), {"offer": pk})
        for pk, talk, times in offers
        if not any_ahead(times)
    ]
    if not found:
        return []
    seats = _seats(organisation_id, State.BOOKED) | _seats(organisation_id, State.OFFERED)
    return [
        Case(talk, talk, on, (one.leader,), None, more)
        for talk, on, more in found
        if (one := seats.get(talk)) and one.leader is not None
    ]


# An employee who asked for another time, of a talk that is offered or booked; or one put off.
WANTS_A_TIME = Q(
    conversation__state__in=[State.OFFERED, State.BOOKED],
    answer__in=[Offer.Answer.OTHER_TIME, Offer.Answer.OUTSIDE],
) | Q(
    conversation__state=State.PLANNED,
    conversation__postponed__gt=0,
    answer=Offer.Answer.WITHDRAWN,
)


def times_wanted(organisation_id: int, _day: dt.date) -> list[Case]:
    """Talks for which the leader is to find another time, counted from the day it was asked for."""
    offers = Offer.objects.filter(
        WANTS_A_TIME,
        organisation=organisation_id,
        answered_at__isnull=False,
        conversation__key__destroyed_at=None,
    ).order_by("sent_at", "pk")
    last = {
        talk: (pk, _day_of(answered))
        for pk, talk, answered in offers.values_list("pk", "conversation", "answered_at")
        if answered
    }
    if not last:
        return []
    seats: dict[int, _Seats] = {}
    for state in (State.PLANNED, State.OFFERED, State.BOOKED):
        seats |= _seats(organisation_id, state)
    return [
        Case(talk, talk, on, (one.leader,), None, {"offer": pk})
        for talk, (pk, on) in last.items()
        if (one := seats.get(talk)) and one.leader is not None
    ]


def wishes_for_one_talk(organisation_id: int, day: dt.date) -> list[Case]:
    """Wishes for one talk for several employments, for the leaders who have not answered."""
    parts = JointPart.objects.filter(
        organisation=organisation_id,
        agreed_at=None,
        joint__settled_at=None,
        joint__refused_at=None,
        joint__year=day.year,
    ).select_related("employment__unit", "joint")
    rows = list(parts.order_by("joint", "pk"))
    if not rows:
        return []
    leaders = Leaders(organisation_id, day)
    asked: dict[int, tuple[dt.date, dict[int, None]]] = {}
    for row in rows:
        leader = leaders.of(row.employment)
        if not isinstance(leader, Problem):
            _on, persons = asked.setdefault(row.joint_id, (_day_of(row.joint.asked_at), {}))
            persons[leader.profile_id] = None
    return [Case(pk, None, on, tuple(persons)) for pk, (on, persons) in asked.items()]


def coming_talks(organisation_id: int, day: dt.date) -> list[Case]:
    """Booked talks of the next days, counted from the day that they are on."""
    talks = Conversation.objects.filter(
        organisation=organisation_id,
        state=State.BOOKED,
        starts_at__gte=_midnight(day),
        starts_at__lt=_midnight(day + FURTHEST_AHEAD),
    ).values_list("pk", "starts_at")
    rows = [(pk, _day_of(starts)) for pk, starts in talks if starts]
    seats = _seats(organisation_id, State.BOOKED)
    return [
        Case(pk, pk, on, one.both, None, {"on": on.isoformat()})
        for pk, on in rows
        if (one := seats.get(pk))
    ]


FURTHEST_AHEAD = dt.timedelta(days=15)  # a week, and the longest row of days off before it


def minutes_not_sent(organisation_id: int, _day: dt.date) -> list[Case]:
    """Talks that were held and whose minutes are with whoever writes them."""
    talks = Conversation.objects.filter(
        organisation=organisation_id, state=State.HELD, held_at__isnull=False, held_on_paper=False
    ).values_list("pk", "held_at", "minute_taker")
    seats = _seats(organisation_id, State.HELD)
    return [
        Case(pk, pk, _day_of(held), one.writer(taker), one.leader)
        for pk, held, taker in talks
        if held and (one := seats.get(pk))
    ]


def minutes_not_answered(organisation_id: int, _day: dt.date) -> list[Case]:
    """Minutes that are out: who has not approved, or, where nobody needs to, not signed."""
    out = Minutes.objects.filter(
        organisation=organisation_id,
        conversation__state=State.MINUTES_OUT,
        state__in=[Minutes.State.OUT, Minutes.State.APPROVED],
        sent_at__isnull=False,
    ).values_list(
        "pk", "state", "sent_at", "conversation", "conversation__kind", "conversation__minute_taker"
    )
    signed = set(
        Signature.objects.filter(
            organisation=organisation_id, minutes__conversation__state=State.MINUTES_OUT
        ).values_list("participant", flat=True)
    )
    seats = _seats(organisation_id, State.MINUTES_OUT)
    cases = []
    for pk, state, sent, talk, its_kind, taker in out:
        one = seats.get(talk)
        if one is None or sent is None:
            continue
        row = kind(its_kind)
        if row.approves and state == Minutes.State.OUT:
            persons = one.others(taker)
        elif row.signs:
            persons = one.without(signed)
        else:
            continue
        if persons:
            cases.append(Case(pk, talk, _day_of(sent), persons, one.leader))
    return cases


def leaders_to_begin(organisation_id: int, day: dt.date) -> list[Case]:
    """In the last quarter: leaders with somebody who was offered nothing this year (E2).

    Of whoever has a place in an open round ``rounds_to_hold`` reminds, by the round's own dates.
    """
    if day.month < LAST_QUARTER:
        return []
    places = Place.objects.filter(
        organisation=organisation_id, round__state=RoundState.OPEN, closed_at=None
    )
    without = not_offered(organisation_id, day) - set(places.values_list("employment", flat=True))
    return leaders_of(organisation_id, day, without) if without else []


def rounds_to_hold(organisation_id: int, day: dt.date) -> list[Case]:
    """Open rounds, with the leaders of talks in them without a time; counted from the last day."""
    rounds = Round.objects.filter(
        organisation=organisation_id, state=RoundState.OPEN, ends_on__gte=day
    )
    cases = []
    for row in rounds.order_by("pk"):
        places = Place.objects.filter(round=row, closed_at=None, conversation__isnull=False)
        talks = Conversation.objects.filter(
            pk__in=places.values("conversation"), state__in=[State.PLANNED, State.OFFERED]
        )
        # One that the employee has times to choose from waits for the employee.
        answering = Offer.objects.filter(
            ~Q(times=[]), conversation__in=talks, answer=Offer.Answer.NONE
        )
        seats = Participant.objects.filter(
            conversation__in=talks, part=Part.LEADER, ended_at=None
        ).exclude(conversation__in=answering.values("conversation"))
        leaders = seats.order_by().values_list("profile", flat=True).distinct()
        if leaders:
            persons = tuple(sorted(leaders))
            cases.append(Case(row.pk, None, row.ends_on, persons, None, {"round": row.pk}))
    return cases


def leaders_of(organisation_id: int, day: dt.date, employments: Collection[int]) -> list[Case]:
    """A case for each nearest leader of these, counted from the start of the last quarter."""
    leaders = Leaders(organisation_id, day)
    rows = active(day).filter(organisation=organisation_id)
    found: dict[int, None] = {}
    for row in rows.only("pk", "profile_id", "unit_id", "organisation_id"):
        if row.pk not in employments:
            continue
        leader = leaders.of(row)
        if not isinstance(leader, Problem):
            found[leader.profile_id] = None
    anchor = dt.date(day.year, LAST_QUARTER, 1)
    return [Case(profile, None, anchor, (profile,)) for profile in found]


def not_offered(organisation_id: int, day: dt.date) -> set[int]:
    """Employments of today, not on leave, whose person has been offered no talk this year.

    Four queries. A talk counts for its employment; without one that holds today, for the person.
    """
    here = active(day).filter(organisation=organisation_id)
    offered = Participant.objects.filter(
        organisation=organisation_id,
        part=Part.EMPLOYEE,
        ended_at=None,
        conversation__year=day.year,
        conversation__kind__in=KINDS,
    ).exclude(conversation__state__in=[State.PLANNED, State.CANCELLED])
    # What a round has offered, and nobody has proposed a time for, is still to be offered one.
    waits = Offer.objects.filter(WITHOUT_TIME, organisation=organisation_id)
    offered = offered.exclude(
        conversation__state=State.OFFERED, conversation__in=waits.values("conversation")
    )
    rows = list(here.values_list("pk", "profile_id"))
    living = {pk for pk, _profile in rows}
    by_employment: set[int | None] = set()
    by_profile: set[int] = set()
    for profile, employment in offered.values_list("profile", "employment"):
        if employment in living:
            by_employment.add(employment)
        else:
            by_profile.add(profile)
    absent = on_leave(organisation_id, day)
    left = {
        pk
        for pk, profile in rows
        if pk not in by_employment and profile not in by_profile and profile not in absent
    }
    # One talk for several employments is offered for each of them, or for none.
    joint = JointPart.objects.filter(
        organisation=organisation_id, joint__year=day.year, joint__settled_at__isnull=False
    ).exclude(employment=F("joint__holder"))
    return left - set(joint.values_list("employment", flat=True))


def on_leave(organisation_id: int, day: dt.date) -> set[int]:
    """Profiles all of whose employments are on leave today: they are left in peace; one query."""
    rows = active(day).filter(organisation=organisation_id)
    absent: set[int] = set()
    at_work: set[int] = set()
    for profile, begins, ends in rows.values_list("profile", "leave_from", "leave_until"):
        away = begins is not None and begins <= day and (ends is None or ends >= day)
        (absent if away else at_work).add(profile)
    return absent - at_work


@dataclass
class _Seats:
    """Who sits in one talk: (seat, profile) of employee and leader."""

    rows: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def employee(self) -> tuple[int, ...]:
        return self._of(Part.EMPLOYEE)

    @property
    def leader(self) -> int | None:
        return next(iter(self._of(Part.LEADER)), None)

    @property
    def both(self) -> tuple[int, ...]:
        return tuple(profile for _seat, profile in self.rows.values())

    def _of(self, part: str) -> tuple[int, ...]:
        return (self.rows[part][1],) if part in self.rows else ()

    def writer(self, taker: int | None) -> tuple[int, ...]:
        """Whoever writes the minutes; the leader where nobody was agreed on, or has left."""
        found = tuple(profile for seat, profile in self.rows.values() if seat == taker)
        return found or self._of(Part.LEADER)

    def others(self, taker: int | None) -> tuple[int, ...]:
        """The parties who did not write them."""
        writer = self.writer(taker)
        return tuple(profile for profile in self.both if profile not in writer)

    def without(self, signed: Collection[int]) -> tuple[int, ...]:
        """The parties who have not signed."""
        return tuple(profile for seat, profile in self.rows.values() if seat not in signed)


def _seats(organisation_id: int, state: str) -> dict[int, _Seats]:
    """Employee and leader of every talk in the state; one query."""
    found: dict[int, _Seats] = {}
    rows: QuerySet[Participant] = Participant.objects.filter(
        organisation=organisation_id,
        ended_at=None,
        part__in=[Part.EMPLOYEE, Part.LEADER],
        conversation__state=state,
    )
    seats: Iterable[tuple[int, str, int, int]] = rows.order_by("pk").values_list(
        "conversation", "part", "pk", "profile"
    )
    for talk, part, seat, profile in seats:
        found.setdefault(talk, _Seats()).rows[part] = (seat, profile)
    return found


def _day_of(moment: dt.datetime) -> dt.date:
    return moment.astimezone(COPENHAGEN).date()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), COPENHAGEN)


# --- the rows ----------------------------------------------------------------------------------

REASONS = (
    Reason(
        "offer",
        unanswered_offers,
        (
            Step(7, "person", "reminder.offer"),
            Step(14, "person", "reminder.offer"),
            Step(21, "leader", "reminder.offer_leader"),
        ),
    ),
    Reason(
        "talk",
        coming_talks,
        (Step(-7, "person", "reminder.talk"), Step(-1, "person", "reminder.talk")),
        waits=False,
    ),
    Reason(
        "passed",
        times_passed,
        (Step(1, "person", "reminder.passed"), Step(8, "person", "reminder.passed")),
    ),
    Reason(
        "wanted",
        times_wanted,
        (Step(7, "person", "reminder.wanted"), Step(14, "person", "reminder.wanted")),
    ),
    Reason(
        "joint",
        wishes_for_one_talk,
        (Step(7, "person", "reminder.joint"), Step(14, "person", "reminder.joint")),
        waits=False,
    ),
    Reason(
        "minutes",
        minutes_not_sent,
        (
            Step(7, "person", "reminder.minutes"),
            Step(14, "person", "reminder.minutes"),
            Step(21, "leader", "reminder.minutes_leader"),
        ),
    ),
    Reason(
        "approval",
        minutes_not_answered,
        (
            Step(7, "person", "reminder.approval"),
            Step(14, "person", "reminder.approval"),
            Step(21, "leader", "reminder.approval_leader"),
        ),
    ),
    Reason(
        "begin",
        leaders_to_begin,
        (
            Step(0, "person", "reminder.nobody_offered"),
            Step(31, "person", "reminder.nobody_offered"),
        ),
    ),
    Reason(
        "round",
        rounds_to_hold,
        (
            Step(-42, "person", "reminder.round"),
            Step(-21, "person", "reminder.round"),
            Step(-7, "person", "reminder.round"),
        ),
    ),
)
