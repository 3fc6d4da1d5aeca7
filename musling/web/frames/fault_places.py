"""Where a fault of a frame is, said by the names of theme and question and not by their numbers."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from musling.frames.raw_table import Fault

_PLACE = re.compile(r"themes\[(?P<theme>\d+)\](?:\.items\[(?P<item>\d+)\])?")
_LONGEST = 60  # characters of a name that is told
_MOST = 5  # faults that are told; who has more looks at the first ones first


def told(faults: Iterable[Fault], raw: Mapping[str, Any], language: str) -> str:
    """The faults of a raw frame for people, one to the sentence."""
    return " ".join(_told(fault, raw, language) for fault in list(faults)[:_MOST])


def _told(fault: Fault, raw: Mapping[str, Any], language: str) -> str:
    match = _PLACE.match(fault.place)
    problem = fault.problem.rstrip(".")
    if not match:
        return f"{problem[:1].upper()}{problem[1:]}."
    theme = _at(raw.get("themes"), int(match["theme"]))
    names = {"theme": _name(theme.get("title"), language), "problem": problem}
    if match["item"] is None:
        return _("In the theme “%(theme)s”: %(problem)s.") % names
    item = _at(theme.get("items"), int(match["item"]))
    names["item"] = _name(item.get("text"), language)
    return _("In the theme “%(theme)s”, at “%(item)s”: %(problem)s.") % names


def _at(rows: Any, place: int) -> Mapping[str, Any]:
    found = rows[place] if isinstance(rows, list) and place < len(rows) else {}
    return found if isinstance(found, Mapping) else {}


def _name(text: Any, language: str) -> str:
    words = text.get(language) or text.get("da") if isinstance(text, Mapping) else ""
    return str(Truncator(str(words or "…")).chars(_LONGEST))
