"""Headers, footers and page numbers: what stands on the paper and belongs to no question."""

import re
from collections import Counter

from musling.frames.reading.lines import Line
from musling.frames.reading.markers import BOX

_NUMBER = re.compile(
    r"(?:.{0,60}?[\s–|·-])??(?:side|page|seite|sida|s\.|p\.)\s*\d{1,3}(?:\s*(?:af|av|of|von|/)\s*\d{1,3})?\W*$"
    r"|[–-]?\s*\d{1,3}\s*(?:/|af|av|of|von)\s*\d{1,3}\s*[–-]?$|[–-]\s\d{1,3}\s[–-]$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CONTENTS = re.compile(r".{3,}?(?:\.{3,}|…{2,}|(?:\s\.){3,})[\s.…]*\d{1,3}$")
_BARE = re.compile(r"\d{1,3}$")
_BOXED = re.compile(BOX)
_APART = 8  # lines between two page numbers, at the least
_NEAR = 3  # lines beside a page number that may be its header or footer
_TOP = 6  # lines at the top that may be repeated as a running header


def split(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of the form, and those that belong to the page."""
    repeated = _repeated(lines)
    numbers = {place for place, line in enumerate(lines) if _is_number(line)} | _counted(lines)
    repeated |= _running(lines, numbers) | _contents(lines)
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


def _counted(lines: list[Line]) -> set[int]:
    """Numbers alone on their lines that count the pages: 1, 2, 3, each well after the other."""
    alone = [n for n, one in enumerate(lines) if not one.table and _BARE.match(one.text.strip())]
    found: list[int] = []
    for place in alone:
        number = int(lines[place].text)
        if not found or (number == int(lines[found[-1]].text) + 1 and place - found[-1] >= _APART):
            found.append(place)
    return set(found) if len(found) > 2 else set()


def _running(lines: list[Line], numbers: set[int]) -> set[int]:
    """Lines that stand near most page numbers: headers and footers that no page break parts."""
    near: dict[str, set[int]] = {}
    for number in numbers:
        for place in range(max(0, number - _NEAR), min(len(lines), number + _NEAR + 1)):
            if place not in numbers and not lines[place].table:
                near.setdefault(_plain(lines[place]), set()).add(place)
    found: set[int] = set()
    for text, places in near.items():
        if len(places) > 1 and len(places) * 2 >= len(numbers) and any(map(str.isalpha, text)):
            found |= {place for place in places if place >= _TOP or _said_before(lines, place)}
    return found


def _said_before(lines: list[Line], place: int) -> bool:
    return any(_plain(line) == _plain(lines[place]) for line in lines[:place])


def _contents(lines: list[Line]) -> set[int]:
    """The lines of a table of contents: dots and the number of a page, several in a row."""
    listed = [not one.table and bool(_CONTENTS.match(one.text.strip())) for one in lines]
    return {
        n
        for n, told in enumerate(listed)
        if told and (any(listed[max(0, n - 1) : n]) or any(listed[n + 1 : n + 2]))
    }


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
        if not line.table and not _BOXED.search(line.text):  # answers are said again and again
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
