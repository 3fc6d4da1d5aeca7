"""Writes a document as a file that people read and change, in one way only.

What goes without saying is left out, as it is in the frames that come with Musling: an item's phase
where it is its theme's, who prepares it where that is what the theme's kind says. So a file that is
read and written again is the same to the last byte.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from musling.frames.document import FrameDocument, Item, Theme, to_json, without_claims
from musling.frames.parsing import usual_parts

Format = Literal["toml", "json"]
FORMATS: tuple[Format, ...] = ("toml", "json")
CONTENT_TYPES = {"toml": "application/toml; charset=utf-8", "json": "application/json"}

# The order of fields in every table: what it is, how it is used, its words, what it holds.
ORDER = (
    *("format", "id", "kind", "type", "preparation", "phase", "for_parts", "mandatory"),
    *("mandatory_by", "short", "minutes", "rows", "years", "covers", "added_by"),
    *("title", "text", "text_leader", "intro", "low", "high", "explanation"),
    *("explanation_leader", "core_task_example", "help", "options", "columns"),
    *("paragraphs", "employee", "leader"),
    *("scale", "purpose", "aims", "four_points", "guidance", "life_phases", "themes", "items"),
)
TABLES = ("scale", "purpose", "guidance")
ROWS_OF_TABLES = ("aims", "four_points", "life_phases", "themes", "items")


def written(document: FrameDocument, form: Format) -> str:
    """The whole file, with a line end at its end."""
    return to_toml(document) if form == "toml" else to_json_text(document)


def to_toml(document: FrameDocument) -> str:
    """The document as a TOML file."""
    return "\n".join(_table(as_data(document), "")).lstrip("\n") + "\n"


def to_json_text(document: FrameDocument) -> str:
    """The document as a JSON file, with the same fields in the same order."""
    return json.dumps(as_data(document), ensure_ascii=False, indent=2) + "\n"


def as_data(document: FrameDocument) -> dict[str, Any]:
    """What the file says; ``parsing.parse`` makes the same document of it.

    Who added something is left out: whoever reads the file has it as their own.
    """
    document = without_claims(document)
    data = to_json(document)
    for theme, plain in zip(document.themes, data.get("themes", ()), strict=True):
        _leave_out_of_theme(theme, plain)
        for item, plain_item in zip(theme.items, plain.get("items", ()), strict=True):
            _leave_out_of_item(theme, item, plain_item)
    ordered: dict[str, Any] = _ordered(data)
    return ordered


def _leave_out_of_theme(theme: Theme, plain: dict[str, Any]) -> None:
    if theme.kind == "questions":
        del plain["kind"]
    if theme.for_parts == usual_parts(theme.kind):
        plain.pop("for_parts", None)


def _leave_out_of_item(theme: Theme, item: Item, plain: dict[str, Any]) -> None:
    if item.phase == theme.phase:
        del plain["phase"]
    if item.for_parts == theme.for_parts:
        plain.pop("for_parts", None)
    if item.mandatory:
        del plain["short"]


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "da" in value:  # a text, per language
        return {language: value[language] for language in sorted(value, key=_danish_first)}
    return {name: _ordered(value[name]) for name in sorted(value, key=ORDER.index)}


def _danish_first(language: str) -> tuple[bool, str]:
    return language != "da", language


# --- TOML: our few shapes, so that a text is a line of its own and not a table ------------------


def _table(data: dict[str, Any], name: str) -> Iterator[str]:
    """The lines of a table: its own fields, then the tables in it with a heading each."""
    for key, value in data.items():
        if key not in TABLES and key not in ROWS_OF_TABLES:
            yield from _field(key, value)
    for key, value in data.items():
        inner = f"{name}.{key}" if name else key
        if key in TABLES:
            yield from _headed(f"[{inner}]", value, inner)
        if key in ROWS_OF_TABLES:
            for row in value:
                yield from _headed(f"[[{inner}]]", row, inner)


def _headed(heading: str, data: dict[str, Any], name: str) -> Iterator[str]:
    """With its heading, which a table needs only where it has fields of its own."""
    if heading.startswith("[[") or set(data) - set(ROWS_OF_TABLES):
        yield ""
        yield heading
    yield from _table(data, name)


def _field(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):  # a text, per language
        for language, words in value.items():
            yield f"{key}.{language} = {_long_string(words)}"
    elif isinstance(value, list) and any(isinstance(row, dict) for row in value):
        yield f"{key} = ["
        yield from (f"  {_inline(row)}," for row in value)
        yield "]"
    else:
        yield f"{key} = {_plain(value)}"


def _inline(row: dict[str, Any]) -> str:
    """A text, or an option with its id, on one line."""
    return "{ " + ", ".join(f"{key} = {_plain(value)}" for key, value in _pairs(row)) + " }"


def _pairs(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{language}", words) for language, words in value.items())
        else:
            yield key, value


def _plain(value: Any) -> str:
    """Strings, numbers, true and false, and lists of these: TOML writes them as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _long_string(words: str) -> str:
    """A text with line breaks stands on lines of its own."""
    if "\n" not in words:
        return _plain(words)
    lines = (_plain(line)[1:-1] for line in words.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'
