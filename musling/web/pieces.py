"""Templates of one row, rendered once per language and filled for each row of a long list.

The template is rendered with marks where values go and cut at the marks; filling is joining. A
board of thirty people costs what a small table costs. ``talks/sheet.py`` does the same for forms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

MARK = re.compile("\ue000([a-z_]+)\ue001")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Literal pieces and, between them, the names of what goes there."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """One row; what is not marked as safe is escaped here."""
        parts = [self.literals[0]]
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            value = values[name]
            parts.append(value if isinstance(value, SafeString) else escape(value))
            parts.append(literal)
        return "".join(parts)


def rows(template: str, values: Sequence[Mapping[str, str]]) -> SafeString:
    """The template once for each of the values, which all have the same names."""
    if not values:
        return SafeString()
    cut = pieces(template, tuple(values[0]), get_language() or "")
    return mark_safe("".join(cut.fill(one) for one in values))  # noqa: S308 (escaped in fill)


@lru_cache(maxsize=32)
def pieces(template: str, names: tuple[str, ...], _language: str) -> Pieces:
    """The cut template in the present language. It may show values, but not ask what they are."""
    marked = {name: f"\ue000{name}\ue001" for name in names}
    found = MARK.split(render_to_string(template, marked))
    return Pieces(tuple(found[::2]), tuple(found[1::2]))
