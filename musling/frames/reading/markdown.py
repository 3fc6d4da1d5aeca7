"""Markdown: headings, lists, emphasis and tables as signs; bytes → lines.

Read by lines as plain text is, and not by a parser: forms are written by people who know a few
signs, and every line must be found again in the draft.
"""

import re

from musling.frames.reading.lines import Line
from musling.frames.reading.plain import decoded, note_full, text_lines, wrap_width
from musling.frames.reading.problems import Limits

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BOLD = re.compile(r"(?<!_)(\*\*|__)(?=[^\s_])(.+?)(?<=[^\s_])\1(?!_)")
_ITALIC = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\w*_])")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}$|\s*```.*$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?!\s*\))[^)]*\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--.*?-->")
_WHOLE_BOLD = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*|__)[^*]+(?:\*\*|__)[\s:.*\\]*$")


def lines(data: bytes, limits: Limits) -> list[Line]:
    """The lines of a Markdown text. Raises UnreadableForm."""
    found = text_lines(decoded(data), limits)
    found = [line for line in found if not _RULE.match(line.text) or "|" in line.text]
    _note_tables(found)
    for line in found:
        _read_signs(line)
    note_full(found, wrap_width([line.text for line in found if not line.table]))
    return [line for line in found if line.text.strip() or line.table]


def _note_tables(found: list[Line]) -> None:
    """A rule of dashes and bars makes the line before it the head of a table."""
    number, place = 0, 0
    while place < len(found) - 1:
        if (
            "|" in found[place].text
            and "|" in found[place + 1].text
            and (_TABLE_RULE.match(found[place + 1].text))
        ):
            number += 1
            place = _take_rows(found, place, number)
        place += 1
    found[:] = [line for line in found if not (line.table and _TABLE_RULE.match(line.text))]


def _take_rows(found: list[Line], place: int, number: int) -> int:
    while place < len(found) and "|" in found[place].text and not (found[place].table):
        if (
            found[place].gap
            and not _TABLE_RULE.match(found[place].text)
            and _began(found, place, number)
        ):
            break
        found[place].table = number
        place += 1
    return place - 1


def _began(found: list[Line], place: int, number: int) -> bool:
    return place > 0 and found[place - 1].table == number


def _read_signs(line: Line) -> None:
    if line.table:
        line.cells = tuple(_cells(line.text))
        line.bold = all(_WHOLE_BOLD.match(cell) for cell in _raw_cells(line.text) if cell.strip())
        return
    if line.text.startswith(">"):
        line.text = line.text.lstrip("> ")
        line.italic = True
    heading = _HEADING.match(line.text)
    if heading:
        line.heading, line.text = len(heading[1]), heading[2]
    line.bold = bool(_WHOLE_BOLD.match(line.text))
    marked = re.match(r"(?:[-*+]|\d+[.)])\s+", line.text)
    body = line.text[marked.end() :] if marked else line.text
    line.italic = line.italic or bool(re.match(r"([*_])(?=[^*_\s]).*\1\s*$", body))
    line.text = (line.text[: marked.end()] if marked else "") + plain(body)


def _raw_cells(text: str) -> list[str]:
    inner = re.sub(r"^\s*\|", "", re.sub(r"(?<!\\)\|\s*$", "", text))
    return re.split(r"(?<!\\)\|", inner)


def _cells(text: str) -> list[str]:
    return [plain(_BREAK.sub("\n", cell)).strip() for cell in _raw_cells(text)]


def plain(text: str) -> str:
    """The text without signs of emphasis, links and escapes."""
    kept: list[str] = []
    hidden = _ESCAPED.sub(lambda m: _hide(m[1], kept), text)
    hidden = _TAG.sub("", _BREAK.sub(" ", _LINK.sub(r"\1", hidden)))
    for _round in range(2):
        hidden = _ITALIC.sub(r"\2", _BOLD.sub(r"\2", hidden))
    return re.sub("\ue000(\\d+)\ue001", lambda m: kept[int(m[1])], hidden)


def _hide(sign: str, kept: list[str]) -> str:
    kept.append(sign)
    return f"\ue000{len(kept) - 1}\ue001"
