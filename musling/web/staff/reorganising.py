"""Merging, splitting, moving and closing a unit: a form, what it would do, and the deed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.organisations.models import Unit
from musling.reorganising.actions import Done, reorganise
from musling.reorganising.consequences import Consequences, look
from musling.web.staff.reorganised import page_of
from musling.web.staff.reorganising_forms import (
    LONGEST_SEARCH,
    CloseForm,
    MergeForm,
    MoveForm,
    ReorganisingForm,
    SplitForm,
    label_of,
)
from musling.web.staff.saving import posted, slug_of
from musling.web.staff.suggestions import unit_suggestions
from musling.web.staff.units import found_unit

AnyForm = ReorganisingForm | MoveForm


@rules.role("hr", methods=("GET", "POST"))
def merge(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """The unit goes into another one."""
    row = found_unit(actor, unit)
    form = MergeForm(posted(request), actor=actor, unit=row)
    return _answer(
        request,
        actor,
        row,
        form,
        heading=_("Merge the unit into another"),
        lede=_("Everybody moves, units below it move along, and the unit is closed."),
        yes=_("Yes, merge"),
    )


@rules.role("hr", methods=("GET", "POST"))
def split(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """Some of the unit's people go to another unit, or to a new one."""
    row = found_unit(actor, unit)
    asked = request.POST.get("q", "") if request.method == "POST" else request.GET.get("q", "")
    search = asked.replace("\0", "").strip()[:LONGEST_SEARCH]
    initial = {"parent": label_of(row.parent or row), "q": search}
    form = SplitForm(posted(request), actor=actor, unit=row, search=search, initial=initial)
    return _answer(
        request,
        actor,
        row,
        form,
        template="staff/unit_split.html",
        heading=_("Split the unit"),
        lede=_("Those whom you choose move to another unit. The others stay."),
        yes=_("Yes, split"),
        search=search,
    )


@rules.role("hr", methods=("GET", "POST"))
def move(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """The unit with all below it goes to another place in the tree."""
    row = found_unit(actor, unit)
    form = MoveForm(
        posted(request), actor=actor, unit=row, initial={"parent": label_of(row.parent)}
    )
    return _answer(
        request,
        actor,
        row,
        form,
        heading=_("Move the unit"),
        lede=_("All units below it move along. Who works where stays as it is."),
        yes=_("Yes, move"),
    )


@rules.role("hr", methods=("GET", "POST"))
def close(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """The unit is no more; people and units below it go elsewhere first."""
    row = found_unit(actor, unit)
    initial = {"day": actor.today, "under": label_of(row.parent)}
    form = CloseForm(posted(request), actor=actor, unit=row, initial=initial)
    return _answer(
        request,
        actor,
        row,
        form,
        heading=_("Close the unit"),
        lede=_("Talks that were held stay as they are. A closed unit takes no new people."),
        yes=_("Yes, close"),
    )


def _answer(
    request: HttpRequest,
    actor: Actor,
    row: Unit,
    form: AnyForm,
    *,
    yes: str,
    template: str = "staff/unit_form.html",
    **words: Any,
) -> HttpResponse:
    """The form; then what would happen; then, where that is what was seen, the deed."""
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        change = form.change()
        meanwhile = ""
        if "do" in request.POST:
            answer = _tried(form, lambda: reorganise(actor, change, seen=_mark(request)))
            if isinstance(answer, Done):
                messages.success(request, _told(answer))
                return redirect("unit", slug_of(request), answer.unit.public_id)
            meanwhile = answer
        found = look(actor, change)
        if not form.errors and not _refused(form, found):
            page = page_of(found, _number(request.POST.get("page", "")))
            shown = {**page, "form": form, "unit": row, "yes": yes, "meanwhile": meanwhile}
            return render(request, "staff/reorganise.html", shown)
    context: dict[str, Any] = {
        "button": _("See what happens"),
        "clash": [],
        "suggestions": unit_suggestions(actor),
    }
    return render(request, template, {"form": form, "unit": row, **context, **words})


def _tried(form: AnyForm, deed: Callable[[], Done]) -> Done | str:
    """What was done, or why to look again; a refusal goes to the form."""
    try:
        return deed()
    except ChangedMeanwhile as changed:
        return changed.message
    except Refused as refused:
        _add(form, refused)
        return ""


def _refused(form: AnyForm, found: Consequences) -> bool:
    """Whether something stands against it; then the form says what."""
    for refused in found.refusals:
        _add(form, refused)
    return bool(found.refusals)


def _add(form: AnyForm, refused: Refused) -> None:
    field = form.names.get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, refused.message)


def _mark(request: HttpRequest) -> str:
    """What the page that was answered had shown."""
    seen = request.POST.get("seen", "")
    return seen if seen.isascii() and seen.isalnum() else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _told(done: Done) -> str:
    if done.before:
        return _("It is done already.")
    told = [_("It is done.")]
    if done.people:
        told.append(
            ngettext("%(n)s person has moved.", "%(n)s people have moved.", done.people)
            % {"n": done.people}
        )
    if done.run:
        told.append(
            _("%(n)s talks get their new leaders now, within some minutes.") % {"n": done.talks}
        )
    elif done.talks:
        told.append(
            ngettext(
                "%(n)s talk has its new leader.", "%(n)s talks have their new leaders.", done.talks
            )
            % {"n": done.talks}
        )
    return " ".join(told)
