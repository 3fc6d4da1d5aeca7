"""Slips for those of the team who have no log-in yet: ticked, printed, handed over."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.people.activation import Waiting, print_slips, team_without_log_in
from musling.people.models import Profile
from musling.people.queries import Standing
from musling.web.forms import DkfdsForm
from musling.web.slips import slips_as_pdf


class SlipsForm(DkfdsForm):
    """A tick per person; ticked beforehand where no slip is out that still works."""

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who gets a slip"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one person."),
            "invalid_choice": gettext_lazy(
                "Somebody you chose has a log-in by now, or is in your team no more. Choose again."
            ),
        },
    )

    def __init__(self, data: QueryDict | None, waiting: Sequence[Waiting]) -> None:
        unprinted = [one.profile.public_id for one in waiting if one.printed_at is None]
        super().__init__(data, initial={"people": unprinted})
        people = cast("forms.MultipleChoiceField", self.fields["people"])
        people.choices = [(one.profile.public_id, _words(one)) for one in waiting]


def _words(one: Waiting) -> str:
    if one.printed_at is None:
        return one.profile.name
    day = date_format(one.printed_at.astimezone(COPENHAGEN).date(), "SHORT_DAY_FORMAT")
    return _("%(name)s (slip printed %(day)s)") % {"name": one.profile.name, "day": day}


@rules.member("GET", "POST")
def team_slips(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who of the own team has no log-in, and the slips as PDF for those who were ticked."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if not standing.leads:
        raise NotThere
    waiting = team_without_log_in(actor)
    form = SlipsForm(request.POST if request.method == "POST" else None, waiting)
    if form.is_valid():
        chosen = set(form.cleaned_data["people"])
        profiles = [one.profile for one in waiting if one.profile.public_id in chosen]
        slips = print_slips(actor, profiles)
        return slips_as_pdf(slips, standing, _language(profiles), actor.at)
    context = {"form": form, "waiting": waiting}
    return render(request, "team/slips.html", context, status=422 if form.errors else 200)


def _language(profiles: Sequence[Profile]) -> str:
    """The language that all of them read; where it differs, the one that everybody starts with."""
    languages = {profile.language for profile in profiles}
    return languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE
