"""One question, one theme, or the frame itself in the editor: its form, saved while one writes."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, editing
from musling.frames.document import FrameFault
from musling.frames.drafting import ChangedByAnother, mark, outside_themes
from musling.frames.editing import Gone
from musling.frames.models import FrameDraft
from musling.gate import rules
from musling.web.frames.draft_forms import (
    FrameForm,
    ItemForm,
    ThemeForm,
    TwoLanguages,
    frame_shown,
    item_shown,
    theme_shown,
)
from musling.web.frames.drafts import by_script, to_editor
from musling.web.frames.outline import found_draft, outline
from musling.web.staff.saving import posted, slug_of

Fields = Mapping[str, Any]


@rules.role("hr", methods=("GET", "POST"))
def item(request: HttpRequest, actor: Actor, draft_id: str, item_id: str) -> HttpResponse:
    """Changes a question."""
    found = found_draft(actor, draft_id)
    try:
        raw, theme = editing.item_of(found.document, item_id)
    except Gone:
        raise NotThere from None
    form = ItemForm(posted(request), initial=item_shown(raw) | {"seen": mark(raw)})
    said = {"heading": _("Change the question"), "element": item_id, "is_item": True}

    def save(seen: str) -> FrameDraft:
        fields = form.fields_of_item(raw)
        return drafting.change_item(
            actor, public_id=draft_id, item=item_id, fields=fields, seen=seen
        )

    def stands(draft: FrameDraft) -> tuple[dict[str, Any], str]:
        now = editing.item_of(draft.document, item_id)[0]
        return item_shown(now), mark(now)

    moving = {"themes": _other_themes(found, theme, actor.language)}
    return _answer(request, actor, found, form, save, stands, said | moving)


@rules.role("hr", methods=("GET", "POST"))
def theme(request: HttpRequest, actor: Actor, draft_id: str, theme_id: str) -> HttpResponse:
    """Changes a theme."""
    found = found_draft(actor, draft_id)
    try:
        raw = editing.theme_of(found.document, theme_id)
    except Gone:
        raise NotThere from None
    form = ThemeForm(
        posted(request), initial=theme_shown(raw) | {"seen": mark(raw)}, kind=found.kind
    )
    said = {"heading": _("Change the theme"), "element": theme_id, "is_item": False}

    def save(seen: str) -> FrameDraft:
        fields = form.fields_of_theme()
        return drafting.change_theme(
            actor, public_id=draft_id, theme=theme_id, fields=fields, seen=seen
        )

    def stands(draft: FrameDraft) -> tuple[dict[str, Any], str]:
        now = editing.theme_of(draft.document, theme_id)
        return theme_shown(now), mark(now)

    return _answer(request, actor, found, form, save, stands, said)


@rules.role("hr", methods=("GET", "POST"))
def frame(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Changes what stands round the themes."""
    found = found_draft(actor, draft_id)
    raw = outside_themes(found.document)
    initial = frame_shown(raw) | {"seen": mark(raw)}
    form = FrameForm(posted(request), initial=initial, kind=found.kind)
    said = {"heading": _("Name, purpose and the rest"), "element": "", "is_item": False}

    def save(seen: str) -> FrameDraft:
        return drafting.change_frame(
            actor, public_id=draft_id, fields=form.fields_of_frame(raw), seen=seen
        )

    def stands(draft: FrameDraft) -> tuple[dict[str, Any], str]:
        now = outside_themes(draft.document)
        return frame_shown(now), mark(now)

    return _answer(request, actor, found, form, save, stands, said)


@rules.role("hr", methods=("GET", "POST"))
def add_item(request: HttpRequest, actor: Actor, draft_id: str, theme_id: str) -> HttpResponse:
    """Adds a question at the end of a theme."""
    found = found_draft(actor, draft_id)
    try:
        home = editing.theme_of(found.document, theme_id)
    except Gone:
        raise NotThere from None
    initial = item_shown({"phase": home["phase"], "for_parts": home.get("for_parts", [])})
    form = ItemForm(posted(request), initial=initial)
    made: list[str] = []

    def save(_seen: str) -> FrameDraft:
        def deed(raw: editing.Raw) -> editing.Raw:
            raw, new = editing.add_item(raw, theme_id, form.fields_of_item({}))
            made[:] = [new]
            return raw

        return drafting.change(
            actor, public_id=draft_id, what="item.added", element=theme_id[:60], deed=deed
        )

    said = {"heading": _("Add a question"), "element": theme_id, "is_item": True, "adds": "item"}
    return _added(request, actor, found, form, save, said, made)


