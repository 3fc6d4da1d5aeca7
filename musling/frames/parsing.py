"""Makes a checked document of raw data, and tells every fault with its place."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from musling.frames.document import (
    ADDED_BY,
    BODY,
    FORMAT,
    ITEM,
    ITEM_TYPES,
    KINDS,
    MOST_MINUTES,
    MOST_TABLE_ROWS,
    PARTS,
    PHASES,
    PREPARATIONS,
    TITLE,
    TOPICS,
    FrameDocument,
    FrameFault,
    Guidance,
    Item,
    ItemType,
    LifePhase,
    Option,
    Part,
    Phase,
    Point,
    Purpose,
    Scale,
    Theme,
    ThemeKind,
)
from musling.frames.raw_table import MOST_ROWS, Fault, RawTable, Text

FEWEST_OPTIONS = 2
# What conversations and its addresses use beside the ids of frames: an item of such a name could be
# read where the talk's own is.
RESERVED_IDS = frozenset({"topics", "life-phases", "hand-in", "save"})
RESERVED_BEGINNINGS = ("talk.", "old.")
# Ids that committees, leaders and the period's theme give to their own: a frame with one of them
# would stand in the way of theirs. "team." alone is a theme of a frame that comes with Musling.
ADDED_IDS = re.compile(r"committee\..*|team\.[0-9a-f]{8}|theme-\d{4}[.-].*")
# What one talk asks is a frame with more in it: committees' items, the team's, own help questions.
MOST_ROWS_TOGETHER = 400


def parse(data: Any, *, unfinished: bool = False, own: bool = False) -> FrameDocument:
    """The checked document from raw data: a TOML file, stored JSON, an imported form.

    ``unfinished``: a draft that is being made may have no themes yet, or a theme without items.
    ``own``: what an organisation writes itself, in a file or a draft; not what one talk asks, into
    which more is put. Raises FrameFault with all faults at once, each with its place.
    """
    faults: list[Fault] = []
    raw = RawTable(data, "", faults, MOST_ROWS if own else MOST_ROWS_TOGETHER)
    given = raw.take("format")
    if given is not None and (type(given) is not int or given != FORMAT):  # True is 1, to Python
        known = {"format": FORMAT}
        raw.fault("format", _("this version of Musling reads format %(format)s") % known)
    document = FrameDocument(
        kind=raw.word("kind", KINDS),
        title=raw.text("title", TITLE),
        preparation=raw.word("preparation", PREPARATIONS),
        minutes=raw.number_or_none("minutes", 1, MOST_MINUTES),
        purpose=_purpose(raw.table_or_none("purpose")),
        scale=_scale(raw.table_or_none("scale")),
        life_phases=tuple(_life_phase(row) for row in raw.tables("life_phases")),
        four_points=_points(raw, "four_points"),
        guidance=_guidance(raw.table_or_none("guidance")),
        core_task_example=raw.text_or_none("core_task_example", ITEM),
        themes=tuple(_theme(row) for row in raw.tables("themes")),
    )
    raw.refuse_the_rest()
    _check_ids(document, raw)
    if own:
        _check_own(document, raw)
    if not faults:  # otherwise what could not be read would be told as missing, too
        _check_whole(document, raw)
    if not faults and not unfinished:
        _check_finished(document, raw)
    if faults:
        raise FrameFault(faults)
    return document


def parse_item(data: Any, place: str, faults: list[Fault]) -> Item:
    """One item that stands in no frame yet; its faults go to the list, with their place."""
    return _item(RawTable(data, place, faults), "now", PARTS, _USES["questions"])


def parse_theme(data: Any) -> Theme:
    """One theme that stands in no frame yet. Raises FrameFault."""
    faults: list[Fault] = []
    raw = RawTable(data, "", faults)
    theme = _theme(raw)
    if not theme.items:
        raw.fault("items", _("a theme needs at least one item"))
    _refuse_twice([(f"items[{i}].id", item.id) for i, item in enumerate(theme.items)], raw)
    if faults:
        raise FrameFault(faults)
    return theme


def parse_texts(data: Any, place: str, faults: list[Fault]) -> tuple[Text, ...]:
    """A list of texts of a question's length; faults go to the list, with their place."""
    return RawTable({"texts": data}, place, faults).texts("texts", ITEM)


