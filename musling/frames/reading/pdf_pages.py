"""The rows of a PDF's page in reading order: columns in turn, tables where they stand."""

from collections import Counter
from dataclasses import replace

from pdfminer.layout import LTPage

from musling.frames.reading.pdf_grids import Cell, Grid, grids
from musling.frames.reading.pdf_pieces import LIST_MARK, Piece, Row, drawn, outside_text, pieces_of


def rows_of(page: LTPage, number: int) -> list[Row]:
    """The rows of a page in reading order."""
    texts, shapes, boxes = drawn(page)
    tables = [grid for grid in grids(shapes) if len(grid.rows) > 1 or len(grid.rows[0]) > 1]
    pieces = [piece for line in texts for piece in pieces_of(line, page.height, tables)]
    pieces += outside_text(boxes, pieces)
    inside = {id(p): grid for p in pieces if (grid := _grid_of(p, tables))}
    found = _flowing([piece for piece in pieces if id(piece) not in inside], page, number)
    for place, grid in enumerate(tables, 1):
        held = [piece for piece in pieces if inside.get(id(piece)) is grid]
        if held:
            _insert(found, _table_rows(grid, held, number, 1000 * number + place))
    return found


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
    lead = replace(
        edge, size=shown[0].size if shown else 0.0, bold=bool(shown) and all(p.bold for p in shown)
    )
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
    if LIST_MARK.match(text) or text.startswith("☐"):
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
        (
            n
            for n, row in enumerate(found)
            if row.top > top and row.left < right and row.right > left
        ),
        len(found),
    )
    found[place:place] = rows


def _flowing(pieces: list[Piece], page: LTPage, number: int) -> list[Row]:
    """The rows of all text outside tables."""
    found: list[Row] = []
    parts = _columns(pieces, page.width)
    for column in parts:
        beside = (
            len(parts) > 1
            and max(p.right for p in column) - min(p.left for p in column) < page.width * 0.55
        )
        margin = min(piece.left for piece in column) if beside else None
        edge = max(piece.right for piece in column) if beside else None
        found += [Row(row, number, margin, edge) for row in _in_rows(column)]
    return found


def _columns(pieces: list[Piece], width: float) -> list[list[Piece]]:
    """The page's text, or its two columns: nothing crosses the gutter between them."""
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
    """A list that goes on in a second column for a while: told by bullets in mid-line."""
    marked = [p for p in pieces if p.left > width * 0.35 and LIST_MARK.match(p.text)]
    firsts = [p for p in marked if any(_left_of(q, p) and LIST_MARK.match(q.text) for q in pieces)]
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


def _left_of(one: Piece, other: Piece) -> bool:
    return one.right < other.left and abs(one.middle - other.middle) < 4


def _end_of_band(right: list[Piece]) -> float:
    """Where the second column ends: before the first wide space down the page."""
    ordered = sorted(right, key=lambda piece: piece.top)
    bottom = ordered[0].bottom
    for piece in ordered[1:]:
        if piece.top - bottom > 30 and not LIST_MARK.match(piece.text):
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