@rules.role("hr", methods=("GET", "POST"))
def add_theme(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Adds a theme at the end."""
    found = found_draft(actor, draft_id)
    form = ThemeForm(posted(request), kind=found.kind)
    made: list[str] = []

    def save(_seen: str) -> FrameDraft:
        def deed(raw: editing.Raw) -> editing.Raw:
            raw, new = editing.add_theme(raw, form.fields_of_theme())
            made[:] = [new]
            return raw

        return drafting.change(actor, public_id=draft_id, what="theme.added", element="", deed=deed)

    said = {"heading": _("Add a theme"), "element": "", "is_item": False, "adds": "theme"}
    return _added(request, actor, found, form, save, said, made)


def _other_themes(found: FrameDraft, home: Fields, language: str) -> list[tuple[str, str]]:
    return [
        (one["id"], one["title"].get(language) or one["title"]["da"])
        for one in found.document.get("themes", [])
        if one is not home
    ]


Save = Callable[[str], FrameDraft]
Stands = Callable[[FrameDraft], tuple[dict[str, Any], str]]


def _saved(form: TwoLanguages, save: Save, is_item: bool) -> FrameDraft | None:
    """The draft after saving; None where the form says why not."""
    if not form.is_valid():
        return None
    try:
        return save(form.cleaned_data["seen"])
    except FrameFault as fault:
        form.take_faults(fault.faults, of_item=is_item)
    except Refused as refused:
        form.add_error(None, refused.message)
        if isinstance(refused, ChangedByAnother):
            form.changed_by_another = True  # type: ignore[attr-defined]
    return None


def _answer(
    request: HttpRequest,
    actor: Actor,
    found: FrameDraft,
    form: TwoLanguages,
    save: Save,
    stands: Stands,
    said: dict[str, Any],
) -> HttpResponse:
    """The form, or what came of sending it: to the script as data, else the outline again."""
    clash: list[dict[str, str]] = []
    if request.method == "POST":
        draft = _saved(form, save, said["is_item"])
        if draft is not None:
            if by_script(request):
                return _to_script(request, actor, found, stands(draft)[1])
            return to_editor(request, draft, said["element"])
        if getattr(form, "changed_by_another", False):
            draft = found_draft(actor, found.public_id)
            clash = _take_what_stands(request, form, *stands(draft))
    return _page(request, found, form, said | {"clash": clash})


def _added(
    request: HttpRequest,
    actor: Actor,
    found: FrameDraft,
    form: TwoLanguages,
    save: Save,
    said: dict[str, Any],
    made: list[str],
) -> HttpResponse:
    """The empty form, or what came of sending it: from then on it is changed, not added."""
    if request.method == "POST":
        draft = _saved(form, save, said["is_item"])
        if draft is not None and not by_script(request):
            return to_editor(request, draft, made[0])
        if draft is not None:
            name = "draft-item" if said["is_item"] else "draft-theme"
            address = reverse(name, args=[slug_of(request), found.public_id, made[0]])
            raw = draft.document
            now = editing.item_of(raw, made[0])[0] if said["is_item"] else None
            seen = mark(now if now is not None else editing.theme_of(raw, made[0]))
            return _to_script(request, actor, found, seen, address)
    return _page(request, found, form, said | {"clash": []})


def _to_script(
    request: HttpRequest, actor: Actor, found: FrameDraft, seen: str, address: str = ""
) -> JsonResponse:
    """The outline anew, the mark of what is stored, and where to send from now on."""
    shown = outline(actor, found_draft(actor, found.public_id))
    html = render_to_string("frames/_outline.html", shown, request)
    return JsonResponse({"outline": html, "seen": seen, "address": address})


def _page(
    request: HttpRequest, found: FrameDraft, form: TwoLanguages, said: dict[str, Any]
) -> HttpResponse:
    wrong = bool(form.errors)
    status = (409 if said["clash"] else 422) if wrong else 200
    page = "frames/_element.html" if by_script(request) else "frames/element.html"
    return render(request, page, {"draft": found, "form": form, **said}, status=status)


def _take_what_stands(
    request: HttpRequest, form: TwoLanguages, shown: dict[str, Any], seen: str
) -> list[dict[str, str]]:
    """Each field as it stands now beside what was typed; saving again then means it."""
    data = request.POST.copy()
    data["seen"] = seen
    form.data = data
    return [
        {"label": str(form.fields[name].label), "now": str(now), "typed": str(typed)}
        for name, now in shown.items()
        if name in form.fields and str(typed := form.cleaned_data.get(name) or "") != str(now or "")
    ]
