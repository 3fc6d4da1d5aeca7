"""Making a frame: beginning, the outline with its moves, throwing away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations.frame_kinds import name_of, suited
from musling.conversations.kinds import KINDS, Kind
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, editing, queries, standard
from musling.frames.document import FrameDocument, FrameFault, text
from musling.frames.editing import Raw
from musling.frames.models import Frame, FrameDraft
from musling.frames.parsing import parse
from musling.frames.queries import document_of, kinds_in_use
from musling.gate import rules
from musling.web.frames.draft_forms import BLANK_TITLE
from musling.web.frames.history import published_meanwhile
from musling.web.frames.original import original_lines
from musling.web.frames.outline import found_draft, outline
from musling.web.staff.saving import slug_of

BLANK = "blank"
REFUSED = "draft-refused"  # in the session: why the last press did nothing, and at which line


def new_document(kind: Kind) -> FrameDocument:
    """What an empty frame begins with: a name to change, the scale's ends, the kind's time."""
    raw: dict[str, Any] = {
        "kind": "mus",
        "title": BLANK_TITLE,
        "preparation": "handed_in" if kind.hands_in else "never",
        "minutes": kind.minutes,
        "scale": {
            "low": {"da": "I meget lav grad", "en": "To a very low degree"},
            "high": {"da": "I meget høj grad", "en": "To a very high degree"},
        },
        "themes": [],
    }
    return parse({name: value for name, value in raw.items() if value is not None}, unfinished=True)


def to_editor(request: HttpRequest, draft: FrameDraft, element: str = "") -> HttpResponse:
    """Back to the outline, at the line that was changed."""
    address = reverse("draft", args=[slug_of(request), draft.public_id])
    return redirect(f"{address}#{element}" if element else address)


@rules.role("hr", methods=("GET", "POST"))
def begin(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What a new frame begins with: nothing, a standard frame, or one of one's own."""
    kinds = [KINDS[kind] for kind in kinds_in_use(actor) if kind in KINDS]
    if request.method == "POST":
        kind = next((one for one in kinds if one.id == request.POST.get("kind")), None)
        if kind is None:
            raise NotThere
        document, _told = suited(_beginning(actor, kind, request.POST.get("from", BLANK)), kind)
        return _begun(request, actor, kind, document)
    own = queries.frames_to_choose(actor)
    choices = [
        (
            kind,
            [
                (name, text(standard.load(name).title, actor.language))
                for name in kind.standard_frames
            ],
            [row for row in own if row.frame.kind == kind.id],
        )
        for kind in kinds
    ]
    return render(request, "frames/begin.html", {"choices": choices})


def _begun(
    request: HttpRequest,
    actor: Actor,
    kind: Kind,
    document: FrameDocument,
    frame: Frame | None = None,
) -> HttpResponse:
    """To the draft; back to the list with the reason where none can be made."""
    try:
        made = drafting.begin_draft(actor, kind=kind.id, document=document, frame=frame)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("frames", slug_of(request))
    return to_editor(request, made)


def _beginning(actor: Actor, kind: Kind, source: str) -> FrameDocument:
    if source == BLANK:
        return new_document(kind)
    if source in kind.standard_frames:
        return standard.load(source)
    own = [row for row in queries.frames_to_choose(actor) if row.frame.kind == kind.id]
    row = next((one for one in own if one.public_id == source), None)
    if row is None:
        raise NotThere
    ((_row, document),) = queries.with_documents([row])
    return document


