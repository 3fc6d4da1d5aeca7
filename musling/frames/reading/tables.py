"""Tables, as rows of cells: agreement sheets, grids of questions, matrices, fields, layout.

A table that is only there to place things becomes the lines that stand in its cells.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from musling.frames.reading import signs
from musling.frames.reading.blocks import Block
from musling.frames.reading.draft import Reason
from musling.frames.reading.lines import Line
from musling.frames.reading.markers import marker_of
from musling.frames.reading.words import Words

_NUMBER_HEAD = re.compile(r"(?:nr|no|#|nummer)\.?|\d*[.)]?", re.IGNORECASE)


def is_sheet(head: list[str], words: Words) -> bool:
    """Whether the cells are the head of an agreement sheet: what, and who or when."""
    names = [cell for cell in head if cell]
    if len(names) < 2 or any(len(name.split()) > 9 for name in names):
        return False
    who = sum(words.starts("who", name) or _ends("who", name, words) for name in names)
    when = sum(words.starts("when", name) or _ends("when", name, words) for name in names)
    what = sum(words.starts("what", name) for name in names)
    return (who > 0) + (when > 0) + (what > 0) >= 2 and who + when + what >= 2


def _ends(name: str, text: str, words: Words) -> bool:
    """ "Inden hvornår" and "Afsluttet senest" say when by another word than their first."""
    return any(words.has(name, word.strip("?:.")) for word in text.lower().split())


def blocks(rows: list[Line], words: Words) -> list[Block]:
    """The blocks of one table. ``rows``: its rows, each with cells."""
    found: list[Block] = []
    scale: list[str] | None = None  # the steps in the head hold on under a row of the whole width
    first = True
    for single, part in groupby(rows, key=lambda row: len(row.cells) == 1):
        segment = list(part)
        if single:
            found += _spanning(segment, words)
            continue
        if first and len(segment) < len(rows):
            scale = _steps_over(segment[0], rows, words)
        found += _segment(segment, words, scale)
        first = False
    return found


def _steps_over(head: Line, rows: list[Line], words: Words) -> list[str] | None:
    """The steps in the head of a table with rows of the whole width in it."""
    wide = [row for row in rows if len(row.cells) > 1]
    return _scale_of(_clean(head), wide[1:], words)


def _spanning(rows: list[Line], words: Words) -> list[Block]:
    """Rows of the whole width: headings, or what a table places."""
    found = list(_layout(rows, words))
    for block in found:
        if words.starts("howto", block.text) and "?" not in block.text and not block.role:
            block.leave("prose", "prose")
    return found


def _segment(rows: list[Line], words: Words, scale: list[str] | None) -> list[Block]:
    """The rows between two that go over the whole width. ``scale``: steps in the table's head."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        return [_room(rows[0])]
    if len(filled) == len(rows) == 1 and _is_lone_head(_clean(rows[0]), words):
        return [_head(rows[0], _scale_of(_clean(rows[0]), [], words) or scale)]
    if _is_layout(filled):
        return list(_layout(rows, words))
    if _all_fields(rows, words):
        return [_left(row, "field", "form field") for row in filled]
    head, body = _clean(filled[0]), filled[1:]
    if (len(filled) < len(rows) or body) and _is_grid(head, rows, words):
        return _grid(filled, head)
    return list(_rows(filled, words, scale))


def _is_lone_head(names: list[str], words: Words) -> bool:
    """A head with a row of the whole width beneath: names of columns, and nothing asked."""
    if any(_asks(name) or len(name.split()) > 4 for name in names) or len(names) < 2:
        return False
    known = [words.starts("question_head", names[0]) or not names[0]]
    known += [words.starts("answer_head", name) for name in names[1:]]
    return all(known) or _scale_of(names, [], words) is not None


def _clean(row: Line) -> list[str]:
    return [" ".join(cell.split()) for cell in row.cells]


def _room(row: Line) -> Block:
    return Block("", (row.number,), role="answer", cell=True)


def _left(row: Line, role: str, reason: Reason) -> Block:
    block = Block(
        " ".join(" ".join(cell.split()) for cell in row.cells).strip(), (row.number,), cell=True
    )
    block.leave(role, reason)  # type: ignore[arg-type]
    return block


def _is_layout(rows: list[Line]) -> bool:
    """Whole paragraphs side by side: a table that only places them."""
    cells = [cell for row in rows for cell in row.cells if cell.strip()]
    long = sum(cell.count("\n") >= 3 for cell in cells)
    return len(rows) <= 2 and long >= 1 and long * 2 >= len(cells)


