"""The list of rounds; planning, changing, copying and removing one."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.fingerprints import fingerprint
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.rounds.actions.planning import (
    FIELDS,
    change_round,
    copy_round,
    plan_round,
    remove_round,
)
from musling.rounds.models import Form, Round, State
from musling.rounds.queries import last_round, one_round, rounds, year_to_plan
from musling.web.rounds.forms import PlanForm
from musling.web.staff.saving import posted, saved, show_what_stands, slug_of

PER_PAGE = 20


@rules.role("hr")
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All rounds, the newest first."""
    page = Paginator(rounds(actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "rounds/overview.html", {"page": page})


@rules.role("hr", methods=("GET", "POST"))
def plan(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new round. The last quarter is proposed (row E2)."""
    year = year_to_plan(actor)
    initial = {
        "name": f"{request.standing.talk_name} {year}",  # type: ignore[attr-defined]
        "year": year,
        "starts_on": dt.date(year, 10, 1),
        "ends_on": dt.date(year, 12, 31),
        "default_form": Form.INDIVIDUAL,
    }
    form = PlanForm(posted(request), actor=actor, initial=initial)
    made: list[Round] = []
    if request.method == "POST" and saved(
        form, lambda: made.append(plan_round(actor, form.plan()))
    ):
        messages.success(request, _("Planned. Look at whom it is about, and at the five steps."))
        return redirect("round", slug_of(request), made[0].public_id)
    page = {"form": form, "nothing_to_ask": not form.versions, "before": last_round(actor)}
    return render(request, "rounds/plan.html", page)


@rules.role("hr", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Changes a round that is not opened."""
    row = one_round(actor, round_id)
    if row.state != State.PLANNED:
        messages.error(request, _("This round is open. Its plan can no longer be changed."))
        return redirect("round", slug_of(request), round_id)
    initial = {**PlanForm.of(row), "seen": fingerprint(row, FIELDS)}
    form = PlanForm(posted(request), actor=actor, initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: change_round(
            actor, form.plan(), public_id=round_id, seen=form.cleaned_data["seen"]
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("round", slug_of(request), round_id)
    clash: list[Any] = show_what_stands(form, row, FIELDS)
    return render(request, "rounds/plan.html", {"form": form, "row": row, "clash": clash})


@rules.role("hr", methods=("POST",))
def copy(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Next year's round from this one."""
    made = copy_round(actor, public_id=round_id)
    messages.success(request, _("Copied to the year after. Look at the dates."))
    return redirect("round", slug_of(request), made.public_id)


@rules.role("hr", methods=("GET", "POST"))
def remove(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Asks, and takes away a round that was never opened."""
    row = one_round(actor, round_id)
    if request.method == "POST":
        try:
            remove_round(actor, public_id=round_id)
        except Refused as problem:
            messages.error(request, problem.message)
            return redirect("round", slug_of(request), round_id)
        messages.success(request, _("Removed."))
        return redirect("rounds", slug_of(request))
    return render(request, "rounds/remove.html", {"row": row})
