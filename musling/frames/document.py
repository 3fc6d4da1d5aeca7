"""What a frame asks, as one immutable document that is checked when read and known by its hash.

The document is what talks point to: a published text never changes, and the ids of items stay the
same from version to version, so that answers of different years can stand beside each other.
``parsing.parse`` makes one from raw data, ``to_json`` gives the one way of writing it,
``content_hash`` its name. Every text is given per language (see ``Text``); ``text`` picks one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

from musling.frames.raw_table import Fault, Text

Kind = Literal["mus", "grus", "tus", "lus", "senior", "one_to_one"]
Preparation = Literal["handed_in", "after_both", "never"]
Part = Literal["employee", "leader"]
Phase = Literal["back", "now", "ahead"]
ThemeKind = Literal["questions", "steps", "expectations", "feedback", "goals", "organisation"]
ItemType = Literal["scale", "text", "choice", "several", "table", "agreements", "life_phase"]
AddedBy = Literal["", "team", "committee"]
Topic = Literal[
    "follow-up",
    "competence",
    "tasks",
    "goals-and-values",
    "wellbeing",
    "view-of-leader",
    "status",
    "cooperation",
    "leader-goals",
    "new-initiatives",
    "leader-wellbeing",
    "leader-competence",
    "action-plan",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
PREPARATIONS: tuple[Preparation, ...] = get_args(Preparation)
PARTS: tuple[Part, ...] = get_args(Part)
PHASES: tuple[Phase, ...] = get_args(Phase)
ITEM_TYPES: tuple[ItemType, ...] = get_args(ItemType)
THEME_KINDS: tuple[ThemeKind, ...] = get_args(ThemeKind)
TOPICS: tuple[Topic, ...] = get_args(Topic)
ADDED_BY: tuple[AddedBy, ...] = get_args(AddedBy)
TOPICS_OF: Mapping[Kind, tuple[Topic, ...]] = {"mus": TOPICS[:6], "lus": TOPICS[6:]}
"""What must be covered: six topics in the yearly talk (row E1), seven in a leader's (row E11)."""

FORMAT = 1
LOWEST, HIGHEST = 0, 5
SCORES = range(LOWEST, HIGHEST + 1)
MOST_MINUTES = 480
MOST_ITEMS = 25  # more than this wears people out, by good practice; warned about, not refused
MOST_TABLE_ROWS = 20
TABLE_ROWS = 4  # where the frame does not say how many
TITLE, ITEM, BODY = 120, 300, 2000  # longest texts, in characters


@dataclass(frozen=True, slots=True)
class Point:
    """Something with a name and a sentence or two: an aim, or one of the four shared points."""

    id: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why the talk is held; both read it before they write anything (row B1)."""

    paragraphs: tuple[Text, ...] = ()
    aims: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends of the scale from 0 to 5 in words, and what a number means (row D3)."""

    low: Text
    high: Text
    explanation: Text | None = None


@dataclass(frozen=True, slots=True)
class LifePhase:
    """A phase of life with its own help questions; picking one is private (row D7)."""

    id: str
    title: Text
    help: tuple[Text, ...] = ()
    explanation: Text | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose, or one column of a table; its id stays when its words change."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Guidance:
    """Short advice for preparing, to each part its own (row E3)."""

    employee: tuple[Text, ...] = ()
    leader: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One statement or question. ``for_parts``: who prepares an answer; empty: both in the talk.

    ``text_leader`` and ``explanation_leader`` are the mirror wording for the leader, who answers
    the same item about the employee. ``options`` are the answers of a ``choice`` (one) and of
    ``several``; ``columns`` and ``rows`` make a ``table``. ``mandatory_by`` is empty where the
    organisation decided; ``added_by`` names who added it to the organisation's frame.
    """

    id: str
    type: ItemType
    text: Text
    phase: Phase
    for_parts: tuple[Part, ...]
    text_leader: Text | None = None
    mandatory: bool = False
    short: bool = False
    explanation: Text | None = None
    explanation_leader: Text | None = None
    help: tuple[Text, ...] = ()
    options: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    rows: int | None = None
    mandatory_by: AddedBy = ""
    added_by: AddedBy = ""

    @property
    def together(self) -> bool:
        """Whether it is answered by both in the talk, and prepared by nobody alone."""
        return not self.for_parts

    @property
    def has_score(self) -> bool:
        """Whether the answer holds a number from 0 to 5 beside its words."""
        return self.type in ("scale", "life_phase")

    @property
    def cells(self) -> tuple[str, ...]:
        """The ids of a table's cells, row after row, such as "1.what"; none for other types."""
        rows = range(1, (self.rows or TABLE_ROWS) + 1)
        return tuple(f"{row}.{column.id}" for row in rows for column in self.columns)

    def text_for(self, part: Part) -> Text:
        """The wording that this part reads."""
        return (part == "leader" and self.text_leader) or self.text

    def explanation_for(self, part: Part) -> Text | None:
        """What the item means, in this part's wording."""
        return (part == "leader" and self.explanation_leader) or self.explanation