def _purpose(raw: RawTable | None) -> Purpose:
    if raw is None:
        return Purpose()
    purpose = Purpose(raw.texts("paragraphs", BODY), _points(raw, "aims"))
    raw.refuse_the_rest()
    return purpose


def _guidance(raw: RawTable | None) -> Guidance:
    if raw is None:
        return Guidance()
    guidance = Guidance(raw.texts("employee", BODY), raw.texts("leader", BODY))
    raw.refuse_the_rest()
    return guidance


def _scale(raw: RawTable | None) -> Scale | None:
    if raw is None:
        return None
    scale = Scale(
        low=raw.text("low", TITLE),
        high=raw.text("high", TITLE),
        explanation=raw.text_or_none("explanation", BODY),
    )
    raw.refuse_the_rest()
    return scale


def _points(raw: RawTable, key: str) -> tuple[Point, ...]:
    return tuple(_point(row) for row in raw.tables(key))


def _point(raw: RawTable) -> Point:
    point = Point(raw.id(), raw.text("title", TITLE), raw.text("text", BODY))
    raw.refuse_the_rest()
    return point


def _life_phase(raw: RawTable) -> LifePhase:
    phase = LifePhase(
        id=raw.id(),
        title=raw.text("title", TITLE),
        help=raw.texts("help", ITEM),
        explanation=raw.text_or_none("explanation", BODY),
    )
    raw.refuse_the_rest()
    return phase


@dataclass(frozen=True, slots=True)
class _Use:
    """What a kind of theme may hold, who prepares it unless it says so, and whether it may say."""

    types: tuple[ItemType, ...]
    parts: tuple[Part, ...] = PARTS
    parts_fixed: bool = False


_USES: dict[ThemeKind, _Use] = {
    "questions": _Use(ITEM_TYPES),
    "steps": _Use(("text", "agreements")),
    "expectations": _Use(("text",)),
    # Words only, never a score (row D12).
    "feedback": _Use(("text",), ("leader",), parts_fixed=True),
    # Filled in together while talking (row D10).
    "goals": _Use(("text", "table"), (), parts_fixed=True),
    "organisation": _Use(("scale", "text", "choice", "several")),
}


def usual_parts(kind: ThemeKind) -> tuple[Part, ...]:
    """Who prepares in a theme of this kind unless the theme says so."""
    return _USES[kind].parts


def types_in(kind: ThemeKind) -> tuple[ItemType, ...]:
    """The types of items that a theme of that kind may hold."""
    return _USES[kind].types


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
        title=raw.text("title", TITLE),
        phase=phase,
        for_parts=parts,
        items=tuple(_item(row, phase, parts, use) for row in raw.tables("items")),
        intro=raw.text_or_none("intro", BODY),
        help=raw.texts("help", ITEM),
        covers=raw.words("covers", TOPICS),
        years=_years(raw, kind),
        minutes=raw.number_or_none("minutes", 1, MOST_MINUTES),
        added_by=raw.word("added_by", ADDED_BY, ""),
    )
    raw.refuse_the_rest()
    _check_reserved(theme.id, raw)
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
        type=raw.word("type", ITEM_TYPES),
        text=raw.text("text", ITEM),
        phase=raw.word("phase", PHASES, phase),
        for_parts=raw.words("for_parts", PARTS, parts),
        text_leader=raw.text_or_none("text_leader", ITEM),
        mandatory=mandatory,
        short=raw.flag("short", mandatory),
        explanation=raw.text_or_none("explanation", BODY),
        explanation_leader=raw.text_or_none("explanation_leader", BODY),
        help=raw.texts("help", ITEM),
        options=_options(raw, "options"),
        columns=_options(raw, "columns"),
        rows=raw.number_or_none("rows", 1, MOST_TABLE_ROWS),
        mandatory_by=raw.word("mandatory_by", ADDED_BY, ""),
        added_by=raw.word("added_by", ADDED_BY, ""),
    )
    raw.refuse_the_rest()
    _check_reserved(item.id, raw)
    _check_item(item, parts, use, raw)
    return item