def _layout(rows: list[Line], words: Words) -> Iterator[Block]:
    from musling.frames.reading.joining import joined  # noqa: PLC0415 (joining knows no tables)

    for row in rows:
        for cell in row.cells:
            texts = [text for text in cell.split("\n") if text.strip()]
            inner = [
                Line(row.number, t.strip(), whole=True, bold=row.bold, gap=True) for t in texts
            ]
            yield from joined(inner, words)
            if len(texts) < 2 <= cell.count("\n") + 1 or not texts:
                yield _room(row)


def _all_fields(rows: list[Line], words: Words) -> bool:
    """Name, date and signature, each with room beside, below or behind."""
    cells = [cell for row in rows for cell in _clean(row) if cell]
    known = sum(signs.is_field(cell, words) or signs.is_room(cell) for cell in cells)
    short = all(len(cell.split()) <= 5 and "?" not in cell for cell in cells)
    return known * 4 >= len(cells) * 3 or (short and known * 2 >= len(cells))


def _is_grid(head: list[str], rows: list[Line], words: Words) -> bool:
    """A head over rows that are empty, or merely numbered: to be filled in as it stands."""
    if sum(bool(cell) for cell in head) < 2:
        return False
    body = [_clean(row) for row in rows[rows.index(_first_filled(rows)) + 1 :]]
    empty = all(_is_empty(cells, words) for cells in body)
    if empty and body:
        return not (_asks(head[0]) and len(head) == 2 and not is_sheet(head, words))
    named = all(len([c for c in cells if c]) <= 1 and not _asks(cells[0]) for cells in body)
    return is_sheet(head, words) and named and not words.starts("question_head", head[0])


def _first_filled(rows: list[Line]) -> Line:
    return next(row for row in rows if any(cell.strip() for cell in row.cells))


def _asks(cell: str) -> bool:
    return "?" in cell


def _is_empty(cells: list[str], words: Words) -> bool:
    return all(
        _NUMBER_HEAD.fullmatch(cell) or is_row_name(cell, words) or signs.is_room(cell)
        for cell in cells
    )


def is_row_name(text: str, words: Words) -> bool:
    """ "Aftale 3", "2.", "Mål 1:": the name of an empty row."""
    name = re.sub(r"[\d.:)#|]+", " ", text).strip()
    return bool(re.search(r"\d", text)) and (not name or words.has("row_name", name))


def _grid(filled: list[Line], head: list[str]) -> list[Block]:
    named = [cell for cell in head if cell and not _NUMBER_HEAD.fullmatch(cell)]
    first = filled[0]
    table = Block("", (first.number,), role="table", type="table", columns=named, cell=True)
    dropped = [cell for cell in head if cell not in named]
    table.peel(" ".join(dropped), "table")
    return [table, *(_left(row, "row", "table") for row in filled[1:])]


def _rows(filled: list[Line], words: Words, scale: list[str] | None) -> Iterator[Block]:
    """A grid of questions, one to the row. ``scale``: steps that the table's head told before."""
    head = _clean(filled[0])
    if not _is_head(head, filled, words):
        head = []
    own = _scale_of(head, filled[1:], words)
    scale = scale if own is None else own
    if head:
        yield _head(filled[0], scale)
    theme_column = (
        bool(head) and words.starts("theme_head", head[0]) and _second_asks(head, filled, words)
    )
    for row in filled[1:] if head else filled:
        yield from _row(row, scale, theme_column, words)


def _is_head(head: list[str], filled: list[Line], words: Words) -> bool:
    if len(filled) < 2 or any(_asks(cell) for cell in head):
        return False
    names = [cell for cell in head if cell]
    if _scale_of(head, filled[1:], words) is not None:
        return True
    known = [c for c in names if words.starts("question_head", c) or words.starts("answer_head", c)]
    return (
        (len(known) * 2 >= len(names) and len(names) > 1)
        or (filled[0].bold and len(names) > 1)
        or (not head[0] and bool(names))
    )


def _scale_of(head: list[str], body: list[Line], words: Words) -> list[str] | None:
    """The steps, if the columns after the first are steps of a scale; None if not."""
    steps = [cell for cell in head[1:] if cell]
    if len(steps) < 3:
        return None
    numbers = [re.match(r"\W*(\d{1,2})\b(.*)", step, re.DOTALL) for step in steps]
    numbered = [match for match in numbers if match]
    if len(numbered) >= 3 and len(numbered) * 2 >= len(steps):
        return [text for match in numbered if (text := match[2].strip(" –-=:()"))]
    named = sum(words.holds("scale", step) or words.holds("choice", step) for step in steps)
    if named * 3 >= len(steps) * 2 or not any(map(str.isalpha, "".join(steps))):
        return steps
    return steps if _are_steps(head, steps, body, words) else None


