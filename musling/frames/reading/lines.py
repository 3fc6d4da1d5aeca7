"""A line as every format hands it over, before anything is understood of it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Line:
    """One line of text, or one row of a table.

    ``number`` counts from 1 in the original. ``indent`` is in characters. ``gap``: blank space
    stands before it. ``size`` is relative to the body text (1.0), ``heading`` the level of a
    heading style (0: none), ``marker`` and ``ordinal`` what the format itself knows of a list: the
    kind of marker as ``markers`` names it, and its number (empty and -1: nothing). ``full``: the
    line reached the right margin, so that the next may go on with it. ``whole``: a paragraph of
    its own, never joined with its neighbours. ``cells`` is set for the row of a table, whose
    number is ``table`` (0: no table).
    """

    number: int
    text: str
    indent: float = 0.0
    gap: bool = False
    bold: bool = False
    italic: bool = False
    size: float = 1.0
    heading: int = 0
    marker: str = ""
    ordinal: int = -1
    full: bool = False
    whole: bool = False
    page: int = 1
    table: int = 0
    cells: tuple[str, ...] = ()


def words_in(lines: Iterable[Line]) -> str:
    """All the text of the lines, for what looks at it as a whole."""
    return "\n".join("\n".join(line.cells) if line.table else line.text for line in lines)
