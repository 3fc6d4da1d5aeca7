"""The grids that are drawn on a PDF's page: which lines make a table, and its cells.

Word and its like draw a table as lines or as thin filled rectangles, one for each side of a cell.
Lines that touch make one grid; a row's cells lie between the upright lines that cross it.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

_THIN = 2.5  # points: a rectangle no thicker is a line
_TOUCH = 3.0  # points: lines no farther apart meet
_MOST = 3000  # lines on a page; a drawing has more, and is no table


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn, in points from the left and from the top."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(slots=True)
class Cell:
    """A cell with its edges, and the lines of text in it from the top down."""

    left: float
    right: float
    top: float
    bottom: float
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """The rows of one table, each with its cells from left to right."""

    rows: list[list[Cell]]

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.rows[0][0].top

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(cell.bottom for cell in self.rows[-1])

    @property
    def left(self) -> float:
        """Its left edge."""
        return min(row[0].left for row in self.rows)

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(row[-1].right for row in self.rows)

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The cell that holds the point."""
        for row in self.rows:
            for cell in row:
                if cell.left - 1 <= x <= cell.right + 1 and cell.top - 1 <= y <= cell.bottom + 1:
                    return cell
        return None


def grids(shapes: Iterable[Shape]) -> list[Grid]:
    """The grids of a page, from the top down."""
    across, upright = _sides(shapes)
    if not across or not upright or len(across) + len(upright) > _MOST:
        return []
    found = [grid for part in _connected(across, upright) if (grid := _grid(*part))]
    return sorted(found, key=lambda grid: grid.top)


def _sides(shapes: Iterable[Shape]) -> tuple[list[Shape], list[Shape]]:
    """All lines: those that lie and those that stand. A frame gives two of each."""
    across: set[Shape] = set()
    upright: set[Shape] = set()
    for one in shapes:
        wide, high = one.right - one.left, one.bottom - one.top
        if high <= _THIN < wide:
            across.add(one)
        elif wide <= _THIN < high:
            upright.add(one)
        elif wide > _THIN and high > _THIN:
            across |= {Shape(one.left, one.right, y, y) for y in (one.top, one.bottom)}
            upright |= {Shape(x, x, one.top, one.bottom) for x in (one.left, one.right)}
    return sorted(across, key=lambda s: (s.top, s.left)), sorted(
        upright, key=lambda s: (s.left, s.top)
    )


def _connected(across: list[Shape], upright: list[Shape]) -> list[tuple[list[Shape], list[Shape]]]:
    """Lines that touch, together. Each is looked for by the stripe of the page that it crosses."""
    owners = _Owners(len(across) + len(upright))
    stripes: dict[int, list[int]] = {}
    for n, line in enumerate(across):
        stripes.setdefault(round(line.top / 10), []).append(n)
    for m, line in enumerate(upright, len(across)):
        for stripe in range(round(line.top / 10) - 1, round(line.bottom / 10) + 2):
            for n in stripes.get(stripe, ()):
                if _touch(across[n], line):
                    owners.join(n, m)
    parts: dict[int, tuple[list[Shape], list[Shape]]] = {}
    for n, line in enumerate([*across, *upright]):
        parts.setdefault(owners.of(n), ([], []))[n >= len(across)].append(line)
    return [part for part in parts.values() if part[0] and part[1]]


class _Owners:
    """Which things belong together, each told by one of them."""

    def __init__(self, count: int) -> None:
        self._owner = list(range(count))

    def of(self, n: int) -> int:
        """The one that stands for all that belong to n."""
        while self._owner[n] != n:
            self._owner[n] = self._owner[self._owner[n]]
            n = self._owner[n]
        return n

    def join(self, n: int, m: int) -> None:
        """From now on, both belong together."""
        self._owner[self.of(n)] = self.of(m)


def _touch(across: Shape, upright: Shape) -> bool:
    x, y = (upright.left + upright.right) / 2, (across.top + across.bottom) / 2
    beside = across.left - _TOUCH <= x <= across.right + _TOUCH
    return beside and upright.top - _TOUCH <= y <= upright.bottom + _TOUCH


def _grid(across: list[Shape], upright: list[Shape]) -> Grid | None:
    heights = _places((line.top + line.bottom) / 2 for line in across)
    if len(heights) < 2:
        return None
    rows = [_cells(top, bottom, upright) for top, bottom in itertools.pairwise(heights)]
    rows = [row for row in rows if row]
    _merge_down(rows, across)
    return Grid(rows) if rows else None


def _places(values: Iterable[float]) -> list[float]:
    """The different values, where less than a touch apart is the same."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _TOUCH:
            found.append(value)
    return found


def _cells(top: float, bottom: float, upright: list[Shape]) -> list[Cell]:
    middle = (top + bottom) / 2
    edges = _places((u.left + u.right) / 2 for u in upright if u.top <= middle <= u.bottom)
    return [Cell(left, right, top, bottom) for left, right in itertools.pairwise(edges)]


def _merge_down(rows: list[list[Cell]], across: list[Shape]) -> None:
    """A cell without a line beneath goes on in the next row: its text belongs to the upper one."""
    lines: dict[int, list[Shape]] = {}
    for line in across:
        lines.setdefault(round((line.top + line.bottom) / 2 / _TOUCH), []).append(line)
    for upper, lower in itertools.pairwise(rows):
        below = {round(cell.left / _TOUCH): cell for cell in lower}
        for cell in upper:
            next_one = below.get(round(cell.left / _TOUCH))
            if next_one and not _is_closed(cell, lines):
                next_one.texts = cell.texts


def _is_closed(cell: Cell, lines: dict[int, list[Shape]]) -> bool:
    x, stripe = (cell.left + cell.right) / 2, round(cell.bottom / _TOUCH)
    near = [line for s in (stripe - 1, stripe, stripe + 1) for line in lines.get(s, ())]
    return any(line.left - 1 <= x <= line.right + 1 for line in near)
