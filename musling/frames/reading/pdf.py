"""PDF: bytes → lines, by where each piece of text stands on the page and how large it is.

pdfminer.six gives pieces of text with place and font. Pieces on one height make a line, wide space
between them becomes a tab; two columns of text are read one after the other. Drawn boxes to tick
are read as such.
"""

import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from statistics import median

from django.utils.translation import gettext as _
from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTAnno, LTChar, LTContainer, LTCurve, LTPage, LTTextLine
from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

from musling.frames.reading.lines import Line
from musling.frames.reading.pdf_grids import Cell, Grid, Shape, grids
from musling.frames.reading.plain import CONTROL, wraps
from musling.frames.reading.problems import Limits, UnreadableForm, too_long

_BOX = (5.0, 18.0)  # points: the side of a box to tick
_IMAGES = 300_000_000  # bytes that pictures may unpack to; they are not kept

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font


@dataclass(slots=True)
class Piece:
    """Text that stands together on one line. Places in points, from the left and from the top."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float = 0.0
    bold: bool = False
    italic: bool = False

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Row:
    """The pieces of one line, from left to right, and the column that they stand in.

    ``margin`` and ``edge``: where a column of its own begins and ends; None on a whole page.
    ``cells`` and ``table``: the row of a drawn table, as ``Line`` has them.
    """

    pieces: list[Piece]
    page: int
    margin: float | None = None
    edge: float | None = None
    cells: tuple[str, ...] = ()
    table: int = 0

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.pieces[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(piece.right for piece in self.pieces)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(piece.top for piece in self.pieces)

    @property
    def size(self) -> float:
        """The size that most of its letters have."""
        sizes: Counter[float] = Counter()
        for piece in self.pieces:
            sizes[piece.size] += len(piece.text)
        return sizes.most_common(1)[0][0]

    def text(self) -> str:
        """Its words, with tabs where wide space stands between pieces."""
        text, end = "", self.pieces[0].left
        for piece in self.pieces:
            space = piece.left - end
            wide = space > 1.2 * max(piece.size, 6.0)
            text += ("\t" if wide else " " if text and space > 0.12 * piece.size else "") + piece.text
            end = piece.right
        return text.strip()


def lines(data: bytes, limits: Limits) -> list[Line]:
    """The lines of a PDF. Raises UnreadableForm."""
    _guard(data, limits)
    rows: list[Row] = []
    pictures = False
    for number, page in enumerate(_pages(data, limits), 1):
        found = _rows_of(page, number)
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
    except Exception as error:  # there is no list of what a damaged PDF makes pdfminer raise
        raise UnreadableForm(
            _("The file is no readable PDF. Open it and print it to a new PDF.")
        ) from error


def _guard(data: bytes, limits: Limits) -> None:
    """Refuses what unpacks to far more than a form; measured without keeping what is unpacked."""
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


def _rows_of(page: LTPage, number: int) -> list[Row]:
    """The rows of a page in reading order."""
    texts, shapes, boxes = _drawn(page)
    tables = [grid for grid in grids(shapes) if len(grid.rows) > 1 or len(grid.rows[0]) > 1]
    pieces = [piece for line in texts for piece in _pieces(line, page.height, tables)]
    pieces += _outside_text(boxes, pieces)
    inside = {id(p): grid for p in pieces if (grid := _grid_of(p, tables))}
    found = _flowing([piece for piece in pieces if id(piece) not in inside], page, number)
    for place, grid in enumerate(tables, 1):
        held = [piece for piece in pieces if inside.get(id(piece)) is grid]
        if held:
            _insert(found, _table_rows(grid, held, number, 1000 * number + place))
    return found


def _drawn(page: LTPage) -> tuple[list[LTTextLine], list[Shape], list[Piece]]:
    """The lines of text, what is drawn, and of that what may be boxes to tick."""
    texts: list[LTTextLine] = []
    shapes: list[Shape] = []
    boxes: list[Piece] = []
    for item in _walk(page):
        if isinstance(item, LTTextLine):
            texts.append(item)
        elif isinstance(item, LTCurve):
            box = list(_box(item, page.height))
            boxes += box
            if not box:
                shapes.append(
                    Shape(item.x0, item.x1, page.height - item.y1, page.height - item.y0)
                )
    return texts, shapes, boxes


def _grid_of(piece: Piece, tables: list[Grid]) -> Grid | None:
    for grid in tables:
        if grid.top - 1 <= piece.middle <= grid.bottom + 1 and (
            grid.left - 2 <= (piece.left + piece.right) / 2 <= grid.right + 2
        ):
            return grid
    return None


def _table_rows(grid: Grid, held: list[Piece], number: int, table: int) -> list[Row]:
    """The rows of a drawn table; a frame of one column is text like any other."""
    by_cell: dict[int, list[Piece]] = {}
    for piece in held:
        cell = grid.cell_at((piece.left + piece.right) / 2, piece.middle)
        if cell:
            by_cell.setdefault(id(cell.texts), []).append(piece)
    rows: list[Row] = []
    seen: set[int] = set()
    for cells in grid.rows:
        texts = []
        for cell in cells:
            mine = [] if id(cell.texts) in seen else by_cell.get(id(cell.texts), [])
            seen.add(id(cell.texts))
            texts.append(mine)
        rows += _row_of(cells, texts, number, table)
    return rows


def _row_of(cells: list[Cell], texts: list[list[Piece]], number: int, table: int) -> list[Row]:
    edge = Piece("", cells[0].left, cells[-1].right, cells[0].top, cells[0].bottom)
    if len(cells) == 1:
        inner = [Row(row, number, cells[0].left, cells[0].right) for row in _in_rows(texts[0])]
        return inner or [Row([replace(edge, text="________", size=10.0)], number)]
    written = tuple(_cell_text(cell, pieces) for cell, pieces in zip(cells, texts, strict=True))
    shown = [piece for pieces in texts for piece in pieces]
    lead = replace(edge, size=shown[0].size if shown else 0.0, bold=bool(shown) and all(p.bold for p in shown))
    return [Row([lead], number, cells=written, table=table)]


def _cell_text(cell: Cell, pieces: list[Piece]) -> str:
    """The paragraphs of a cell, one to the line: what the cell's edge cut is joined."""
    paragraphs: list[str] = []
    before: Row | None = None
    for pieces_of_row in _in_rows(pieces):
        row = Row(pieces_of_row, 0)
        text = row.text()
        if before and paragraphs and _cut(before, row, cell, paragraphs[-1]):
            paragraphs[-1] = _glued(paragraphs[-1], text)
        else:
            paragraphs.append(text)
        before = row
    return "\n".join(paragraphs)


