"""What changed from one version of a frame to the next, so that a person can read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from musling.frames.document import FrameDocument, Item, Theme, text, to_json

Change = Literal["added", "removed", "moved", "reordered", "changed"]
Where = Literal["frame", "theme", "item"]

OF_FRAME = (
    *("title", "minutes", "preparation", "purpose", "guidance", "scale", "life_phases"),
    *("four_points", "core_task_example"),
)
OF_THEME = (
    *("title", "kind", "phase", "for_parts", "intro", "help", "covers", "years", "minutes"),
)
OF_ITEM = (
    *("text", "text_leader", "type", "phase", "for_parts", "mandatory", "short", "explanation"),
    *("explanation_leader", "help", "options", "columns", "rows"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. ``name``: the words of the theme or item (the new ones where it is changed).

    ``field`` names what changed; ``before`` and ``after`` are its words where it is a text.
    """

    where: Where
    change: Change
    name: str
    theme: str = ""
    field: str = ""
    before: str = ""
    after: str = ""


def differences(old: FrameDocument, new: FrameDocument, language: str) -> list[Difference]:
    """Everything that differs, in the new version's order, what is gone last."""
    return [
        *_fields("frame", old, new, OF_FRAME, text(new.title, language), "", language),
        *_themes(old, new, language),
        *_items(old, new, language),
    ]


def _themes(old: FrameDocument, new: FrameDocument, language: str) -> Iterator[Difference]:
    before = {theme.id: theme for theme in old.themes}
    after = {theme.id: theme for theme in new.themes}
    for theme in new.themes:
        name = text(theme.title, language)
        if theme.id not in before:
            yield Difference("theme", "added", name)
            continue
        yield from _fields("theme", before[theme.id], theme, OF_THEME, name, "", language)
    for theme in old.themes:
        if theme.id not in after:
            yield Difference("theme", "removed", text(theme.title, language))
    if _order(old.themes, after) != _order(new.themes, before):
        yield Difference("theme", "reordered", "")


def _items(old: FrameDocument, new: FrameDocument, language: str) -> Iterator[Difference]:
    before, after = _placed(old), _placed(new)
    for item_id, (item, theme) in after.items():
        yield from _item(before.get(item_id), item, theme, language)
    for item_id, (item, theme) in before.items():
        if item_id not in after:
            words = text(item.text, language)
            yield Difference("item", "removed", words, text(theme.title, language))
    old_themes = {theme.id: theme for theme in old.themes}
    for theme in new.themes:
        if theme.id in old_themes and _reordered(old_themes[theme.id].items, theme.items):
            yield Difference("item", "reordered", "", text(theme.title, language))


def _item(
    before: tuple[Item, Theme] | None, item: Item, theme: Theme, language: str
) -> Iterator[Difference]:
    name, place = text(item.text, language), text(theme.title, language)
    if before is None:
        yield Difference("item", "added", name, place)
        return
    was, stood = before
    if stood.id != theme.id:
        yield Difference("item", "moved", name, place, before=text(stood.title, language))
    yield from _fields("item", was, item, OF_ITEM, name, place, language)


def _reordered(old: tuple[Item, ...], new: tuple[Item, ...]) -> bool:
    shared = {item.id for item in old} & {item.id for item in new}
    return _order(old, shared) != _order(new, shared)


def _placed(document: FrameDocument) -> dict[str, tuple[Item, Theme]]:
    return {item.id: (item, theme) for theme in document.themes for item in theme.items}


def _order(rows: tuple[Item, ...] | tuple[Theme, ...], among: Any) -> list[str]:
    return [row.id for row in rows if row.id in among]


def _fields(
    where: Where, old: Any, new: Any, names: tuple[str, ...], name: str, place: str, language: str
) -> Iterator[Difference]:
    for field in names:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            words = (_words(before, language), _words(after, language))
            yield Difference(where, "changed", name, place, field, *words)


def _words(value: Any, language: str) -> str:
    """A text in the reader's language; of several texts one a line; of a flag or an id nothing."""
    if isinstance(value, dict):
        return text(value, language)
    if isinstance(value, tuple):
        return "\n".join(
            filter(None, (_words(getattr(one, "text", one), language) for one in value))
        )
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def same(old: FrameDocument, new: FrameDocument) -> bool:
    """Whether nothing differs at all."""
    return to_json(old) == to_json(new)
