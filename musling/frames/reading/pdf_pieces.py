"""Pieces of text on a PDF's page: what pdfminer found, cut at cells and freed of odd signs."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from pdfminer.layout import LTAnno, LTChar, LTContainer, LTCurve, LTPage, LTTextLine

from musling.frames.reading.pdf_grids import Cell, Grid, Shape
from musling.frames.reading.plain import CONTROL

_BOX = (5.0, 18.0)  # points: the side of a box to tick
# What symbol fonts draw as a box to tick, and what begins an item of a list.
_BOX_LETTERS = ("o", "q", "¨", "r", "£", "\uf0a8", "\uf06f", "\uf071", "\uf072", "x", "þ", "\uf0fe")
LIST_MARK = re.compile(r"(?:[•●○▪■\uf0b7–-]|\d{1,2}[.)])\s+\S")


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
            text += (
                "\t" if wide else " " if text and space > 0.12 * piece.size else ""
            ) + piece.text
            end = piece.right
        return text.strip()


def drawn(page: LTPage) -> tuple[list[LTTextLine], list[Shape], list[Piece]]:
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
                shapes.append(Shape(item.x0, item.x1, page.height - item.y1, page.height - item.y0))
    return texts, shapes, boxes


def _walk(holder: LTPage) -> Iterator[object]:
    """All lines of text and all drawn shapes of a page, also those in its figures."""
    waiting: list[object] = [holder]
    while waiting:
        one = waiting.pop()
        if isinstance(one, LTTextLine) or not isinstance(one, LTContainer):
            yield one
        else:
            waiting.extend(one)


def pieces_of(line: LTTextLine, height: float, tables: list[Grid]) -> Iterator[Piece]:
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


def outside_text(boxes: list[Piece], pieces: list[Piece]) -> list[Piece]:
    """Boxes that hold no text, as a number in a circle; each once, though often drawn twice."""
    found: list[Piece] = []
    for box in sorted(boxes, key=lambda one: (round(one.top), one.left))[:2000]:
        if found and abs(found[-1].left - box.left) < 3 and abs(found[-1].top - box.top) < 3:
            continue
        found.append(box)
    taken = [p for p in pieces if len(p.text) < 4]
    return [b for b in found if not any(_holds(b, piece) for piece in taken)]


def _holds(box: Piece, piece: Piece) -> bool:
    return box.left - 1 <= piece.left <= box.right and box.top - 2 <= piece.middle <= box.bottom + 2
