"""What is asked: the versions in use, and each as employee and leader will see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.conversations.kinds import KINDS
from musling.conversations.models import Part
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames.document import text
from musling.frames.queries import core_task, document_of, kinds_in_use, version, versions
from musling.gate import rules
from musling.web.frames.seen import as_seen
from musling.web.frames.standard import offered


@rules.role("hr", methods=("GET",))
def frames(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All published versions, newest first."""
    rows = [
        {
            "version": row,
            "title": text(document.title, actor.language),
            "statements": sum(item.has_score for item in document.items),
            "mandatory": sum(item.mandatory for item in document.items),
        }
        for row, document in ((row, document_of(row.content)) for row in versions(actor))
    ]
    kinds = [KINDS[kind] for kind in kinds_in_use(actor) if kind in KINDS]
    return render(
        request,
        "frames/frames.html",
        {
            "rows": rows,
            "core": core_task(actor),
            "kinds": [(kind, offered(actor, kind)) for kind in kinds],
        },
    )


@rules.role("hr", methods=("GET",))
def frame(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """One version as the employee or the leader will see it."""
    row = version(actor, version_id)
    part = request.GET.get("part", Part.EMPLOYEE)
    if row is None or part not in {Part.EMPLOYEE, Part.LEADER}:
        raise NotThere
    shown = as_seen(actor, row.content.hash, document_of(row.content), str(part))
    return render(request, "frames/frame.html", shown | {"version": row})