def _options(raw: RawTable, key: str) -> tuple[Option, ...]:
    return tuple(_option(row) for row in raw.tables(key))


def _option(raw: RawTable) -> Option:
    option = Option(raw.id(), raw.text("text", TITLE))
    raw.refuse_the_rest()
    return option


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
    _check_answers(item, raw)


def _check_reserved(one: str, raw: RawTable) -> None:
    """That an id is none of those under which the talk keeps its own."""
    if one in RESERVED_IDS or one.startswith(RESERVED_BEGINNINGS):
        raw.fault("id", _("the id “%(id)s” is kept for the talk itself") % {"id": one})


def _check_answers(item: Item, raw: RawTable) -> None:
    """That what can be chosen or filled in goes with the type."""
    if item.type in ("choice", "several"):
        if len(item.options) < FEWEST_OPTIONS:
            raw.fault("options", _("write at least two answers to choose from"))
    elif item.options:
        raw.fault("options", _("only a question with answers to choose from has these"))
    if item.type == "table":
        if not item.columns:
            raw.fault("columns", _("name at least one column"))
    elif item.columns or item.rows:
        raw.fault("columns", _("only a table has columns and rows"))
    for place, named in {"options": item.options, "columns": item.columns}.items():
        _refuse_twice([(f"{place}[{i}].id", one.id) for i, one in enumerate(named)], raw)


def _check_whole(document: FrameDocument, raw: RawTable) -> None:
    """What can only be seen with everything read."""
    types = [item.type for item in document.items]
    if document.scale is None and any(item.has_score for item in document.items):
        raw.fault("scale", _("write what the low and the high end mean"))
    if len(document.four_points) not in (0, 4):
        raw.fault("four_points", _("write all four points, or leave them out"))
    if types.count("life_phase") > 1 or types.count("agreements") > 1:
        raw.fault("themes", _("ask about life phase and about old agreements only once each"))
    if [theme.kind for theme in document.themes].count("organisation") > 1:
        raw.fault("themes", _("there is room for one organisation's theme"))


def _check_finished(document: FrameDocument, raw: RawTable) -> None:
    """What a frame needs before anybody is asked it."""
    if not document.themes:
        raw.fault("themes", _("a frame needs at least one theme"))
        return
    empty = [place for place, theme in enumerate(document.themes) if not theme.items]
    for place in empty:
        raw.fault(f"themes[{place}].items", _("a theme needs at least one item"))
    asks = any(item.type == "life_phase" for item in document.items)
    if not empty and asks != bool(document.life_phases):
        raw.fault("life_phases", _("life phases and the item that asks about them go together"))


def _check_own(document: FrameDocument, raw: RawTable) -> None:
    """That a frame claims nothing for a committee or a team: only ``composing`` says that."""
    for t, theme in enumerate(document.themes):
        _refuse_added(f"themes[{t}]", theme, raw)
        for i, item in enumerate(theme.items):
            _refuse_added(f"themes[{t}].items[{i}]", item, raw)


def _refuse_added(place: str, one: Theme | Item, raw: RawTable) -> None:
    if ADDED_IDS.fullmatch(one.id):
        raw.fault(
            f"{place}.id",
            _("ids like “%(id)s” are kept for what committees and leaders add") % {"id": one.id},
        )
    for name in ("added_by", "mandatory_by"):
        if getattr(one, name, ""):
            raw.fault(f"{place}.{name}", _("leave this out: Musling itself says who added what"))


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
