"""What a form of the editor answers when it was sent: saved, refused, changed by another, gone."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames.document import FrameFault
from musling.frames.drafting import ChangedByAnother, Removed
from musling.frames.editing import Gone
from musling.frames.models import FrameDraft
from musling.web.frames.draft_forms import TwoLanguages
from musling.web.frames.drafts import by_script, to_editor
from musling.web.frames.outline import found_draft, outline
from musling.web.frames.places import in_words


@dataclass(frozen=True)
class Sheet:
    """One form of the editor. ``said``: what its template needs beside the form.

    ``save``: takes the mark of what the form showed, gives the draft. ``after``: of the draft, the
    mark of what is stored now, and the address from then on where that is another. ``stands``:
    each field as it stands in the draft, with its mark. ``adds_anew``: the sheet for what was
    written where somebody else took its element out; it is given the draft as it stands now.
    ``line``: the id of what the outline is shown at afterwards.
    """

    form: TwoLanguages
    said: dict[str, Any]
    save: Callable[[str], FrameDraft]
    after: Callable[[FrameDraft], tuple[str, str]]
    stands: Callable[[FrameDraft], tuple[dict[str, Any], str]] | None = None
    adds_anew: "Callable[[FrameDraft], Sheet] | None" = None
    line: Callable[[], str] = lambda: ""
    clash: list[dict[str, str]] = field(default_factory=list)


def answer(request: HttpRequest, actor: Actor, found: FrameDraft, sheet: Sheet) -> HttpResponse:
    """The form, or what came of sending it: to the script as data, else the outline again."""
    if request.method != "POST":
        return page(request, found, sheet)
    try:
        draft = _saved(sheet, found, actor.language)
    except (ChangedByAnother, Removed, Gone) as problem:
        return _met_another(request, actor, found, sheet, problem)
    if draft is None:
        return page(request, found, sheet, 422)
    if by_script(request):
        return _to_script(request, actor, found, *sheet.after(draft))
    return to_editor(request, draft, sheet.line())


def _saved(sheet: Sheet, found: FrameDraft, language: str) -> FrameDraft | None:
    """The draft after saving; None where the form says why not."""
    form = sheet.form
    if not form.is_valid():
        return None
    try:
        return sheet.save(form.cleaned_data["seen"])
    except FrameFault as fault:
        form.take_faults(
            fault.faults,
            of_item=sheet.said["is_item"],
            told=lambda one: in_words(one.place, one.problem, found.document, language),
        )
    except (ChangedByAnother, Removed):
        raise
    except Refused as refused:
        form.add_error(None, refused.message)
    return None


def _met_another(
    request: HttpRequest, actor: Actor, found: FrameDraft, sheet: Sheet, problem: Exception
) -> HttpResponse:
    """Somebody else changed it, or took it out: what was typed stands, and one chooses."""
    draft = found_draft(actor, found.public_id)
    if isinstance(problem, ChangedByAnother) and sheet.stands is not None:
        with contextlib.suppress(Gone):
            now = sheet.stands(draft)
            sheet.form.add_error(None, problem.message)
            sheet.said["conflict"] = True
            sheet.clash.extend(_take_what_stands(request, sheet.form, *now))
            return page(request, found, sheet, 409)
    if sheet.adds_anew is None:
        raise NotThere
    return gone(request, draft, sheet.adds_anew(draft))


def gone(request: HttpRequest, draft: FrameDraft, anew: Sheet) -> HttpResponse:
    """What was written to something that is not there any more, to be added anew."""
    if request.method != "POST":
        raise NotThere
    anew.form.is_valid()
    anew.form.add_error(
        None,
        _(
            "Somebody else has taken this out while you were writing. What you wrote is not saved: "
            "add it anew, or leave it."
        ),
    )
    return page(request, draft, anew, 409)


def _to_script(
    request: HttpRequest, actor: Actor, found: FrameDraft, seen: str, address: str
) -> JsonResponse:
    """The outline anew, the mark of what is stored, and where to send from now on."""
    shown = outline(actor, found_draft(actor, found.public_id))
    html = render_to_string("frames/_outline.html", shown, request)
    return JsonResponse({"outline": html, "seen": seen, "address": address})


def page(request: HttpRequest, found: FrameDraft, sheet: Sheet, status: int = 200) -> HttpResponse:
    """The form with the page round it, or for the editor's dialog."""
    name = "frames/_element.html" if by_script(request) else "frames/element.html"
    said = {"draft": found, "form": sheet.form, "clash": sheet.clash, **sheet.said}
    return render(request, name, said, status=status)


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
