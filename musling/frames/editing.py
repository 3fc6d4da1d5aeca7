"""Changes to a draft, one at a time: raw document in, new raw document out, nothing stored.

A draft is the JSON of a document (``to_json``), which may be unfinished. Each function leaves what
it gets untouched and raises Gone where the theme or item is no longer there. Whether the outcome
is a frame at all, ``parsing.parse`` says.
"""

import copy
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Raw = dict[str, Any]
Direction = Literal["up", "down"]

# What an item or a theme takes along from the form; whatever else it holds stays.
ITEM_FIELDS = (
    *("type", "text", "text_leader", "phase", "for_parts", "mandatory", "short", "explanation"),
    *("explanation_leader", "help", "options", "columns", "rows"),
)
THEME_FIELDS = (
    *("kind", "title", "phase", "for_parts", "intro", "help", "covers", "minutes", "years"),
)
FRAME_FIELDS = (
    *("title", "preparation", "minutes", "purpose", "guidance", "scale", "four_points"),
    *("life_phases", "core_task_example"),
)


class Gone(Exception):
    """The theme or item is not in the draft (any more)."""


def new_id(prefix: str) -> str:
    """An id that no version of any frame has had: ids are for ever."""
    return f"{prefix}-{secrets.token_hex(5)}"


def id_of_press(prefix: str, press: str, words: str) -> str:
    """The id of what one press of a button adds: the same when it is sent again, with the same
    words; another for other words, which somebody wrote after going back.
    """
    made = hashlib.sha256(f"{press}\n{words}".encode()).hexdigest()
    return f"{prefix}-{made[:10]}"


def theme_of(draft: Raw, theme_id: str) -> Raw:
    """The theme in the draft. Raises Gone."""
    for theme in draft.get("themes", []):
        if theme["id"] == theme_id:
            return theme  # type: ignore[no-any-return]
    raise Gone(theme_id)


def item_of(draft: Raw, item_id: str) -> tuple[Raw, Raw]:
    """The item and the theme that it stands in. Raises Gone."""
    for theme in draft.get("themes", []):
        for item in theme.get("items", []):
            if item["id"] == item_id:
                return item, theme
    raise Gone(item_id)


def opened(draft: Mapping[str, Any]) -> Raw:
    """A copy to change, in which every list that is worked on exists."""
    raw: Raw = copy.deepcopy(dict(draft))
    for theme in raw.setdefault("themes", []):
        theme.setdefault("items", [])
    return raw


def without_claims(draft: Mapping[str, Any]) -> Raw:
    """The draft without words about who added or required what: only ``composing`` says that."""
    raw = opened(draft)
    for theme in raw["themes"]:
        for one in (theme, *theme["items"]):
            one.pop("added_by", None)
            one.pop("mandatory_by", None)
    return raw


def add_theme(draft: Mapping[str, Any], fields: Mapping[str, Any]) -> tuple[Raw, str]:
    """A new, empty theme at the end; the draft and the theme's id."""
    raw = opened(draft)
    one = str(fields.get("id") or new_id("theme"))
    theme = {"id": one, "items": [], **_chosen(fields, THEME_FIELDS)}
    raw["themes"].append(theme)
    return raw, str(theme["id"])


def add_item(
    draft: Mapping[str, Any], theme_id: str, fields: Mapping[str, Any], after: str = ""
) -> tuple[Raw, str]:
    """A new item in the theme, behind ``after`` or at the end; the draft and the item's id."""
    raw = opened(draft)
    items = theme_of(raw, theme_id)["items"]
    item = {"id": str(fields.get("id") or new_id("item")), **_chosen(fields, ITEM_FIELDS)}
    places = [place for place, one in enumerate(items) if one["id"] == after]
    items.insert(places[0] + 1 if places else len(items), item)
    return raw, item["id"]


