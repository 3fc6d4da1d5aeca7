"""Whom a round is about: what it covers, who is left out, what is odd and what is done about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.organisations.access import readable_units
from musling.rounds.actions import planning
from musling.rounds.actions.previewing import count_anew, is_large, kept_preview
from musling.rounds.models import KeptPreview, LeftOut, Round, State
from musling.rounds.queries import (
    MOST_NAMED,
    covered_by,
    leaders_named,
    left_out_of,
    left_out_today,
    one_round,
    preview,
)
from musling.web.rounds.forms import CoverForm, LeaveOutForm, RulingsForm
from musling.web.staff.saving import posted, public_id_in, saved, slug_of
from musling.web.staff.suggestions import unit_suggestions
from musling.work.models import Run


@rules.role("hr", methods=("GET", "POST"))
def look(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """How many people, which leaders, what is odd; the rulings are saved here."""
    row = one_round(actor, round_id)
    large = is_large(actor)
    if large and request.method == "POST" and "count" in request.POST:
        count_anew(actor, public_id=round_id)
        return redirect("round-people", slug_of(request), round_id)
    found, kept = kept_preview(row) if large else (preview(actor, row), None)
    if found is None:
        return _being_counted(request, row, kept)
    if kept and "HX-Request" in request.headers:  # who waited on the page sees it now
        return HttpResponse(headers={"HX-Refresh": "true"})
    shown = {name: odd.answer for name, odd in found.odd.items() if odd.people}
    form = RulingsForm(posted(request), shown=shown, mark=planning.rulings_mark(row))
    if request.method == "POST" and saved(
        form,
        lambda: planning.rule_on(
            actor, public_id=round_id, answers=form.answers(), seen=form.cleaned_data["seen"]
        ),
    ):
        messages.success(request, _("Saved."))
        if large:
            count_anew(actor, public_id=round_id)
        return redirect("round-people", slug_of(request), round_id)
    clash = []
    if getattr(form, "changed_meanwhile", False):
        clash = form.stands_now(planning.rulings_mark(row))
    odd = [(found.odd[name], form[name]) for name in shown]
    return render(
        request,
        "rounds/people.html",
        {
            "row": row,
            "kept": kept,
            "found": found,
            "odd": odd,
            "form": form,
            "clash": clash,
            "most_named": MOST_NAMED,
            "planned": row.state == State.PLANNED,
            "leaders": leaders_named(found),
            "covered": covered_by(row),
            "left_out": left_out_of(row),
            "sums": [
                {"number": found.people, "label": _("have a place")},
                {"number": found.now, "label": _("are offered a talk at once")},
                {"number": found.later, "label": _("are offered one later")},
                {"number": len(found.leaders), "label": _("leaders")},
                {"number": sum(found.out.values()), "label": _("left out by what is odd")},
                {"number": found.scoped_out, "label": _("not covered")},
            ],
        },
    )


def _being_counted(request: HttpRequest, row: Round, kept: KeptPreview | None) -> HttpResponse:
    """The page of a large organisation before everybody is counted, or while that goes on."""
    run = Run.objects.filter(public_id=kept.run).first() if kept else None
    return render(
        request,
        "rounds/counting.html",
        {
            "row": row,
            "run": run,
            "going": run is not None and run.state in {Run.State.WAITING, Run.State.RUNNING},
            "failed": run is not None and run.state == Run.State.FAILED,
        },
    )


@rules.role("hr", methods=("GET", "POST"))
def cover(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Adds a unit to what the round covers, or takes one away."""
    row = one_round(actor, round_id)
    if request.method == "POST" and (gone := public_id_in(request.POST, "uncover")):
        unit = readable_units(actor).filter(public_id=gone).first()
        if unit is None:
            raise NotThere
        try:
            planning.uncover_unit(actor, public_id=round_id, unit=unit)
        except Refused as problem:
            messages.error(request, problem.message)
        return redirect("round-people", slug_of(request), round_id)
    form = CoverForm(posted(request), actor=actor)
    if request.method == "POST" and saved(
        form,
        lambda: planning.cover_unit(actor, public_id=round_id, unit=form.chosen["unit"]),
    ):
        messages.success(request, _("Saved."))
        return redirect("round-people", slug_of(request), round_id)
    return render(
        request,
        "rounds/unit.html",
        {
            "form": form,
            "row": row,
            "suggestions": unit_suggestions(actor),
            "heading": _("What the round covers"),
            "button": _("Cover it"),
        },
    )


@rules.role("hr", methods=("GET", "POST"))
def leave_out(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Leaves out a unit, a title or an agreement, with a reason."""
    row = one_round(actor, round_id)
    form = LeaveOutForm(posted(request), actor=actor)
    made: list[LeftOut] = []
    if request.method == "POST" and saved(
        form,
        lambda: made.append(
            planning.leave_out(
                actor,
                public_id=round_id,
                by=form.cleaned_data["by"],
                unit=form.chosen.get("unit"),
                words=form.cleaned_data["words"],
                reason=form.cleaned_data["reason"],
            )
        ),
    ):
        _tell_left_out(request, left_out_today(made[0], actor.today))
        return redirect("round-people", slug_of(request), round_id)
    return render(
        request,
        "rounds/unit.html",
        {
            "form": form,
            "row": row,
            "suggestions": unit_suggestions(actor),
            "heading": _("Leave somebody out"),
            "button": _("Leave out"),
        },
    )


def _tell_left_out(request: HttpRequest, people: int) -> None:
    if not people:
        messages.warning(
            request,
            _(
                "Left out, but nobody who works here today is meant by it. Look whether it is "
                "spelled as it stands with the people."
            ),
        )
        return
    said = ngettext(
        "Left out. %(n)d employment of today is meant by it.",
        "Left out. %(n)d employments of today are meant by it.",
        people,
    )
    messages.success(request, said % {"n": people})


@rules.role("hr", methods=("POST",))
def take_in_again(request: HttpRequest, actor: Actor, round_id: str, left_out: int) -> HttpResponse:
    """What was left out is covered again."""
    try:
        planning.take_in_again(actor, public_id=round_id, left_out=left_out)
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Covered again."))
    return redirect("round-people", slug_of(request), round_id)
