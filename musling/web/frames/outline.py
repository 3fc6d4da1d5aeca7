"""The editor's page: every theme and question as a line, and what there is to think about."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from musling.conversations.kinds import KINDS
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames import queries
from musling.frames.advice import Advice, advice
from musling.frames.document import FrameDocument, text
from musling.frames.models import FrameDraft
from musling.frames.parsing import parse
from musling.web.frames.original import doubts
from musling.web.frames.words import (
    ITEM_TYPES,
    PARTS,
    PHASES,
    THEME_KINDS,
    advice_in_words,
    often_in_words,
)

OFTEN = 3  # the same thought about more lines than this is said once
TYPE_WORDS, PART_WORDS, PHASE_WORDS = dict(ITEM_TYPES), dict(PARTS), dict(PHASES)
KIND_WORDS = dict(THEME_KINDS)


@dataclass(frozen=True)
class Line:
    """A question in the outline. ``marks``: what is worth knowing of it at a glance."""

    id: str
    words: str
    marks: list[Any] = field(default_factory=list)
    mandatory: bool = False
    problems: list[str] = field(default_factory=list)
    help: int = 0


@dataclass(frozen=True)
class Section:
    """A theme in the outline."""

    id: str
    title: str
    facts: list[Any]
    lines: list[Line]
    problems: list[str] = field(default_factory=list)


def found_draft(actor: Actor, public_id: str) -> FrameDraft:
    """The draft; one query. Raises NotThere."""
    draft = queries.draft(actor, public_id)
    if draft is None:
        raise NotThere
    return draft


def outline(actor: Actor, draft: FrameDraft, problem: str = "", at: str = "") -> dict[str, Any]:
    """What ``frames/_outline.html`` needs; no query.

    ``problem``: why the last press did nothing; ``at``: the id of the line that it was pressed at.
    """
    document = parse(draft.document, unfinished=True)
    said = advice(document, KINDS[draft.kind].topics)
    by_element: dict[str, list[str]] = {}
    for element, words in doubts(draft):
        by_element.setdefault(element, []).append(words)
    counts = Counter(one.code for one in said if one.element)
    for one in said:
        if one.code != "no-help" or counts["no-help"] <= OFTEN:
            by_element.setdefault(one.element, []).append(advice_in_words(one))
    often = [(code, count) for code, count in counts.items() if count > OFTEN]
    return {
        "draft": draft,
        "problem": problem,
        "at": at if _stands(document, at) else "",
        "title": text(document.title, actor.language),
        "sections": _sections(document, actor.language, by_element),
        "count": len(document.items),
        "minutes": document.minutes,
        "to_think": [
            *(
                _linked(one, document, actor.language)
                for one in said
                if not one.element or counts[one.code] <= OFTEN
            ),
            *({"element": "", "words": often_in_words(*one)} for one in often),
        ],
        "changed_by": getattr(draft, "changed_by", None) or "",
        "own_step": getattr(draft, "undo_by", None) == (actor.profile_id or None),
    }


def _stands(document: FrameDocument, element: str) -> bool:
    """Whether the theme or question is there."""
    return document.find(element) is not None or element in {one.id for one in document.themes}


def _sections(
    document: FrameDocument, language: str, problems: dict[str, list[str]]
) -> list[Section]:
    return [
        Section(
            theme.id,
            text(theme.title, language),
            [
                PHASE_WORDS[theme.phase],
                *([KIND_WORDS[theme.kind]] if theme.kind != "questions" else []),
                *([PART_WORDS[theme.for_parts[0]]] if len(theme.for_parts) == 1 else []),
            ],
            [
                Line(
                    item.id,
                    text(item.text, language),
                    _marks(item, theme),
                    item.mandatory,
                    problems.get(item.id, []),
                    len(item.help),
                )
                for item in theme.items
            ],
            problems.get(theme.id, []),
        )
        for theme in document.themes
    ]


def _marks(item: Any, theme: Any) -> list[Any]:
    marks = [] if item.type == "text" else [TYPE_WORDS[item.type]]
    if item.phase != theme.phase:
        marks.append(PHASE_WORDS[item.phase])
    if item.for_parts != theme.for_parts:
        marks.append(PART_WORDS[item.for_parts[0] if item.for_parts else "together"])
    return marks


def _linked(one: Advice, document: FrameDocument, language: str) -> dict[str, str]:
    """A piece of advice with where it leads, by the words that stand there."""
    names = {theme.id: theme.title for theme in document.themes}
    names |= {item.id: item.text for item in document.items}
    at = text(names[one.element], language) if one.element else ""
    return {"element": one.element, "at": at, "words": advice_in_words(one)}
