"""What is asked: the versions in use, and each as employee and leader will see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.conversations.kinds import KINDS
from musling.conversations.models import Part
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames import queries
from musling.frames.document import text
from musling.frames.queries import (
    core_task,
    document_of,
    frame_history,
    frames_to_choose,
    in_use,
    kinds_in_use,
    version,
)
from musling.gate import rules
from musling.web.frames.seen import as_seen
from musling.web.frames.standard import offered


@rules.role("hr", methods=("GET",))
def frames(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The frames of the organisation, what is being made, and what there is to choose from."""
    kinds = [KINDS[kind] for kind in kinds_in_use(actor) if kind in KINDS]
    used = {version.pk for kind in kinds if (version := in_use(actor.organisation_id, kind.id))}
    rows = [
        {
            "version": row,
            "kind": KINDS[row.frame.kind],
            "used": row.pk in used,
            "title": text(document.title, actor.language),
            "items": len(document.items),
            "mandatory": sum(item.mandatory for item in document.items),
        }
        for row, document in ((row, document_of(row.content)) for row in frames_to_choose(actor))
    ]
    drafts = [
        (row, row.document["title"].get(actor.language) or row.document["title"]["da"])
        for row in queries.drafts(actor)
    ]
    return render(
        request,
        "frames/frames.html",
        {
            "rows": rows,
            "drafts": drafts,
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
    newest = frame_history(actor, row.frame.public_id)[0]
    used = in_use(actor.organisation_id, row.frame.kind)
    about = {"version": row, "newest": newest, "used": used is not None and used.pk == row.pk}
    shown = as_seen(actor, row.content.hash, document_of(row.content), str(part))
    return render(request, "frames/frame.html", shown | about)
