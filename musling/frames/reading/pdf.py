"""PDF: bytes → lines, by where each piece of text stands on the page and how large it is.

pdfminer.six gives pieces of text with place and font. Pieces on one height make a line, wide space
between them becomes a tab; two columns of text are read one after the other. Drawn boxes to tick
are read as such.
"""

import logging
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

from django.utils.translation import gettext as _
from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTPage
from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

from musling.frames.reading.lines import Line
from musling.frames.reading.pdf_pages import rows_of
from musling.frames.reading.pdf_pieces import Row
from musling.frames.reading.plain import wraps
from musling.frames.reading.problems import Limits, UnreadableForm, too_long

_IMAGES = 300_000_000  # bytes that pictures may unpack to; they are not kept

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font


def lines(data: bytes, limits: Limits) -> list[Line]:
    """The lines of a PDF. Raises UnreadableForm."""
    _guard(data, limits)
    rows: list[Row] = []
    pictures = False
    for number, page in enumerate(_pages(data, limits), 1):
        found = rows_of(page, number)
        pictures = pictures or not found
        rows += found
        if number > limits.pages or len(rows) > limits.lines:
            raise too_long()
    if not rows:
        raise UnreadableForm(
            _("The PDF holds pictures of text only. Scan it with text recognition, or type it in.")
        )
    return _lines(rows)


def _pages(data: bytes, limits: Limits) -> Iterator[LTPage]:
    # boxes_flow=None: pieces are put in order here; pdfminer's own way looks at all pairs of them.
    layout = LAParams(boxes_flow=None, char_margin=1.5, line_margin=0.01)
    try:
        yield from extract_pages(BytesIO(data), laparams=layout, maxpages=limits.pages + 1)
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed) as error:
        raise UnreadableForm(
            _("The PDF is protected by a password. Save it without one, and try again.")
        ) from error
    except MemoryError:  # this is no damage: whoever started the process says what it means
        raise
    except Exception as error:  # there is no list of what a damaged PDF makes pdfminer raise
        raise UnreadableForm(
            _("The file is no readable PDF. Open it and print it to a new PDF.")
        ) from error


def _guard(data: bytes, limits: Limits) -> None:
    """Refuses what unpacks to far more than a form; measured without keeping what is unpacked.

    Finds the plain cases before they cost anything; the limits of the process find the others.
    """
    room, pictures = limits.unpacked, _IMAGES
    place = data.find(b"stream")
    while place >= 0:
        begin = place + 6
        begin += 2 if data[begin : begin + 2] == b"\r\n" else 1
        if data[place - 3 : place] != b"end":
            is_picture = b"/Image" in data[max(0, place - 1000) : place].rpartition(b" obj")[2]
            used = _unpacked(data, begin, pictures if is_picture else room)
            pictures, room = (pictures - used, room) if is_picture else (pictures, room - used)
        if room < 0 or pictures < 0:
            raise too_long()
        place = data.find(b"stream", begin)


def _unpacked(data: bytes, begin: int, most: int) -> int:
    """Bytes that the stream unpacks to; more than ``most`` as soon as it passes that."""
    unpacker, total = zlib.decompressobj(), 0
    view = memoryview(data)
    step = 65_536
    try:
        while begin < len(data) and not unpacker.eof:
            piece: bytes | memoryview = view[begin : begin + step]
            begin += step
            while piece and total <= most and not unpacker.eof:
                total += len(unpacker.decompress(piece, 1_000_000))
                piece = unpacker.unconsumed_tail
            if total > most:
                return total
    except zlib.error:
        return total
    return total


def _lines(rows: list[Row]) -> list[Line]:
    usual = _usual_size(rows)
    margin = min(row.left for row in rows)
    pitch = _pitch(rows)
    found = []
    for number, row in enumerate(rows, 1):
        before = rows[number - 2] if number > 1 else None
        space = row.top - before.top if before and before.page == row.page else None
        found.append(
            Line(
                number,
                row.text(),
                indent=(row.left - (margin if row.margin is None else row.margin)) / (usual * 0.5),
                gap=space is None or space < 0 or space > pitch * 1.45,
                bold=all(piece.bold for piece in row.pieces),
                italic=all(piece.italic for piece in row.pieces),
                size=round(row.size / usual, 2) if row.size else 1.0,
                page=row.page,
                table=row.table,
                cells=row.cells,
            )
        )
    _note_full(found, rows)
    return found


def _usual_size(rows: list[Row]) -> float:
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[row.size] += len(row.text())
    return sizes.most_common(1)[0][0] or 10.0


def _pitch(rows: list[Row]) -> float:
    """The usual distance from line to line within a paragraph: the smallest common one."""
    steps = sorted(
        after.top - before.top
        for before, after in pairwise(rows)
        if before.page == after.page and 4 < after.top - before.top < 60
    )
    return steps[len(steps) // 4] if steps else 14.0


def _note_full(found: list[Line], rows: list[Row]) -> None:
    """A line is full if the first word of the next would not have fitted before the margin."""
    if not wraps(found):
        return
    edge = sorted(row.right for row in rows)[max(0, len(rows) - 1 - len(rows) // 30)]
    for line, row, after in zip(found, rows, rows[1:], strict=False):
        if line.table or after.table:
            continue
        words = after.text().split()
        letter = (row.right - row.left) / max(len(line.text), 1)
        first = len(words[0]) * letter if words else 0.0
        column = edge if row.edge is None else row.edge
        line.full = row.right + letter + first > column * 0.97
