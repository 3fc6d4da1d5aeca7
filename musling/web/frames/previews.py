"""A draft as those who are asked will see it: employee, leader, talk room; also as on a phone."""

import logging
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from musling.conversations.kinds import KINDS
from musling.conversations.models import Part
from musling.documents.letterhead import Letterhead
from musling.documents.typesetting import TypesettingFailedError
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames.document import FrameDocument, content_hash, text
from musling.frames.models import FrameDraft
from musling.frames.parsing import parse
from musling.gate import rules
from musling.web.frames import taking
from musling.web.frames.outline import found_draft
from musling.web.frames.seen import as_seen
from musling.web.frames.words import PHASES
from musling.web.staff.saving import slug_of

log = logging.getLogger("musling.documents")

ROOM = "room"
WAYS = {
    str(Part.EMPLOYEE): _("As the employee sees it"),
    str(Part.LEADER): _("As the leader sees it"),
    ROOM: _("In the talk"),
}


# The two decorators are typed for views of the request alone.
@rules.role("hr", methods=("GET",))  # type: ignore[arg-type]
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def preview(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """The draft as one part sees it, or as it stands in the room. ``bare``: inside a phone."""
    found = found_draft(actor, draft_id)
    way = _way(request)
    document = parse(found.document, unfinished=True)
    shown: dict[str, Any] = _shown(actor, found, way, document)
    if way == ROOM:
        shown["phases"] = in_room(document, actor.language)
    else:
        shown |= as_seen(actor, content_hash(document), document, way)
    page = "frames/preview_bare.html" if "bare" in request.GET else "frames/preview.html"
    return render(request, page, shown)


@rules.role("hr", methods=("GET",))  # type: ignore[arg-type]
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]
def phone(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """The same in a frame as wide as a phone."""
    found = found_draft(actor, draft_id)
    document = parse(found.document, unfinished=True)
    shown = _shown(actor, found, _way(request), document)
    return render(request, "frames/preview.html", shown | {"phone": True})


@rules.role("hr", methods=("GET",))
def on_paper(request: HttpRequest, actor: Actor, draft_id: str, side: str) -> HttpResponse:
    """The draft as paper to fill in by hand."""
    found = found_draft(actor, draft_id)
    document = parse(found.document, unfinished=True)
    paper = taking.side_of(document, side)
    if paper is None:
        raise NotThere
    head = Letterhead(
        language=actor.language,
        organisation=request.standing.organisation_name,  # type: ignore[attr-defined]
        talk_name=text(document.title, actor.language),
        made_at=clock.now(),
    )
    try:
        content = taking.made(document, paper, "pdf", head=head, kind=KINDS[found.kind])
    except TypesettingFailedError as problem:
        log.error("paper of draft %s: %s", found.public_id, problem)  # noqa: TRY400
        messages.error(
            request,
            _("The document could not be made. Try again later, or tell whoever runs Musling."),
        )
        return redirect("draft-preview", slug_of(request), found.public_id)
    name = taking.in_letters(text(document.title, "da"))
    called = "-".join(filter(None, ("musling-kladde", name, taking.IN_NAME[paper])))
    return taking.answer(content, called, "pdf")


def _way(request: HttpRequest) -> str:
    way = request.GET.get("part", str(Part.EMPLOYEE))
    if way not in WAYS:
        raise NotThere
    return way


def _shown(actor: Actor, found: FrameDraft, way: str, document: FrameDocument) -> dict[str, Any]:
    title = text(document.title, actor.language)
    side = "both" if way == ROOM else way
    return {
        "draft": found,
        "way": way,
        "ways": WAYS.items(),
        "title": title,
        "paper": side if taking.side_of(document, side) else "",
    }


def in_room(document: FrameDocument, language: str) -> list[dict[str, Any]]:
    """The themes phase by phase, as the talk goes through them."""
    return [
        {
            "name": name,
            "themes": [
                {
                    "title": text(theme.title, language),
                    "minutes": theme.minutes,
                    "help": [text(line, language) for line in theme.help],
                    "items": [
                        {
                            "words": text(item.text, language),
                            "together": item.together,
                            "parts": item.for_parts,
                            "help": [text(line, language) for line in item.help],
                        }
                        for item in items
                    ],
                }
                for theme, items in document.themes_in(phase)  # type: ignore[arg-type]
            ],
        }
        for phase, name in PHASES
    ]
