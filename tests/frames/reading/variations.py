"""The same form, written a little differently: other bullets, other numbers, other line ends.

Each function takes the text of a form, and the titles of its themes, and gives the text as another
workplace might have typed it. What is asked stays the same.
"""

import re
import textwrap
from collections.abc import Callable, Iterable

_OTHER = {"•": "▪", "-": "–", "–": "-", "o": "◦", "*": "•", "▪": "•", "\uf0b7": "●", "●": "■"}
_BULLET = re.compile(r"^(\s*)([•\-–o*▪●\uf0b7])(?=\s+\S)(?!\s*\[)")
_NUMBER = re.compile(r"^(\s*(?:! )?)(\d{1,2})([.)])(?=\s+\S)", re.MULTILINE)
_SHAPED = re.compile(r"\t|\S\s{3,}\S|_{3}|\.{4}|\[ ?\]|[☐□○|]|\d\s+\d\s+\d|^\s*[=~*-]{3}|={3}|…")
WIDTH = 60


def other_bullets(text: str, _titles: Iterable[str]) -> str:
    """Each kind of bullet becomes another kind."""
    return _lines(text, lambda line: _BULLET.sub(lambda m: m[1] + _OTHER[m[2]], line))


def no_question_marks(text: str, _titles: Iterable[str]) -> str:
    """Questions without their sign, as many people type them."""
    return _lines(text, lambda line: re.sub(r"\?(?=\s*$)", "", line))


def from_another_number(text: str, _titles: Iterable[str]) -> str:
    """Numbers begin at 0; where they did so, at 1."""
    step = 1 if any(match[2] == "0" for match in _NUMBER.finditer(text)) else -1
    return _NUMBER.sub(lambda m: f"{m[1]}{int(m[2]) + step}{m[3]}", text)


def with_brackets(text: str, _titles: Iterable[str]) -> str:
    """ "1." becomes "1)", and the other way round."""
    turned = {".": ")", ")": "."}
    return _lines(text, lambda line: _NUMBER.sub(lambda m: f"{m[1]}{m[2]}{turned[m[3]]}", line))


def narrow(text: str, _titles: Iterable[str]) -> str:
    """Wrapped at 60 characters, with the rest set under the first word."""
    return "\n".join(part for line in text.split("\n") for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH or _SHAPED.search(line):
        return [line]
    mark = re.match(r"\s*(?:[•\-–o*▪●\uf0b7]\s+|\d{1,2}(?:\.\d+)*[.)]?\s+|[a-z][.)]\s+)?", line)
    hang = " " * (len(mark[0]) if mark else 0)
    return textwrap.wrap(line, WIDTH, subsequent_indent=hang, break_on_hyphens=False)


def no_blank_lines(text: str, _titles: Iterable[str]) -> str:
    """Nothing between the lines, as some programs paste."""
    return "\n".join(line for line in text.split("\n") if line.strip())


def capital_headings(text: str, titles: Iterable[str]) -> str:
    """Headings in capitals."""
    return _headed(text, titles, str.upper)


def themed_headings(text: str, titles: Iterable[str]) -> str:
    """ "Tema 1: Trivsel"."""
    known = list(titles)
    return _headed(text, known, lambda line: f"Tema {known.index(line) + 1}: {line}")


def spaced(text: str, _titles: Iterable[str]) -> str:
    """Set in as a whole, with spaces left at the ends of the lines."""
    return _lines(text, lambda line: f"    {line}  " if line.strip() else line)


def windows(text: str, _titles: Iterable[str]) -> str:
    """Line ends and spaces as other machines have them."""
    return text.replace("\n", "\r\n").replace(" ?", "\u00a0?")


def _headed(text: str, titles: Iterable[str], change: Callable[[str], str]) -> str:
    known = {title.strip() for title in titles if title.strip()}
    return _lines(text, lambda line: change(line.strip()) if line.strip() in known else line)


def _lines(text: str, change: Callable[[str], str]) -> str:
    return "\n".join(change(line) for line in text.split("\n"))


VARIATIONS = (
    other_bullets,
    no_question_marks,
    from_another_number,
    with_brackets,
    narrow,
    no_blank_lines,
    capital_headings,
    themed_headings,
    spaced,
    windows,
)
