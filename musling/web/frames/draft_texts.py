"""Between what a form shows and what a draft holds: one text per language, lists one a line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext_lazy as _

from musling.frames.editing import new_id

LANGUAGES = ("da", "en")
ALONE_LINE = _(
    "Line %(n)s stands in English alone. Line by line they belong together: write the Danish line, "
    "or move the English one beside its own. An empty line keeps a place."
)
ALONE_PARAGRAPH = _(
    "Paragraph %(n)s stands in English alone. They belong together in their order: write the "
    "Danish one, or take the English one out."
)
Raw = dict[str, Any]
RawText = dict[str, str]

# ``themes[2].items[1].help[0]``: the element's field that a fault belongs to.
PLACE = re.compile(r"^(?:themes\[\d+\]\.)?(?P<item>items\[\d+\]\.)?(?P<field>[a-z_]+)")


def of_field(values: Mapping[str, Any], name: str) -> RawText | None:
    """A text from its fields ``name_da`` and ``name_en``; None where both are empty."""
    words = {code: str(values.get(f"{name}_{code}") or "").strip() for code in LANGUAGES}
    return {code: value for code, value in words.items() if value} or None


def of_lines(values: Mapping[str, Any], name: str) -> list[RawText]:
    """A list of texts, a line each; the same line of the other language is its translation."""
    return _rows(lines(values.get(f"{name}_{code}")) for code in LANGUAGES)


def of_paragraphs(values: Mapping[str, Any], name: str) -> list[RawText]:
    """A list of texts with an empty line between them."""
    return _rows(paragraphs(values.get(f"{name}_{code}")) for code in LANGUAGES)


def _rows(columns: Iterable[Sequence[str]]) -> list[RawText]:
    rows = [dict(zip(LANGUAGES, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]
    tidy = [{code: value for code, value in row.items() if value} for row in rows]
    return [row for row in tidy if row]


def lines(value: Any) -> list[str]:
    """The lines, without those that are empty at the end: an empty one keeps its place."""
    return [line.strip() for line in _plain(value).rstrip().split("\n")]


def paragraphs(value: Any) -> list[str]:
    """The same of texts with an empty line between them; two empty lines more are an empty text."""
    tidy = re.sub(r"[^\S\n]+(?=\n)", "", _plain(value)).rstrip()
    return [part.strip() for part in tidy.split("\n\n")]


def alone_in_english(danish: Sequence[str], english: Sequence[str]) -> int:
    """The place, from 1, of the first text that stands without Danish; 0 where none does."""
    rows = enumerate(zip_longest(danish, english, fillvalue=""), 1)
    return next((place for place, (da, en) in rows if en and not da), 0)


def _plain(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n").replace("\r", "\n")


def shown(text: Mapping[str, str] | None, name: str) -> Raw:
    """The fields that show a text."""
    return {f"{name}_{code}": (text or {}).get(code, "") for code in LANGUAGES}


def shown_lines(texts: Sequence[Mapping[str, str]], name: str, between: str = "\n") -> Raw:
    """The fields that show a list of texts; a line without translation keeps its place.

    What parts one text from the next cannot stand inside one: a file may hold it, and the texts
    below would move beside another's translation.
    """
    inside = re.compile(r"\s*\n\s*" if between == "\n" else r"\s*\n\s*\n\s*")
    instead = " " if between == "\n" else "\n"
    return {
        f"{name}_{code}": between.join(
            inside.sub(instead, text.get(code, "")) for text in texts
        ).rstrip()
        for code in LANGUAGES
    }


def named(texts: Sequence[RawText], before: Sequence[Mapping[str, Any]]) -> list[Raw]:
    """Options or columns with ids.

    The same Danish words keep their id wherever they stand. Of the others the first new line takes
    the id of the first old one, and so on: rewording an answer does not make it another.
    """
    known = {one["text"].get("da"): str(one["id"]) for one in before}
    words = [text.get("da") for text in texts]
    free = [one for said, one in known.items() if said not in words]
    result: list[Raw] = []
    for text in texts:
        one = known.pop(text.get("da"), None) or (free.pop(0) if free else new_id("o"))
        result.append({"id": one, "text": text})
    return result
