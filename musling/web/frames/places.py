"""Where in a frame something is wrong, by the names that people gave it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from musling.frames.raw_table import Fault
from musling.web.frames.words import FIELDS

_STEP = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")


def faults_in_words(faults: Iterable[Fault], raw: Any, language: str) -> list[str]:
    """Each fault with its place in words. ``raw``: the frame that they were found in."""
    return [in_words(fault.place, fault.problem, raw, language) for fault in faults]


def in_words(place: str, problem: str, raw: Any, language: str) -> str:
    """One fault: the theme, the question and the field by name, then what to do."""
    where = ", ".join(_steps(place, raw, language))
    return capfirst(f"{where}: {problem}" if where else problem)


def _steps(place: str, raw: Any, language: str) -> Iterable[str]:
    at = raw
    for name, digits in _STEP.findall(place):
        number = int(digits) if digits else None
        at = _under(at, name, number)
        if number is not None and name in ("themes", "items"):
            yield _element(name, number, at, language)
        elif name in FIELDS:
            yield f"{FIELDS[name]} ({number + 1})" if number is not None else str(FIELDS[name])


def _under(at: Any, name: str, number: int | None) -> Any:
    """What stands there; nothing where the frame is not what it should be."""
    found = at.get(name) if isinstance(at, Mapping) else None
    if number is None:
        return found
    return found[number] if isinstance(found, list | tuple) and number < len(found) else None


def _element(name: str, number: int, raw: Any, language: str) -> str:
    text = _under(raw, "title" if name == "themes" else "text", None)
    words = ""
    if isinstance(text, Mapping):
        words = str(text.get(language) or text.get("da") or "")
    known = {"name": Truncator(words).chars(60), "n": number + 1}
    if name == "themes":
        return (_("the theme “%(name)s”") if words else _("theme %(n)s")) % known
    return (_("the question “%(name)s”") if words else _("question %(n)s")) % known
