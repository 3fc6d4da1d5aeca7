"""Headers, footers and page numbers: what stands on the paper and belongs to no question."""

import re
from collections import Counter

from musling.frames.reading.lines import Line

_NUMBER = re.compile(
    r"(?:.{0,60}?[\s–|·-])??(?:side|page|seite|sida|s\.|p\.)\s*\d{1,3}(?:\s*(?:af|av|of|von|/)\s*\d{1,3})?\W*$"
    r"|[–-]?\s*\d{1,3}\s*(?:/|af|av|of|von)\s*\d{1,3}\s*[–-]?$|[–-]\s\d{1,3}\s[–-]$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOP = 6  # lines at the top that may be repeated as a running header


def split(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of the form, and those that belong to the page."""
    repeated = _repeated(lines)
    numbers = {place for place, line in enumerate(lines) if _is_number(line)}
    top = {word.lower() for line in lines[:_TOP] for word in _WORD.findall(line.text)}
    paged = {
        place
        for place, line in enumerate(lines)
        if place in numbers or place in repeated or _beside(place, line, numbers, top)
    }
    kept = [line for place, line in enumerate(lines) if place not in paged]
    return kept, [lines[place] for place in sorted(paged)]


def _is_number(line: Line) -> bool:
    return not line.table and len(line.text) < 90 and bool(_NUMBER.match(line.text.strip()))


def _plain(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.lower().split()))


def _repeated(lines: list[Line]) -> set[int]:
    """Places of lines that stand at the edge of three pages, or of both of two; the first stays.

    The first is most often the title itself, and its words are wanted once.
    """
    edges = _edges(lines)
    counts = Counter({text: len({lines[p].page for p in places}) for text, places in edges.items()})
    pages = len({line.page for line in lines})
    wanted = 2 if pages <= 3 else max(3, pages // 2)
    found: set[int] = set()
    for text, count in counts.items():
        if pages > 1 and count >= wanted and any(sign.isalpha() for sign in text):
            places = sorted(edges[text])
            found |= set(
                places[1:]
                if lines[places[0]].page == lines[0].page and places[0] < _TOP
                else places
            )
    return found


def _edges(lines: list[Line]) -> dict[str, list[int]]:
    """Text → places, of the first and last two lines of each page."""
    by_page: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        if not line.table:
            by_page.setdefault(line.page, []).append(place)
    found: dict[str, list[int]] = {}
    for places in by_page.values():
        for place in dict.fromkeys(places[:2] + places[-2:]):
            found.setdefault(_plain(lines[place]), []).append(place)
    return found


def _beside(place: int, line: Line, numbers: set[int], top: set[str]) -> bool:
    """A line beside a page number that only repeats words of the form's top."""
    if place < _TOP or line.table or not ({place - 1, place + 1} & numbers):
        return False
    said = {word.lower() for word in _WORD.findall(line.text)}
    return bool(said) and said <= top and "?" not in line.text
