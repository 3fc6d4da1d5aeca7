"""One's own settings in an organisation: reminders; and who has opened what of mine."""

import datetime as dt
from collections.abc import Collection

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.activity.models import Reading
from musling.foundation.actor import Actor
from musling.foundation.visibility import Text
from musling.gate import rules
from musling.people.own_settings import choose_reminders, own_profile
from musling.privacy.readings import in_words, readings_of_mine
from musling.web.access.table import names
from musling.web.forms import DkfdsForm

PER_PAGE = 50


class SettingsForm(DkfdsForm):
    """What is not mandatory can be turned down."""

    reminders = forms.BooleanField(
        label=gettext_lazy("Remind me by mail before an agreement falls due"), required=False
    )


@rules.member("GET", "POST")
def mine(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows and changes one's own settings."""
    profile = own_profile(actor)
    form = SettingsForm(request.POST or None, initial={"reminders": profile.reminders})
    if request.method == "POST":
        form = SettingsForm(request.POST)
        if form.is_valid():
            choose_reminders(actor, reminders=form.cleaned_data["reminders"])
            messages.success(request, _("Saved."))
            return redirect("settings", request.standing.slug)  # type: ignore[attr-defined]
    page = Paginator(readings_of_mine(actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "settings/mine.html",
        {
            "form": form,
            "profile": profile,
            "page": page,
            "readers": _readers(actor, list(page)),
        },
    )


def _readers(actor: Actor, rows: Collection[Reading]) -> list[tuple[dt.date, str, Text]]:
    """Day, name and what, in the words of the page that says who can see what."""
    words = names()
    return [
        (row.day, row.name, words.get(row.content, row.content)) for row in in_words(actor, rows)
    ]