def change_theme(draft: Mapping[str, Any], theme_id: str, fields: Mapping[str, Any]) -> Raw:
    """The theme with these fields; a field that is None or empty is left out."""
    raw = opened(draft)
    theme = theme_of(raw, theme_id)
    before = dict(theme)
    _set(theme, fields, THEME_FIELDS)
    _follow(theme, before)
    return raw


def _follow(theme: Raw, before: Raw) -> None:
    """What an item had because its theme had it, it has as the theme has it now."""
    another = theme.get("kind") != before.get("kind")
    parts, old_parts = theme.get("for_parts", []), before.get("for_parts", [])
    for item in theme["items"]:
        if item.get("phase") == before.get("phase"):
            item["phase"] = theme.get("phase")
        mine = item.get("for_parts", [])
        if another or mine == old_parts:
            item.pop("for_parts", None)
        else:
            item["for_parts"] = [part for part in mine if part in parts]


def change_item(draft: Mapping[str, Any], item_id: str, fields: Mapping[str, Any]) -> Raw:
    """The item with these fields; a field that is None or empty is left out."""
    raw = opened(draft)
    item, _theme = item_of(raw, item_id)
    _set(item, fields, ITEM_FIELDS)
    return raw


def change_frame(draft: Mapping[str, Any], fields: Mapping[str, Any]) -> Raw:
    """What stands outside the themes, with these fields."""
    raw = opened(draft)
    _set(raw, fields, FRAME_FIELDS)
    return raw


def remove_theme(draft: Mapping[str, Any], theme_id: str) -> Raw:
    """The draft without the theme and its items."""
    raw = opened(draft)
    raw["themes"].remove(theme_of(raw, theme_id))
    return raw


def remove_item(draft: Mapping[str, Any], item_id: str) -> Raw:
    """The draft without the item."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    theme["items"].remove(item)
    return raw


def duplicate_theme(draft: Mapping[str, Any], theme_id: str) -> tuple[Raw, str]:
    """The theme once more behind itself, with ids of its own; the draft and the copy's id."""
    raw = opened(draft)
    theme = theme_of(raw, theme_id)
    twin = copy.deepcopy(theme) | {"id": new_id("theme")}
    twin["items"] = [item | {"id": new_id("item")} for item in twin["items"]]
    raw["themes"].insert(raw["themes"].index(theme) + 1, twin)
    return raw, str(twin["id"])


def duplicate_item(draft: Mapping[str, Any], item_id: str) -> tuple[Raw, str]:
    """The item once more behind itself, with an id of its own; the draft and the copy's id."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    twin = copy.deepcopy(item) | {"id": new_id("item")}
    theme["items"].insert(theme["items"].index(item) + 1, twin)
    return raw, str(twin["id"])


def move_item(draft: Mapping[str, Any], item_id: str, theme_id: str, before: str = "") -> Raw:
    """The item in the theme, in front of ``before`` or at the end."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    target = theme_of(raw, theme_id)
    if before == item_id:
        return raw
    theme["items"].remove(item)
    _insert(target["items"], _fitted(item, theme, target), before)
    return raw


def _fitted(item: Raw, source: Raw, target: Raw) -> Raw:
    """The item as it can stand in another theme: for those whom that theme is for."""
    parts = item.get("for_parts", [])
    if source is target or not parts:
        return item
    if parts == source.get("for_parts", []):
        return {name: value for name, value in item.items() if name != "for_parts"}
    return item | {"for_parts": [part for part in parts if part in target.get("for_parts", [])]}


def move_theme(draft: Mapping[str, Any], theme_id: str, before: str = "") -> Raw:
    """The theme in front of ``before`` or at the end."""
    raw = opened(draft)
    theme = theme_of(raw, theme_id)
    if before == theme_id:
        return raw
    raw["themes"].remove(theme)
    _insert(raw["themes"], theme, before)
    return raw


