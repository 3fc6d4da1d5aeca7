"""The first visible sheet of an .xlsx file, as rows of text and dates.

openpyxl reads; here stands what it must not be given, and what it leaves open. It does not refuse
document types (defusedxml would, but openpyxl passes it over where lxml is installed) and sets no
limit to what a file unpacks to.
"""

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from typing import IO, Any, NoReturn
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
MAX_UNPACKED = 250_000_000  # bytes of all parts together
MAX_RATIO = 100  # how much smaller packed; lists of people come to 10 to 20
UNSUSPECTED = 20_000_000  # bytes unpacked, up to which the ratio does not count: blank pictures
MAX_ELEMENTS = 10_000_000  # openpyxl may hold each in memory; a person takes some forty
LAST_ROW = 1_048_576  # of a spreadsheet


def rows(data: bytes) -> Iterator[SourceRow]:
    """The rows of the first visible sheet that hold something; numbers as text, dates as dates.

    A formula counts as the value that was saved with it. Raises UnreadableFile.
    """
    import openpyxl  # noqa: PLC0415 (20 MB that only an import needs)

    with _unreadable_if_broken(), _silence():
        _guard(data)
        with closing(
            openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        ) as book:
            sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
            sheet.reset_dimensions()  # what a file says of its own size is often wrong
            yield from _filled(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True))


def _filled(lines: Iterator[tuple[Any, ...]]) -> Iterator[SourceRow]:
    """The lines with something in them, under their numbers and without the empty cells after."""
    count = 0
    for number, line in enumerate(lines, 1):
        filled = line.count(None) < len(line)
        count += filled
        if number > LAST_ROW or count > MAX_ROWS:
            raise too_large()
        if not filled:
            continue
        width = next(place for place in range(len(line), 0, -1) if line[place - 1] is not None)
        yield SourceRow(number, [_cell(value) for value in line[:width]])


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _text(value: str) -> str:
    if len(value) > MAX_CELL:
        raise ValueError("A cell holds more than a spreadsheet allows.")
    if "_x" not in value:
        return value
    from openpyxl.utils.escape import unescape  # noqa: PLC0415 (as above)

    return unescape(value)


@contextmanager
def _unreadable_if_broken() -> Iterator[None]:
    """Whatever a damaged or hostile file breaks, the person hears the same sentence."""
    try:
        yield
    except UnreadableFile:
        raise
    except Exception as error:  # there is no list of what openpyxl raises
        raise UnreadableFile(
            _("The file is not a readable .xlsx. Save the list as .xlsx or CSV again.")
        ) from error


@contextmanager
def _silence() -> Iterator[None]:
    """What openpyxl leaves out it warns of, and quotes the cell: that belongs in no log."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="openpyxl")
        yield


def _guard(data: bytes) -> None:
    """Refuses what unpacks to more than any list of staff, and every document type.

    The sizes are what the archive declares; zipfile reads no byte more than that.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        most = min(MAX_UNPACKED, max(UNSUSPECTED, MAX_RATIO * len(data)))
        if len(parts) > MAX_PARTS or unpacked > most:
            raise too_large()
        elements = 0
        for part in parts:
            with archive.open(part) as stream:
                elements = _count(stream, elements)


def _count(part: IO[bytes], elements: int) -> int:
    """The number of elements so far with those of the part; none where it is no XML."""

    def one_more(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > MAX_ELEMENTS:
            raise too_large()

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = one_more
    with suppress(expat.ExpatError):  # a picture; or openpyxl meets the same fault
        parser.ParseFile(part)
    return elements


def _refuse_doctype(*_parts: object) -> NoReturn:
    raise ValueError("A document type has no place in a spreadsheet.")
