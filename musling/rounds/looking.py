"""Looks at everybody whom a round covers, some units at a time: memory does not grow with size."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from musling.conversations.models import JointTalk
from musling.foundation.among import Among
from musling.organisations.models import Unit
from musling.people.leading import Leaders, active
from musling.people.models import Employment
from musling.rounds.models import Covered, LeftOut, Place, Round, Ruling
from musling.rounds.placing import Placed, Rules, Scope, folded

PEOPLE_AT_ONCE = 5000  # a unit is never cut: a step does at least one
UNITS_AT_ONCE = 1000
NEEDED = (
    *("pk", "profile_id", "unit_id", "title", "starts_on", "ends_on", "pay"),
    *("leave_from", "leave_until", "agreement"),
)


@dataclass(frozen=True)
class Look:
    """A round as it looks at people on a day: whom it covers, and what it does about what is odd.

    Four queries; then six for some units at a time.
    """

    round: Round
    day: dt.date
    scope: Scope
    rules: Rules

    def some_units(self, after: int) -> list[int]:
        """The next units in the order of their ids, with about so many people as go at once."""
        units = self._units().filter(pk__gt=after).order_by("pk")[:UNITS_AT_ONCE]
        ids = list(units.values_list("pk", flat=True))
        counted = dict(self._people(ids).order_by().values_list("unit").annotate(n=Count("pk")))
        taken: list[int] = []
        people = 0
        for pk in ids:
            if taken and people + counted.get(pk, 0) > PEOPLE_AT_ONCE:
                break
            taken.append(pk)
            people += counted.get(pk, 0)
        return taken

    def all_units(self) -> Iterator[list[int]]:
        """All of them, some at a time."""
        after = 0
        while some := self.some_units(after):
            yield some
            after = some[-1]

    def placed_in(self, units: Collection[int]) -> list[Placed]:
        """What becomes of everybody employed at these units whom the round covers."""
        waits = self._waiting().filter(employment__unit__in=units)
        waiting = set(waits.values_list("employment", flat=True))
        employed = [
            row
            for row in self._people(units).select_related("unit").only(*NEEDED, "unit__path")
            if row.pk in waiting or self.scope.holds(row.unit.path, row.title, row.agreement)
        ]
        ways_up = {unit for row in employed for unit in row.unit.way_up}
        leaders = Leaders(self.round.organisation_id, self.day, ways_up)
        others = self._others(employed)
        holders = self._holders(others)
        return [
            self.rules.placed(
                row,
                leaders.find(row.profile_id, row.unit_id),
                [one for one in others.get(row.profile_id, ()) if one.pk != row.pk],
                holders.get(row.profile_id),
            )
            for row in employed
        ]

    def _units(self) -> QuerySet[Unit]:
        """Those that the round covers, and those where somebody waits who has moved out of them."""
        units = Unit.objects.filter(organisation_id=self.round.organisation_id)
        if not self.scope.covered:
            return units
        wanted = Q(pk__in=self._waiting().values("employment__unit"))
        for path in self.scope.covered:
            wanted |= Q(path__startswith=path)
        return units.filter(wanted)

    def _waiting(self) -> QuerySet[Place]:
        """Places without a talk yet: whoever has one keeps it, wherever she or he works (X9)."""
        return Place.objects.filter(round=self.round, conversation=None, closed_at=None)

    def _people(self, units: Collection[int]) -> QuerySet[Employment]:
        return active(self.day).filter(
            organisation_id=self.round.organisation_id, unit_id__in=units
        )

    def _others(self, employed: list[Employment]) -> Mapping[int, list[Employment]]:
        """The employments in the round of those who have several; two queries."""
        rows = active(self.day).filter(
            Among("profile_id", {row.profile_id for row in employed}),
            organisation_id=self.round.organisation_id,
        )
        counted = rows.order_by().values("profile").annotate(n=Count("pk"))
        several = list(counted.filter(n__gt=1).values_list("profile", flat=True))
        found: dict[int, list[Employment]] = defaultdict(list)
        if several:
            rows = rows.filter(profile__in=several).select_related("unit")
            for row in rows.only(*NEEDED, "unit__path"):
                if self.scope.holds(row.unit.path, row.title, row.agreement):
                    found[row.profile_id].append(row)
        return {profile: rows for profile, rows in found.items() if len(rows) > 1}

    def _holders(self, others: Mapping[int, list[Employment]]) -> dict[int, int]:
        """By person the employment whose talk is for all, where it was agreed; a query at most.

        Only where that employment is in the round, too.
        """
        if not others:
            return {}
        settled = JointTalk.objects.filter(
            profile__in=others,
            kind=self.round.kind,
            year=self.round.year,
            settled_at__isnull=False,
        ).values_list("profile", "holder")
        here = {row.pk for rows in others.values() for row in rows}
        return {profile: holder for profile, holder in settled if holder in here}


def look_of(round_: Round, day: dt.date) -> Look:
    """The look of a round on a day; three queries."""
    covered = Covered.objects.filter(round=round_).values_list("unit__path", flat=True)
    rows = list(LeftOut.objects.filter(round=round_).select_related("unit"))
    by = LeftOut.By
    scope = Scope(
        covered=tuple(covered),
        left_out=tuple(row.unit.path for row in rows if row.unit is not None),
        titles=frozenset(folded(row.words) for row in rows if row.by == by.TITLE),
        agreements=frozenset(folded(row.words) for row in rows if row.by == by.AGREEMENT),
    )
    rulings = dict(Ruling.objects.filter(round=round_).values_list("oddity", "answer"))
    return Look(round_, day, scope, Rules(day, round_.ends_on, rulings))
