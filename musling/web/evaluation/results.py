"""HR's page of a round's evaluation: asking, how many have answered, and what came of it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.rounds.actions.rolling_out import ask_how_it_went
from musling.rounds.evaluation.access import LEAST, LEAST_TEXTS, can_be_evaluated
from musling.rounds.evaluation.actions import (
    DAYS,
    OWN_CHARACTERS,
    close_evaluation,
)
from musling.rounds.evaluation.closing import HIGHEST, LOWEST
from musling.rounds.evaluation.models import Group
from musling.rounds.evaluation.queries import (
    GroupState,
    Result,
    evaluation_state,
    round_to_evaluate,
)
from musling.rounds.evaluation.questions import QUESTIONS
from musling.rounds.models import Round
from musling.rounds.queries import progress
from musling.web.forms import DateField, DkfdsForm
from musling.web.staff.saving import posted, saved, slug_of


class AskForm(DkfdsForm):
    """Until when, and a statement of HR's own."""

    until = DateField(
        label=gettext_lazy("The last day on which one can answer"),
        required=False,
        help_text=gettext_lazy("Left empty: two weeks from today."),
    )
    own_da = forms.CharField(
        label=gettext_lazy("A statement of your own, answered from 0 to 5"),
        max_length=OWN_CHARACTERS,
        required=False,
        help_text=gettext_lazy("Both groups are asked it. Ask about the talks, not about anybody."),
    )
    own_en = forms.CharField(
        label=gettext_lazy("The same in English"), max_length=OWN_CHARACTERS, required=False
    )


@rules.role("hr")
def overview(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """What is asked before anybody was; then how many answered; at last what they said."""
    row = round_to_evaluate(actor, round_id)
    state = evaluation_state(actor, row)
    if state is None:
        return _to_ask(request, actor, row, AskForm())
    return render(
        request,
        "evaluation/results.html",
        {
            "round": row,
            "state": state,
            "groups": [_group(one) for one in state.groups],
            "least": LEAST,
            "least_texts": LEAST_TEXTS,
        },
    )


def _to_ask(request: HttpRequest, actor: Actor, row: Round, form: AskForm) -> HttpResponse:
    page = {
        "round": row,
        "form": form,
        "can": can_be_evaluated(row),
        "days": DAYS,
        "found": progress(actor, row),
        "least": LEAST,
        "least_texts": LEAST_TEXTS,
        "questions": [(group.label, QUESTIONS[group]) for group in Group],
    }
    return render(request, "evaluation/ask.html", page, status=422 if form.errors else 200)


@rules.role("hr", methods=("POST",))
def ask(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Asks everybody who took part; who was asked already is not asked again."""
    row = round_to_evaluate(actor, round_id)
    form = AskForm(posted(request))
    if not saved(form, lambda: _ask(actor, row, form)):
        return _to_ask(request, actor, row, form)
    messages.success(request, _("Everybody who took part gets a mail."))
    return redirect("round-evaluation", slug_of(request), row.public_id)


def _ask(actor: Actor, row: Round, form: AskForm) -> None:
    words = {"da": form.cleaned_data["own_da"], "en": form.cleaned_data["own_en"]}
    ask_how_it_went(
        actor, public_id=row.public_id, until=form.cleaned_data["until"], own_question=words
    )


@rules.role("hr", methods=("POST",))
def close(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Ends it today. Nobody can answer any more, and it cannot be opened again."""
    row = round_to_evaluate(actor, round_id)
    if request.POST.get("confirm") != "yes":
        if evaluation_state(actor, row) is None:
            raise NotThere
        messages.warning(request, _("Tick that you want to close it."))
    else:
        close_evaluation(actor, row)
        messages.success(request, _("It is closed."))
    return redirect("round-evaluation", slug_of(request), row.public_id)


def _group(state: GroupState) -> dict[str, Any]:
    """A group with its figures as a table and its texts as lists."""
    statements = [one for one in state.results if not one.question.is_text]
    return {
        "state": state,
        "columns": [
            _("Statement"),
            _("Answered"),
            _("Average"),
            _("0 or 1"),
            _("2 or 3"),
            _("4 or 5"),
        ],
        "rows": [_row(one) for one in statements],
        "texts": [one for one in state.results if one.question.is_text],
    }


def _row(one: Result) -> list[Any]:
    if one.average is None:
        return [one.question.words, _("too few"), "–", "–", "–", "–"]
    spread = one.spread or ("–", "–", "–")
    cells = [one.answered, _average(one.average), *spread]
    return [one.question.words, *({"text": cell, "number": True} for cell in cells)]


def _average(average: Decimal) -> str:
    shown = number_format(average, decimal_pos=1)
    if average == LOWEST:
        return _("%(average)s or less") % {"average": shown}
    if average == HIGHEST:
        return _("%(average)s or more") % {"average": shown}
    return shown
