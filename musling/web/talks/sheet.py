"""A theme of a frame as a form, rendered once per document, theme, part and language.

The public text is the same for everybody, so it is rendered by the ordinary templates with marks
where a person's own values go, cut at the marks, and kept. Filling it in is joining strings: a page
of 30 statements with 6 radios each costs what a small page costs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from musling.conversations.queries.preparation import LIFE_PHASES
from musling.frames.document import FrameDocument, Item, Theme, text
from musling.web.frames.origin import origin, origin_of_theme
from musling.web.talks.answer_fields import CELL, CHOICE, SCORE, TEXT

MARK = re.compile("\ue000([a-z]+):([^\ue001]*)\ue001")
RADIO = re.compile(r'(<input type="radio" name="a\.([a-z0-9.-]+)" value="([0-5])"[^>]*?)>')
TICK = re.compile(
    r'(<input [^>]*type="(?:checkbox|radio)"[^>]* '
    r'name="c\.([a-z0-9.-]+)" value="([a-z0-9.-]+)"[^>]*?)>'
)
FOLD = re.compile(r'<details class="comment" open>(?=.*?name="t\.([a-z0-9.-]+)")', re.DOTALL)


@dataclass(frozen=True)
class Sheet:
    """Literal pieces and, between them, what goes there: (kind, item or item/value)."""

    pieces: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]

    def fill(
        self,
        values: Mapping[str, Mapping[str, Any]],
        versions: Mapping[str, int],
        agreements: SafeString = SafeString(),  # noqa: B008 (it never changes)
    ) -> SafeString:
        """The form with a person's own values; they are escaped here.

        ``agreements``: what stands where the frame asks about those of last time, rendered.
        """
        parts = [self.pieces[0]]
        for (kind, what), piece in zip(self.slots, self.pieces[1:], strict=True):
            old = kind == "agreements"
            parts.append(agreements if old else _filled(kind, what, values, versions))
            parts.append(piece)
        return mark_safe("".join(parts))  # noqa: S308 (values are escaped in _filled)


def _filled(
    kind: str, what: str, values: Mapping[str, Mapping[str, Any]], versions: Mapping[str, int]
) -> str:
    if kind == "radio":
        item, score = what.split("/")
        return " checked" if str(values.get(item, {}).get("score")) == score else ""
    if kind == "tick":
        item, option = what.split("/")
        return " checked" if option in values.get(item, {}).get("chosen", ()) else ""
    if kind == "open":
        return " open" if values.get(what, {}).get("text") else ""
    if kind == "version":
        return str(versions.get(what, 0))
    if kind == "cell":
        item, cell = what.split("/")
        return str(escape(values.get(item, {}).get("cells", {}).get(cell, "")))
    return str(escape(values.get(what, {}).get("text", "")))


def sheet(
    content_hash: str, document: FrameDocument, theme: Theme, part: str, short: bool, language: str
) -> Sheet:
    """The cut form of a theme; kept per process by the document's hash, where it has one.

    ``content_hash`` is empty for what is sealed: no process holds that longer than a request.
    """
    if not content_hash:
        return cut(_render(document, theme, part, short, language))
    name = f"sheet:{content_hash}:{theme.id}:{part}:{short:d}:{language}"
    kept = caches["rendered"].get(name)
    if kept is None:
        kept = cut(_render(document, theme, part, short, language))
        caches["rendered"].set(name, (kept.pieces, kept.slots))
        return kept
    return Sheet(*kept)


def cut(html: str) -> Sheet:
    """Cuts rendered HTML at its marks, its scales, its other choices and its folds."""
    html = RADIO.sub("\\1\ue000radio:\\2/\\3\ue001>", html)
    html = TICK.sub("\\1\ue000tick:\\2/\\3\ue001>", html)
    html = FOLD.sub('<details class="comment"\ue000open:\\1\ue001>', html)
    found = MARK.split(html)
    return Sheet(tuple(found[::3]), tuple(zip(found[1::3], found[2::3], strict=True)))


def _numbered(document: FrameDocument, part: str, short: bool) -> list[Item]:
    """What a part prepares, as on paper; last year's agreements wherever their theme is asked."""
    wanted = {item.id for item in document.items_for(part, short)}  # type: ignore[arg-type]
    return [
        item
        for theme in document.themes
        if any(item.id in wanted for item in theme.items)
        for item in theme.items
        if item.id in wanted or (item.type == "agreements" and part in item.for_parts)
    ]


def _render(document: FrameDocument, theme: Theme, part: str, short: bool, language: str) -> str:
    numbers = {item.id: n for n, item in enumerate(_numbered(document, part, short), 1)}
    items = [
        _item(document, theme, item, part, numbers[item.id], language)
        for item in theme.items
        if item.id in numbers
    ]
    return render_to_string(
        "talks/sheet.html",
        {
            "origin": origin_of_theme(theme),
            "intro": text(theme.intro, language) if theme.intro else "",
            "help": [text(line, language) for line in theme.help],
            "items": items,
            "low": text(document.scale.low, language) if document.scale else "",
            "high": text(document.scale.high, language) if document.scale else "",
        },
    )


def _item(
    document: FrameDocument, theme: Theme, item: Item, part: str, number: int, language: str
) -> dict[str, Any]:
    explanation = item.explanation_for(part)  # type: ignore[arg-type]
    return {
        "type": item.type,
        "number": number,
        "score_name": SCORE + item.id,
        "text_name": TEXT + item.id,
        "choice_name": CHOICE + item.id,
        "table_name": CELL + item.id,
        "options": [(option.id, text(option.text, language)) for option in item.options],
        "columns": [text(column.text, language) for column in item.columns],
        "rows": _rows(item, language),
        "words": text(item.text_for(part), language),  # type: ignore[arg-type]
        "explanation": text(explanation, language) if explanation else "",
        "mandatory": item.mandatory,
        "of_other": part == "leader",
        "origin": origin(item, theme),
        "help": [text(line, language) for line in item.help],
        "old": f"\ue000agreements:{item.id}\ue001",
        "value": f"\ue000text:{item.id}\ue001",
        "version": f"\ue000version:{item.id}\ue001",
        "phases": [
            {
                "name": CHOICE + LIFE_PHASES,
                "id": phase.id,
                "title": text(phase.title, language),
                "explanation": text(phase.explanation, language) if phase.explanation else "",
                "help": [text(line, language) for line in phase.help],
            }
            for phase in document.life_phases
        ]
        if item.type == "life_phase"
        else [],
    }


def _rows(item: Item, language: str) -> list[list[dict[str, str]]]:
    """The fields of a table, row by row, each with the marks where a person's words go."""
    titles = {column.id: text(column.text, language) for column in item.columns}
    fields = [
        {
            "name": f"{CELL}{item.id}/{cell}",
            "label": titles[cell.partition(".")[2]],
            "value": f"\ue000cell:{item.id}/{cell}\ue001",
            "version": f"\ue000version:{item.id}/{cell}\ue001",
        }
        for cell in item.cells
    ]
    width = len(item.columns) or 1
    return [fields[start : start + width] for start in range(0, len(fields), width)]
