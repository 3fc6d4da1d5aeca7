"""Tables that lost their grid and became lines: heads of agreement sheets, rows of a matrix."""

import re
from collections.abc import Iterator
from dataclasses import replace

from musling.frames.reading import signs
from musling.frames.reading.lines import Line
from musling.frames.reading.markers import BOX
from musling.frames.reading.tables import is_row_name, is_sheet
from musling.frames.reading.words import Words

_CAPITAL = re.compile(r"(?<=\S)\s+(?=[A-ZÆØÅÄÖÜ])")
_ONLY_NUMBERS = re.compile(r"[\d\s|.)#_…–-]+$")


def head_of(text: str, words: Words) -> list[str]:
    """The columns, if the line is the head of an agreement sheet; empty if not."""
    if len(text) > 240:
        return []
    labelled = _labelled(text, words)
    if labelled or text.endswith(".") or signs.is_form_line(text, words) or "__" in text:
        return labelled
    wide = [piece for piece in signs.columns(text) if piece.strip("/ ") == piece]
    if len(wide) > 2 or (len(wide) == 2 and "?" not in text):
        return wide if is_sheet(wide, words) and not signs.is_field(text, words) else []
    slashed = [piece.strip() for piece in re.split(r"\s+[/–-]\s+", text)]
    for pieces in (slashed, _narrow(text, words)):
        if len(pieces) > 2 and _all_known(pieces, words):
            return pieces
    return []


def _labelled(text: str, words: Words) -> list[str]:
    """ "Aftale 1: ____ Ansvarlig: ____ Frist: ____" is a row with its own head."""
    pieces = [_name(piece) for piece in re.split(r"_{3,}|\.{4,}|…{2,}|\t|\s{3,}", text)]
    names = [piece for piece in pieces if piece]
    if len(names) < 3 or ":" not in text or "?" in text or signs.is_field(text, words):
        return []
    what = any(words.starts("what", name) for name in names)
    return names if what and is_sheet(names, words) else []


def _name(piece: str) -> str:
    return re.sub(r"^[\W\d]+|[\s\d:.]+$", "", piece)


def _narrow(text: str, words: Words) -> list[str]:
    """Columns that single spaces part: each begins with a capital, or after a question mark."""
    pieces = re.split(r"(?<=\?)\s+", text) if text.count("?") > 1 else _CAPITAL.split(text)
    found: list[str] = []
    for piece in pieces:
        found += _before_question_word(piece, words)
    return found


def _before_question_word(piece: str, words: Words) -> Iterator[str]:
    """ "Aftaler under MUS Hvilke handlinger …?": a capital question word begins a column."""
    places = [
        m.end() for m in _CAPITAL.finditer(piece) if words.starts("question", piece[m.end() :])
    ]
    begin = 0
    for place in places:
        yield piece[begin:place].strip()
        begin = place
    yield piece[begin:].strip()


def _all_known(pieces: list[str], words: Words) -> bool:
    known = [any(words.starts(n, p) for n in ("what", "who", "when")) or "?" in p for p in pieces]
    who = any(words.starts("who", piece) for piece in pieces)
    when = any(words.starts("when", piece) for piece in pieces)
    return all(known) and (who or when) and is_sheet(pieces, words)


def standing_head(lines: list[Line], start: int, words: Words) -> int:
    """How many lines from ``start`` are a head with one column to the line; 0: none.

    Such a head is told by who and when standing under each other, with an empty row after them.
    """
    end = start
    while end < len(lines) and end - start < 8 and _may_be_column(lines[end], end == start):
        end += 1
    if end == start:
        return _with_colons(lines, start, words)
    names = [line.text for line in lines[start:end]]
    if len(names) < 3 or not _first_known(names, words) or _is_heading(names, words):
        return 0
    who = any(words.starts("who", name) for name in names)
    when = any(words.starts("when", name) for name in names)
    empty = end < len(lines) and is_empty_row(lines[end].text, words)
    return len(names) if who and when and empty else 0


def _with_colons(lines: list[Line], start: int, words: Words) -> int:
    """ "Aftale:", "Ansvarlig:", "Frist:" under each other are the columns of one sheet, too."""
    end = start
    while end < len(lines) and end - start < 8 and _is_colon_name(lines[end], end == start):
        end += 1
    names = [line.text.rstrip(" :_.…") for line in lines[start:end]]
    who = any(words.starts("who", name) for name in names)
    when = any(words.starts("when", name) for name in names)
    fields = all(signs.is_field(line.text, words) for line in lines[start:end])
    return (
        end - start
        if len(names) > 2 and who and when and not fields and is_sheet(names, words)
        else 0
    )


def _is_colon_name(line: Line, first: bool) -> bool:
    name = line.text.rstrip(" _.…")
    return (
        name.endswith(":") and len(name.split()) <= 3 and (first or not line.gap) and not line.table
    )


def _first_known(names: list[str], words: Words) -> bool:
    return any(words.starts(name, names[0]) for name in ("what", "who", "when"))


def _is_heading(names: list[str], words: Words) -> bool:
    """ "Aftaler" over "Hvad? Hvem? Hvornår?" is what the sheet is called, no column of it."""
    return words.starts("sheet", names[0]) and any(words.starts("what", name) for name in names[1:])


def _may_be_column(line: Line, first: bool) -> bool:
    short = 0 < len(line.text.split()) <= 7 and any(sign.isalpha() for sign in line.text)
    return (
        short
        and not line.heading
        and not line.table
        and (first or not line.gap)
        and (not line.text.endswith((".", ":", "_")))
    )


def is_empty_row(text: str, words: Words) -> bool:
    """Whether a line is an empty row: room, bars, a number, "Aftale 3"."""
    empty = signs.is_room(text) or bool(_ONLY_NUMBERS.match(text)) or is_row_name(text, words)
    return empty or bool(_labelled(text, words))


def collapsed(lines: list[Line], words: Words) -> list[Line]:
    """Steps and boxes that stand one to the line, brought back onto one line."""
    found: list[Line] = []
    place = 0
    while place < len(lines):
        end = _end_of_column(lines, place, words)
        if end - place >= 3:
            text = "   ".join(line.text for line in lines[place:end])
            found.append(replace(lines[place], text=text, whole=True))
            place = end
        else:
            found.append(lines[place])
            place += 1
    return found


def _end_of_column(lines: list[Line], place: int, words: Words) -> int:
    """The end of a run of lines that are boxes alone, or steps of one scale."""
    for same in (_is_box, lambda line: _is_step(line, words)):
        end = place
        while end < len(lines) and same(lines[end]) and (end == place or not lines[end].gap):
            end += 1
        if end - place >= 3 and (
            same is _is_box or signs.is_scale(_spread(lines[place:end]), words)
        ):
            return end
    return place


def _spread(lines: list[Line]) -> str:
    return "   ".join(line.text for line in lines)


def _is_box(line: Line) -> bool:
    return not line.table and bool(re.fullmatch(rf"{BOX}", line.text.strip()))


def _is_step(line: Line, words: Words) -> bool:
    short = not line.table and not line.heading and 0 < len(line.text.split()) <= 4
    return short and not line.text.endswith((".", "?", ":")) and words.holds("scale", line.text)
