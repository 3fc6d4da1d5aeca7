"""Reads raw tables (from TOML, JSON or a form) and remembers where every fault is.

Nothing here knows what a frame is; it knows what a text, an id and a flag look like. A wrong value
is noted and a harmless one handed back, so that one reading finds all faults.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

Text = Mapping[str, str]
"""One text in several languages, by language code; Danish is always there. Never changed."""

Word = TypeVar("Word", bound=str)

MOST_ROWS = 100
NO_TEXT: Text = {"da": ""}
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LONGEST_ID = 60
_LANGUAGE = re.compile(r"[a-z]{2,3}")
# Control characters and halves of characters: neither PDF nor PostgreSQL can hold them. The last
# two mark places in rendered forms (web/talks/sheet.py).
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000\ue001]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where: ``themes[2].items[1].text``."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" if self.place else self.problem


class RawTable:
    """A table of named values, its place in the whole, and the list that faults go to."""

    def __init__(
        self, data: Any, place: str, faults: list[Fault], most_rows: int = MOST_ROWS
    ) -> None:
        self.place = place
        self._faults = faults
        self._most_rows = most_rows
        self._unread = dict(data) if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.fault("", _("write a table of named fields here"))
            self._faults = []  # that all its fields are missing goes without saying

    def fault(self, key: str, problem: str) -> None:
        """Notes a fault at a field of this table (empty: at the table itself)."""
        self._faults.append(Fault(self._at(key), problem))

    def take(self, key: str) -> Any:
        """The raw value of a field, or None; from now on the field counts as known."""
        return self._unread.pop(key, None)

    def refuse_the_rest(self) -> None:
        """Faults every field that nobody took: a misspelt name must not pass in silence."""
        for key in self._unread:
            name = " ".join(_CONTROL.sub(" ", str(key)).split())[:LONGEST_ID]
            self.fault(name, _("there is no such field; check the spelling"))

    def text(self, key: str, longest: int) -> Text:
        """A text that must be there; ``longest`` in characters."""
        return _text(self.take(key), self._at(key), longest, self._faults)

    def text_or_none(self, key: str, longest: int) -> Text | None:
        """A text that may be left out."""
        raw = self.take(key)
        return None if raw is None else _text(raw, self._at(key), longest, self._faults)

    def texts(self, key: str, longest: int) -> tuple[Text, ...]:
        """A list of texts, in its order; empty when left out."""
        rows = self._rows(key)
        return tuple(_text(raw, place, longest, self._faults) for place, raw in rows)

    def tables(self, key: str) -> Iterator["RawTable"]:
        """A list of tables, in its order."""
        return (
            RawTable(raw, place, self._faults, self._most_rows) for place, raw in self._rows(key)
        )

    def table_or_none(self, key: str) -> "RawTable | None":
        """A table that may be left out."""
        raw = self.take(key)
        if raw is None:
            return None
        return RawTable(raw, self._at(key), self._faults, self._most_rows)

    def id(self) -> str:
        """The field ``id``: small letters, digits, dots and hyphens."""
        raw = self.take("id")
        if is_id(raw):
            return str(raw)
        self.fault("id", _("write an id of small letters a–z, digits, dots and hyphens"))
        return ""

    def word(self, key: str, allowed: tuple[Word, ...], default: Word | None = None) -> Word:
        """One of the allowed words; the default when left out, if there is one."""
        raw = self.take(key)
        if raw is None and default is not None:
            return default
        if isinstance(raw, str) and raw in allowed:
            return allowed[allowed.index(raw)]
        self.fault(key, _("write one of: %(words)s") % {"words": ", ".join(allowed)})
        return default or allowed[0]

    def words(
        self, key: str, allowed: tuple[Word, ...], default: tuple[Word, ...] = ()
    ) -> tuple[Word, ...]:
        """Any of the allowed words, handed back in the order of ``allowed``."""
        raw = self.take(key)
        if raw is None:
            return default
        if not isinstance(raw, list | tuple) or any(word not in allowed for word in raw):
            known = {"words": ", ".join(allowed)}
            self.fault(key, _("write a list with any of: %(words)s") % known)
            return default
        return tuple(word for word in allowed if word in raw)

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        raw = self.take(key)
        if isinstance(raw, bool):
            return raw
        if raw is not None:
            self.fault(key, _("write true or false"))
        return default

    def number_or_none(self, key: str, low: int, high: int) -> int | None:
        """A whole number from low to high, both included, or None when left out."""
        raw = self.take(key)
        if raw is None or (type(raw) is int and low <= raw <= high):
            return raw
        limits = {"low": low, "high": high}
        self.fault(key, _("write a whole number from %(low)s to %(high)s") % limits)
        return None

    def _rows(self, key: str) -> list[tuple[str, Any]]:
        raw = self.take(key)
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            self.fault(key, _("write a list here"))
            return []
        most = self._most_rows
        if len(raw) > most:
            self.fault(key, _("at most %(most)s rows") % {"most": most})
        return [(f"{self._at(key)}[{i}]", row) for i, row in enumerate(raw[:most])]

    def _at(self, key: str) -> str:
        return ".".join(part for part in (self.place, key) if part)


def is_id(raw: Any) -> bool:
    """Whether it is written as ids are: small letters, digits, dots and hyphens."""
    return isinstance(raw, str) and len(raw) <= LONGEST_ID and _ID.fullmatch(raw) is not None


def _text(raw: Any, place: str, longest: int, faults: list[Fault]) -> Text:
    """The checked text with tidy ends; a blank translation is left out."""
    if raw is None:
        faults.append(Fault(place, _("missing Danish text")))
        return NO_TEXT
    if not isinstance(raw, Mapping):
        faults.append(Fault(place, _("write the text per language, with da for Danish")))
        return NO_TEXT
    problems = [problem for entry in raw.items() if (problem := _problem(entry, longest))]
    if problems:
        faults += [Fault(place, problem) for problem in problems]
        return NO_TEXT
    tidy = {language: _tidy(value) for language, value in sorted(raw.items())}
    if not tidy.get("da"):
        faults.append(Fault(place, _("missing Danish text")))
        return NO_TEXT
    return {language: value for language, value in tidy.items() if value}


def _problem(entry: tuple[Any, Any], longest: int) -> str:
    """What is wrong with one language's text; empty when nothing is."""
    language, value = entry
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        return _("“%(code)s” is not a language code such as da or en") % {
            "code": _CONTROL.sub("", str(language))[:20]
        }
    if not isinstance(value, str):
        return _("the text in “%(code)s” is not a text") % {"code": language}
    length = len(_tidy(value))
    if length > longest:
        numbers = {"code": language, "length": length, "most": longest}
        return _("the text in “%(code)s” has %(length)s characters; at most %(most)s") % numbers
    if _CONTROL.search(value):
        return _("the text in “%(code)s” holds characters that cannot be shown") % {
            "code": language
        }
    return ""


def _tidy(value: str) -> str:
    """One way of writing the same letters, so that equal texts have equal hashes."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", lines).strip()
