"""What a leader does in a round: sends the form, asks HR for help, chooses the form of talk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.rounds.actions import choosing, rolling_out
from musling.rounds.models import Form
from musling.web.staff.saving import public_id_in, slug_of


@rules.member("POST")
def send(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """The leader's own click: the form goes to the team (C4)."""
    try:
        count = rolling_out.send_form(actor, public_id=round_id)
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(
            request,
            ngettext(
                "Sent. %(n)d employee hears that it is time to prepare.",
                "Sent. %(n)d employees hear that it is time to prepare.",
                count,
            )
            % {"n": count},
        )
    return redirect("team", slug_of(request))


@rules.member("POST")
def ask_for_help(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """The leader asks HR to get in touch."""
    rolling_out.ask_for_help(actor, public_id=round_id)
    messages.success(request, _("HR sees that you would like help, and gets in touch with you."))
    return HttpResponseRedirect(_where_it_was_pressed(request))


def _where_it_was_pressed(request: HttpRequest) -> str:
    """A page of the same organisation; the team's where none is named."""
    following, slug = request.POST.get("next", ""), slug_of(request)
    is_ours = url_has_allowed_host_and_scheme(following, None)
    return (
        following if is_ours and following.startswith(f"/{slug}/") else reverse("team", args=[slug])
    )


@rules.member("GET", "POST")
def choose_form(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Individual talks, a talk of the group, or both: for each unit that the actor leads (E4)."""
    row = choosing.round_to_choose_in(actor, round_id)
    units = choosing.own_units(actor, row)
    if not units:
        raise NotThere
    if request.method == "POST":
        unit = public_id_in(request.POST, "unit")
        try:
            choosing.choose_form(
                actor, public_id=round_id, unit=unit, form=request.POST.get("form", "")
            )
        except Refused as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, _("Saved."))
        return redirect("round-form", slug_of(request), round_id)
    return render(
        request,
        "rounds/form.html",
        {
            "row": row,
            "units": units,
            "forms": Form.choices,
            "may_choose": row.choose_by is not None and row.choose_by >= actor.today,
        },
    )
