"""The form that a draft was read from: line by line, what became of each, and what is doubtful."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from musling.frames import editing
from musling.frames.document import BODY, ITEM
from musling.frames.drafting import mark
from musling.frames.editing import Gone, Raw
from musling.frames.models import FrameDraft
from musling.frames.reading import Draft
from musling.frames.reading.draft import told
from musling.frames.reading.lines import Line
from musling.frames.reading.to_document import cut, fitted, pieces, raw_document

REASONS = {
    "prose": _("Left out: explains, asks nothing"),
    "form field": _("Left out: room for a name, a date or a signature"),
    "legend": _("Left out: says what the scale or a mark means"),
    "title": _("The form's name"),
    "heading": _("Left out: a heading with nothing under it"),
    "label": _("Left out: the name of a field"),
    "mark": _("Left out: a mark"),
    "table": _("Left out: belongs to a table"),
    "page": _("Left out: page number, header or footer"),
    "number": _("Left out: a number"),
}


# What neither a page nor PostgreSQL can hold; a file may bring any of it.
UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def shown(text: str) -> str:
    """The text without characters that cannot be shown."""
    return UNSHOWN.sub("", text)


def drafted_raw(lines: list[Line], draft: Draft) -> tuple[Raw, Raw]:
    """The raw frame of what was read, and the original that the draft keeps beside it."""
    draft = fitted(draft)
    raw = raw_document(draft)
    found: dict[str, Any] = {}
    for theme, made in zip(draft.themes, raw["themes"], strict=True):
        of_theme = theme.lines + theme.intro_lines + theme.help_lines
        found[made["id"]] = _kept_of(of_theme, theme.help_lines, theme.uncertain)
        for question, item in zip(theme.questions, made["items"], strict=True):
            found[item["id"]] = _kept_of(question.lines, question.help_lines, question.uncertain)
    original = {
        "lines": [
            [line.number, shown(" | ".join(filter(None, line.cells)) if line.table else line.text)]
            for line in lines
        ],
        "found": found,
        "left_out": [
            # Its id as an item, should somebody put it back: the same each time, and no other's.
            left | {"text": shown(left["text"]), "id": editing.new_id("item")}
            for left in (one.to_json() for one in draft.left_out)
        ],
    }
    return raw, original


def _kept_of(lines: tuple[int, ...], help_lines: tuple[int, ...], doubt: str) -> Raw:
    """What is kept of a theme or an item: its lines on paper, which are help, and what to see."""
    return {"lines": list(lines), "help": list(help_lines), "doubt": doubt}


def remember_marks(document: Raw, original: Raw) -> Raw:
    """Notes how each doubtful place stood when it was read: once it is changed, it is settled."""
    for element, found in original["found"].items():
        if found["doubt"]:
            found["mark"] = mark(_element(document, element))
    return original


def _element(document: Raw, element: str) -> Raw:
    try:
        return editing.item_of(document, element)[0]
    except Gone:
        return editing.theme_of(document, element)


def _kept(draft: FrameDraft) -> Raw:
    """What was kept of the form; of a draft that was not read from one, nothing."""
    return draft.original or {"lines": [], "found": {}, "left_out": []}


def doubts(draft: FrameDraft) -> Iterator[tuple[str, str]]:
    """The places that nobody has looked at since they were read, each with why it is doubtful."""
    for element, found in _kept(draft)["found"].items():
        try:
            stands = bool(found["doubt"]) and mark(_element(draft.document, element))
        except Gone:
            continue
        if stands and stands == found.get("mark"):
            yield element, told(found["doubt"])


def original_lines(draft: FrameDraft, language: str) -> list[dict[str, Any]]:
    """Every line of the form with what became of it: an element of the draft, or why not."""
    became: dict[int, dict[str, Any]] = {}
    for element, found in _kept(draft)["found"].items():
        words = _words(draft.document, element, language)
        for number in found["lines"]:
            became[number] = {
                "element": element if words else "",
                "words": words or "",
                "help": number in found.get("help", ()),
            }
    for place, left in enumerate(_kept(draft)["left_out"]):
        back = _words(draft.document, back_id(draft, place), language)
        for number in left["lines"]:
            about = {"reason": REASONS.get(left["reason"], ""), "place": place, "back": back}
            became.setdefault(number, about | {"first": number == left["lines"][0]})
    return [
        {"number": number, "text": text, **became.get(number, {})}
        for number, text in _kept(draft)["lines"]
    ]


def _words(document: Raw, element: str, language: str) -> str:
    try:
        found = _element(document, element)
    except Gone:
        return ""
    text = found.get("text") or found["title"]
    return str(text.get(language) or text["da"])


def how_many_left_out(draft: FrameDraft) -> int:
    """How many texts of the form are no part of the draft."""
    return len(_kept(draft)["left_out"])


def back_id(draft: FrameDraft, place: int) -> str:
    """The id that a text that was left out has as an item, once it is put back."""
    # Drafts that were read before ids were kept have those of their first days.
    return str(_kept(draft)["left_out"][place].get("id") or f"paper-{place}")


def put_back(raw: Raw, draft: FrameDraft, place: int) -> Raw:
    """A text that was left out as a question, in the theme that it stood under on paper.

    What is there already stays as it is.
    """
    left = _kept(draft)["left_out"][place]
    name = back_id(draft, place)
    if _words(raw, name, "da"):
        return raw
    theme = _theme_at(raw, draft, left["lines"][0] if left["lines"] else 0)
    if not theme:
        raw, theme = editing.add_theme(raw, {"title": {"da": "Andet"}, "phase": "now"})
    text, rest = cut(left["text"], ITEM)
    explanation, more = cut(rest, BODY)
    fields: Raw = {"id": name, "type": "text", "text": {"da": text}}
    if explanation:
        fields["explanation"] = {"da": explanation}
    if more:
        fields["help"] = [{"da": piece} for piece in pieces(more, ITEM)]
    return editing.add_item(raw, theme, fields)[0]


def _theme_at(raw: Raw, draft: FrameDraft, line: int) -> str:
    """The last theme that begins above the line on paper; a theme begins with its first item too.

    Of themes that do not stand on the paper, nobody knows; they take nothing.
    """
    found = _kept(draft)["found"]
    chosen, best = "", -1
    for theme in raw.get("themes", []):
        elements = (theme, *theme.get("items", ()))
        lines = [n for one in elements for n in found.get(one["id"], {}).get("lines", ())]
        if lines and best < min(lines) <= line:
            chosen, best = str(theme["id"]), min(lines)
    themes = [str(theme["id"]) for theme in raw.get("themes", [])]
    return chosen or next(iter(themes), "")
