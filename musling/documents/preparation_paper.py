"""A frame as a form to fill in by hand: statements, boxes from 0 to 5, lines to write on.

For one who prepares, or for the whole talk: there each item has a field for each who answers it,
beside each other, and one field for what both fill in together. ``preparation_paper`` makes a PDF
of it, ``frame_docx`` a Word file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.documents.letterhead import Letterhead
from musling.documents.typesetting import typeset

ItemType = Literal["scale", "text", "choice", "several", "table", "agreements", "life_phase"]
Point = tuple[str, str]
"""A title and the words to it."""

SCALE = tuple(range(6))
SCORED = ("scale", "life_phase")
LINES = {"scale": 2, "life_phase": 2, "text": 5, "agreements": 5, "choice": 1, "several": 1}
TABLE_ROWS = 4
# More columns than these beside each other leave no room to write: they go on in a next table.
MOST_COLUMNS = 5
TOPICS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLifePhase:
    """A phase of life with questions of its own."""

    title: str
    explanation: str = ""
    help_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperItem:
    """One thing asked. ``options`` go with a choice, ``columns`` and ``rows`` with a table.

    ``mirror``: how the leader is asked the same, on a paper for both. ``answered_by``: a heading
    for each field to answer in; empty: one field without. ``lines`` to write on; without it as
    many as suit the type.
    """

    text: str
    type: ItemType = "text"
    mirror: str = ""
    explanation: str = ""
    mandatory: bool = False
    help_questions: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: int | None = None
    answered_by: tuple[str, ...] = ()
    lines: int | None = None

    def lines_to_write_on(self) -> int:
        """How many, with what suits the type."""
        return LINES.get(self.type, 0) if self.lines is None else self.lines

    def tables(self) -> list[tuple[str, ...]]:
        """Its columns, as many in each table as there is room for."""
        whole = range(0, len(self.columns), MOST_COLUMNS)
        return [self.columns[at : at + MOST_COLUMNS] for at in whole]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTheme:
    """A theme with its items; ``phase`` (back, now, ahead) is shown as the words given.

    ``minutes``: how long to talk about it, 0 for no time of its own.
    """

    title: str
    items: tuple[PaperItem, ...]
    phase: str = ""
    minutes: int = 0
    introduction: str = ""
    help_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationPaper:
    """``who_can_see`` is the sentence from the access rules that stands beneath the heading.

    ``whole_talk``: for both, in the talk. ``chooses_phase``: whether there are boxes beside the
    phases of life, or only their questions. ``minutes``: of the talk, 0 for no clock.
    """

    head: Letterhead
    for_whom: str
    themes: tuple[PaperTheme, ...]
    name: str = ""
    purpose: str = ""
    aims: tuple[Point, ...] = ()
    four_points: tuple[Point, ...] = ()
    guidance: tuple[str, ...] = ()
    who_can_see: str = ""
    scale_low: str = ""
    scale_high: str = ""
    scale_explanation: str = ""
    life_phases: tuple[PaperLifePhase, ...] = ()
    chooses_phase: bool = True
    minutes: int = 0
    asks_topics: bool = True
    whole_talk: bool = False

    @property
    def has_scale(self) -> bool:
        """Whether anything is answered with a number."""
        return any(item.type in SCORED for theme in self.themes for item in theme.items)


def preparation_paper(paper: PreparationPaper) -> bytes:
    """The paper as a tagged PDF. Raises TypesettingFailedError."""
    with paper.head.wording():
        data = paper.head.page(heading(paper)) | {
            "for-whom": paper.for_whom,
            "duration": minutes(paper.minutes),
            "name": paper.name,
            "asks-name": not paper.whole_talk,
            "purpose": paper.purpose,
            "aims": _points(paper.aims),
            "four-points": _points(paper.four_points),
            "guidance": list(paper.guidance),
            "who-can-see": paper.who_can_see,
            "scale": [str(step) for step in SCALE],
            "scale-low": scale_ends(paper)[0],
            "scale-high": scale_ends(paper)[1],
            "scale-explanation": paper.scale_explanation,
            "has-scale": paper.has_scale,
            "life-phases": [_life_phase(phase) for phase in paper.life_phases],
            "chooses-phase": paper.chooses_phase,
            "themes": _themes(paper.themes),
            "topics": [str(number) for number in range(1, TOPICS + 1)] if paper.asks_topics else [],
            "labels": labels(),
        }
    return typeset("preparation_paper.typ", data, made_at=paper.head.made_at)


def heading(paper: PreparationPaper) -> str:
    """What the paper is, in the language that is on."""
    return _("The whole talk") if paper.whole_talk else _("Preparation")


def scale_ends(paper: PreparationPaper) -> tuple[str, str]:
    """What 0 and 5 mean, in the frame's words or our own."""
    low, high = _("To a very low degree"), _("To a very high degree")
    return paper.scale_low or low, paper.scale_high or high


def minutes(count: int) -> str:
    """``45 minutes`` in the language that is on; empty for none."""
    if not count:
        return ""
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


def labels() -> dict[str, str]:
    """The paper's own words, in the language that is on."""
    return {
        "name": _("Name"),
        "date": _("Date"),
        "mandatory": _("Mandatory"),
        "purpose": _("What the talk is for"),
        "four-points": _("First of all, you both see these alike"),
        "guidance": _("Before you write"),
        "help": _("Questions that may help you"),
        "scale": _("From 0 to 5: put one cross, or none."),
        "choice": _("Put one cross, or none."),
        "several": _("Put as many crosses as you like, or none."),
        "more-columns": _("More columns"),
        "phases": _("Which phases of life fit you now? None or several."),
        "phase-questions": _("Questions to borrow, for each phase of life"),
        "topics": _("What I most want to talk about"),
        "topics-hint": _("Choose up to three topics."),
    }


def _points(points: Sequence[Point]) -> list[dict[str, str]]:
    return [{"title": title, "text": words} for title, words in points]


def _life_phase(phase: PaperLifePhase) -> dict[str, Any]:
    return {
        "title": phase.title,
        "explanation": phase.explanation,
        "help": list(phase.help_questions),
    }


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
                "minutes": minutes(theme.minutes),
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
        "mirror": item.mirror,
        "type": item.type,
        "scored": item.type in SCORED,
        "explanation": item.explanation,
        "mandatory": item.mandatory,
        "help": list(item.help_questions),
        "options": list(item.options),
        "tables": [list(columns) for columns in item.tables()],
        "table-rows": item.rows or TABLE_ROWS,
        "answered-by": list(item.answered_by),
        "lines": item.lines_to_write_on(),
    }
