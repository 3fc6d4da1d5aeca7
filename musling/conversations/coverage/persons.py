"""What persons count as, from the rows as they stand: a fixed number of queries for some of them.

Only open columns are read: dates, states, and whether there is an agreement at all.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import F, Q

from musling.conversations.coverage.standing import FOLLOWED, PLAN_MADE, STANDS, Stand, merged
from musling.conversations.kinds import KINDS
from musling.conversations.models import (
    Agreement,
    FocusArea,
    FollowUp,
    Initiative,
    JointPart,
    Part,
    Participant,
    State,
)
from musling.foundation.clock import COPENHAGEN
from musling.people.leading import active

# Says which of some talks count in a later year, too: (talk, year). Rounds, which lie above, know.
ALSO_IN: list[Callable[[Collection[int]], Iterable[tuple[int, int]]]] = []
NOTHING_OFFERED = "0"  # the year of what somebody counts as where there is no talk


@dataclass(frozen=True)
class Counts:
    """As ``Counted`` holds it."""

    places: list[str] = field(default_factory=list)
    years: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Seat:
    """A talk of somebody as its employee."""

    talk: int
    profile: int
    employment: int | None
    year: int
    state: State


@dataclass(frozen=True)
class _Fact:
    """Something to be counted in a year: where the employment holds, else wherever one does."""

    employment: int | None
    year: int
    value: int


def counts_of(profiles: Sequence[int], day: dt.date) -> dict[int, Counts]:
    """What each of these profiles counts as, seen from the day; only those who are employed.

    Nine queries, each driven from the profiles alone: from the organisation, SQLite would go
    through all that it has.
    """
    facts: dict[int, list[_Fact]] = defaultdict(list)
    seats = _seats(profiles)
    joint = _joint(profiles)
    for profile, fact in (*_stands(seats), *_followed(seats)):
        facts[profile].append(fact)
        # One talk for several employments counts for each of them.
        others = joint.get((fact.employment, fact.year), ())
        facts[profile].extend(replace(fact, employment=other) for other in others)
    return {
        profile: _counts(employments, facts[profile])
        for profile, employments in _employed(profiles, day).items()
    }


def _employed(profiles: Sequence[int], day: dt.date) -> dict[int, dict[int, tuple[str, Stand]]]:
    """By profile: path and stand without a talk of each employment that holds, the oldest first."""
    leave = Q(leave_from__lte=day) & (Q(leave_until=None) | Q(leave_until__gte=day))
    rows = (
        active(day)
        .filter(profile_id__in=profiles)
        .annotate(absent=leave)
        .order_by("pk")
        .values_list("profile_id", "pk", "unit__path", "absent")
    )
    found: dict[int, dict[int, tuple[str, Stand]]] = defaultdict(dict)
    for profile, employment, path, absent in rows:
        found[profile][employment] = (path, Stand.ON_LEAVE if absent else Stand.NONE)
    return found


def _counts(employments: dict[int, tuple[str, Stand]], facts: list[_Fact]) -> Counts:
    places = list(dict.fromkeys(path for path, _stand in employments.values()))
    base = _at(places, [(path, int(stand)) for path, stand in employments.values()])
    years = {NOTHING_OFFERED: base}
    for year in sorted({fact.year for fact in facts}):
        its = [fact for fact in facts if fact.year == year]
        found = [(path, fact.value) for fact in its for path in _where(fact, employments, places)]
        values = _at(places, [*zip(places, base, strict=True), *found])
        if values != base:
            years[str(year)] = values
    return Counts(places, years)


def _where(
    fact: _Fact, employments: dict[int, tuple[str, Stand]], places: list[str]
) -> Iterable[str]:
    """What belongs to an employment that has ended follows its person to the present ones."""
    if fact.employment in employments:
        return (employments[fact.employment][0],)
    return places


def _at(places: list[str], found: Iterable[tuple[str, int]]) -> list[int]:
    by_place: dict[str, list[int]] = defaultdict(list)
    for path, value in found:
        by_place[path].append(value)
    return [merged(by_place[path]) for path in places]


def _seats(profiles: Sequence[int]) -> list[_Seat]:
    rows = Participant.objects.filter(
        part=Part.EMPLOYEE, ended_at=None, profile_id__in=profiles
    ).values_list(
        "conversation_id",
        "profile_id",
        "employment_id",
        "conversation__year",
        "conversation__state",
        "conversation__kind",
    )
    return [
        _Seat(talk, profile, employment, year, State(state))
        for talk, profile, employment, year, state, kind in rows
        if kind in KINDS
    ]


def _joint(profiles: Sequence[int]) -> dict[tuple[int | None, int], list[int]]:
    """By employment and year, the other employments that its talk is for, too."""
    found: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    parts = JointPart.objects.filter(
        joint__profile__in=profiles, joint__kind__in=KINDS, joint__settled_at__isnull=False
    ).exclude(employment=F("joint__holder"))
    for holder, year, employment in parts.values_list("joint__holder", "joint__year", "employment"):
        found[holder, year].append(employment)
    return found


def _stands(seats: list[_Seat]) -> Iterator[tuple[int, _Fact]]:
    with_plan = _with_plan([seat.talk for seat in seats if seat.state == State.AGREED])
    later = _later([seat.talk for seat in seats])
    for seat in seats:
        value = STANDS[seat.state] | (PLAN_MADE if seat.talk in with_plan else 0)
        for year in (seat.year, *later[seat.talk]) if value else ():
            yield seat.profile, _Fact(seat.employment, year, value)


def _later(talks: list[int]) -> dict[int, set[int]]:
    """The later years whose talk it is, too: one that was not held in its own goes on."""
    found: dict[int, set[int]] = defaultdict(set)
    for say in ALSO_IN:
        for talk, year in say(talks):
            found[talk].add(year)
    return found


def _with_plan(agreed: list[int]) -> set[int]:
    """The talks that both agreed on and that made an agreement, a focus area or an initiative.

    An agreement whose text was destroyed with its talk was made all the same.
    """
    stays = Q(removed_at=None) | Q(removed_at__gte=F("origin__key__destroyed_at"))
    made = Agreement.objects.filter(stays, origin__in=agreed, typed_in_by=None)
    talks = set(made.values_list("origin", flat=True))
    for model in (FocusArea, Initiative):
        rows = model._base_manager.filter(conversation__in=agreed, removed_at=None)  # noqa: SLF001
        talks.update(rows.values_list("conversation", flat=True))
    return talks


def _followed(seats: list[_Seat]) -> Iterator[tuple[int, _Fact]]:
    """Quarters in which an agreement was followed up by both (X8).

    Both said that it is done, the second of them in that quarter; or both wrote a note on it.
    """
    seat_of = {seat.talk: seat for seat in seats}
    seen: set[tuple[int, int, int]] = set()
    done = Agreement.objects.filter(
        conversation__in=seat_of,
        done_by_employee_at__isnull=False,
        done_by_leader_at__isnull=False,
    ).values_list("conversation", "done_by_employee_at", "done_by_leader_at")
    for talk, one, other in done:
        if one and other:
            seen.add((talk, *_quarter(max(one, other))))
    notes: dict[tuple[int, int, int, int], set[bool]] = defaultdict(set)
    rows = FollowUp.objects.filter(agreement__conversation__in=seat_of).values_list(
        "agreement", "agreement__conversation", "author__part", "at"
    )
    for agreement, talk, part, at in rows:
        notes[agreement, talk, *_quarter(at)].add(part == Part.EMPLOYEE)
    both = ((talk, year, q) for (_row, talk, year, q), sides in notes.items() if len(sides) > 1)
    seen.update(both)
    for talk, year, quarter in seen:
        seat = seat_of[talk]
        yield seat.profile, _Fact(seat.employment, year, FOLLOWED[quarter])


def _quarter(at: dt.datetime) -> tuple[int, int]:
    """The year, and the quarter from 0, in the organisation's time."""
    local = at.astimezone(COPENHAGEN)
    return local.year, (local.month - 1) // 3
