"""The core task's pages: worded, validated, told; and what a unit contributes to it (row C1)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames.access import readable_core_tasks, units_led
from musling.frames.core_task_actions import (
    LONGEST,
    LONGEST_NAME,
    tell_core_task,
    validate_core_task,
    withdraw_contribution,
    word_core_task,
)
from musling.frames.models import CoreTask
from musling.gate import rules
from musling.organisations.access import readable_units
from musling.organisations.models import Unit
from musling.people.access import readable_profiles
from musling.people.leading import active
from musling.web.forms import DateField, DkfdsForm
from musling.web.staff.saving import posted, saved, slug_of
from musling.web.talks.texts import number

MOST_VERSIONS = 50


class WordForm(DkfdsForm):
    """The words, and the version that their writer saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    core_task = forms.CharField(
        label=gettext_lazy("What you are here for"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("A sentence or two. It heads every preparation and talk."),
    )


class ValidateForm(DkfdsForm):
    """Who has validated it, and when."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    validated_by = forms.CharField(
        label=gettext_lazy("Who has validated it"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("The management's name, such as the board of directors."),
    )
    validated_on = DateField(label=gettext_lazy("On which day"))


@rules.member("GET")
def core_task_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """For everybody: the core task, the own units' contributions, and the versions before."""
    is_hr = "hr" in request.standing.roles  # type: ignore[attr-defined]
    rows = _versions(actor, None)
    heads = next((row for row in rows if row.validated_by), None)
    ways_up = [
        row.unit.way_up
        for row in active(actor.today).filter(profile_id=actor.profile_id).select_related("unit")
    ]
    above = {unit for way in ways_up for unit in way}
    led = units_led(actor) if request.standing.leads else []  # type: ignore[attr-defined]
    return render(
        request,
        "core_task/core_task.html",
        {
            "now": rows[0] if rows else None,
            "heads": heads,
            # What the management has not validated is HR's draft until it has.
            "rows": _with_names(
                actor, [row for row in rows if is_hr or row.validated_by][:MOST_VERSIONS]
            ),
            "contributions": _newest_of(actor, above),
            "led": list(readable_units(actor).filter(pk__in=led).order_by("path")),
            "is_hr": is_hr,
        },
    )


def _versions(actor: Actor, unit: Unit | None) -> list[CoreTask]:
    return list(readable_core_tasks(actor).filter(unit=unit).order_by("-version", "-pk"))


def _newest_of(actor: Actor, units: Iterable[int]) -> list[CoreTask]:
    """The newest contribution of each of these units, from the top down."""
    rows = readable_core_tasks(actor).filter(unit__in=list(units)).select_related("unit")
    newest = {row.unit_id: row for row in rows.order_by("unit__path", "version", "pk")}
    return [row for row in newest.values() if row.text]


def _with_names(actor: Actor, rows: list[CoreTask]) -> list[tuple[CoreTask, str]]:
    """Each version with who worded it, as far as the reader may see the person at all."""
    wanted = {row.worded_by_id for row in rows if row.worded_by_id}
    seen = readable_profiles(actor).filter(pk__in=wanted) if wanted else ()
    names = {profile.pk: profile.name for profile in seen}
    return [(row, names.get(row.worded_by_id or 0, "")) for row in rows]


def _deed(form: WordForm, actor: Actor, unit: Unit | None) -> Any:
    return lambda: word_core_task(
        actor,
        words=form.cleaned_data["core_task"],
        unit=unit,
        seen=form.cleaned_data["seen"] or 0,
    )


def _word(
    request: HttpRequest, actor: Actor, unit: Unit | None
) -> tuple[WordForm, bool, list[CoreTask]]:
    """The form, whether it was saved, and the versions, the newest first."""
    rows = _versions(actor, unit)
    now = rows[0] if rows else None
    initial = {"core_task": now.text if now else "", "seen": now.version if now else 0}
    form = WordForm(posted(request), initial=initial)
    done = request.method == "POST" and saved(form, _deed(form, actor, unit))
    if getattr(form, "changed_meanwhile", False) and now:
        data = request.POST.copy()
        data["seen"] = str(now.version)
        form.data = data
    return form, done, rows


@rules.role("hr", methods=("GET", "POST"))
def word(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new version of the organisation's core task."""
    form, done, rows = _word(request, actor, None)
    if done:
        messages.success(
            request, _("Saved. It heads the talks once the management has validated it.")
        )
        return redirect("core-task", slug_of(request))
    page = {"form": form, "now": rows[0] if rows else None}
    return render(request, "core_task/word.html", page, status=422 if form.errors else 200)


@rules.role("hr", methods=("GET", "POST"))
def validate(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Registers who validated the newest version, and when."""
    rows = _versions(actor, None)
    if not rows:
        raise NotThere
    now = rows[0]
    initial = {
        "version": now.version,
        "validated_by": now.validated_by,
        "validated_on": now.validated_on or actor.today,
    }
    form = ValidateForm(posted(request), initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: validate_core_task(
            actor,
            version=form.cleaned_data["version"],
            by=form.cleaned_data["validated_by"],
            on=form.cleaned_data["validated_on"],
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("core-task", slug_of(request))
    page = {"form": form, "now": now}
    return render(request, "core_task/validate.html", page, status=422 if form.errors else 200)


@rules.role("hr", methods=("POST",))
def tell(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Tells everybody with a log-in, by one press. Safe to press twice."""
    try:
        told = tell_core_task(actor, version=number(request.POST.get("version", "")))
    except (Refused, ChangedMeanwhile) as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext("%(n)s person is told.", "%(n)s people are told.", told) % {"n": told}
        messages.success(request, words if told else _("Everybody has been told already."))
    return redirect("core-task", slug_of(request))


@rules.member("GET", "POST")
def contribution(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """What one's own unit contributes, worded or withdrawn by whoever leads it."""
    led = units_led(actor)
    row = readable_units(actor).filter(public_id=unit, pk__in=led).first()
    if row is None:
        raise NotThere
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdraw(request, actor, row)
    form, done, rows = _word(request, actor, row)
    if done:
        messages.success(request, _("Saved. It heads the unit's talks from now on."))
        return redirect("core-task", slug_of(request))
    above = next((one for one in _versions(actor, None) if one.validated_by), None)
    page = {
        "form": form,
        "unit": row,
        "now": rows[0] if rows else None,
        "rows": _with_names(actor, rows[:MOST_VERSIONS]),
        "above": above,
    }
    return render(request, "core_task/contribution.html", page, status=422 if form.errors else 200)


def _withdraw(request: HttpRequest, actor: Actor, unit: Unit) -> HttpResponse:
    try:
        withdraw_contribution(actor, unit=unit, seen=number(request.POST.get("withdraw", "")))
    except ChangedMeanwhile as changed:
        messages.error(request, changed.message)
        return redirect("core-task-unit", slug_of(request), unit.public_id)
    messages.success(
        request, _("Withdrawn. The unit's talks show it no more; you can word it again.")
    )
    return redirect("core-task", slug_of(request))
