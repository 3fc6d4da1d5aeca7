"""A talk on paper: print what it takes, register that it was held, confirm or contest it."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions import on_paper
from musling.conversations.models import State
from musling.conversations.queries.talks import Talk, paper_of, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.room_forms import PaperForm


@rules.member("GET", "POST")
def paper(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Where the registration stands, and the one thing that the reader can do about it."""
    found = talk(actor, public_id)
    if request.method == "POST" and "confirm" in request.POST:
        return _answer(request, actor, found)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            on_paper.register_paper_talk(
                actor, public_id=public_id, held_on=form.cleaned_data["held_on"]
            )
        except Refused as problem:
            form.add_error(problem.field or None, problem.message)
        else:
            messages.success(
                request,
                _("Registered. It counts when %(name)s has confirmed it.")
                % {"name": found.other.profile.first_name},
            )
            return redirect(request.path)
    row = paper_of(found)
    waits = row is not None and not row.confirmed_at and not row.contested_at
    begun = found.conversation.opened_at or found.conversation.held_at
    return render(
        request,
        "talks/paper.html",
        {
            "found": found,
            "form": form,
            "row": row,
            "waits_for_me": waits and row is not None and row.registered_by.part != found.me.part,
            "waits_for_other": waits
            and row is not None
            and row.registered_by.part == found.me.part,
            "may_register": not begun and found.state != State.CANCELLED,
            "eye": eye_line(contents.DATES, found),
        },
        status=422 if form.errors else 200,
    )


def _answer(request: HttpRequest, actor: Actor, found: Talk) -> HttpResponse:
    yes = request.POST["confirm"] == "yes"
    slug = request.standing.slug  # type: ignore[attr-defined]
    try:
        on_paper.answer_paper_talk(
            actor,
            public_id=found.public_id,
            confirm=yes,
            # Without a day it fits none: the page always sends the one that it showed.
            held_on=(parse_date(request.POST.get("held_on", "")) or dt.date.min) if yes else None,
        )
    except Refused as problem:
        messages.error(request, problem.message)
        return redirect(request.path)
    if not yes:
        messages.success(
            request,
            _("%(name)s is told that you do not agree.") % {"name": found.other.profile.first_name},
        )
        return redirect("talk", slug, found.public_id)
    messages.success(request, _("Confirmed. Your agreements can be typed in here."))
    return redirect("minutes", slug, found.public_id)
