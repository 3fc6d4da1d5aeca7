"""Making a frame: beginning, the outline with its moves, publishing, throwing away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations.kinds import KINDS, Kind
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, editing, queries, standard
from musling.frames.differences import differences
from musling.frames.document import FrameDocument, FrameFault, text
from musling.frames.editing import Raw
from musling.frames.models import FrameDraft
from musling.frames.parsing import parse
from musling.frames.queries import document_of, kinds_in_use
from musling.gate import rules
from musling.web.frames.draft_forms import PublishForm
from musling.web.frames.history import published_meanwhile, remember_published
from musling.web.frames.original import original_lines
from musling.web.frames.outline import found_draft, outline
from musling.web.frames.words import difference_in_words
from musling.web.staff.saving import posted, slug_of

BLANK = "blank"


def new_document(kind: Kind) -> FrameDocument:
    """What an empty frame begins with: a name to change, the scale's ends, the kind's time."""
    raw: dict[str, Any] = {
        "kind": "mus",
        "title": {"da": "Ny spørgeramme", "en": "New frame"},
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
        document = _beginning(actor, kind, request.POST.get("from", BLANK))
        return to_editor(request, drafting.begin_draft(actor, kind=kind.id, document=document))
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


def _beginning(actor: Actor, kind: Kind, source: str) -> FrameDocument:
    if source == BLANK:
        return new_document(kind)
    if source in kind.standard_frames:
        return standard.load(source)
    own = [row for row in queries.frames_to_choose(actor) if row.frame.kind == kind.id]
    row = next((one for one in own if one.public_id == source), None)
    if row is None:
        raise NotThere
    return document_of(row.content)


@rules.role("hr", methods=("POST",))
def edit(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """The draft of that frame's next version, begun or gone on with."""
    row = queries.version(actor, version_id)
    if row is None:
        raise NotThere
    newest = queries.frame_history(actor, row.frame.public_id)[0]
    draft = drafting.begin_draft(
        actor, kind=row.frame.kind, document=document_of(newest.content), frame=row.frame
    )
    return to_editor(request, draft)


@rules.role("hr", methods=("GET",))
def draft(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """The outline. Asked for by the script, it comes without the page round it."""
    if answer := published_meanwhile(request, actor, draft_id):
        return answer
    found = found_draft(actor, draft_id)
    page = "frames/_outline.html" if by_script(request) else "frames/draft.html"
    shown = outline(actor, found)
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
    try:
        element = _done(request.POST, actor, draft_id)
    except FrameFault as fault:
        problem = _("It cannot stand there: %(why)s") % {"why": fault.faults[0].problem}
    except Refused as refused:
        problem = refused.message
    found = found_draft(actor, draft_id)
    if by_script(request):
        shown = outline(actor, found) | {"problem": problem}
        return render(request, "frames/_outline.html", shown)
    if problem:
        messages.error(request, problem)
    return to_editor(request, found, element)


def _done(data: QueryDict, actor: Actor, draft_id: str) -> str:
    """Does what the pressed button says; the id of the element that it was done to."""
    for name, turn in TURNS.items():
        if name in data:
            turn(actor, public_id=draft_id)
            return ""
    name = next((one for one in DEEDS if one in data), "")
    if not name:
        raise NotThere
    element = data.get(name, "")
    drafting.change(
        actor,
        public_id=draft_id,
        what=name,
        element=element[:60],
        deed=lambda raw: DEEDS[name](raw, element, data),
    )
    return "" if name in GONE_AFTER else element


@rules.role("hr", methods=("GET", "POST"))
def publish(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """What is new in words, what to think about, the note; then it is a version for ever."""
    if answer := published_meanwhile(request, actor, draft_id):
        return answer
    found = found_draft(actor, draft_id)
    used = queries.in_use(actor.organisation_id, found.kind)
    is_used = used is not None and used.frame_id == found.frame_id
    form = PublishForm(posted(request), initial={"seen": found.revision}, is_used=is_used)
    if request.method == "POST" and form.is_valid():
        try:
            version = drafting.publish(
                actor,
                public_id=draft_id,
                note=form.cleaned_data["note"],
                take=form.cleaned_data.get("take", False),
                seen=form.cleaned_data["seen"],
            )
        except FrameFault:
            pass  # the page lists what has to be put right
        except Refused as refused:
            form.add_error(None, refused.message)
            if isinstance(refused, ChangedMeanwhile):
                data = request.POST.copy()
                data["seen"] = str(found.revision)  # pressing again means what stands now
                form.data = data
        else:
            remember_published(request, draft_id, version.public_id)
            messages.success(request, _("Version %(n)s is published.") % {"n": version.number})
            return redirect("frame", slug_of(request), version.public_id)
    return render(
        request,
        "frames/publish.html",
        _to_publish(actor, found) | {"form": form, "is_used": is_used},
    )


def _to_publish(actor: Actor, found: FrameDraft) -> dict[str, Any]:
    history = queries.frame_history(actor, found.frame.public_id) if found.frame else []
    new = parse(found.document, unfinished=True)
    changes = differences(document_of(history[0].content), new, actor.language) if history else []
    about = outline(actor, found)
    return about | {
        "newest": history[0] if history else None,
        "changes": [difference_in_words(one) for one in changes],
        "problems": _problems(found),
    }


def _problems(found: FrameDraft) -> list[str]:
    """What has to be there before it can be published."""
    try:
        parse(found.document)
    except FrameFault as fault:
        return [str(one) for one in fault.faults]
    return []


@rules.role("hr", methods=("GET", "POST"))
def throw_away(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Asked about first: the draft cannot come back."""
    found = found_draft(actor, draft_id)
    if request.method == "POST":
        drafting.throw_away(actor, public_id=draft_id)
        messages.success(request, _("The draft is thrown away."))
        return redirect("frames", slug_of(request))
    return render(request, "frames/throw_away.html", outline(actor, found))
