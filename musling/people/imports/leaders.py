"""Who leads which unit after an import: dated rows that open and close, none that is overwritten.

A list of units that names leaders decides for the units that it holds; an empty cell is a vacant
post. Without one, "is leader" in the list of people decides about those people, and about nobody
who leads from another unit. Stand-ins are the organisation's own and stay.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from musling.people.imports.candidates import Candidates
from musling.people.imports.people import EmploymentDraft, People
from musling.people.imports.standing import LeadershipNow, Standing
from musling.people.imports.units import Tree

ONE_DAY = dt.timedelta(days=1)


class Opened(NamedTuple):
    """A leadership to be added: numbers of unit and employment, and its first day."""

    unit: str
    employment: str
    starts_on: dt.date


@dataclass
class Leaders:
    """What opens and what closes. ``closed`` maps ids of leaderships to their last day."""

    standing: Standing
    tree: Tree
    people: People
    candidates: Candidates
    opened: list[Opened] = field(default_factory=list)
    closed: dict[int, dt.date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gone = {one.number for one in self.people.missing}
        self.held = self.candidates.held
        if "leader_employment_id" in self.tree.columns:
            self._from_units()
        elif self.people.read and "is_leader" in self.people.columns:
            self._from_people()
        self._with_their_employments()

    # --- the list of units -------------------------------------------------------------------

    def _from_units(self) -> None:
        for draft in self.tree.drafts.values():
            if draft.row is None:
                continue
            wanted = draft.row.leader_employment_id
            if not wanted:
                draft.leader_changed = self._close_others(draft.number, set(), self._yesterday)
            elif self._is_employed(wanted):
                draft.leader_changed = self._put(draft.number, wanted)

    def _is_employed(self, number: str) -> bool:
        """A candidate whose own row was rejected need not be."""
        draft, before = self.people.drafts.get(number), self.standing.employments.get(number)
        if draft:
            return draft.ends_on is None or draft.ends_on >= self.standing.day
        return before is not None and not (
            before.has_ended(self.standing.day) or number in self.gone
        )

    # --- the list of people ------------------------------------------------------------------

    def _from_people(self) -> None:
        named: dict[str, set[str]] = defaultdict(set)
        for draft in self.people.drafts.values():
            if draft.row.is_leader and self._is_employed(draft.number):
                named[draft.unit].add(draft.number)
        for unit, numbers in named.items():
            for number in sorted(numbers):
                draft = self.people.drafts[number]
                draft.leader_changed |= self._put(unit, number, keeping=numbers)
        for unit, held in list(self.held.items()):
            for one in held:
                self._close_if_led_no_more(unit, one, named)

    def _close_if_led_no_more(
        self, unit: str, one: LeadershipNow, named: dict[str, set[str]]
    ) -> None:
        """The file speaks only of who leads, or led, the unit of the own employment."""
        draft = self.people.drafts.get(self.standing.employment_numbers[one.employment_id])
        if draft is None or draft.before is None or draft.number in named.get(unit, ()):
            return
        if draft.before.unit_id == one.unit_id:
            draft.leader_changed |= self._close(one, self._yesterday)

    # --- opening and closing -----------------------------------------------------------------

    @property
    def _yesterday(self) -> dt.date:
        return self.standing.day - ONE_DAY

    def _put(self, unit: str, number: str, keeping: set[str] | None = None) -> bool:
        """Has the employment lead the unit, alone or with those to keep. Whether that is new."""
        keep = keeping or {number}
        own = next((one for one in self.held[unit] if self._number(one) == number), None)
        starts_on = max(self.standing.day, own.starts_on if own else self._starts_on(number))
        closed = self._close_others(unit, keep, starts_on - ONE_DAY)
        if own is None:
            self.opened.append(Opened(unit, number, starts_on))
        return closed or own is None

    def _starts_on(self, number: str) -> dt.date:
        draft: EmploymentDraft | None = self.people.drafts.get(number)
        return draft.starts_on if draft else self.standing.employments[number].starts_on

    def _number(self, one: LeadershipNow) -> str:
        return self.standing.employment_numbers[one.employment_id]

    def _close_others(self, unit: str, keep: set[str], last: dt.date) -> bool:
        others = [one for one in self.held[unit] if self._number(one) not in keep]
        closed = [self._close(one, last) for one in others]
        return any(closed)

    def _close(self, one: LeadershipNow, last: dt.date) -> bool:
        """Lets it end at the date, unless it ends before that anyway. Whether it did not."""
        if one.ends_on is not None and one.ends_on <= last:
            return False
        self.closed[one.id] = min(last, self.closed.get(one.id, last))
        return True

    def _with_their_employments(self) -> None:
        """Whoever leaves leads no more, be it as leader or as stand-in."""
        day = self.standing.day
        last = {one.id: day for one in self.people.missing}
        for draft in self.people.drafts.values():
            if draft.before and draft.ends_on and draft.ends_on <= day:
                last[draft.before.id] = draft.ends_on
        for one in self.standing.leaderships:
            if one.employment_id in last:
                self._close(one, last[one.employment_id])
