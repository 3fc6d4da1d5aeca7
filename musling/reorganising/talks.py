"""Which talks get another leader by a change, and how they fare: counts, never content."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from musling.conversations.queries.following import (
    FOLLOW,
    Fare,
    fare,
    running,
    who_is_here,
)
from musling.people.leading import Found, Leaders, Problem
from musling.reorganising.changes import Change
from musling.reorganising.people import People

FEW = 2000  # employments that are asked for by their ids; beyond, the whole subtree is read


@dataclass
class Talks:
    """How the running talks of those with another leader fare, and which follow at once."""

    fares: dict[int, Fare] = field(default_factory=dict)  # by the talk's id
    waiting: int = 0  # of people whom nobody would lead
    states: Counter[tuple[Fare, str]] = field(default_factory=Counter)

    @property
    def following(self) -> list[int]:
        """The talks that go to a new leader at once, by id."""
        return sorted(pk for pk, one in self.fares.items() if one in FOLLOW)

    def number(self, *fares: Fare) -> int:
        """How many talks fare so."""
        return sum(1 for one in self.fares.values() if one in fares)


def look_at_talks(change: Change, people: People, leaders: Leaders) -> Talks:
    """Three queries. ``leaders``: as they would be."""
    found = {one.row.pk: one.after for one in people.with_new_leader if one.after}
    wanted = Q(employment__in=list(found))
    if len(found) > FEW:
        wanted = Q(employment__unit__path__startswith=change.unit.path)
    return talks_of(found, wanted, change.day, leaders) if found else Talks()


def talks_of(found: Mapping[int, Found], wanted: Q, day: dt.date, leaders: Leaders) -> Talks:
    """How the talks of these employments fare, of those that ``wanted`` reads; three queries."""
    rows = [row for row in running(wanted, day) if row.employment_id in found]
    here = who_is_here(rows, day)
    talks = Talks()
    for row in rows:
        lead = found[row.employment_id]
        if isinstance(lead.leader, Problem):
            talks.waiting += not row.begun
        its = fare(row, lead, leaders, here)
        if its is not None:
            talks.fares[row.conversation_id] = its
            talks.states[its, row.state] += 1
    return talks
