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


def of_field(values: Mapping[str, Any], name: str, before: Any = None) -> RawText | None:
    """A text from its fields ``name_da`` and ``name_en``; None where both are empty.

    ``before``: the text as it is stored; what it says in further languages stays.
    """
    words = {code: str(values.get(f"{name}_{code}") or "").strip() for code in LANGUAGES}
    said = {code: value for code, value in words.items() if value}
    return others(before) | said if said else None


def others(text: Mapping[str, str] | None) -> RawText:
    """What a text says in the languages that the forms have no field for."""
    return {code: value for code, value in (text or {}).items() if code not in LANGUAGES}


def of_lines(values: Mapping[str, Any], name: str, before: Sequence[Any] = ()) -> list[RawText]:
    """A list of texts, a line each; the same line of the other language is its translation.

    ``before``: the texts as they are stored. What one says in further languages stays with the same
    Danish words wherever they stand now, else with its place in the list.
    """
    columns = [lines(values.get(f"{name}_{code}")) for code in LANGUAGES]
    return _with_others(_rows(columns), before)


def of_paragraphs(
    values: Mapping[str, Any], name: str, before: Sequence[Any] = ()
) -> list[RawText]:
    """A list of texts with an empty line between them; ``before`` as above."""
    columns = [paragraphs(values.get(f"{name}_{code}")) for code in LANGUAGES]
    return _with_others(_rows(columns), before)


def _with_others(rows: list[RawText], before: Sequence[Mapping[str, str]]) -> list[RawText]:
    known = {text.get("da"): text for text in before}
    kept = {row.get("da") for row in rows}
    at_place = [text if text.get("da") not in kept else {} for text in before]
    at_place += [{}] * (len(rows) - len(before))
    return [
        others(known.get(row.get("da")) or place) | row
        for row, place in zip(rows, at_place, strict=False)
    ]


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
    texts_before = {str(one["id"]): one["text"] for one in before}
    words = [text.get("da") for text in texts]
    free = [one for said, one in known.items() if said not in words]
    result: list[Raw] = []
    for text in texts:
        one = known.pop(text.get("da"), None) or (free.pop(0) if free else new_id("o"))
        result.append({"id": one, "text": others(texts_before.get(one)) | text})
    return result
