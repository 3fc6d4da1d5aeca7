"""Joins what the end of a line cut: lines → blocks.

A line goes on with the one before when its first letter is small and the one before did not end a
sentence, when a bracket is still open, or when the one before reached the margin in the middle of a
sentence. Marked lines, headings and rows of tables begin a block of their own.
"""

import re
from collections.abc import Iterable

from musling.frames.reading import signs
from musling.frames.reading.blocks import Block
from musling.frames.reading.lines import Line
from musling.frames.reading.markers import NONE, Marker, marker_of
from musling.frames.reading.words import Words

DOUBLE_SPACED = (
    40  # characters of a line that goes on after a blank one: each line has one after it
)
LONGEST = 1500  # characters of a block; what is longer is prose, and its end does not matter
_END = re.compile(r"[.?!:;…][)\]\"'”“’»]*\s*\*?$|_{3,}$")
_SMALL = re.compile(r"[\"'“”„»«’‘(]?[a-zæøåäöüéß]")
FOLLOWS = re.compile(
    r"(?:hvis|if|wenn|om|falls)\s+(?:ja|nej|nei|nein|yes|no|ikke|so)\b", re.IGNORECASE
)
_DASHES = ("bullet -", "bullet –")
_SIGN_FIRST = re.compile(r"([!#†‡§]{1,2}\s*|\*)(?=[(\[]?(?:\d{1,3}(?:\.\d{1,2})*|[a-zæøå])[.):]\s)")
_HYPHEN = re.compile(r"[^\W\d_][-\u2010\u00ad]$")


def joined(lines: Iterable[Line], words: Words) -> list[Block]:
    """The blocks of the lines, in order; rows of tables are not among the lines."""
    found: list[Block] = []
    before: Line | None = None
    for line in lines:
        marker = _marker(line, words)
        if found and marker.style in _DASHES and not line.gap and _open_bracket(found[-1].text):
            marker = NONE  # "(obligatorisk" and on the next line "– kan ikke fravælges)"
        if before and found and not marker.length and goes_on(found[-1], before, line, words):
            _join(found[-1], line, words)
        else:
            found.append(_block(line, marker))
        before = line
    return found


def _marker(line: Line, words: Words) -> Marker:
    if signs.explains_a_mark(line.text, words) or signs.is_scale(line.text, words):
        return NONE
    sign = _SIGN_FIRST.match(line.text)
    if sign:  # "! 3) Hvordan …": a mark before the number
        behind = marker_of(line.text[sign.end() :], words)
        return behind._replace(length=sign.end() + behind.length)
    marker = marker_of(line.text, words)
    if marker.style.startswith("bullet"):  # "- [ ] ja": a list of boxes to tick
        box = marker_of(line.text[marker.length :], words)
        if box.style == "box":
            return box._replace(length=marker.length + box.length)
    return marker


def _block(line: Line, marker: Marker) -> Block:
    rest = line.text[marker.length :]
    sign = _SIGN_FIRST.match(line.text)
    if sign and marker.length > sign.end():
        rest = f"{sign[1].strip()} {rest.strip()}"
    block = Block(
        rest.strip(),
        (line.number,),
        style=marker.style,
        ordinal=marker.ordinal,
        indent=line.indent + (sign.end() if sign else 0),  # its fellows have no mark there
        gap=line.gap,
        bold=line.bold,
        italic=line.italic,
        size=line.size,
        heading=line.heading,
        page=line.page,
    )
    if line.marker and not marker.style:
        block.style, block.ordinal = line.marker, line.ordinal
    block.peel(line.text[sign.end() if sign else 0 : marker.length], "number")
    return block


def _join(block: Block, line: Line, words: Words) -> None:
    answers = signs.split_answers(block.text, words) if len(block.text) < 400 else None
    if answers:  # the rest of the statement stands under it, its steps beside its first line
        block.text = answers[0]
        _join(block, line, words)
        block.text = f"{block.text}\t{answers[1].strip()}"
        return
    hyphen = _HYPHEN.search(block.text)
    if hyphen and _SMALL.match(line.text) and not _suspended(line.text):
        block.text = block.text[:-1] + line.text
    else:
        block.text = f"{block.text} {line.text}"
    block.lines = (*block.lines, line.number)


