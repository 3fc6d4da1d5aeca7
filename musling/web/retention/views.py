"""The page "how long it is kept", and the form with which HR sets a period."""

from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.conversations.kinds import kind as kind_of
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames.queries import kinds_in_use
from musling.gate import rules
from musling.privacy.models import RetentionPeriod
from musling.privacy.periods import changes_to_come, periods_of, set_period
from musling.privacy.retention import RULES, Periods, Rule, in_words
from musling.web.forms import DateField, DkfdsForm


class PeriodForm(DkfdsForm):
    """How long, and from when."""

    number = forms.IntegerField(label=gettext_lazy("How long"), min_value=0, max_value=1000)
    valid_from = DateField(label=gettext_lazy("From which day"))

    def __init__(self, *given: Any, rule: Rule, **options: Any) -> None:
        super().__init__(*given, **options)
        least, most = in_words(rule, rule.least), in_words(rule, rule.most)
        self.fields["number"].label = {
            "days": _("How many days"),
            "months": _("How many months"),
            "years": _("How many years"),
        }[rule.unit]
        self.fields["number"].help_text = _("Between %(least)s and %(most)s.") % {
            "least": least,
            "most": most,
        }


@rules.member("GET")
def kept(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every rule with its period, per kind of talk that the organisation uses."""
    return render(
        request,
        "retention/kept.html",
        {
            "kinds": rules_in_words(actor),
            "log_years": settings.MUSLING_LOG_YEARS,
            "is_hr": "hr" in request.standing.roles,  # type: ignore[attr-defined]
        },
    )


def rules_in_words(actor: Actor) -> list[dict[str, Any]]:
    """Per kind of talk that the organisation uses: what is kept, with its rules and periods."""
    periods = periods_of(actor.organisation_id, actor.today)
    coming = changes_to_come(actor)
    return [
        {"kind": kind_of(name), "groups": _groups(name, periods[name], coming)}
        for name in kinds_in_use(actor)
    ]


def _groups(
    kind: str, periods: Periods, coming: dict[tuple[str, str], list[RetentionPeriod]]
) -> list[tuple[Any, list[dict[str, Any]]]]:
    """What is kept, each with its rules and their periods."""
    return [
        (
            what,
            [
                {
                    "rule": rule,
                    "period": in_words(rule, periods[rule.id]),
                    "coming": [
                        (in_words(rule, row.number), row.valid_from)
                        for row in coming.get((kind, rule.id), [])
                    ],
                }
                for rule in rules_of_what
            ],
        )
        for what, rules_of_what in groupby(RULES.values(), key=lambda rule: rule.what)
    ]


@rules.role("hr", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, talk_kind: str, rule: str) -> HttpResponse:
    """Sets a period from a day on."""
    if talk_kind not in kinds_in_use(actor) or rule not in RULES:
        raise NotThere
    row = RULES[rule]
    now = periods_of(actor.organisation_id, actor.today)[talk_kind][rule]
    form = PeriodForm(
        request.POST or None, rule=row, initial={"number": now, "valid_from": actor.today}
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_period(
                actor,
                kind=talk_kind,
                rule=rule,
                number=form.cleaned_data["number"],
                valid_from=form.cleaned_data["valid_from"],
            )
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("retention", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request,
        "retention/change.html",
        {"form": form, "rule": row},
        status=422 if form.errors else 200,
    )
