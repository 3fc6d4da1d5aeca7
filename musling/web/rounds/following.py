"""A round's own page for HR: the wheel of five steps, how far it is, who has not sent the form."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.rounds import queries
from musling.rounds.actions import rolling_out
from musling.rounds.actions.choosing import forms_chosen
from musling.rounds.five_steps import BY_NUMBER
from musling.rounds.models import Round, State, Step
from musling.web.rounds.wheel import wheel
from musling.web.staff.saving import slug_of
from musling.work.models import Run

MOST_CHOICES = 50


@rules.role("hr")
def look(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Where the round stands, and what is next."""
    row = queries.one_round(actor, round_id)
    steps = queries.steps_of(row)
    choices = forms_chosen(row) if row.choose_by else []
    return render(
        request,
        "rounds/round.html",
        {
            "row": row,
            "steps": [_shown(step, actor.today) for step in steps],
            "wheel": wheel(row, steps, actor.today),
            "choices": choices[:MOST_CHOICES],
            "more_choices": max(0, len(choices) - MOST_CHOICES),
            "covered": queries.covered_by(row),
            "before": row.copied_from,
            **_state(actor, row),
        },
    )


def _state(actor: Actor, row: Round) -> dict[str, Any]:
    """How far it is, once it is opened; leaders may ask for help from when they are told."""
    if row.state == State.PLANNED:
        return {"help_wanted": queries.help_wanted(row)}
    found = queries.progress(actor, row)
    return {
        "run": Run.objects.filter(public_id=row.run).first(),
        "sending": queries.leaders_sending(row),
        "help_wanted": queries.help_wanted(row),
        "found": found,
        "sums": [
            {"number": found.places, "label": _("places")},
            {"number": found.waiting, "label": _("wait")},
            # Of whom a new leader has the talk since: the former offer was withdrawn.
            *(
                [{"number": found.unoffered, "label": _("to be offered anew")}]
                if found.unoffered
                else []
            ),
            {"number": found.offered, "label": _("offered")},
            {"number": found.declined, "label": _("declined")},
            {"number": found.booked, "label": _("booked")},
            {"number": found.held, "label": _("held")},
            {"number": found.agreed, "label": _("approved by both")},
        ],
    }


def _shown(step: Step, today: dt.date) -> dict[str, Any]:
    row = BY_NUMBER[step.number]
    waits = step.done_at is None and step.round.state != State.CLOSED
    return {
        "row": row,
        "step": step,
        "late": waits and step.due_on < today,
        "missed": waits and step.by_itself and not step.comes_by_itself,
        "ticked": len(step.ticked),
        "tasks": len(row.tasks),
    }


@rules.role("hr")
def progress(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """How far the opening is; the page asks every few seconds."""
    row = queries.one_round(actor, round_id)
    run = Run.objects.filter(public_id=row.run).first()
    return render(request, "rounds/_progress.html", {"row": row, "run": run})


@rules.role("hr", methods=("POST",))
def send_for(request: HttpRequest, actor: Actor, round_id: str, leader: str) -> HttpResponse:
    """HR sends the form in a leader's place."""
    try:
        rolling_out.send_form_for(actor, public_id=round_id, leader=leader)
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Sent."))
    return redirect("round", slug_of(request), round_id)


@rules.role("hr", methods=("POST",))
def answered(request: HttpRequest, actor: Actor, asked: str) -> HttpResponse:
    """HR has been in touch with a leader who asked for help."""
    back = rolling_out.answer_help(actor, asked=asked)
    messages.success(request, _("Noted."))
    return redirect("round", slug_of(request), back)