def _suspended(text: str) -> bool:
    """ "dag- og aftenvagt": the hyphen stands for the rest of a word, and stays."""
    return bool(re.match(r"(?:og|eller|samt|och|eller|und|oder|bzw|and|or|til)\b", text))


def goes_on(block: Block, before: Line, line: Line, words: Words) -> bool:
    """Whether the line is the rest of the block that ``before`` is the last line of."""
    if line.whole or line.heading or line.marker or (line.page != before.page and line.gap):
        return _across_pages(block, before, line)
    if _is_cut(block, line):
        return True
    if len(block.text) > LONGEST or _apart(block, line, words):
        return False
    answers = signs.split_answers(block.text, words) if len(block.text) < 400 else None
    if answers:
        open_end = not _END.search(answers[0]) and not line.gap and not line.whole
        return open_end and bool(_SMALL.match(line.text)) and not _begins_help(line, words)
    if _is_open(block, line) or (_is_mark_line(line, words) and not line.gap):
        return True
    return not _begins_anew(line, words) and _is_rest(block, before, line, words)


def _is_cut(block: Block, line: Line) -> bool:
    """Steps that the end of the line parted: "Aldrig / Sjældent /"."""
    return block.text.endswith(" /") and not line.gap and len(block.text) <= LONGEST


def _is_open(block: Block, line: Line) -> bool:
    """A bracket or a word that the line before left open."""
    if _open_bracket(block.text) and not line.gap:
        return True
    return bool(_HYPHEN.search(block.text) and _SMALL.match(line.text))


def _begins_anew(line: Line, words: Words) -> bool:
    """A question begins, or a bracket that explains, however far the line before went."""
    if line.text[:1].isupper() and words.starts("question", line.text):
        return True
    return line.text.startswith("(") and _begins_help(line, words)


def _is_rest(block: Block, before: Line, line: Line, words: Words) -> bool:
    bracketed = block.text.startswith("(") and block.text.endswith(")")
    if (bracketed or _END.search(block.text)) and not _abbreviated(block.text, words):
        return _hangs(block, before, line)
    if _SMALL.match(line.text) and not _begins_help(line, words):
        return not line.gap or before.full or len(before.text) >= DOUBLE_SPACED
    return before.full and not line.gap and not block.heading


def _across_pages(block: Block, before: Line, line: Line) -> bool:
    """A page ends in the middle of a sentence."""
    if line.whole or line.heading or line.marker:
        return False
    return bool(_SMALL.match(line.text)) and not _END.search(block.text) and before.full


def _apart(block: Block, line: Line, words: Words) -> bool:
    """Lines of different kinds are never one sentence."""
    if line.bold != block.bold or abs(line.size - block.size) > 0.08:
        return not _SMALL.match(line.text) or line.gap
    return signs.stands_alone(line.text, words) or signs.stands_alone(block.text, words)


def _open_bracket(text: str) -> bool:
    tail = text[-200:]
    return tail.count("(") > tail.count(")")


def _abbreviated(text: str, words: Words) -> bool:
    return words.has("abbreviations", text.rsplit(maxsplit=1)[-1])


def _hangs(block: Block, before: Line, line: Line) -> bool:
    """The second sentence of a marked item, set under its first word."""
    if not block.style or line.gap or not before.full or len(block.lines) > 8:
        return False
    if line.text.startswith("("):
        return False
    return line.indent > block.indent + 1 and not _SMALL.match(line.text)


def _is_mark(text: str, words: Words) -> bool:
    """ "(obligatorisk)" alone on the next line belongs to the item."""
    short = len(text.split()) < 7
    return short and (words.holds("mandatory", text) or words.holds("optional", text))


def _is_mark_line(line: Line, words: Words) -> bool:
    """ "(Obligatorisk – kan ikke": the mark of the item, for which its line had no room."""
    if not line.text.startswith("(") or "=" in line.text:
        return False
    begins = words.starts("mandatory", line.text) or words.starts("optional", line.text)
    return begins or (line.text.rstrip(" .").endswith(")") and _is_mark(line.text, words))


def _begins_help(line: Line, words: Words) -> bool:
    """ "fx ferie" or "(tænk på …)" on a line of its own explains; it does not go on."""
    if line.text.startswith("(") and line.text.rstrip(" .").endswith(")"):
        return not _is_mark(line.text, words)
    if FOLLOWS.match(line.text):
        return True
    return words.starts("help_label", line.text) and not line.text.startswith("og")