def _cut(before: Row, row: Row, cell: Cell, said: str) -> bool:
    text = row.text()
    if _LIST_MARK.match(text) or text.startswith("☐"):
        return False
    if text[:1].islower():
        return True
    letter = (before.right - before.left) / max(len(before.text()), 1)
    first = len(text.split(maxsplit=1)[0]) * letter
    return said[-1:] not in ".?!:" and before.right + first > cell.right - 14


def _glued(said: str, text: str) -> str:
    if said.endswith("-") and said[-2:-1].isalpha() and text[:1].islower():
        return said[:-1] + text
    return f"{said} {text}"


def _insert(found: list[Row], rows: list[Row]) -> None:
    """Puts a table where it stands: before the first row below it in its own column."""
    top, left, right = rows[0].top, rows[0].left, rows[0].right
    place = next(
        (n for n, row in enumerate(found) if row.top > top and row.left < right and row.right > left),
        len(found),
    )
    found[place:place] = rows


def _flowing(pieces: list[Piece], page: LTPage, number: int) -> list[Row]:
    """The rows of all text outside tables."""
    found: list[Row] = []
    parts = _columns(pieces, page.width)
    for column in parts:
        beside = len(parts) > 1 and max(p.right for p in column) - min(p.left for p in column) < page.width * 0.55
        margin = min(piece.left for piece in column) if beside else None
        edge = max(piece.right for piece in column) if beside else None
        found += [Row(row, number, margin, edge) for row in _in_rows(column)]
    return found


def _walk(holder: LTContainer) -> Iterator[object]:
    """All lines of text and all drawn shapes of a page, also those in its figures."""
    waiting: list[object] = [holder]
    while waiting:
        one = waiting.pop()
        if isinstance(one, LTTextLine) or not isinstance(one, LTContainer):
            yield one
        else:
            waiting.extend(one)


