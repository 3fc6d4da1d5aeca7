"""Moving or putting off many talks at once, as when a leader falls ill."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from musling.conversations.actions.moving import MOST, move_many, postpone_many
from musling.conversations.queries.times import (
    USUAL_PERIOD,
    Appointment,
    Period,
    appointments,
    free_for_talks,
)
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.web.team.forms import MoveManyForm, WhichForm

USUAL_DAYS = dt.timedelta(days=6)  # this and the next six


@rules.member("GET", "POST")
def move_some(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The booked talks of some days, each with a free time after them; to move or to put off."""
    if not request.standing.leads and not _leads_booked(actor):  # type: ignore[attr-defined]
        raise NotThere
    which = WhichForm(_days_asked(request, actor))
    valid = which.is_valid()
    period = Period(which.cleaned_data["from_on"], which.cleaned_data["to_on"]) if valid else None
    every = appointments(actor, period) if period else []
    talks = every[:MOST]
    free = _free(actor, period, talks) if period and talks else []
    form = MoveManyForm(request.POST if request.method == "POST" else None, talks=talks, free=free)
    if valid and form.is_bound and form.is_valid() and _done(request, actor, form):
        return redirect("team", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request,
        "team/move.html",
        {
            "which": which,
            "form": form,
            "talks": talks,
            "left": len(every) - len(talks),
            "few": len(free) < len(talks),
        },
        status=422 if form.errors or which.errors else 200,
    )


def _leads_booked(actor: Actor) -> bool:
    """A deputy has no team and may still have talks to move."""
    return bool(appointments(actor, Period(actor.today, actor.today + USUAL_PERIOD * 12)))


def _days_asked(request: HttpRequest, actor: Actor) -> dict[str, str]:
    """The days of the address or of the form; this week where neither names any."""
    asked = request.POST or request.GET
    usual = {"from_on": actor.today, "to_on": actor.today + USUAL_DAYS}
    return {name: asked.get(name) or day.isoformat() for name, day in usual.items()}


def _free(actor: Actor, period: Period, talks: list[Appointment]) -> list[dt.datetime]:
    """Free times after those days, for the longest of the talks."""
    begins = max(period.last, actor.today) + dt.timedelta(days=1)
    longest = max(talk.ends_at - talk.starts_at for talk in talks)
    return free_for_talks(
        actor,
        Period(begins, begins + USUAL_PERIOD),
        minutes=round(longest.total_seconds() / 60),
        most=len(talks),
        without=[talk.pk for talk in talks],
    )


def _done(request: HttpRequest, actor: Actor, form: MoveManyForm) -> bool:
    """Does what was pressed and says so; a refusal stands at its field, and nothing is done."""
    try:
        if request.POST.get("do") == "postpone":
            count = postpone_many(actor, talks=form.chosen())
            words = ngettext("%(n)d talk is put off.", "%(n)d talks are put off.", count)
        else:
            times = form.times()
            if form.errors:
                return False
            count = move_many(actor, times=times)
            words = ngettext("%(n)d talk is moved.", "%(n)d talks are moved.", count)
    except Refused as problem:
        name = f"time-{problem.field}"
        form.add_error(name if name in form.fields else None, problem.message)
        return False
    messages.success(request, words % {"n": count})
    return True
