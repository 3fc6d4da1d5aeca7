"""What a frame asks, as one immutable document that is checked when read and known by its hash.

The document is what talks point to: a published text never changes, and the ids of items stay the
same from version to version, so that answers of different years can stand beside each other.
``parse`` makes one from raw data, ``to_json`` gives the one way of writing it, ``content_hash``
its name. Every text is given per language (see ``Text``); ``text`` picks one.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _

from musling.frames.raw_table import Fault, RawTable, Text

Kind = Literal["mus", "grus", "tus", "lus", "senior", "one_to_one"]
Preparation = Literal["handed_in", "after_both", "never"]
Part = Literal["employee", "leader"]
Phase = Literal["back", "now", "ahead"]
ThemeKind = Literal["questions", "steps", "expectations", "feedback", "goals", "organisation"]
ItemType = Literal["scale", "text", "agreements", "life_phase"]
Topic = Literal[
    "follow-up", "competence", "tasks", "goals-and-values", "wellbeing", "view-of-leader"
]

KINDS: tuple[Kind, ...] = get_args(Kind)
PREPARATIONS: tuple[Preparation, ...] = get_args(Preparation)
PARTS: tuple[Part, ...] = get_args(Part)
PHASES: tuple[Phase, ...] = get_args(Phase)
TOPICS: tuple[Topic, ...] = get_args(Topic)
"""The six topics that a municipality's yearly talk must cover (row E1)."""

FORMAT = 1
LOWEST, HIGHEST = 0, 5
SCORES = range(LOWEST, HIGHEST + 1)
MOST_MINUTES = 480

_TITLE, _ITEM, _BODY = 120, 300, 2000  # longest texts, in characters


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


@dataclass(frozen=True, slots=True)
class Guidance:
    """Short advice for preparing, to each part its own (row E3)."""

    employee: tuple[Text, ...] = ()
    leader: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One statement or question. ``for_parts``: who prepares an answer; empty: nobody alone.

    ``text_leader`` and ``explanation_leader`` are the mirror wording for the leader, who answers
    the same item about the employee.
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

    @property
    def has_score(self) -> bool:
        """Whether the answer holds a number from 0 to 5 beside its words."""
        return self.type in ("scale", "life_phase")

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

    def missing_topics(self) -> tuple[Topic, ...]:
        """The required topics that no theme covers (row E1)."""
        covered = {topic for theme in self.themes for topic in theme.covers}
        return tuple(topic for topic in TOPICS if topic not in covered)

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
    content: dict[str, Any] = _plain(document)
    return {"format": FORMAT} | content