@rules.role("hr", methods=("POST",))
def edit(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """The draft of that frame's next version, begun or gone on with.

    It begins with the newest version, or with this one where the history asks for that.
    """
    row = queries.version(actor, version_id)
    if row is None:
        raise NotThere
    kind = KINDS.get(row.frame.kind)
    if kind is None:
        told = _("Talks of the kind %(kind)s cannot be held in Musling yet.")
        messages.error(request, told % {"kind": name_of(row.frame.kind)})
        return redirect("frame", slug_of(request), version_id)
    older = request.POST.get("from") == "this"
    if older and queries.has_draft(row.frame):
        messages.warning(
            request,
            _(
                "Somebody is making the next version already; this is it. Publish it or throw it "
                "away, then begin with version %(n)s."
            )
            % {"n": row.number},
        )
    begins = row if older else queries.newest_version(actor, row.frame.public_id) or row
    document, _told = suited(document_of(begins.content), kind)
    return _begun(request, actor, kind, document, row.frame)


@rules.role("hr", methods=("GET",))
def draft(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """The outline. Asked for by the script, it comes without the page round it."""
    if answer := published_meanwhile(request, actor, draft_id):
        return answer
    found = found_draft(actor, draft_id)
    page = "frames/_outline.html" if by_script(request) else "frames/draft.html"
    refused = request.session.pop(REFUSED, None) or {}
    told = refused if refused.pop("draft", "") == draft_id else {}
    shown = outline(actor, found, **told)
    if found.original and not by_script(request):
        shown["lines"] = original_lines(found, actor.language)
    return render(request, page, shown)


def by_script(request: HttpRequest) -> bool:
    """Whether the editor's script asks, which puts the answer into the page."""
    return request.headers.get("X-Musling-Part") == "yes"


Deed = Callable[[Raw, str, QueryDict], Raw]
DEEDS: dict[str, Deed] = {
    "up": lambda raw, one, _data: editing.step_item(raw, one, "up"),
    "down": lambda raw, one, _data: editing.step_item(raw, one, "down"),
    "theme-up": lambda raw, one, _data: editing.step_theme(raw, one, "up"),
    "theme-down": lambda raw, one, _data: editing.step_theme(raw, one, "down"),
    "copy": lambda raw, one, _data: editing.duplicate_item(raw, one)[0],
    "theme-copy": lambda raw, one, _data: editing.duplicate_theme(raw, one)[0],
    "remove": lambda raw, one, _data: editing.remove_item(raw, one),
    "theme-remove": lambda raw, one, _data: editing.remove_theme(raw, one),
    "move": lambda raw, one, data: editing.move_item(
        raw, one, data.get("theme", ""), data.get("before", "")
    ),
    "theme-move": lambda raw, one, data: editing.move_theme(raw, one, data.get("before", "")),
    "to-help": lambda raw, one, _data: editing.item_to_help(raw, one),
    "to-theme": lambda raw, one, _data: editing.item_to_theme(raw, one),
    "help-out": lambda raw, one, _data: editing.help_to_items(raw, one),
    "theme-to-item": lambda raw, one, _data: editing.theme_to_item(raw, one),
}
GONE_AFTER = ("remove", "theme-remove", "to-help", "to-theme", "theme-to-item")
TURNS = {"undo": drafting.undo, "redo": drafting.redo}


@rules.role("hr", methods=("POST",))
def do(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """One move: up, down, elsewhere, once more, away, undone, done again."""
    problem, element = "", ""
    name = next((one for one in (*TURNS, *DEEDS) if one in request.POST), "")
    try:
        element = _done(request.POST, actor, draft_id, name)
    except FrameFault as fault:
        problem = _("It cannot stand there: %(why)s") % {"why": fault.faults[0].problem}
    except drafting.Removed:
        problem = _("Somebody else has taken this out meanwhile.")
    except Refused as refused:
        problem = refused.message
    found = found_draft(actor, draft_id)
    told = {"problem": problem, "at": request.POST.get(name, "") if problem else ""}
    if by_script(request):
        return render(request, "frames/_outline.html", outline(actor, found, **told))
    if problem:
        request.session[REFUSED] = {"draft": draft_id, **told}
        element = told["at"]
    return to_editor(request, found, element)


def _done(data: QueryDict, actor: Actor, draft_id: str, name: str) -> str:
    """Does what the pressed button says; the id of the element that it was done to."""
    press = data.get("press", "")
    if name in TURNS:
        TURNS[name](actor, public_id=draft_id, press=press)
        return ""
    if not name:
        raise NotThere
    element = data.get(name, "")
    drafting.change(
        actor,
        public_id=draft_id,
        what=name,
        element=element[:60],
        deed=lambda raw: DEEDS[name](raw, element, data),
        press=press,
    )
    return "" if name in GONE_AFTER else element


@rules.role("hr", methods=("GET", "POST"))
def throw_away(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Asked about first: the draft cannot come back."""
    found = found_draft(actor, draft_id)
    if request.method == "POST":
        drafting.throw_away(actor, public_id=draft_id)
        messages.success(request, _("The draft is thrown away."))
        return redirect("frames", slug_of(request))
    return render(request, "frames/throw_away.html", outline(actor, found))
