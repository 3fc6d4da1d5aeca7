"""The fields of a preparation's form: what they are called, and what a post of them means."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from musling.frames.document import SCORES
from musling.web.talks.texts import number, plain

SCORE, TEXT, CHOICE, CELL = "a.", "t.", "c.", "cell."
VERSION = "version."
SCALE = {str(score) for score in SCORES}


def posted(data: QueryDict) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Answers and the versions of their texts from a posted form or part of one."""
    answers: dict[str, dict[str, Any]] = {}
    versions: dict[str, int] = {}
    for name in data:
        if name.startswith(SCORE):
            answers.setdefault(name[2:], {})["score"] = _score(data.get(name, ""))
        elif name.startswith(TEXT):
            answers.setdefault(name[2:], {})["text"] = plain(data.get(name, ""))
        elif name.startswith(CHOICE):
            chosen = [value for value in data.getlist(name) if value]
            answers.setdefault(name[2:], {})["chosen"] = chosen
        elif name.startswith(CELL):
            item, _slash, cell = name.removeprefix(CELL).partition("/")
            cells = answers.setdefault(item, {}).setdefault("cells", {})
            cells[cell] = plain(data.get(name, ""))
        elif name.startswith((VERSION + TEXT, VERSION + CELL)):
            shown = name.removeprefix(VERSION)
            versions[_key(shown)] = number(data.get(name, ""))
    return answers, versions


def field_of(key: str) -> str:
    """The field in which a text of the answers stands: an item's own, or "item/cell"."""
    return (CELL if "/" in key else TEXT) + key


def _key(field: str) -> str:
    return field.removeprefix(CELL if field.startswith(CELL) else TEXT)


def versions_for(data: Iterable[str], saved: Mapping[str, int]) -> dict[str, int]:
    """The new versions of the texts that were sent; others the page has not seen."""
    sent = set(data)
    named = {field_of(key): version for key, version in saved.items()}
    return {field: version for field, version in named.items() if field in sent}


def refused_fields(data: Iterable[str], key: str) -> list[str]:
    """The sent fields that a refused item or cell stands in; its text's where none was."""
    possible = {prefix + key for prefix in (SCORE, TEXT, CHOICE, CELL)}
    return [name for name in data if name in possible] or [field_of(key)]


def _score(value: str) -> int | None:
    """A number from the scale; anything else is no answer."""
    return int(value) if value in SCALE else None
