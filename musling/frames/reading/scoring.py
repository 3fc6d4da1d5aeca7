"""How good a draft is, against what a careful person made of the same form.

Items are matched one to one by their normalised text, exact ones first; what shares four fifths of
its words with a wanted one counts as found, too. Theme, type, mandatory and help are judged on the
found ones. Both sides are documents as docs/contract.md fixes them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any

NEAR = 0.8
_MARKER = re.compile(
    r"^\s*(?:[^\w\s\"'“”„»«’‘(]+\s*|o\s+|\(?\d{1,2}(?:\.\d{1,2})*[.):]?\s+|\(?[a-zæøå][.)]\s+"
    r"|(?:tema|theme|thema|del|spørgsmål)\s+\d+\s*[:.–-]\s*)+",
    re.IGNORECASE,
)
_END = re.compile(r"[\s_.…:;,?!*–-]+$")

Document = dict[str, Any]
Item = tuple[str, Document]  # title of its theme, the question


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1. ``themes``, ``types``, ``mandatory``: of the items found."""

    precision: float
    recall: float
    f1: float
    themes: float
    types: float
    mandatory: float
    help_f1: float

    def to_json(self) -> dict[str, float]:
        """With four digits."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


NAMES = ("precision", "recall", "f1", "themes", "types", "mandatory", "help_f1")


def normalised(text: str) -> str:
    """Small letters, single spaces, without marker, room to answer and punctuation at the end."""
    small = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return _END.sub("", _MARKER.sub("", small, count=1)).strip()


def overlap(one: str, other: str) -> float:
    """Shared words by all words of both, from 0 to 1; words that come twice count twice."""
    mine, theirs = Counter(re.findall(r"\w+", one)), Counter(re.findall(r"\w+", other))
    whole = sum((mine | theirs).values())
    return sum((mine & theirs).values()) / whole if whole else float(one == other)


def same(one: str, other: str) -> bool:
    """Whether two texts are equal or nearly so, once normalised."""
    mine, theirs = normalised(one), normalised(other)
    return mine == theirs or overlap(mine, theirs) >= NEAR


def pairs(wanted: Sequence[str], found: Sequence[str]) -> list[tuple[int, int]]:
    """Which wanted text is which found one: places, one to one, exact ones first, then in order."""
    mine, theirs = [normalised(t) for t in wanted], [normalised(t) for t in found]
    open_places: dict[str, list[int]] = {}
    for place, text in enumerate(theirs):
        open_places.setdefault(text, []).append(place)
    exact = {n: open_places[text].pop(0) for n, text in enumerate(mine) if open_places.get(text)}
    free = [place for places in open_places.values() for place in places]
    return sorted(exact.items()) + _near(
        mine, theirs, [n for n in range(len(mine)) if n not in exact], free
    )


def _near(
    mine: list[str], theirs: list[str], open_ones: list[int], free: list[int]
) -> list[tuple[int, int]]:
    found = []
    for n in open_ones:
        best = max(free, key=lambda place: overlap(mine[n], theirs[place]), default=None)
        if best is not None and overlap(mine[n], theirs[best]) >= NEAR:
            found.append((n, best))
            free.remove(best)
    return found


def score(wanted: Document, found: Document) -> Scores:
    """The scores of one draft."""
    ours, theirs = items(found), items(wanted)
    matched = pairs([q["text"] for _t, q in theirs], [q["text"] for _t, q in ours])
    both = [(theirs[n], ours[m]) for n, m in matched]
    precision, recall = _share(len(both), len(ours)), _share(len(both), len(theirs))
    return Scores(
        precision,
        recall,
        _f1(precision, recall),
        _share(sum(same(a[0], b[0]) for a, b in both), len(both)),
        _share(sum(a[1]["type"] == b[1]["type"] for a, b in both), len(both)),
        _share(sum(a[1]["mandatory"] is b[1]["mandatory"] for a, b in both), len(both)),
        _help([(a[1]["help"], b[1]["help"]) for a, b in both]),
    )


def items(document: Document) -> list[Item]:
    """All items of a document, each with its theme's title."""
    return [
        (theme["title"], question)
        for theme in document["themes"]
        for question in theme["questions"]
    ]


def _help(both: list[tuple[list[str], list[str]]]) -> float:
    """F1 of all help lines, each looked for under its own item; 1 where there is none."""
    hits = sum(len(pairs(wanted, found)) for wanted, found in both)
    wanted_count = sum(len(wanted) for wanted, _found in both)
    found_count = sum(len(found) for _wanted, found in both)
    return _f1(_share(hits, found_count), _share(hits, wanted_count))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def mean(scores: Sequence[Scores]) -> Scores:
    """The mean over forms: each counts the same, long or short."""
    columns = zip(*(astuple(one) for one in scores), strict=True)
    return Scores(*(sum(column) / len(scores) for column in columns))
