"""The first visible sheet of an .xlsx file, as rows of text and dates.

openpyxl knows the formats and dates of spreadsheets; the XML we stream ourselves: its own reader
takes five times as long (13 s where this takes 3 for 100,000 rows of 16 columns), and here every
document type, and with it every entity, is refused. Only what the rows need is opened, so that
links, macros, pictures and embedded files are never looked at.
"""

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from musling.people.import_files.unreadable import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    SourceRow,
    UnreadableFile,
    too_large,
)

MAX_PARTS = 2000
MAX_UNPACKED = 400_000_000  # bytes of all parts together
MAX_SMALL_PART = 5_000_000  # bytes of a part that only describes others
MAX_SHARED = 80_000_000  # bytes of the texts that cells share; held in memory
CHUNK = 1 << 16

RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIP = "http://purl.oclc.org/ooxml/officeDocument/relationships"
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")

Attributes = dict[str, str]


def rows(data: bytes) -> Iterator[SourceRow]:
    """The rows of the first visible sheet; numbers as text, dates as dates.

    A formula counts as the value that was saved with it. Raises UnreadableFile.
    """
    with _unreadable_if_broken():
        archive = zipfile.ZipFile(BytesIO(data))
        _guard(archive)
        workbook = _Workbook(archive)
        yield from _Sheet(workbook).rows()


@contextmanager
def _unreadable_if_broken() -> Iterator[None]:
    """Whatever a damaged or hostile file breaks, the person hears the same sentence."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        expat.ExpatError,
        ArithmeticError,
        EOFError,
        LookupError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise UnreadableFile(
            _("The file is not a readable .xlsx. Save the list as .xlsx or CSV again.")
        ) from error


def _guard(archive: zipfile.ZipFile) -> None:
    """Refuses a file that unpacks to more than any list of staff.

    The sizes are what the archive declares; zipfile reads no byte more than that.
    """
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise too_large()


def _refuse_doctype(*_parts: object) -> None:
    raise ValueError("A document type has no place in a spreadsheet.")


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Streams one part through the handlers; gives way after each chunk."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk)
            yield
    parser.Parse(b"", True)
    yield


def _parse_small(
    archive: zipfile.ZipFile, name: str, start: Callable[[str, Attributes], None], **more: Any
) -> None:
    if archive.getinfo(name).file_size > more.pop("limit", MAX_SMALL_PART):
        raise too_large()
    for _step in _parse(archive, name, start, **more):
        pass


def _local(name: str) -> str:
    """The element's name without its namespace: two standards use two of them."""
    return name.rpartition(" ")[2]


