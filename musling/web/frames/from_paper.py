"""„Hent jeres skema": a Word file, a PDF or pasted text becomes a draft (row X5)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.conversations.frame_kinds import suited
from musling.conversations.kinds import KINDS, Kind
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, reading
from musling.frames.document import FrameFault
from musling.frames.files.reading import FileFault, FrameFileRefused, read_frame_file
from musling.frames.models import FrameDraft
from musling.frames.parsing import parse
from musling.frames.queries import kinds_in_use
from musling.frames.reading import Limits, files
from musling.frames.reading.plain import text_lines
from musling.frames.sizes import refuse_too_large
from musling.gate import rules
from musling.web.forms import DkfdsForm
from musling.web.frames.drafts import to_editor
from musling.web.frames.original import (
    back_id,
    drafted_raw,
    how_many_left_out,
    put_back,
    remember_marks,
    shown,
)
from musling.web.frames.outline import found_draft
from musling.web.frames.places import faults_in_words, in_words
from musling.web.staff.saving import posted
from musling.web.staff.upload_limit import NO_ROOM, had_no_room, was_too_large
from musling.web.talks.texts import number

MOST = Limits(lines=3_000)  # every line stands on the page beside the draft
PASTED = gettext_lazy("Pasted text")
FRAME_FILES = (".toml", ".json")


class FormForm(DkfdsForm):
    """A file, or the text of one."""

    kind = forms.ChoiceField(label=gettext_lazy("Which kind of talk is it for?"))
    form = forms.FileField(
        label=gettext_lazy("The form"),
        required=False,
        help_text=gettext_lazy(
            "Word (.docx), PDF, .txt or .md, at most 10 MB. Or a frame's file (.toml, .json)."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join((*files.ENDINGS, *FRAME_FILES))}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste its text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def __init__(self, *args: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(kind.id, f"{kind.name} ({kind.employee})") for kind in kinds]
        self.fields["kind"].choices = names  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial["kind"] = kinds[0].id


@rules.role("hr", methods=("GET", "POST"))
def read_form(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Takes the form and opens what was made of it, with the original beside."""
    kinds = [KINDS[kind] for kind in kinds_in_use(actor) if kind in KINDS]
    form = FormForm(posted(request), request.FILES or None, kinds=kinds)
    if was_too_large(request):
        form.add_error("form", _("The file is larger than 10 MB. Save it without pictures."))
    elif had_no_room(request):
        form.add_error("form", NO_ROOM)
    elif request.method == "POST" and form.is_valid():
        try:
            return to_editor(request, _draft_of(request, actor, form))
        except FrameFileRefused as refused:
            form.add_error("form", refused.told(_told_of(refused.data, actor.language)))
        except Refused as refused:
            form.add_error("form" if form.cleaned_data["form"] else "text", refused.message)
    return render(request, "frames/read.html", {"form": form}, status=422 if form.errors else 200)


def _told_of(data: Any, language: str) -> Callable[[FileFault], str]:
    return lambda fault: in_words(fault.place, fault.problem, data, language)


def _draft_of(request: HttpRequest, actor: Actor, form: FormForm) -> FrameDraft:
    """Reads, makes the draft, and keeps the original with it. Raises Refused."""
    said = form.cleaned_data
    upload, text = said["form"], said["text"]
    if upload is None and not text.strip():
        raise Refused(_("Choose a file, or paste the text of the form."))
    if upload is not None and upload.size > MOST.file:
        raise Refused(_("The file is larger than 10 MB. Save it without pictures."))
    kind = KINDS[said["kind"]]
    if upload is not None and upload.name.lower().endswith(FRAME_FILES):
        document, told = suited(read_frame_file(upload.name, upload.read()), kind)
        draft = drafting.begin_draft(actor, kind=kind.id, document=document)
        for line in told:
            messages.warning(request, line)
        return draft
    name = upload.name if upload is not None else str(PASTED)
    lines = (
        files.lines(upload.read(), upload.name, MOST)
        if upload is not None
        else text_lines(text, MOST)
    )
    raw, original = drafted_raw(lines, reading.drafted(lines))
    if not kind.hands_in:
        raw["preparation"] = "never"
    if kind.minutes:  # what the form itself says goes before what is usual
        raw.setdefault("minutes", kind.minutes)
    try:
        document = parse(raw, unfinished=True, own=True)
        refuse_too_large(document)
    except FrameFault as fault:
        why = " ".join(faults_in_words(fault.faults[:5], raw, actor.language))
        raise Refused(
            _("The form is read, but does not fit in a frame. %(why)s") % {"why": why}
        ) from None
    draft = drafting.begin_draft(
        actor, kind=kind.id, document=document, original_name=shown(name), original=original
    )
    remember_marks(draft.document, original)
    draft.save(update_fields=["original"])
    return draft


@rules.role("hr", methods=("POST",))
def back(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Puts a text that was left out back, as a question where it stood. Safe to press twice."""
    found = found_draft(actor, draft_id)
    value = request.POST.get("place", "")
    place = number(value)
    if str(place) != value or place >= how_many_left_out(found):
        raise NotThere
    name = back_id(found, place)
    made: dict[str, Any] = {}

    def deed(raw: dict[str, Any]) -> dict[str, Any]:
        made.update(put_back(raw, found, place))
        return made

    try:
        draft = drafting.change(
            actor, public_id=draft_id, what="paper.back", element=name, deed=deed
        )
    except FrameFault as fault:
        why = " ".join(faults_in_words(fault.faults[:5], made, actor.language))
        messages.error(request, _("It cannot be put back as it is. %(why)s") % {"why": why})
        return to_editor(request, found)
    if draft.revision != found.revision:  # pressed twice, it is there already
        messages.success(request, _("Put back as a question. Change it as you like."))
    return to_editor(request, draft, name)
