"""What is asked: the versions in use, and each as employee and leader will see it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from musling.conversations.models import Part, Reveal
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames.document import FrameDocument, text
from musling.frames.queries import core_task, document_of, version, versions
from musling.gate import rules
from musling.web.talks.sheet import sheet


@rules.role("hr", methods=("GET",))
def frames(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All published versions, newest first."""
    rows = [
        {
            "version": row,
            "statements": sum(item.has_score for item in document_of(row.content).items),
            "mandatory": sum(item.mandatory for item in document_of(row.content).items),
        }
        for row in versions(actor)
    ]
    return render(request, "frames/frames.html", {"rows": rows, "core": core_task(actor)})


@rules.role("hr", methods=("GET",))
def frame(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """One version as the employee or the leader will see it."""
    row = version(actor, version_id)
    part = request.GET.get("part", Part.EMPLOYEE)
    if row is None or part not in {Part.EMPLOYEE, Part.LEADER}:
        raise NotThere
    document = document_of(row.content)
    return render(
        request,
        "frames/frame.html",
        {
            "version": row,
            "document": document,
            "part": part,
            "purpose": [text(line, actor.language) for line in document.purpose.paragraphs],
            "themes": _themes(actor, row.content.hash, document, str(part)),
            "reveal": Reveal(document.preparation).label,
        },
    )


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
            "note": ""
            if theme.id in prepared
            else _("Filled in together, in the talk")
            if not theme.for_parts
            else _("Prepared by the other party"),
        }
        for theme in document.themes
    ]
