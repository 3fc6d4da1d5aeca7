"""Inviting many in one go: a time each, each picks one of several, or up to three each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.conversations.actions.inviting import MOST, invite_team, put_out_times
from musling.conversations.actions.offering import length_of
from musling.conversations.models import Conversation
from musling.conversations.queries.team import TeamRow, team
from musling.conversations.queries.times import Period, free_for_talks, spread, usual_period
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.web.team.forms import EACH, FIELDS_OF, PICK, THREE, InviteForm, PeriodForm

MOST_TO_PICK = 90  # times on the page


@dataclass(frozen=True, slots=True)
class Sought:
    """What free times are looked for: among which days, how long, and those that there are."""

    period: Period
    free: list[dt.datetime]
    wanted: int


@rules.member("GET", "POST")
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody without an offer, with free times proposed; all are sent in one go.

    The button that looks for times among other days changes nothing but the times on the page.
    """
    found = team(actor)
    if not found.rows:
        raise NotThere
    people, way = found.unoffered[:MOST], _way(request)
    period_form = PeriodForm(request.POST or None)
    sought = _sought(actor, period_form, len(people), way, kept=_posted_times(request))
    form = _form(request, period_form, people, way, sought)
    if form.is_bound and form.is_valid():
        try:
            offered = _send(actor, form)
        except Refused as problem:
            form.add_error(form.field_of(problem.field), problem.message)
        else:
            words = ngettext("%(n)s offer is sent.", "%(n)s offers are sent.", len(offered))
            messages.success(request, words % {"n": len(offered)})
            return redirect("team", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request,
        "team/invite.html",
        {
            "form": form,
            "people": people,
            "left": len(found.unoffered) - len(people),
            "way": way,
            "ways": [(one, _name(one), one == way) for one in FIELDS_OF],
            "pick": way == PICK,
            "sought": sought,
            "few": len(sought.free) < sought.wanted,
        },
        status=422 if form.errors else 200,
    )


def _way(request: HttpRequest) -> str:
    chosen = request.POST.get("way") or request.GET.get("way", "")
    return chosen if chosen in FIELDS_OF else EACH


def _name(way: str) -> str:
    return {
        EACH: _("Give each a time"),
        PICK: _("Let each pick one"),
        THREE: _("Propose up to three each"),
    }[way]


def _posted_times(request: HttpRequest) -> set[str]:
    """The times that were ticked, unless others are looked for."""
    return set() if request.POST.get("do") == "find" else set(request.POST.getlist("times"))


def _sought(actor: Actor, form: PeriodForm, people: int, way: str, *, kept: set[str]) -> Sought:
    """The free times among the days that were chosen; as usual where the form says nothing."""
    period, minutes = usual_period(actor), length_of("mus")
    if form.is_valid():
        period, minutes = form.period(period), form.cleaned_data["minutes"]
    wanted = people * max(1, len(FIELDS_OF[way]))
    if way == EACH:
        free = free_for_talks(actor, period, minutes=minutes, most=wanted) if wanted else []
        return Sought(period, free, wanted)
    every = free_for_talks(actor, period, minutes=minutes)
    if way == THREE:
        return Sought(period, spread(every, wanted), wanted)
    shown = set(spread(every, min(wanted + max(4, wanted // 2), MOST_TO_PICK)))
    # What was ticked stays on the page for as long as it is free.
    free = [time for time in every if time in shown or time.isoformat() in kept]
    return Sought(period, free, wanted)


def _form(
    request: HttpRequest,
    period_form: PeriodForm,
    people: Sequence[TeamRow],
    way: str,
    sought: Sought,
) -> InviteForm:
    """As it was posted; or with the times that were looked for, and the ticks that were made."""
    looks = request.POST.get("do") == "find" and period_form.is_valid()
    initial: dict[str, Any] = {
        "from_on": sought.period.first,
        "to_on": sought.period.last,
        "minutes": length_of("mus"),
    }
    if looks:
        given = period_form.cleaned_data
        initial |= {"minutes": given["minutes"], "place": given["place"]}
        for row in people:
            name = f"invite-{row.employment.public_id}"
            initial[name] = name in request.POST
    data = request.POST if request.method == "POST" and not looks else None
    return InviteForm(data, people=people, way=way, free=sought.free, initial=initial)


def _send(actor: Actor, form: InviteForm) -> Sequence[Conversation]:
    more = {"minutes": form.cleaned_data["minutes"], "place": form.cleaned_data["place"]}
    if form.way == PICK:
        return put_out_times(actor, employments=form.chosen(), times=form.picked(), **more)
    return invite_team(actor, times=form.times(), **more)
