"""A person's employments: add, change, end."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.fingerprints import fingerprint
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.people import actions
from musling.people.access import changeable_employments
from musling.people.models import Employment
from musling.web.staff.forms import JobForm, LastDayForm, unit_label
from musling.web.staff.people import found_person
from musling.web.staff.saving import posted, saved, show_what_stands, slug_of
from musling.web.staff.suggestions import unit_suggestions

FACTS = tuple(name for name in actions.EMPLOYMENT_FIELDS if name != "unit")


def found_employment(actor: Actor, public_id: str) -> Employment:
    """The employment with its person and unit; NotThere where there is none."""
    rows = changeable_employments(actor).select_related("profile", "unit")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotThere
    return found


@rules.role("hr", methods=("GET", "POST"))
def add(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """One more employment of a person."""
    profile = found_person(actor, person).profile
    form = JobForm(posted(request), actor=actor, initial={"starts_on": actor.today})
    if request.method == "POST" and saved(
        form, lambda: actions.add_employment(actor, profile, **_facts(form))
    ):
        messages.success(request, _("Saved."))
        return redirect("person", slug_of(request), profile.public_id)
    return _page(request, actor, form, profile=profile, heading=_("Add an employment"))


@rules.role("hr", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, employment: str) -> HttpResponse:
    """Changes an employment: unit, dates, leave."""
    row = found_employment(actor, employment)
    initial = {name: getattr(row, name) for name in FACTS} | {
        "unit": unit_label(row.unit),
        "seen": fingerprint(row, actions.EMPLOYMENT_FIELDS),
    }
    form = JobForm(posted(request), actor=actor, initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: actions.change_employment(
            actor, row, seen=form.cleaned_data["seen"], **_facts(form)
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("person", slug_of(request), row.profile.public_id)
    clash = show_what_stands(form, row, actions.EMPLOYMENT_FIELDS)
    return _page(
        request,
        actor,
        form,
        profile=row.profile,
        heading=_("Change an employment"),
        clash=clash,
        employment=row,
    )


@rules.role("hr", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, employment: str) -> HttpResponse:
    """Ends an employment with the last day."""
    row = found_employment(actor, employment)
    form = LastDayForm(posted(request), initial={"last_day": row.ends_on or actor.today})
    if request.method == "POST" and saved(
        form,
        lambda: actions.end_employment(actor, row, last_day=form.cleaned_data["last_day"]),
    ):
        messages.success(request, _("Saved."))
        return redirect("person", slug_of(request), row.profile.public_id)
    return render(
        request,
        "staff/employment_end.html",
        {"form": form, "profile": row.profile, "employment": row},
    )


def _facts(form: JobForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in FACTS} | {"unit": form.chosen["unit"]}


def _page(request: HttpRequest, actor: Actor, form: JobForm, **context: Any) -> HttpResponse:
    suggestions = unit_suggestions(actor)
    context = {"clash": [], "employment": None} | context
    return render(
        request, "staff/employment.html", {"form": form, "suggestions": suggestions, **context}
    )
