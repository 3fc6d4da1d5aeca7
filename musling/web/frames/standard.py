"""The frames that come with Musling: look at one, and take it into use for a kind of talk."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations.kinds import KINDS, Kind
from musling.conversations.models import Part
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames import standard
from musling.frames.actions import adopt_standard
from musling.frames.document import FrameDocument, content_hash, text
from musling.frames.queries import document_of, in_use, kinds_in_use
from musling.gate import rules
from musling.web.frames import seen, taking
from musling.web.frames.publishing import what_is_left_out


@dataclass(frozen=True, slots=True)
class Offered:
    """A standard frame as one line: ``minutes`` 0 where there is no clock."""

    name: str
    title: str
    items: int
    mandatory: int
    minutes: int
    used: bool


def offered(actor: Actor, kind: Kind) -> list[Offered]:
    """The standard frames that suit a kind of talk, the one in use marked; one query."""
    version = in_use(actor.organisation_id, kind.id)
    used = version.content.hash if version else ""
    rows = ((name, standard.load(name)) for name in kind.standard_frames)
    return [line(name, document, actor.language, used) for name, document in rows]


def line(name: str, document: FrameDocument, language: str, used: str = "") -> Offered:
    """One frame in a list. ``used``: the hash of the content in use, if any."""
    return Offered(
        name=name,
        title=text(document.title, language),
        items=len(document.items),
        mandatory=sum(item.mandatory for item in document.items),
        minutes=document.minutes or 0,
        used=content_hash(document) == used,
    )


def _suiting(actor: Actor, kind: str, name: str) -> tuple[Kind, FrameDocument]:
    """The kind of talk that the organisation holds, and the frame. Raises NotThere."""
    row = KINDS.get(kind)
    if row is None or kind not in kinds_in_use(actor) or name not in row.standard_frames:
        raise NotThere
    return row, standard.load(name)


@rules.role("hr", methods=("GET",))
def look(request: HttpRequest, actor: Actor, talk_kind: str, frame_name: str) -> HttpResponse:
    """A standard frame as the employee or the leader would see it; nothing is taken yet."""
    row, document = _suiting(actor, talk_kind, frame_name)
    part = request.GET.get("part", Part.EMPLOYEE)
    if part not in {Part.EMPLOYEE, Part.LEADER}:
        raise NotThere
    shown = seen.as_seen(actor, content_hash(document), document, str(part))
    version = in_use(actor.organisation_id, talk_kind)
    used = version.content.hash if version else ""
    about = {
        "kind": row,
        "one": line(frame_name, document, actor.language, used),
        "in_use": version and text(document_of(version.content).title, actor.language),
        "left_out": what_is_left_out(actor, talk_kind, document),
        "papers": taking.example_papers(frame_name, document),
        "file": reverse("example-frame-file", args=[frame_name]),
    }
    return render(request, "frames/standard.html", shown | about)


@rules.role("hr", methods=("POST",))
def use(request: HttpRequest, actor: Actor, talk_kind: str, frame_name: str) -> HttpResponse:
    """Takes it into use for the talks that begin from now on. Safe to press twice."""
    row, document = _suiting(actor, talk_kind, frame_name)
    adopt_standard(actor, name=frame_name, kind=row.id)
    messages.success(
        request,
        _("%(frame)s is in use for talks that begin from now on.")
        % {"frame": text(document.title, actor.language)},
    )
    return redirect("frames", request.standing.slug)  # type: ignore[attr-defined]
