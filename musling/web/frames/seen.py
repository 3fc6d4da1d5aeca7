"""A frame as one part will see it, empty."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from musling.conversations.models import Reveal
from musling.foundation.actor import Actor
from musling.frames.document import FrameDocument, Item, Theme, text
from musling.web.frames.origin import origin
from musling.web.talks.sheet import sheet
from musling.web.talks.sides import words_of

SEEN = {
    Reveal.HANDED_IN: _("Each sees the other's preparation as soon as it is handed in"),
    Reveal.AFTER_BOTH: _("Each sees the other's preparation when both have handed in"),
    Reveal.NEVER: _("What one prepares stays with oneself"),
}


def as_seen(actor: Actor, content_hash: str, document: FrameDocument, part: str) -> dict[str, Any]:
    """What ``frames/_seen.html`` needs to show a frame as one part will see it."""
    return {
        "part": part,
        "title": text(document.title, actor.language),
        "purpose": [text(line, actor.language) for line in document.purpose.paragraphs],
        "points": [
            (text(one.title, actor.language), text(one.text, actor.language))
            for one in document.four_points
        ],
        "themes": _themes(actor, content_hash, document, part),
        "reveal": SEEN[Reveal(document.preparation)],
    }


def _themes(
    actor: Actor, content_hash: str, document: FrameDocument, part: str
) -> list[dict[str, Any]]:
    """Each theme with its empty form; those filled together come as their questions."""
    return [
        _theme(actor.language, content_hash, document, theme, part) for theme in document.themes
    ]


def _theme(
    language: str, content_hash: str, document: FrameDocument, theme: Theme, part: str
) -> dict[str, Any]:
    prepares = part in theme.for_parts
    return {
        "title": text(theme.title, language),
        # The clock is on the leader's screen only.
        "minutes": theme.minutes if part == "leader" else None,
        "sheet": sheet(content_hash, document, theme, part, False, language).fill({}, {}, _old())
        if prepares
        else "",
        "note": "" if prepares else _note(theme),
        "listed": [
            _listed(theme, item, language) for item in theme.items if item.together or not prepares
        ],
    }


def _old() -> SafeString:
    words = gettext("The agreements from last time stand here, each with a field.")
    return format_html('<p class="quiet">{}</p>', words)


def _note(theme: Theme) -> str:
    if theme.for_parts:
        return gettext("Prepared by the other party")
    return gettext("Filled in together, in the talk")


def _listed(theme: Theme, item: Item, language: str) -> dict[str, Any]:
    """A question without a form: the other's, or one that both answer in the talk."""
    return {
        "words": text(item.text, language),
        "origin": origin(item, theme),
        "help": [text(line, language) for line in item.help],
        "options": words_of(item.options, language),
        "columns": words_of(item.columns, language),
    }
