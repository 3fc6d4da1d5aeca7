"""A frame as paper to prepare on by hand: statements, boxes from 0 to 5, lines to write on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from musling.documents.letterhead import Letterhead
from musling.documents.typesetting import typeset

ItemType = Literal["scale", "text", "choice", "table"]
SCALE = tuple(range(6))
LINES = {"scale": 2, "text": 5, "choice": 1, "table": 0}
TABLE_ROWS = 4
TOPICS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperItem:
    """One thing asked. ``options`` go with a choice, ``columns`` with a table.

    ``lines`` to write on; without it as many as suit the type.
    """

    text: str
    type: ItemType = "text"
    explanation: str = ""
    mandatory: bool = False
    help_questions: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    lines: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTheme:
    """A theme with its items; ``phase`` (back, now, ahead) is shown as the words given."""

    title: str
    items: tuple[PaperItem, ...]
    phase: str = ""
    introduction: str = ""
    help_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationPaper:
    """``who_can_see`` is the sentence from the access rules that stands beneath the heading."""

    head: Letterhead
    for_whom: str
    themes: tuple[PaperTheme, ...]
    name: str = ""
    purpose: str = ""
    who_can_see: str = ""
    scale_low: str = ""
    scale_high: str = ""
    asks_topics: bool = True


def preparation_paper(paper: PreparationPaper) -> bytes:
    """The paper as a tagged PDF. Raises TypesettingFailedError."""
    with paper.head.wording():
        data = paper.head.page(_("Preparation")) | {
            "for-whom": paper.for_whom,
            "name": paper.name,
            "purpose": paper.purpose,
            "who-can-see": paper.who_can_see,
            "scale": [str(step) for step in SCALE],
            "scale-low": paper.scale_low or _("To a very low degree"),
            "scale-high": paper.scale_high or _("To a very high degree"),
            "has-scale": any(item.type == "scale" for t in paper.themes for item in t.items),
            "themes": _themes(paper.themes),
            "topics": [str(number) for number in range(1, TOPICS + 1)] if paper.asks_topics else [],
            "labels": _labels(),
        }
    return typeset("preparation_paper.typ", data, made_at=paper.head.made_at)


def _themes(themes: Sequence[PaperTheme]) -> list[dict[str, Any]]:
    """Items are numbered through, so that one can say "number 7" in the talk."""
    number = 0
    shown = []
    for theme in themes:
        items = [_item(number + at, item) for at, item in enumerate(theme.items, 1)]
        number += len(items)
        shown.append(
            {
                "title": theme.title,
                "phase": theme.phase,
                "introduction": theme.introduction,
                "help": list(theme.help_questions),
                "items": items,
            }
        )
    return shown


def _item(number: int, item: PaperItem) -> dict[str, Any]:
    return {
        "number": number,
        "text": item.text,
        "type": item.type,
        "explanation": item.explanation,
        "mandatory": item.mandatory,
        "help": list(item.help_questions),
        "options": list(item.options),
        "columns": list(item.columns),
        "table-rows": TABLE_ROWS,
        "lines": LINES[item.type] if item.lines is None else item.lines,
    }


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "date": _("Date"),
        "mandatory": _("Mandatory"),
        "help": _("Questions that may help you"),
        "scale": _("From 0 to 5: put one cross, or none."),
        "topics": _("What I most want to talk about"),
        "topics-hint": _("Choose up to three topics."),
    }