def _pieces(line: LTTextLine, height: float, tables: list[Grid]) -> Iterator[Piece]:
    """One line of pdfminer's, cut where it runs over the edge of a table's cell."""
    signs = list(line)
    groups: list[list[LTChar | LTAnno]] = [[]]
    cell: Cell | None = None
    for sign in signs:
        if isinstance(sign, LTChar) and tables and sign.get_text().strip():
            here = _cell_of(sign, height, tables)
            if groups[-1] and here is not cell:
                groups.append([])
            cell = here
        groups[-1].append(sign)
    for group in groups:
        yield from _piece(group, height)


def _cell_of(sign: LTChar, height: float, tables: list[Grid]) -> Cell | None:
    x, y = (sign.x0 + sign.x1) / 2, height - (sign.y0 + sign.y1) / 2
    for grid in tables:
        if grid.top - 1 <= y <= grid.bottom + 1:
            return grid.cell_at(x, y)
    return None


def _shown(sign: "LTChar | LTAnno") -> str:
    """A sign as text: symbol fonts draw boxes and bullets with letters."""
    text: str = sign.get_text()
    if isinstance(sign, LTChar):
        font = sign.fontname.lower()
        if "wingdings" in font or "dingbats" in font or "webdings" in font:
            return "☐" if text in _BOX_LETTERS else "•" if text.strip() else text
        if "symbol" in font and text in ("·", "\uf0b7"):
            return "•"
    return "" if text.startswith("(cid:") else text


def _piece(chosen: list["LTChar | LTAnno"], height: float) -> Iterator[Piece]:
    text = "".join(_shown(sign) for sign in chosen)
    text = CONTROL.sub("", text.replace("\n", " ")).replace("\u00a0", " ").replace("\u00ad", "-")
    chars = [char for char in chosen if isinstance(char, LTChar)]
    if not text.strip() or not chars or not chars[0].upright:
        return
    text = _justified(_ligatures(text.strip()))
    shown = [char for char in chars if char.get_text().isalnum()] or chars
    fonts = [char.fontname.lower() for char in shown]
    bold = sum(any(w in font for w in ("bold", "black", "heavy", "demi")) for font in fonts)
    italic = sum("italic" in font or "oblique" in font for font in fonts)
    size = median([char.size for char in shown])
    inked = [char for char in chars if char.get_text().strip()] or chars
    yield Piece(
        text,
        min(char.x0 for char in inked),
        max(char.x1 for char in inked),
        height - max(char.y1 for char in inked),
        height - min(char.y0 for char in inked),
        round(size, 1),
        bold * 10 >= len(fonts) * 9,
        italic * 10 >= len(fonts) * 9,
    )


def _justified(text: str) -> str:
    """Lines set to both margins hold two spaces between words, which part nothing."""
    wide = text.count("  ")
    return " ".join(text.split()) if wide * 3 > len(text.split()) and wide > 2 else text


def _ligatures(text: str) -> str:
    for sign, letters in {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}.items():
        text = text.replace(sign, letters)
    return text


def _box(shape: LTCurve, height: float) -> Iterator[Piece]:
    """A drawn square or circle of the size of a letter is a box to tick."""
    low, high = _BOX
    square = abs(shape.width - shape.height) < 1.5
    if square and low <= shape.width <= high:
        yield Piece("☐", shape.x0, shape.x1, height - shape.y1, height - shape.y0, shape.height)


def _outside_text(boxes: list[Piece], pieces: list[Piece]) -> list[Piece]:
    """Boxes that hold no text (a number in a circle does), each once (they are often drawn twice)."""
    found: list[Piece] = []
    for box in sorted(boxes, key=lambda one: (round(one.top), one.left))[:2000]:
        if found and abs(found[-1].left - box.left) < 3 and abs(found[-1].top - box.top) < 3:
            continue
        found.append(box)
    taken = [p for p in pieces if len(p.text) < 4]
    return [b for b in found if not any(_holds(b, piece) for piece in taken)]


def _holds(box: Piece, piece: Piece) -> bool:
    return box.left - 1 <= piece.left <= box.right and box.top - 2 <= piece.middle <= box.bottom + 2


def _columns(pieces: list[Piece], width: float) -> list[list[Piece]]:
    """The page's text, or its two columns: nothing crosses the gutter, words stand on both sides."""
    gutters = [width * part / 100 for part in range(40, 61)]
    gutter = min(gutters, key=lambda x: (_crossing(pieces, x), abs(x - width / 2)))
    left = [piece for piece in pieces if piece.right <= gutter]
    right = [piece for piece in pieces if piece.left >= gutter]
    across = [piece for piece in pieces if piece.left < gutter < piece.right]
    if _are_columns(left, right, across):
        return _split(left, right, across)
    return _beside(pieces, width) or [pieces]


