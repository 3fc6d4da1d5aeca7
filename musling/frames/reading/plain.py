"""Plain text (.txt and what was pasted): bytes → lines."""

import codecs
import itertools
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from musling.frames.reading.lines import Line
from musling.frames.reading.problems import Limits, UnreadableForm, too_long

TAB = 8
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip # noqa: E501
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,}|\*{4,})\s*$")
_SPACED = re.compile(r"\S(?: {1,3}\S){4,}")
_LETTER_O = re.compile(r"(?:^|(?<=\s\s)|(?<=\t))O(?=\s\S)")
_DAMAGED = re.compile("Ã[¦¸¥†˜…]|Ã\x85|\ufffd")


def decoded(data: bytes) -> str:
    """The text of the bytes: UTF-8, UTF-16 with its mark, or what Windows writes in Denmark.

    Raises UnreadableForm for bytes that are no text.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Windows-1252 knows nearly every byte: whether it was text is seen from what comes out.
        text = data.decode("cp1252", errors="replace")
    broken = len(CONTROL.findall(text[:100_000])) + text[:100_000].count("\ufffd")
    if broken > len(text[:100_000]) / 500:
        raise UnreadableForm(
            _(
                "This is not readable text. "
                "Save it as .docx, .pdf or as text in UTF-8, and try again."
            )
        )
    return text


def lines(data: bytes, limits: Limits) -> list[Line]:
    """The lines of a plain text. Raises UnreadableForm."""
    return text_lines(decoded(data), limits)


def text_lines(text: str, limits: Limits) -> list[Line]:
    """The lines of pasted text. Raises UnreadableForm where it has more than any form."""
    rows = _rows(text, limits)
    width = wrap_width([row.rstrip() for _number, row in rows])
    found: list[Line] = []
    gap, page = True, 1
    for number, row in rows:
        page += row.count("\f")
        clean = CONTROL.sub("", row).replace("\f", " ").replace("\u00ad", "").rstrip()
        if _UNDERLINE.match(clean) and found and not gap and _is_title(found[-1].text):
            found[-1].heading = 1 if "=" in clean else 2
            gap = True
        elif clean.strip():
            found.append(_line(number, clean, gap, page))
            gap = False
        else:
            gap = True
    _note_circles(found)
    note_full(found, width)
    return found


def _note_circles(found: list[Line]) -> None:
    """ "O Ja   O Nej": the letter O, typed for the circle that the typewriter did not have."""
    for place, line in enumerate(found):
        near = [*found[max(0, place - 1) : place], *found[place + 1 : place + 2]]
        alike = any(re.match(r"[O○]\s+\S", other.text) for other in near)
        count = len(_LETTER_O.findall(line.text))
        if count > 1 or (count and line.text.startswith("O") and alike):
            line.text = _LETTER_O.sub("○", line.text)


def _is_title(text: str) -> bool:
    return len(text.strip()) < 90 and any(sign.isalpha() for sign in text)


def _rows(text: str, limits: Limits) -> list[tuple[int, str]]:
    rows = list(enumerate(_split(text), 1))
    if len(rows) > limits.lines or any(len(row) > limits.line for _number, row in rows):
        raise too_long()
    return rows


def _split(text: str) -> Iterator[str]:
    return iter(re.split(r"\r\n|\r|\n|\x0b|\u2028|\u2029", text))


def _line(number: int, clean: str, gap: bool, page: int) -> Line:
    wide = clean.replace("\u00a0", " ").expandtabs(TAB)
    indent = len(wide) - len(wide.lstrip())
    text = _closed(clean.replace("\u00a0", " ").strip())
    return Line(number, text, indent=float(indent), gap=gap, page=page)


def _closed(text: str) -> str:
    """ "P U - S A M T A L E": letters set apart by the typewriter are a word."""
    if not _SPACED.fullmatch(text) or sum(sign.isalpha() for sign in text) < 5:
        return text
    return (
        re.sub(r"(?<=\S) (?=\S)", "", text)
        if "  " not in text
        else (" ".join(word.replace(" ", "") for word in re.split(r" {2,}", text)))
    )


def wrap_width(rows: list[str]) -> int:
    """The width at which the text was wrapped: nearly the longest line; 0 where it was not.

    A text with a paragraph to the line has lines of any length, and the longest tell nothing.
    """
    lengths = sorted(len(row) for row in rows if row.strip() and not _is_rule(row))
    if not lengths or lengths[-1] > 220:
        return 0
    return lengths[max(0, len(lengths) - 1 - len(lengths) // 50)]


def _is_rule(row: str) -> bool:
    return not any(sign.isalpha() for sign in row)


def wraps(found: list[Line]) -> bool:
    """Whether lines were wrapped at all: some begin with a small letter in mid-sentence.

    Where none does, each line is a paragraph of its own, however long it is.
    """
    cut = sum(
        after.text[:1].islower() and not after.gap and line.text[-1:] not in ".?!:;)_"
        for line, after in itertools.pairwise(found)
        if not line.table and len(line.text) > 30
    )
    return cut > 0


def note_full(found: list[Line], width: int) -> None:
    """Notes which lines are full: the next one's first word would not have fitted on them."""
    if width < 40 or not wraps(found):
        return
    for line, after in itertools.pairwise(found):
        first = after.text.split(maxsplit=1)[0] if after.text.split() else ""
        used = line.indent + len(line.text)
        # Type of varying width, out of a PDF, breaks a little before the longest line's length.
        line.full = used >= 0.6 * width and used + 1 + len(first) > 0.9 * width
