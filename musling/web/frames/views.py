"""What is asked: the versions in use, and each as employee and leader will see it."""

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations.frame_kinds import name_of, suited
from musling.conversations.kinds import KINDS
from musling.conversations.models import Part
from musling.documents.letterhead import Letterhead
from musling.documents.typesetting import TypesettingFailedError
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames import queries
from musling.frames.document import FrameDocument, text
from musling.frames.files.writing import to_toml
from musling.frames.models import FrameVersion
from musling.frames.queries import (
    core_task,
    document_of,
    frames_to_choose,
    in_use,
    kinds_in_use,
    version,
)
from musling.gate import rules
from musling.web.frames import taking
from musling.web.frames.publishing import what_is_left_out
from musling.web.frames.seen import as_seen
from musling.web.frames.standard import offered

log = logging.getLogger("musling.documents")


@rules.role("hr", methods=("GET",))
def frames(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The frames of the organisation, what is being made, and what there is to choose from."""
    kinds = [KINDS[kind] for kind in kinds_in_use(actor) if kind in KINDS]
    used = {version.pk for kind in kinds if (version := in_use(actor.organisation_id, kind.id))}
    rows = [
        _line(row, document, used, actor.language)
        for row, document in queries.with_documents(frames_to_choose(actor))
    ]
    return render(
        request,
        "frames/frames.html",
        {
            "rows": rows,
            "retired": frames_to_choose(actor, retired=True),
            "drafts": _drafts(actor),
            "core": core_task(actor),
            "kinds": [(kind, offered(actor, kind)) for kind in kinds],
        },
    )


def _line(
    row: FrameVersion, document: FrameDocument, used: set[int], language: str
) -> dict[str, Any]:
    """A frame in the list. ``held`` is False for a kind whose talks Musling does not hold."""
    kind = row.frame.kind
    return {
        "version": row,
        "kind": KINDS.get(kind),
        "kind_name": name_of(kind),
        "held": kind in KINDS,
        "used": row.pk in used,
        "title": text(document.title, language),
        "items": len(document.items),
        "mandatory": sum(item.mandatory for item in document.items),
    }


def _drafts(actor: Actor) -> list[dict[str, Any]]:
    """What is being made: what it is called, of what, who changed it last and when."""
    rows = queries.drafts(actor)
    names = queries.names_of([row.changed_by_id for row in rows])
    return [
        {
            "draft": row,
            "title": text(row.title, actor.language),  # type: ignore[attr-defined]
            "by": names.get(row.changed_by_id or 0, ""),
        }
        for row in rows
    ]


@rules.role("hr", methods=("GET",))
def frame(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """One version as the employee or the leader will see it."""
    row = _version(actor, version_id)
    part = request.GET.get("part", Part.EMPLOYEE)
    if part not in {Part.EMPLOYEE, Part.LEADER}:
        raise NotThere
    document = _as_held(row)
    shown = as_seen(actor, row.content.hash, document, str(part))
    where = (request.standing.slug, row.public_id)  # type: ignore[attr-defined]
    taken = {
        "papers": taking.papers(document, "frame-pdf", "frame-docx", *where),
        "file": reverse("frame-file", args=where),
    }
    newest = queries.newest_version(actor, row.frame.public_id) or row
    used = in_use(actor.organisation_id, row.frame.kind)
    is_used = used is not None and used.pk == row.pk
    can_take = not is_used and newest.pk == row.pk and row.frame.kind in KINDS
    about = {
        "version": row,
        "newest": newest,
        "used": is_used,
        "can_take": can_take,
        "not_held": "" if row.frame.kind in KINDS else name_of(row.frame.kind),
        "left_out": what_is_left_out(actor, row.frame.kind, document) if can_take else [],
    }
    return render(request, "frames/frame.html", shown | taken | about)


@rules.role("hr", methods=("GET",))
def frame_pdf(request: HttpRequest, actor: Actor, version_id: str, side: str) -> HttpResponse:
    """One version as paper to fill in by hand."""
    return _taken(request, actor, version_id, side, "pdf")


@rules.role("hr", methods=("GET",))
def frame_docx(request: HttpRequest, actor: Actor, version_id: str, side: str) -> HttpResponse:
    """The same for Word, to fill in or to change."""
    return _taken(request, actor, version_id, side, "docx")


@rules.role("hr", methods=("GET",))
def frame_file(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """The whole version in all its languages, as the file that ``frames import`` reads."""
    row = _version(actor, version_id)
    return taking.answer(to_toml(document_of(row.content)), _file_name(row), "toml")


def _version(actor: Actor, version_id: str) -> FrameVersion:
    row = version(actor, version_id)
    if row is None:
        raise NotThere
    return row


def _as_held(row: FrameVersion) -> FrameDocument:
    """What it asks, as its talks are held: an old one may say more than its kind allows."""
    document, kind = document_of(row.content), KINDS.get(row.frame.kind)
    return suited(document, kind)[0] if kind else document


def _file_name(row: FrameVersion) -> str:
    """The kind of talk, what the frame is called, and its number, in plain letters."""
    parts = ("musling", row.frame.kind.replace("_", "-"), taking.in_letters(row.frame.name))
    return "-".join(filter(None, (*parts, str(row.number))))


def _taken(
    request: HttpRequest, actor: Actor, version_id: str, side: str, ending: taking.Ending
) -> HttpResponse:
    row = _version(actor, version_id)
    document = _as_held(row)
    found = taking.side_of(document, side)
    if found is None:
        raise NotThere
    standing = request.standing  # type: ignore[attr-defined]
    head = Letterhead(
        language=actor.language,
        organisation=standing.organisation_name,
        talk_name=text(document.title, actor.language),
        made_at=clock.now(),
    )
    try:
        kind = KINDS.get(row.frame.kind)
        content = taking.made(document, found, ending, head=head, kind=kind)
    except TypesettingFailedError as problem:
        log.error("paper of version %s: %s", row.public_id, problem)  # noqa: TRY400
        messages.error(
            request,
            _("The document could not be made. Try again later, or tell whoever runs Musling."),
        )
        return redirect("frame", standing.slug, row.public_id)
    return taking.answer(content, f"{_file_name(row)}-{taking.IN_NAME[found]}", ending)