def _crossing(pieces: list[Piece], x: float) -> int:
    return sum(piece.left < x < piece.right for piece in pieces)


def _beside(pieces: list[Piece], width: float) -> list[list[Piece]]:
    """A list that goes on in a second column for a part of the page: bullets in mid-line tell it."""
    marked = [p for p in pieces if p.left > width * 0.35 and _LIST_MARK.match(p.text)]
    firsts = [p for p in marked if any(_left_of(q, p) and _LIST_MARK.match(q.text) for q in pieces)]
    if not firsts:
        return []
    edge = min(piece.left for piece in firsts) - 3
    begin = _head_of_band(pieces, edge, min(first.top for first in firsts))
    right = [p for p in pieces if p.left >= edge and p.top >= begin - 3]
    bottom = _end_of_band(right)
    right = [piece for piece in right if piece.top <= bottom]
    top = min(piece.top for piece in right) - 3
    before = [p for p in pieces if p.top < top]
    left = [p for p in pieces if top <= p.top <= bottom and p.left < edge]
    return [part for part in (before, left, right, [p for p in pieces if p.top > bottom]) if part]


def _head_of_band(pieces: list[Piece], edge: float, begin: float) -> float:
    """A heading right over the second column belongs to it."""
    for piece in sorted(pieces, key=lambda one: -one.top):
        if piece.top < begin and abs(piece.left - edge) < 8 and begin - piece.bottom < 24:
            begin = piece.top
    return begin


_BOX_LETTERS = ("o", "q", "¨", "r", "£", "\uf0a8", "\uf06f", "\uf071", "\uf072", "x", "þ", "\uf0fe")
_LIST_MARK = re.compile(r"(?:[•●○▪■\uf0b7–-]|\d{1,2}[.)])\s+\S")


def _left_of(one: Piece, other: Piece) -> bool:
    return one.right < other.left and abs(one.middle - other.middle) < 4


def _end_of_band(right: list[Piece]) -> float:
    """Where the second column ends: before the first wide space down the page."""
    ordered = sorted(right, key=lambda piece: piece.top)
    bottom = ordered[0].bottom
    for piece in ordered[1:]:
        if piece.top - bottom > 30 and not _LIST_MARK.match(piece.text):
            break
        bottom = max(bottom, piece.bottom)
    return bottom


def _are_columns(left: list[Piece], right: list[Piece], across: list[Piece]) -> bool:
    if min(len(left), len(right)) < 6 or len(across) * 5 > len(left) + len(right):
        return False
    wordy = [sum(len(piece.text.split()) for piece in side) / len(side) for side in (left, right)]
    starts = Counter(round(piece.left / 4) for piece in right)
    aligned = sum(count for _start, count in starts.most_common(3)) * 10 >= len(right) * 7
    return min(wordy) >= 3.5 and aligned and not _same_heights(left, right)


def _same_heights(left: list[Piece], right: list[Piece]) -> bool:
    """Rows of a table stand at equal heights, and have little in common otherwise."""
    heights = {round(piece.middle / 3) for piece in left}
    same = sum(round(piece.middle / 3) in heights for piece in right)
    return same * 10 >= len(right) * 9 and sum("?" in p.text for p in right) * 6 < len(right)


def _split(left: list[Piece], right: list[Piece], across: list[Piece]) -> list[list[Piece]]:
    """What goes across the page cuts the columns: above it left and right, then itself."""
    found: list[list[Piece]] = []
    top = float("-inf")
    for cut in [*sorted(across, key=lambda piece: piece.top), None]:
        end = cut.top if cut else float("inf")
        for side in (left, right):
            part = [piece for piece in side if top <= piece.top < end]
            if part:
                found.append(part)
        if cut:
            found.append([cut])
            top = cut.top
    return found


def _in_rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces at one height make a row."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: (one.middle, one.left)):
        last = rows[-1][0] if rows else None
        if last and abs(piece.middle - last.middle) < 0.45 * max(min(piece.size, last.size), 4.0):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda one: one.left) for row in rows]


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
        for before, after in zip(rows, rows[1:], strict=False)
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
