"""Typed rows of people and units, and what was rejected, where and why.

A rejected row never stops the others. What only shows when the database is asked (an unknown unit,
a circle) is found in ``musling.people.imports``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from musling.people.import_files import delimited, spreadsheets
from musling.people.import_files.columns import PEOPLE, UNITS, Column, Layout, layout
from musling.people.import_files.unreadable import (
    MAX_FILE,
    SourceRow,
    UnreadableFile,
    too_large,
)
from musling.people.import_files.values import Unusable


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One employment of one person. ``row`` is the row's number in the file, from 1.

    ``ends`` and ``leave_until`` are the last day. None is what the file left empty; ``pay`` and
    ``language`` are empty then.
    """

    row: int
    employment_id: str
    person_id: str
    first_name: str
    unit_id: str
    last_name: str = ""
    email: str = ""
    mobile: str = ""
    title: str = ""
    is_leader: bool = False
    starts: dt.date | None = None
    ends: dt.date | None = None
    pay: str = ""
    leave_from: dt.date | None = None
    leave_until: dt.date | None = None
    agreement: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit. ``closed_on`` is None where the file says only that it is closed."""

    row: int
    unit_id: str
    name: str
    parent_id: str = ""
    leader_employment_id: str = ""
    closed: bool = False
    closed_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a row was left out: the contract's four fields. The problem says what to do.

    ``column`` is the contract's name of the column, or empty where the whole row is meant.
    """

    file: str
    row: int
    column: str
    problem: str


Row = TypeVar("Row", PersonRow, UnitRow)


@dataclass(frozen=True, slots=True)
class ReadFile(Generic[Row]):
    """What one file held.

    ``columns`` are those of the contract that it has: a column that is not there says nothing,
    one that is empty says "none". ``ignored`` are headings that nobody asked for. ``mentioned``
    are the numbers (employment or unit) of rejected rows, as far as they could be read, each with
    its row: whoever is mentioned has not left. So are the rows that were ``passed`` over, because
    they stand as they say (see ``again``).
    """

    file: str
    rows: list[Row]
    rejected: list[Rejected]
    columns: frozenset[str]
    ignored: tuple[str, ...] = ()
    mentioned: Mapping[str, int] = field(default_factory=dict)
    passed: int = 0


ReadPeople = ReadFile[PersonRow]
ReadUnits = ReadFile[UnitRow]


def read_people(name: str, data: bytes) -> ReadPeople:
    """Reads a list of people, CSV or .xlsx by its name. Raises UnreadableFile."""
    return Reading(name, PEOPLE, person, person_problems).read(data)


def read_units(name: str, data: bytes) -> ReadUnits:
    """Reads a list of units, CSV or .xlsx by its name. Raises UnreadableFile."""
    return Reading(name, UNITS, _unit, _unit_problems).read(data)


def person(row: int, fields: dict[str, Any]) -> PersonRow:
    """The row of those fields."""
    return PersonRow(row=row, **fields)


def _unit(row: int, fields: dict[str, Any]) -> UnitRow:
    closed, closed_on = fields.pop("closed", (False, None))
    return UnitRow(row=row, closed=closed, closed_on=closed_on, **fields)


def person_problems(person: PersonRow) -> Iterator[tuple[str, str]]:
    """What is wrong between the columns of one row: column and problem."""
    if person.starts and person.ends and person.ends < person.starts:
        yield "to", _("The employment ends before it starts. Correct one of the dates.")
    if person.leave_until and not person.leave_from:
        yield "leave_from", _("The leave has an end and no start. Write when it starts.")
    elif person.leave_until and person.leave_from and person.leave_until < person.leave_from:
        yield "leave_until", _("The leave ends before it starts. Correct one of the dates.")


def _unit_problems(unit: UnitRow) -> Iterator[tuple[str, str]]:
    if unit.parent_id == unit.unit_id:
        yield "parent_id", _("A unit cannot lie under itself. Write the unit above it.")


