"""Between what a form shows and what a draft holds: one text per language, lists one a line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from musling.frames.editing import new_id

LANGUAGES = ("da", "en")
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
    columns = [lines(str(values.get(f"{name}_{code}") or "")) for code in LANGUAGES]
    return _with_others(_rows(columns), before)


def of_paragraphs(
    values: Mapping[str, Any], name: str, before: Sequence[Any] = ()
) -> list[RawText]:
    """A list of texts with an empty line between them; ``before`` as above."""
    columns = [
        [part.strip() for part in re.split(r"\n\s*\n", _plain(values.get(f"{name}_{code}")))]
        for code in LANGUAGES
    ]
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


def lines(value: str) -> list[str]:
    """The lines, without those that are empty at the end."""
    return [line.strip() for line in _plain(value).strip("\n").split("\n")]


def _plain(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n").replace("\r", "\n")


def shown(text: Mapping[str, str] | None, name: str) -> Raw:
    """The fields that show a text."""
    return {f"{name}_{code}": (text or {}).get(code, "") for code in LANGUAGES}


def shown_lines(texts: Sequence[Mapping[str, str]], name: str, between: str = "\n") -> Raw:
    """The fields that show a list of texts; a line without translation keeps its place."""
    return {
        f"{name}_{code}": between.join(text.get(code, "") for text in texts).rstrip()
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