def _are_steps(head: list[str], steps: list[str], body: list[Line], words: Words) -> bool:
    """Steps in words that no list holds: short names over cells to tick, beside statements."""
    lists = ("what", "who", "when", "answer_head", "comment")
    if any(len(s.split()) > 5 or any(words.starts(n, s) for n in lists) for s in steps):
        return False
    rows = [_clean(row) for row in body if len(row.cells) == len(head)]
    if len(rows) < 2 or not all(cells[0] for cells in rows):
        return False
    rest = [cell for cells in rows for cell in cells[1:] if cell]
    if any(not signs.is_tick(cell) for cell in rest):
        return False
    stated = sum(not _asks(cells[0]) for cells in rows) * 3 >= len(rows) * 2
    named = words.starts("claims", head[0]) or words.starts("question_head", head[0])
    return bool(rest) or (stated and (not head[0] or named))


def _head(row: Line, scale: list[str] | None) -> Block:
    block = _left(
        row, "legend" if scale is not None else "label", "legend" if scale is not None else "table"
    )
    block.peel(block.text, block.reason)
    block.text = ""
    return block


def _second_asks(head: list[str], filled: list[Line], words: Words) -> bool:
    if len(head) > 1 and words.starts("question_head", head[1]):
        return True
    second = [_clean(row)[1] for row in filled[1:] if len(row.cells) > 1]
    return bool(second) and sum(_asks(cell) for cell in second) * 2 >= len(second)


def _row(row: Line, scale: list[str] | None, theme_column: bool, words: Words) -> Iterator[Block]:
    cells = list(row.cells)
    if cells[0].strip() and _NUMBER_HEAD.fullmatch(cells[0].strip()) and len(cells) > 1:
        number = Block("", (row.number,), role="label", cell=True)
        number.peel(cells.pop(0), "number")
        if number.peeled:
            yield number
    if theme_column and len(cells) > 1:
        theme = " ".join(cells.pop(0).split())
        if theme:
            yield Block(
                theme, (row.number,), role="heading", cell=True, heading=9, reason="heading"
            )
    texts = [" ".join(cell.split()) for cell in cells]
    rest = [text for text in texts[1:] if text and not signs.is_room(text)]
    if not texts[0] or _is_heading_row(row, texts, rest):
        yield from _heading_row(row, texts, words)
        return
    yield from _question_row(row, cells, rest, scale, words)


def _is_heading_row(row: Line, texts: list[str], rest: list[str]) -> bool:
    """One cell over the whole width, or a bold one without question: a heading in the table."""
    if rest or _asks(texts[0]) or len(texts[0].split()) > 8 or texts[0].endswith("."):
        return False
    return len(row.cells) == 1 or row.heading == 9


def _heading_row(row: Line, texts: list[str], words: Words) -> Iterator[Block]:
    text = " ".join(text for text in texts if text)
    marker = marker_of(text, words)
    block = Block(text[marker.length :], (row.number,), style="", cell=True, bold=True)
    block.peel(text[: marker.length], "number")
    if signs.is_field(text, words):
        block.leave("field", "form field")
    elif signs.is_room(text):
        block.leave("answer", "table")
    elif len(row.cells) == 1 and words.has("comment", text.strip(" :_.…")):
        block.leave("label", "label")
    else:
        block.role, block.reason, block.heading = "heading", "heading", 8
    yield block


def _question_row(
    row: Line, cells: list[str], rest: list[str], scale: list[str] | None, words: Words
) -> Iterator[Block]:
    lines = [text.strip() for text in cells[0].split("\n") if text.strip()]
    answers = signs.answers("   ".join(rest), words) if rest else None
    for place, text in enumerate(lines):
        yield _cell_block(row, text, place, words)
        if place == 0 and (scale is not None or answers):
            found = Block("", (row.number,), role="legend", cell=True, reason="legend")
            found.type = "scale" if scale is not None else answers.type if answers else ""  # type: ignore[assignment]
            found.options = list(scale if scale is not None else answers.options if answers else [])
            if not answers:
                found.peel(" ".join(rest), "table")
            elif scale is not None:
                found.peel(" ".join(answers.options), "legend")
            yield found
    if rest and scale is None and not answers:
        yield from (_beside(row, text, words) for text in rest)
    yield _room(row)


def _cell_block(row: Line, text: str, place: int, words: Words) -> Block:
    """The first line of the cell is the item; what stands under it explains, unless it asks too."""
    marker = marker_of(text, words)
    block = Block(text[marker.length :].strip(), (row.number,), style=marker.style, cell=True)
    block.ordinal, block.bold = marker.ordinal, row.bold
    block.peel(text[: marker.length], "number")
    block.role = "item" if place == 0 else "help"
    if signs.is_field(text, words) and place == 0:
        block.leave("field", "form field")
    if signs.is_room(text):
        block.leave("answer", "table")
    return block


def _beside(row: Line, text: str, words: Words) -> Block:
    block = Block(text, (row.number,), cell=True, role="help")
    if words.has("comment", text.strip(" :")) or signs.is_field(text, words):
        block.leave("label", "label")
    return block
