"""CSV as offices make it: any of three separators, with or without BOM, UTF-8 or older."""

import csv
import io
from collections.abc import Iterator
from typing import cast

from django.utils.translation import gettext as _

from musling.people.import_files.unreadable import (
    MAX_CELL,
    MAX_ROWS,
    Cell,
    SourceRow,
    UnreadableFile,
    too_large,
)

SEPARATORS = ";\t,"

# What a file that is no text starts with; most often one whose name was changed by hand.
SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", ".xlsx"),
    (b"\xd0\xcf\x11\xe0", ".xls"),
    (b"{\\rtf", "RTF"),
    (b"<", "HTML"),
)


def rows(data: bytes) -> Iterator[SourceRow]:
    """The rows of a CSV file, the first with a heading first.

    Raises UnreadableFile for what is no text, and where a quotation mark that is never closed
    would swallow the rows after it: they would count as people who left.
    """
    text = _decoded(data)
    start = _separator_line(text)
    separator = text[4] if start else _separator(text)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=separator, strict=True)
    return _read(cast("Iterator[list[Cell]]", reader))


def _read(reader: Iterator[list[Cell]]) -> Iterator[SourceRow]:
    number, new = 0, tuple.__new__  # what a named tuple's own does, but slower
    while True:
        try:
            for number, cells in enumerate(reader, number + 1):  # noqa: B020 (goes on)
                if number > MAX_ROWS:
                    raise too_large()
                yield new(SourceRow, (number, cells, ""))
        except csv.Error as error:
            number += 1
            if _swallows(error):
                raise _never_closed(number) from None
            yield SourceRow(number, [], _quote_inside())
        else:
            return


def _quote_inside() -> str:
    return _("A quotation mark stands in the middle of a value. Remove it, or write it twice.")


def _never_closed(row: int) -> UnreadableFile:
    return UnreadableFile(
        _("A quotation mark in row %(row)s is never closed. Correct it and choose the file again.")
        % {"row": row}
    )


def _swallows(error: csv.Error) -> bool:
    """Whether the fault took the rows after it along; the module tells only by its text."""
    return any(sign in str(error) for sign in ("end of data", "field limit"))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # "Unicode text" from a spreadsheet
        return data.decode("utf-16", errors="replace")
    for signature, kind in SIGNATURES:
        if data.lstrip().startswith(signature):
            raise UnreadableFile(
                _(
                    "The file is not CSV but %(kind)s. Open it, save it as .xlsx or CSV, and choose"
                    " that file."
                )
                % {"kind": kind}
            )
    if b"\0" in data:
        raise UnreadableFile(
            _("The file is not text. Save the list as .xlsx or CSV and choose that file.")
        )
    return _text(data)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:  # five bytes that only ISO-8859-1 has
        return data.decode("iso-8859-1")


def _separator_line(text: str) -> int:
    """Where the text starts after Excel's own first line ``sep=;``; 0 without such a line."""
    if text[:4].casefold() != "sep=" or text[4:5] not in SEPARATORS:
        return 0
    return len(text) - len(text[5:].lstrip("\r\n"))


def _separator(text: str) -> str:
    """The separator that the heading line holds most of; headings hold none of their own."""
    heading = text.lstrip("\r\n \t;,")[:MAX_CELL].splitlines()
    line = heading[0] if heading else ""
    return max(SEPARATORS, key=line.count)