@dataclass(frozen=True, slots=True)
class Theme:
    """A group of items that are talked about together.

    ``kind`` says how it is used: ``organisation`` is the slot of the organisation's theme with its
    ``years`` (first, last), ``goals`` is filled in by both together in the talk, ``feedback`` is
    the leader's and never scored. ``covers`` names the required topics that it answers.
    ``minutes``: how long to talk about it, None for no time of its own.
    """

    id: str
    kind: ThemeKind
    title: Text
    phase: Phase
    for_parts: tuple[Part, ...]
    items: tuple[Item, ...]
    intro: Text | None = None
    help: tuple[Text, ...] = ()
    covers: tuple[Topic, ...] = ()
    years: tuple[int, int] | None = None
    minutes: int | None = None
    added_by: AddedBy = ""


@dataclass(frozen=True)
class FrameDocument:
    """The whole content of a frame. ``minutes``: length of the talk, None for no clock."""

    kind: Kind
    title: Text
    preparation: Preparation
    themes: tuple[Theme, ...]
    minutes: int | None = None
    purpose: Purpose = Purpose()
    scale: Scale | None = None
    life_phases: tuple[LifePhase, ...] = ()
    four_points: tuple[Point, ...] = ()
    guidance: Guidance = Guidance()
    core_task_example: Text | None = None

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in order, also those that nobody prepares."""
        return tuple(item for theme in self.themes for item in theme.items)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """The item with this id. Raises KeyError when the frame does not ask it."""
        return self._by_id[item_id]

    def find(self, item_id: str) -> Item | None:
        """The item with this id, or None where the frame does not ask it."""
        return self._by_id.get(item_id)

    def themes_for(self, part: Part) -> tuple[Theme, ...]:
        """The themes in which this part prepares something."""
        return tuple(theme for theme in self.themes if part in theme.for_parts)

    def items_for(self, part: Part, short: bool = False) -> tuple[Item, ...]:
        """What this part prepares; with ``short`` the short version only."""
        return tuple(
            item for item in self.items if part in item.for_parts and (item.short or not short)
        )

    def themes_in(self, phase: Phase) -> tuple[tuple[Theme, tuple[Item, ...]], ...]:
        """The themes with something in this phase, each with just those items (row B2)."""
        kept = (
            (theme, tuple(item for item in theme.items if item.phase == phase))
            for theme in self.themes
        )
        return tuple((theme, items) for theme, items in kept if items)

    def missing_topics(self, topics: tuple[Topic, ...] | None = None) -> tuple[Topic, ...]:
        """Of the topics, by default those of this kind of talk, the ones that no theme covers."""
        wanted = TOPICS_OF.get(self.kind, ()) if topics is None else topics
        covered = {topic for theme in self.themes for topic in theme.covers}
        return tuple(topic for topic in wanted if topic not in covered)

    def looks_back_most(self) -> bool:
        """Whether more items look back than ahead, which the talk should not (row C6)."""
        phases = [item.phase for item in self.items]
        return phases.count("back") > phases.count("ahead")


class FrameFault(ValueError):
    """A document that cannot be used; ``faults`` has every place and what to do there."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def text(t: Text, language: str) -> str:
    """The text in the language, or in Danish where there is no translation."""
    return t.get(language) or t["da"]


def to_json(document: FrameDocument) -> dict[str, Any]:
    """The one way of writing the document: sorted names, nothing empty, lists in their order.

    What is empty is left out, so that a field that a later version of Musling adds does not
    change the hash of documents that do not use it.
    """
    content: dict[str, Any] = plain(document)
    for theme, raw in zip(document.themes, content.get("themes", ()), strict=True):
        _mark_nobody(theme, raw)
    return {"format": FORMAT} | content


def without_claims(document: FrameDocument) -> FrameDocument:
    """The document as the organisation's own: nothing in it is a committee's or a team's."""

    def of_item(item: Item) -> Item:
        return replace(item, added_by="", mandatory_by="")

    themes = tuple(
        replace(theme, added_by="", items=tuple(map(of_item, theme.items)))
        for theme in document.themes
    )
    return replace(document, themes=themes)


def _mark_nobody(theme: Theme, plain: dict[str, Any]) -> None:
    """An empty list of who prepares is said where leaving it out would mean everybody."""
    if not theme.for_parts and theme.kind != "goals":
        plain["for_parts"] = []
    for item, plain_item in zip(theme.items, plain.get("items", ()), strict=True):
        if theme.for_parts and not item.for_parts:
            plain_item["for_parts"] = []


def content_hash(document: FrameDocument) -> str:
    """The document's name: SHA-256 of its canonical JSON, 64 hexadecimal digits."""
    written = json.dumps(
        to_json(document), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(written.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A part of a document as raw data: sorted names, nothing empty."""
    if is_dataclass(value):
        pairs = ((field.name, plain(getattr(value, field.name))) for field in fields(value))
        return {name: part for name, part in sorted(pairs) if _says_something(part)}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return dict(sorted(value.items())) if isinstance(value, dict) else value


def _says_something(part: Any) -> bool:
    return part not in (None, False, "", [], {})
