"""Reading a list of people that came before with little changed: only what differs is read.

Each row has a print, a keyed hash of its cells and of the headings. A row whose print is known
stands as it says, and its cells are not looked at unless somebody asks for it.
"""

from collections import ChainMap
from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from hashlib import blake2b

from musling.people.import_files.columns import PEOPLE, Layout, layout
from musling.people.import_files.rows import Reading, ReadPeople, person, person_problems
from musling.people.import_files.unreadable import Cell, SourceRow
from musling.people.import_files.values import NO

PRINT = 16  # bytes
SEPARATOR = "\x1f"  # no cell that is accepted holds it
NUMBER, LEADER = "employment_id", "is_leader"


class PeopleAgain:
    """A list of people, CSV or .xlsx by its name. Raises UnreadableFile.

    ``prints`` are those of the rows that were read, by the number of the employment. Whoever leads
    is always read: what becomes of a unit's leader depends on all rows that name one.
    """

    def __init__(self, name: str, data: bytes, known: Container[bytes], secret: bytes) -> None:
        self.reading = Reading(name, PEOPLE, person, person_problems)
        self.prints: dict[str, bytes] = {}
        self.passed: dict[str, str] = {}
        self.trusted: list[bytes] = []
        heading, sources = self.reading.sources(data)
        self.layout: Layout = layout(heading.cells, PEOPLE)
        places = {column.name: place for place, column in self.layout.places}
        self.number, self.leader = places[NUMBER], places.get(LEADER)
        key = blake2b(repr(heading.cells).encode(), key=secret, digest_size=32).digest()
        self.hash = blake2b(key=key, digest_size=PRINT)
        self._look(sources, known)

    def _look(self, sources: Iterable[SourceRow], known: Container[bytes]) -> None:
        """The one thing that is done with every row."""
        for source in sources:
            text = self._text(source)
            digest = self._digest(text)
            if digest in known and self._may_pass(source):
                number = str(source.cells[self.number])
                self.passed[number] = text
                self.trusted.append(digest)
                self.reading.seen[number] = source.number
            else:
                self._take(source, digest)

    @staticmethod
    def _text(source: SourceRow) -> str:
        try:
            return SEPARATOR.join(source.cells)  # type: ignore[arg-type]  # or it is no text
        except TypeError:  # a date of a spreadsheet: such a row is always read
            return f"{SEPARATOR}{source.number}"

    def _digest(self, text: str) -> bytes:
        found = self.hash.copy()
        found.update(text.encode(errors="surrogatepass"))
        return found.digest()

    def _may_pass(self, source: SourceRow) -> bool:
        """Whether its number is plain to see and new, and it names nobody a leader."""
        number = str(source.cells[self.number])
        if number in self.reading.seen or not number.isascii() or " " in number:
            return False
        leads = "" if self.leader is None else str(source.cells[self.leader]).strip().casefold()
        return not leads or leads in NO

    def _take(self, source: SourceRow, digest: bytes) -> None:
        before = len(self.reading.rows)
        self.reading.take(source, self.layout)
        for row in self.reading.rows[before:]:
            if all(isinstance(cell, str) for cell in source.cells):
                self.prints[row.employment_id] = digest

    def missing(self, numbers: set[str]) -> set[str]:
        """Those of the numbers that no row has."""
        return numbers.difference(self.reading.seen).difference(self.reading.mentioned)

    @property
    def looked_at(self) -> set[str]:
        """The numbers of the rows that were not passed over, rejected ones included."""
        rows = self.reading.rows
        return {row.employment_id for row in rows} | self.reading.mentioned.keys()

    def read(self, numbers: Collection[str]) -> None:
        """Reads those that were passed over."""
        untrusted = set()
        for number in sorted(self.passed.keys() & set(numbers)):
            text = self.passed.pop(number)
            digest = self._digest(text)
            untrusted.add(digest)
            cells: list[Cell] = [*text.split(SEPARATOR)]
            self._take(SourceRow(self.reading.seen.pop(number), cells), digest)
        if untrusted:
            self.trusted = [digest for digest in self.trusted if digest not in untrusted]

    def read_all(self) -> None:
        """Reads every row."""
        self.read([*self.passed])

    def result(self) -> ReadPeople:
        """What was read, in the order of the file; what was passed over is mentioned."""
        read = self.reading.result(self.layout)
        return replace(
            read,
            rows=sorted(read.rows, key=lambda row: row.row),
            mentioned=ChainMap(self.reading.mentioned, self.reading.seen),
            passed=len(self.passed),
        )

    def prints_of(self, accepted: Container[str]) -> list[bytes]:
        """The prints of the rows that stand as they say once the accepted ones are written."""
        read = [digest for number, digest in self.prints.items() if number in accepted]
        return read + self.trusted