def _source(name: str, data: bytes) -> Iterator[SourceRow]:
    """The rows of cells, read the way that the file's name says."""
    if len(data) > MAX_FILE:
        raise too_large()
    if not data.strip():
        raise UnreadableFile(_("The file is empty."))
    kind = PurePath(name).suffix.casefold()
    if kind == ".xlsx":
        return spreadsheets.rows(data)
    if kind in {".csv", ".txt", ".tsv"}:
        return delimited.rows(data)
    raise UnreadableFile(_("Choose a .csv or an .xlsx file."))


def _has_content(source: SourceRow) -> bool:
    return bool(source.broken) or any(
        cell.strip() if isinstance(cell, str) else cell for cell in source.cells
    )


@dataclass
class Reading(Generic[Row]):
    """One file on its way from cells to rows."""

    name: str
    columns: tuple[Column, ...]
    build: Callable[[int, dict[str, Any]], Row]
    problems: Callable[[Row], Iterable[tuple[str, str]]]
    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    mentioned: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def read(self, data: bytes) -> ReadFile[Row]:
        """The whole file. Raises UnreadableFile."""
        heading, sources = self.sources(data)
        found = layout(heading.cells, self.columns)
        for source in sources:
            self.take(source, found)
        return self.result(found)

    def sources(self, data: bytes) -> tuple[SourceRow, Iterator[SourceRow]]:
        """The heading, and the rows under it."""
        self.name = PurePath(self.name).name
        sources = _source(self.name, data)
        heading = next(filter(_has_content, sources), None)
        if heading is None:
            raise UnreadableFile(_("The file is empty."))
        return heading, sources

    def result(self, found: Layout) -> ReadFile[Row]:
        """What was taken."""
        return ReadFile(
            self.name,
            self.rows,
            self.rejected,
            found.names,
            found.ignored,
            self.mentioned,
        )

    def take(self, source: SourceRow, found: Layout) -> None:
        """Makes a row of the cells, or says why not. An empty one is none."""
        if not _has_content(source):
            return
        before = len(self.rejected)
        fields = self._fields(source, found)
        key = fields.get(self.columns[0].name, "")
        if len(self.rejected) == before:
            self._check_once(source, key)
        if len(self.rejected) == before:
            row = self.build(source.number, fields)
            for column, problem in self.problems(row):
                self._reject(source, column, problem)
        if len(self.rejected) == before:
            self.rows.append(row)
        elif key:
            self.mentioned[key] = source.number

    def _check_once(self, source: SourceRow, key: str) -> None:
        first = self.seen.setdefault(key, source.number)
        if first != source.number:
            self._reject(
                source,
                self.columns[0].name,
                _("This number stands in row %(row)s too. Keep one of the two rows.")
                % {"row": first},
            )

    def _fields(self, source: SourceRow, found: Layout) -> dict[str, Any]:
        """The values that could be read; what could not is noted as rejected."""
        if source.broken:
            self._reject(source, "", source.broken)
        elif any(source.cells[found.width :]):
            self._reject(
                source,
                "",
                _(
                    "The row has more values than there are columns. Put a value that holds a"
                    " separator in quotation marks."
                ),
            )
        fields: dict[str, Any] = {}
        cells = source.cells
        count = len(cells)
        for place, column in found.places:
            cell = cells[place] if place < count else ""
            if not cell or (isinstance(cell, str) and cell.isspace()):
                self._empty(source, column, fields)
                continue
            try:
                fields[column.target] = column.read(cell)
            except Unusable as problem:
                self._reject(source, column.name, str(problem))
        return fields

    def _empty(self, source: SourceRow, column: Column, fields: dict[str, Any]) -> None:
        if not column.required:
            fields[column.target] = column.empty
        elif not source.broken:
            self._reject(source, column.name, _("This must be filled in."))

    def _reject(self, source: SourceRow, column: str, problem: str) -> None:
        self.rejected.append(Rejected(self.name, source.number, column, problem))
