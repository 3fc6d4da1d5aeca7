"""Reading a list of people that came before with little changed: only what differs is read.

Each row has a print, a keyed hash of its cells and of the headings. A row whose print is known
stands as it says, and its cells are not looked at unless somebody asks for it.
"""

from collections import ChainMap
from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from hashlib import sha256

from musling.people.import_files.columns import PEOPLE, Layout, layout
from musling.people.import_files.rows import Reading, ReadPeople, person, person_problems
from musling.people.import_files.unreadable import Cell, SourceRow
from musling.people.import_files.values import NO

PRINT = 32  # bytes
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
        # The key before the text makes it a keyed hash: nobody gets to see one to go on from.
        self.key = sha256(secret + repr(heading.cells).encode()).digest()
        self._look(sources, known)

    def _look(self, sources: Iterable[SourceRow], known: Container[bytes]) -> None:
        """The one thing that is done with every row, and so in one piece."""
        join, key, place = SEPARATOR.join, self.key, self.number
        seen, passed, trust = self.reading.seen, self.passed, self.trusted.append
        for source in sources:
            cells = source.cells
            try:
                text = join(cells)  # type: ignore[arg-type]  # or it is no text
                digest = sha256(key + text.encode()).digest()
            except (TypeError, UnicodeEncodeError):  # a date of a spreadsheet
                self.reading.take(source, self.layout)
                continue
            if digest in known and cells[place] not in seen:
                number = cells[place]
                passed[number] = text  # type: ignore[index]  # text, since it is known
                seen[number] = source.number  # type: ignore[index]
                trust(digest)
            else:
                self._take(source, digest)

    def _digest(self, text: str) -> bytes:
        return sha256(self.key + text.encode()).digest()

    def _may_be_known(self, cells: list[Cell]) -> bool:
        """Whether its number is as it stands in the file, and it names nobody a leader."""
        number = str(cells[self.number])
        leads = "" if self.leader is None else str(cells[self.leader]).strip().casefold()
        return number.isascii() and " " not in number and (not leads or leads in NO)

    def _take(self, source: SourceRow, digest: bytes) -> None:
        before = len(self.reading.rows)
        self.reading.take(source, self.layout)
        if self.reading.rows[before:] and self._may_be_known(source.cells):
            self.prints[self.reading.rows[-1].employment_id] = digest

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