class _Workbook:
    """Where the sheet lies, which texts cells share, and which formats mean a date."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.from_1904 = False
        self.sheets: list[str] = []
        book = self._targets("_rels/.rels", "").by_kind("officeDocument")
        _parse_small(archive, book, self._workbook_element)
        folder, name = posixpath.split(book)
        related = self._targets(f"{folder}/_rels/{name}.rels", folder)
        self.sheet = related.paths[self.sheets[0]]
        self.shared = self._shared(related.by_kind("sharedStrings", ""))
        self.dates = self._dates(related.by_kind("styles", ""))

    def _targets(self, name: str, folder: str) -> "_Targets":
        found = _Targets(folder)
        _parse_small(self.archive, name, found.element)
        return found

    def _workbook_element(self, name: str, attributes: Attributes) -> None:
        if _local(name) == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}
        elif _local(name) == "sheet" and attributes.get("state", "visible") == "visible":
            ids = (f"{space} id" for space in (RELATIONSHIP, STRICT_RELATIONSHIP))
            self.sheets.append(next(attributes[key] for key in ids if key in attributes))

    def _shared(self, name: str) -> list[str]:
        texts = _SharedTexts()
        if name:
            _parse_small(
                self.archive, name, texts.start, end=texts.end, text=texts.text, limit=MAX_SHARED
            )
        return texts.found

    def _dates(self, name: str) -> frozenset[str]:
        formats = _Formats()
        if name:
            _parse_small(self.archive, name, formats.start, end=formats.end)
        return formats.dates()


class _Targets:
    """The parts that one part refers to; never what lies outside the file."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.paths: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def element(self, name: str, attributes: Attributes) -> None:
        if _local(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        path = posixpath.normpath(posixpath.join("/", self.folder, attributes["Target"]))[1:]
        self.paths[attributes["Id"]] = path
        self.kinds.setdefault(attributes["Type"].rpartition("/")[2], path)

    def by_kind(self, kind: str, *default: str) -> str:
        return self.kinds.get(kind, *default) if default else self.kinds[kind]


class _SharedTexts:
    """The texts that cells refer to by number; rich text joined, reading aids left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.aside = 0
        self.taking = False

    def start(self, name: str, _attributes: Attributes) -> None:
        local = _local(name)
        if local == "si":
            self.parts = []
        elif local == "rPh":
            self.aside += 1
        self.taking = local == "t" and not self.aside

    def end(self, name: str) -> None:
        local = _local(name)
        self.taking = False
        if local == "si":
            self.found.append(_unescaped("".join(self.parts)))
        elif local == "rPh":
            self.aside -= 1

    def text(self, text: str) -> None:
        if self.taking:
            self.parts.append(text)


class _Formats:
    """Which of the styles that cells name show a number as a date."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.styles: list[str] = []
        self.inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        local = _local(name)
        if local == "numFmt":
            self.codes[attributes["numFmtId"]] = attributes.get("formatCode", "")
        elif local == "cellXfs":
            self.inside = True
        elif local == "xf" and self.inside:
            self.styles.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if _local(name) == "cellXfs":
            self.inside = False

    def dates(self) -> frozenset[str]:
        from openpyxl.styles import numbers  # noqa: PLC0415 (20 MB that only an import needs)

        return frozenset(
            str(style)
            for style, code in enumerate(self.styles)
            if numbers.is_date_format(
                self.codes.get(code) or numbers.builtin_format_code(int(code))
            )
        )


class _Sheet:
    """Streams the rows of one sheet."""

    def __init__(self, workbook: _Workbook) -> None:
        from openpyxl.utils import datetime as excel  # noqa: PLC0415 (20 MB, as above)

        self.workbook = workbook
        self.epoch = excel.MAC_EPOCH if workbook.from_1904 else excel.WINDOWS_EPOCH
        self.from_excel = excel.from_excel
        # The same few names, columns and days come again and again.
        self.kinds: dict[str, str] = {}
        self.columns: dict[str, int] = {}
        self.days: dict[str, Cell] = {}
        self.ready: list[SourceRow] = []
        self.number = 0
        self.cells: list[Cell] = []
        self.cell: Attributes = {}
        self.parts: list[str] = []
        self.taking = self.aside = False
        self.count = 0

    def rows(self) -> Iterator[SourceRow]:
        for _step in _parse(
            self.workbook.archive, self.workbook.sheet, self._start, self._end, self._text
        ):
            yield from self.ready
            self.ready.clear()

    def _start(self, name: str, attributes: Attributes) -> None:
        local = self.kinds.get(name) or self.kinds.setdefault(name, _local(name))
        if local in {"v", "t"}:
            self.taking = not self.aside
        elif local == "c":
            self.cell = attributes
            self.parts.clear()
        elif local == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.cells = []
        elif local == "rPh":
            self.aside = True

    def _text(self, text: str) -> None:
        if self.taking:
            self.parts.append(text)

    def _end(self, name: str) -> None:
        local = self.kinds[name]
        if local in {"v", "t"}:
            self.taking = False
        elif local == "rPh":
            self.aside = False
        elif local == "c":
            self._place(self._value("".join(self.parts)))
        elif local == "row":
            self._finish()

    def _finish(self) -> None:
        self.count += 1
        if self.count > MAX_ROWS:
            raise too_large()
        self.ready.append(SourceRow(self.number, self.cells))

    def _place(self, value: Cell) -> None:
        """Puts the value where its reference says; empty cells are left out of the file."""
        cells, reference = self.cells, self.cell.get("r", "").rstrip("0123456789")
        column = self.columns.get(reference)
        if column is None:
            column = self.columns[reference] = _column(reference)
        if column == len(cells) or not reference:
            cells.append(value)
        elif column < MAX_COLUMNS:
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = value

    def _value(self, text: str) -> Cell:
        kind = self.cell.get("t", "n")
        if len(text) > MAX_CELL:
            raise ValueError("A cell holds more than a spreadsheet allows.")
        if kind == "n":
            return self._number(text)
        if kind == "s":
            return self.workbook.shared[int(text)] if text else ""
        if kind == "b":
            return "true" if text == "1" else "false" if text else ""
        return _unescaped(text)

    def _number(self, text: str) -> Cell:
        if text and self.cell.get("s") in self.workbook.dates:
            return self.days.get(text) or self.days.setdefault(text, self._day(text))
        if "." in text or "e" in text or "E" in text:
            number = float(text)
            return str(int(number)) if number.is_integer() else text
        return text

    def _day(self, text: str) -> Cell:
        """The day that a spreadsheet's number means; what is no day stays as it was written."""
        try:
            value = self.from_excel(float(text), self.epoch)
        except (OverflowError, ValueError):
            return text
        return value.date() if isinstance(value, dt.datetime) else text


def _column(letters: str) -> int:
    """0 for A, 26 for AA, -1 for none. Raises ValueError for what is no column."""
    if len(letters) > 3:  # XFD is the last one
        raise ValueError("A cell lies outside any sheet.")
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError("A cell's reference is letters and a number.")
        number = number * 26 + ord(letter) - 64
    return number - 1


def _unescaped(text: str) -> str:
    """The text with ``_x000D_`` as the character that it stands for (ECMA-376, ST_Xstring)."""
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
