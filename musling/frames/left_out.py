"""What committees want asked and a frame has no place for: what HR should know before taking it.

``composing`` asks all of it that can be asked; here it is said what becomes of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from musling.frames.document import FrameDocument
from musling.frames.effective import missing
from musling.frames.models import RequiredItem
from musling.frames.queries import once_asked, required_items, theme_in_force
from musling.frames.raw_table import Text
from musling.organisations.models import Unit

Became = Literal[
    "moved",  # asked all the same, at the end of the talk
    "together",  # asked, but by nobody alone: so nobody has to answer it
    "gone",  # never asked by any version: nobody knows its words
    "no-slot",  # the organisation's theme has no place
]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing: what becomes of it, its words, and where it holds (empty: everywhere)."""

    became: Became
    words: Text
    units: tuple[str, ...] = ()


def left_out(
    organisation_id: int, kind: str, document: FrameDocument, year: int, *, slot: bool
) -> list[LeftOut]:
    """What the frame leaves out of what holds in talks of the kind; five queries at most.

    ``slot``: whether frames of this kind usually have a place for the organisation's theme.
    """
    rows = [row for row in required_items(organisation_id, kind) if row.item]
    told = list(_required(organisation_id, kind, document, rows)) if rows else []
    return [*(_theme(organisation_id, document, year) if slot else ()), *told]


def has_slot(document: FrameDocument) -> bool:
    """Whether the frame has a place for the organisation's theme."""
    return any(theme.kind == "organisation" for theme in document.themes)


def _theme(organisation_id: int, document: FrameDocument, year: int) -> Iterator[LeftOut]:
    """The theme of this year and, where it is another, that of the next."""
    if has_slot(document):
        return
    chosen = [theme_in_force(organisation_id, one) for one in (year, year + 1)]
    for row in dict.fromkeys(one for one in chosen if one):
        yield LeftOut("no-slot", row.document["title"])


def _required(
    organisation_id: int, kind: str, document: FrameDocument, rows: list[RequiredItem]
) -> Iterator[LeftOut]:
    gone = missing(document, rows)
    words = once_asked(organisation_id, kind, gone) if gone else {}
    named = _names({row.unit_id for row in rows if row.unit_id is not None})
    for item in dict.fromkeys(row.item for row in rows):
        holds = [row.unit_id for row in rows if row.item == item]
        units = () if None in holds else tuple(sorted(named[one] for one in holds if one))
        found = document.find(item)
        if found is not None:
            if found.together:
                yield LeftOut("together", found.text, units)
        elif item in words:
            yield LeftOut("moved", words[item].text, units)
        else:
            yield LeftOut("gone", {"da": ""}, units)


def _names(units: set[int]) -> dict[int, str]:
    return dict(Unit.objects.filter(pk__in=units).values_list("pk", "name")) if units else {}
