"""What becomes of the tree of units.

The tree is settled before anything is written: rows are taken out until what is left, on top of
what stands, is a tree again. A row that is taken out leaves its unit as it was.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from musling.organisations.actions import MAX_PATH
from musling.people.import_files import ReadUnits, Rejected, UnitRow
from musling.people.imports.candidates import Candidates
from musling.people.imports.standing import Standing, UnitNow

LONGEST_NEW_ID = 10  # digits; a new unit's id is not known yet

Fault = tuple[UnitRow, str, str]


@dataclass(slots=True)
class UnitDraft:
    """A unit as it will stand. ``id`` is 0 until a new one gets it; ``row`` is what says so."""

    number: str
    name: str
    parent: str
    closed_on: dt.date | None
    before: UnitNow | None = None
    row: UnitRow | None = None
    id: int = 0
    leader_changed: bool = False

    @property
    def closing(self) -> bool:
        """Whether this import closes the unit."""
        return self.closed_on is not None and not (self.before and self.before.closed_on)


class Tree:
    """The units of an organisation as they will stand after an import."""

    def __init__(self, standing: Standing, read: ReadUnits | None, candidates: Candidates) -> None:
        self.standing = standing
        self.candidates = candidates
        self.file = read.file if read else ""
        self.columns = read.columns if read else frozenset()
        # Every unit that the file describes, with its row, be it in one that was rejected.
        self.listed = dict(read.mentioned) if read else {}
        self.rejected: list[Rejected] = []
        self.drafts = {number: self._as_it_was(unit) for number, unit in standing.units.items()}
        for row in read.rows if read else ():
            self.drafts[row.unit_id] = self._as_the_row_says(row)
            self.listed[row.unit_id] = row.row
        self._settle()

    def _settle(self) -> None:
        while faults := list(self._faults()):
            for fault in faults:
                self._take_out(*fault)

    def keep_open(self, occupied: dict[str, int]) -> None:
        """Takes out the rows that close units where so many people would be left."""
        for number, people in occupied.items():
            problem = _(
                "People are employed here on that day: %(n)s. Move them or end them first."
            ) % {"n": people}
            row = self.drafts[number].row
            if row:
                self._take_out(row, "closed", problem)
        self._settle()

    def rejected_row(self, number: str) -> str:
        """Says that the unit's own row was rejected, where it was: then nothing can go there."""
        draft = self.drafts.get(number)
        return "" if draft and draft.row else self._cause(number)

    def _cause(self, number: str) -> str:
        if number not in self.listed:
            return ""
        return _(
            "The unit with this number stands in row %(row)s of %(file)s, which was rejected."
            " Correct that row first."
        ) % {"row": self.listed[number], "file": self.file}

    def _as_it_was(self, unit: UnitNow) -> UnitDraft:
        parent = self.standing.unit_numbers[unit.parent_id] if unit.parent_id else ""
        return UnitDraft(unit.number, unit.name, parent, unit.closed_on, unit, id=unit.id)

    def _as_the_row_says(self, row: UnitRow) -> UnitDraft:
        """A column that the file does not have says nothing."""
        draft = self.drafts.get(row.unit_id) or UnitDraft(row.unit_id, "", "", None)
        draft.row, draft.name = row, row.name
        if "parent_id" in self.columns:
            draft.parent = row.parent_id
        if "closed" in self.columns:
            draft.closed_on = self._closed_on(row, draft.closed_on)
        return draft

    def _closed_on(self, row: UnitRow, since: dt.date | None) -> dt.date | None:
        """Closed without a date: since it was closed, or from today."""
        if not row.closed:
            return None
        return row.closed_on or since or self.standing.day

    def _take_out(self, row: UnitRow, column: str, problem: str) -> None:
        draft = self.drafts.get(row.unit_id)
        if draft is None or draft.row is None:
            return  # it went for another fault, in the same pass
        self.rejected.append(Rejected(self.file, row.row, column, problem))
        if draft.before:
            self.drafts[row.unit_id] = self._as_it_was(draft.before)
        else:
            del self.drafts[row.unit_id]

    # --- what keeps it from being a tree -----------------------------------------------------

    def _faults(self) -> Iterator[Fault]:
        """The first kind of fault that there is; each is looked for where the others are gone."""
        for look in (
            self._unfit_leaders,
            self._unknown_parents,
            self._circles,
            self._under_closed,
            self._too_deep,
        ):
            if faults := list(look()):
                yield from faults
                return

    def _from_rows(self) -> Iterator[tuple[UnitDraft, UnitRow]]:
        return ((draft, draft.row) for draft in self.drafts.values() if draft.row)

    def _unfit_leaders(self) -> Iterator[Fault]:
        for draft, row in self._from_rows():
            wanted = row.leader_employment_id
            if wanted and (problem := self.candidates.problem(draft.number, wanted)):
                yield row, "leader_employment_id", problem

    def _unknown_parents(self) -> Iterator[Fault]:
        """Also those whose parent's own row is taken out: followed down in one pass."""
        lost: set[str] = set()
        below: dict[str, list[UnitDraft]] = {}
        for draft, _row in self._from_rows():
            below.setdefault(draft.parent, []).append(draft)
        queue = [parent for parent in below if parent and parent not in self.drafts]
        while queue:
            number = queue.pop()
            problem = self._cause(number) or _("No unit has this number. Add the unit above it.")
            for draft in below.get(number, []):
                if draft.row is None or draft.number in lost:
                    continue
                lost.add(draft.number)
                yield draft.row, "parent_id", problem
                if draft.before is None:
                    queue.append(draft.number)

    def _circles(self) -> Iterator[Fault]:
        """The rows that a circle is made of; what hangs below a circle is none of them."""
        done: set[str] = set()
        for start in self.drafts:
            way: dict[str, None] = {}
            number = start
            while number and number not in done and number not in way:
                way[number] = None
                number = self.drafts[number].parent
            if number in way:
                ring = list(way)[list(way).index(number) :]
                for draft in map(self.drafts.__getitem__, ring):
                    if draft.row:
                        yield (
                            draft.row,
                            "parent_id",
                            _("These units lie under each other. Move one of them."),
                        )
            done.update(way)

    def _under_closed(self) -> Iterator[Fault]:
        """An open unit cannot come to lie under a closed one, nor be closed away from above."""
        closed = _("This unit is closed. Choose one that is open.")
        for draft in self.drafts.values():
            above = self.drafts.get(draft.parent)
            if draft.closed_on or above is None or not above.closed_on:
                continue
            moved = draft.before is None or draft.parent != self._parent_before(draft.before)
            if draft.row and (moved or (draft.before and draft.before.closed_on)):
                yield draft.row, "parent_id", self.rejected_row(draft.parent) or closed
            elif above.row and above.before and not above.before.closed_on:
                problem = _("There are open units below this one. Move or close them first.")
                yield above.row, "closed", problem

    def _parent_before(self, unit: UnitNow) -> str:
        return self.standing.unit_numbers[unit.parent_id] if unit.parent_id else ""

    def _too_deep(self) -> Iterator[Fault]:
        """The path of ids has an end; the nearest row above a unit that passes it is to blame."""
        lengths = {"": 1}
        for draft in self.downwards():
            digits = len(str(draft.id)) if draft.id else LONGEST_NEW_ID
            lengths[draft.number] = lengths[draft.parent] + digits + 1
            if lengths[draft.number] > MAX_PATH:
                while draft.row is None and draft.parent:
                    draft = self.drafts[draft.parent]  # noqa: PLW2901 (climbs)
                if draft.row:
                    yield (
                        draft.row,
                        "parent_id",
                        _("This is too many levels of units. Choose a place higher up."),
                    )
                    return

    def downwards(self) -> Iterator[UnitDraft]:
        """All units, each after the one above it."""
        below: dict[str, list[UnitDraft]] = {}
        for draft in self.drafts.values():
            below.setdefault(draft.parent, []).append(draft)
        queue = [""]
        for number in queue:
            for draft in below.get(number, []):
                yield draft
                queue.append(draft.number)

    # --- what it comes to --------------------------------------------------------------------

    def outcome(self, draft: UnitDraft) -> str:
        """``created``, ``updated``, ``unchanged`` or ``ended`` (closed)."""
        before = draft.before
        if before is None:
            return "created"
        if draft.closing:
            return "ended"
        was = (before.name, self._parent_before(before), before.closed_on)
        same = was == (draft.name, draft.parent, draft.closed_on) and not draft.leader_changed
        return "unchanged" if same else "updated"

    def paths(self) -> dict[str, str]:
        """The path of every unit; all ids are known."""
        paths = {"": "/"}
        for draft in self.downwards():
            paths[draft.number] = f"{paths[draft.parent]}{draft.id}/"
        return paths