def content_hash(document: FrameDocument) -> str:
    """The document's name: SHA-256 of its canonical JSON, 64 hexadecimal digits."""
    written = json.dumps(
        to_json(document), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(written.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        pairs = ((field.name, _plain(getattr(value, field.name))) for field in fields(value))
        return {name: plain for name, plain in sorted(pairs) if _says_something(plain)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return dict(sorted(value.items())) if isinstance(value, dict) else value


def _says_something(plain: Any) -> bool:
    return plain not in (None, False, [], {})


def parse(data: Any) -> FrameDocument:
    """The checked document from raw data: a TOML file, stored JSON, an imported form.

    Raises FrameFault with all faults at once, each with its place.
    """
    faults: list[Fault] = []
    raw = RawTable(data, "", faults)
    if raw.take("format") not in (None, FORMAT):
        known = {"format": FORMAT}
        raw.fault("format", _("this version of Musling reads format %(format)s") % known)
    document = FrameDocument(
        kind=raw.word("kind", KINDS),
        title=raw.text("title", _TITLE),
        preparation=raw.word("preparation", PREPARATIONS),
        minutes=raw.number_or_none("minutes", 1, MOST_MINUTES),
        purpose=_purpose(raw.table_or_none("purpose")),
        scale=_scale(raw.table_or_none("scale")),
        life_phases=tuple(_life_phase(row) for row in raw.tables("life_phases")),
        four_points=_points(raw, "four_points"),
        guidance=_guidance(raw.table_or_none("guidance")),
        core_task_example=raw.text_or_none("core_task_example", _ITEM),
        themes=tuple(_theme(row) for row in raw.tables("themes")),
    )
    raw.refuse_the_rest()
    _check_ids(document, raw)
    if not faults:  # otherwise what could not be read would be told as missing, too
        _check_whole(document, raw)
    if faults:
        raise FrameFault(faults)
    return document


def _purpose(raw: RawTable | None) -> Purpose:
    if raw is None:
        return Purpose()
    purpose = Purpose(raw.texts("paragraphs", _BODY), _points(raw, "aims"))
    raw.refuse_the_rest()
    return purpose


def _guidance(raw: RawTable | None) -> Guidance:
    if raw is None:
        return Guidance()
    guidance = Guidance(raw.texts("employee", _BODY), raw.texts("leader", _BODY))
    raw.refuse_the_rest()
    return guidance


def _scale(raw: RawTable | None) -> Scale | None:
    if raw is None:
        return None
    scale = Scale(
        low=raw.text("low", _TITLE),
        high=raw.text("high", _TITLE),
        explanation=raw.text_or_none("explanation", _BODY),
    )
    raw.refuse_the_rest()
    return scale


def _points(raw: RawTable, key: str) -> tuple[Point, ...]:
    return tuple(_point(row) for row in raw.tables(key))


def _point(raw: RawTable) -> Point:
    point = Point(raw.id(), raw.text("title", _TITLE), raw.text("text", _BODY))
    raw.refuse_the_rest()
    return point


def _life_phase(raw: RawTable) -> LifePhase:
    phase = LifePhase(raw.id(), raw.text("title", _TITLE), raw.texts("help", _ITEM))
    raw.refuse_the_rest()
    return phase


@dataclass(frozen=True, slots=True)
class _Use:
    """What a kind of theme may hold, who prepares it unless it says so, and whether it may say."""

    types: tuple[ItemType, ...]
    parts: tuple[Part, ...] = PARTS
    parts_fixed: bool = False


_USES: dict[ThemeKind, _Use] = {
    "questions": _Use(get_args(ItemType)),
    "steps": _Use(("text", "agreements")),
    "expectations": _Use(("text",)),
    # Words only, never a score (row D12).
    "feedback": _Use(("text",), ("leader",), parts_fixed=True),
    # Filled in together while talking (row D10).
    "goals": _Use(("text",), (), parts_fixed=True),
    "organisation": _Use(("scale", "text")),
}


def _theme(raw: RawTable) -> Theme:
    kind: ThemeKind = raw.word("kind", tuple(_USES), "questions")
    use = _USES[kind]
    phase = raw.word("phase", PHASES)
    parts = raw.words("for_parts", PARTS, use.parts)
    if use.parts_fixed and parts != use.parts:
        raw.fault("for_parts", _("leave this out: the theme's kind decides who prepares it"))
    theme = Theme(
        id=raw.id(),
        kind=kind,
        title=raw.text("title", _TITLE),
        phase=phase,
        for_parts=parts,
        items=tuple(_item(row, phase, parts, use) for row in raw.tables("items")),
        intro=raw.text_or_none("intro", _BODY),
        help=raw.texts("help", _ITEM),
        covers=raw.words("covers", TOPICS),
        years=_years(raw, kind),
    )
    if not theme.items:
        raw.fault("items", _("a theme needs at least one item"))
    raw.refuse_the_rest()
    return theme


def _years(raw: RawTable, kind: ThemeKind) -> tuple[int, int] | None:
    years = raw.take("years")
    if years is None:
        return None
    if kind != "organisation":
        raw.fault("years", _("only the organisation's theme has years"))
    elif _is_period(years):
        return years[0], years[1]
    else:
        raw.fault("years", _("write the first and the last year, such as 2025 and 2026"))
    return None


def _is_period(years: Any) -> bool:
    if not isinstance(years, list | tuple) or len(years) != 2:
        return False
    return all(type(year) is int for year in years) and 2000 <= years[0] <= years[1] <= 2200


def _item(raw: RawTable, phase: Phase, parts: tuple[Part, ...], use: _Use) -> Item:
    mandatory = raw.flag("mandatory")
    item = Item(
        id=raw.id(),
        type=raw.word("type", get_args(ItemType)),
        text=raw.text("text", _ITEM),
        phase=raw.word("phase", PHASES, phase),
        for_parts=raw.words("for_parts", PARTS, parts),
        text_leader=raw.text_or_none("text_leader", _ITEM),
        mandatory=mandatory,
        short=raw.flag("short", mandatory),
        explanation=raw.text_or_none("explanation", _BODY),
        explanation_leader=raw.text_or_none("explanation_leader", _BODY),
        help=raw.texts("help", _ITEM),
    )
    raw.refuse_the_rest()
    _check_item(item, parts, use, raw)
    return item


def _check_item(item: Item, parts: tuple[Part, ...], use: _Use, raw: RawTable) -> None:
    if item.type not in use.types:
        allowed = {"words": ", ".join(use.types)}
        raw.fault("type", _("in a theme of this kind, write one of: %(words)s") % allowed)
    if not set(item.for_parts) <= set(parts):
        raw.fault("for_parts", _("the theme is not for this part"))
    if item.mandatory and not item.short:
        raw.fault("short", _("a mandatory item belongs in the short version"))
    if item.mandatory and not item.for_parts:
        raw.fault("mandatory", _("nobody prepares this item, so it cannot be mandatory"))


def _check_whole(document: FrameDocument, raw: RawTable) -> None:
    """What can only be seen with everything read."""
    if not document.themes:
        raw.fault("themes", _("a frame needs at least one theme"))
        return
    types = [item.type for item in document.items]
    if document.scale is None and any(item.has_score for item in document.items):
        raw.fault("scale", _("write what the low and the high end mean"))
    if len(document.four_points) not in (0, 4):
        raw.fault("four_points", _("write all four points, or leave them out"))
    if types.count("life_phase") > 1 or types.count("agreements") > 1:
        raw.fault("themes", _("ask about life phase and about old agreements only once each"))
    if ("life_phase" in types) != bool(document.life_phases):
        raw.fault("life_phases", _("life phases and the item that asks about them go together"))
    if [theme.kind for theme in document.themes].count("organisation") > 1:
        raw.fault("themes", _("there is room for one organisation's theme"))


def _check_ids(document: FrameDocument, raw: RawTable) -> None:
    """An id stands for one thing only, in the whole document."""
    themes = list(enumerate(document.themes))
    items = [
        (f"themes[{t}].items[{i}].id", item.id)
        for t, theme in themes
        for i, item in enumerate(theme.items)
    ]
    _refuse_twice([(f"themes[{t}].id", theme.id) for t, theme in themes], raw)
    _refuse_twice(items, raw)
    for place, ids in {
        "life_phases": [phase.id for phase in document.life_phases],
        "four_points": [point.id for point in document.four_points],
        "purpose.aims": [point.id for point in document.purpose.aims],
    }.items():
        _refuse_twice([(f"{place}[{i}].id", one) for i, one in enumerate(ids)], raw)


def _refuse_twice(ids: list[tuple[str, str]], raw: RawTable) -> None:
    seen: set[str] = set()
    for place, one in ids:
        if one and one in seen:  # a missing id has its own fault
            raw.fault(place, _("the id “%(id)s” is already used above") % {"id": one})
        seen.add(one)
