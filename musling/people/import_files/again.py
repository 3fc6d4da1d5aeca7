"""Reading a list of people that came before with little changed: only what differs is read.

Each row has a print, a keyed hash of its cells and of the headings. A row whose print is known
stands as it says, and its cells are not looked at unless somebody asks for it.
"""

from collections.abc import Collection, Container
from dataclasses import replace
from hashlib import blake2b

from musling.people.import_files.columns import PEOPLE, Layout, layout
from musling.people.import_files.rows import Reading, ReadPeople, person, person_problems
from musling.people.import_files.unreadable import SourceRow
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
        self.passed: dict[str, tuple[int, str, bytes]] = {}
        heading, sources = self.reading.sources(data)
        self.layout: Layout = layout(heading.cells, PEOPLE)
        places = {column.name: place for place, column in self.layout.places}
        self.number, self.leader = places[NUMBER], places.get(LEADER)
        self.key = blake2b(repr(heading.cells).encode(), key=secret, digest_size=32).digest()
        for source in sources:
            self._look(source, known)

    def _look(self, source: SourceRow, known: Container[bytes]) -> None:
        try:
            text = SEPARATOR.join(source.cells)  # type: ignore[arg-type]  # or it is read
        except TypeError:  # a date of a spreadsheet
            self.reading.take(source, self.layout)
            return
        print_ = blake2b(text.encode(errors="surrogatepass"), key=self.key, digest_size=PRINT)
        digest = print_.digest()
        if digest in known and self._may_pass(source):
            number = str(source.cells[self.number])
            self.passed[number] = source.number, text, digest
            self.reading.seen[number] = source.number
        else:
            self._take(source, digest)

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
            self.prints[row.employment_id] = digest

    @property
    def listed(self) -> Collection[str]:
        """The number of every row that has one."""
        return self.reading.seen.keys() | self.reading.mentioned.keys()

    @property
    def looked_at(self) -> set[str]:
        """The numbers of the rows that were not passed over, rejected ones included."""
        rows = self.reading.rows
        return {row.employment_id for row in rows} | self.reading.mentioned.keys()

    def read(self, numbers: Collection[str]) -> None:
        """Reads those that were passed over."""
        for number in sorted(self.passed.keys() & set(numbers)):
            row, text, digest = self.passed.pop(number)
            del self.reading.seen[number]
            self._take(SourceRow(row, [*text.split(SEPARATOR)]), digest)

    def read_all(self) -> None:
        """Reads every row."""
        self.read([*self.passed])

    def result(self) -> ReadPeople:
        """What was read, in the order of the file; what was passed over is mentioned."""
        read = self.reading.result(self.layout)
        passed = {number: row for number, (row, _text, _print) in self.passed.items()}
        return replace(
            read,
            rows=sorted(read.rows, key=lambda row: row.row),
            mentioned={**read.mentioned, **passed},
            passed=len(passed),
        )

    def prints_of(self, accepted: Container[str]) -> list[bytes]:
        """The prints of the rows that stand as they say once the accepted ones are written."""
        read = [print_ for number, print_ in self.prints.items() if number in accepted]
        return read + [print_ for _row, _text, print_ in self.passed.values()]
