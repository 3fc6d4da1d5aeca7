"""A frame as one part will see it, empty."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from musling.conversations.models import Reveal
from musling.foundation.actor import Actor
from musling.frames.document import FrameDocument, text
from musling.web.talks.sheet import sheet

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
    prepared = {theme.id for theme in document.themes_for(part)}  # type: ignore[arg-type]
    return [
        {
            "title": text(theme.title, actor.language),
            "sheet": sheet(content_hash, document, theme, part, False, actor.language).fill({}, {})
            if theme.id in prepared
            else "",
            "together": [text(item.text, actor.language) for item in theme.items],
            "asks_agreements": any(item.type == "agreements" for item in theme.items),
            "note": ""
            if theme.id in prepared
            else gettext("Filled in together, in the talk")
            if not theme.for_parts
            else gettext("Prepared by the other party"),
        }
        for theme in document.themes
    ]