def step_theme(draft: Mapping[str, Any], theme_id: str, direction: Direction) -> Raw:
    """The theme one place up or down; at the end of the list it stays."""
    raw = opened(draft)
    themes = raw["themes"]
    place = themes.index(theme_of(raw, theme_id))
    _swap(themes, place, place + _STEPS[direction])
    return raw


def step_item(draft: Mapping[str, Any], item_id: str, direction: Direction) -> Raw:
    """The item one place up or down; from the edge of its theme it goes into the next one."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    place = theme["items"].index(item)
    if _swap(theme["items"], place, place + _STEPS[direction]):
        return raw
    themes = raw["themes"]
    neighbour = themes.index(theme) + _STEPS[direction]
    if 0 <= neighbour < len(themes):
        theme["items"].remove(item)
        there = themes[neighbour]["items"]
        fitted = _fitted(item, theme, themes[neighbour])
        there.insert(len(there) if direction == "up" else 0, fitted)
    return raw


def item_to_help(draft: Mapping[str, Any], item_id: str) -> Raw:
    """The item as a help question of the one above it, or of the theme where none is above."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    place = theme["items"].index(item)
    above = theme["items"][place - 1] if place else theme
    above["help"] = [*above.get("help", []), item["text"], *item.get("help", [])]
    theme["items"].remove(item)
    return raw


def help_to_items(draft: Mapping[str, Any], item_id: str) -> Raw:
    """Every help question of the item as an item of its own behind it."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    alike = {name: item[name] for name in ("phase", "for_parts") if name in item}
    new = [
        {"id": new_id("item"), "type": "text", "text": line, **alike}
        for line in item.pop("help", [])
    ]
    place = theme["items"].index(item) + 1
    theme["items"][place:place] = new
    return raw


def item_to_theme(draft: Mapping[str, Any], item_id: str) -> Raw:
    """The item's words as the heading of a new theme, to which the items below it belong."""
    raw = opened(draft)
    item, theme = item_of(raw, item_id)
    place = theme["items"].index(item)
    alike: Raw = {name: theme[name] for name in ("kind", "phase", "for_parts") if name in theme}
    heading = {
        **alike,
        "id": new_id("theme"),
        "title": item["text"],
        "items": theme["items"][place + 1 :],
        "help": item.get("help", []),
    }
    theme["items"] = theme["items"][:place]
    raw["themes"].insert(raw["themes"].index(theme) + 1, heading)
    return raw


def theme_to_item(draft: Mapping[str, Any], theme_id: str) -> Raw:
    """The theme's name as an item of the theme above, its items behind; the first one stays."""
    raw = opened(draft)
    theme = theme_of(raw, theme_id)
    place = raw["themes"].index(theme)
    if not place:
        return raw
    above = raw["themes"][place - 1]
    item = {
        "id": new_id("item"),
        "type": "text",
        "text": theme["title"],
        "phase": theme.get("phase", "now"),
        "help": theme.get("help", []),
    }
    above["items"] += [item, *(_fitted(one, theme, above) for one in theme["items"])]
    raw["themes"].remove(theme)
    return raw


_STEPS: Mapping[str, int] = {"up": -1, "down": 1}


def _swap(rows: list[Raw], one: int, other: int) -> bool:
    if not (0 <= other < len(rows)):
        return False
    rows[one], rows[other] = rows[other], rows[one]
    return True


def _insert(rows: list[Raw], row: Raw, before: str) -> None:
    places = [place for place, one in enumerate(rows) if one["id"] == before]
    rows.insert(places[0] if places else len(rows), row)


def _chosen(fields: Mapping[str, Any], names: Sequence[str]) -> Raw:
    return {name: fields[name] for name in names if _says_something(fields.get(name))}


def _set(target: Raw, fields: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if name not in fields:
            continue
        if _says_something(fields[name]):
            target[name] = fields[name]
        else:
            target.pop(name, None)


def _says_something(value: Any) -> bool:
    # ``for_parts`` may be an empty list, which says that nobody prepares it.
    return value is not None and value is not False and value not in ("", {})
