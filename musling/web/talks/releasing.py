"""Letting somebody else read a document of the talk: asking, saying yes or no, ending, reading."""

import datetime as dt
import logging
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.conversations import access, contents
from musling.conversations.actions.releasing import (
    LONGEST_WHY,
    agree_to_release,
    ask_to_release,
    end_release,
)
from musling.conversations.models import Release, State
from musling.conversations.queries.releases import open_copy, released_to_me, releases_of
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.forms import DateField, DkfdsForm
from musling.web.talks.documents import PressProblem, sealed_minutes, sealed_sheet

log = logging.getLogger("musling.documents")
DAYS = 30  # proposed


class ReleaseForm(DkfdsForm):
    """What, to whom, until when and why."""

    document = forms.ChoiceField(
        label=gettext_lazy("Which document?"),
        choices=Release.Document,
        widget=forms.RadioSelect,
        initial=Release.Document.MINUTES,
    )
    email = forms.EmailField(
        label=gettext_lazy("Who may read it? The work e-mail"),
        help_text=gettext_lazy("Somebody who has a log-in here, such as your union representative"),
    )
    until = DateField(label=gettext_lazy("Until which day?"))
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("You two and the one who reads it can see this."),
        required=False,
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@rules.member("GET", "POST")
def releases(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What the two let somebody else read; and the form with which one asks the other."""
    found = talk(actor, public_id)
    if not found.sat_in_it or found.state != State.AGREED:
        raise NotThere
    tomorrow = actor.today + dt.timedelta(days=DAYS)
    form = ReleaseForm(request.POST or None, initial={"until": tomorrow})
    if request.method == "POST" and form.is_valid():
        try:
            ask_to_release(actor, public_id=public_id, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            name = found.other.profile.first_name
            messages.success(
                request,
                _("%(name)s is asked. Nobody can read it before you have both said yes.")
                % {"name": name},
            )
            return _back(request, public_id)
    return render(
        request,
        "talks/releases.html",
        {
            "found": found,
            "form": form,
            "rows": releases_of(actor, found),
            "eye": eye_line(contents.RELEASE, found),
        },
        status=422 if form.errors else 200,
    )


def _back(request: HttpRequest, public_id: str) -> HttpResponse:
    return redirect("releases", request.standing.slug, public_id)  # type: ignore[attr-defined]


@rules.member("POST")
def answer(request: HttpRequest, actor: Actor, release: str) -> HttpResponse:
    """The other party says yes."""

    def make_copy(row: Release) -> bytes:
        make = sealed_sheet if row.document == Release.Document.SHEET else sealed_minutes
        # Nobody opens the document now: a copy of it is made.
        quiet = replace(actor, readings=[])
        return make(request, quiet, row.conversation.public_id)[1]

    try:
        row = agree_to_release(actor, release=release, make_copy=make_copy)
    except Refused as refused:
        messages.error(request, refused.message)
        return _back(request, _talk_of(actor, release))
    except PressProblem as problem:
        log.error("copy for release %s: %s", release, problem)  # noqa: TRY400
        messages.error(
            request,
            _("The document could not be made. Try again later, or tell whoever runs Musling."),
        )
        return _back(request, _talk_of(actor, release))
    messages.success(
        request,
        _("%(name)s can read it now, until the day you chose. Either of you can end it.")
        % {"name": row.reader.name},
    )
    return _back(request, row.conversation.public_id)


def _talk_of(actor: Actor, release: str) -> str:
    row = access.own_releases(actor).select_related("conversation").get(public_id=release)
    return str(row.conversation.public_id)


@rules.member("GET", "POST")
def end(request: HttpRequest, actor: Actor, release: str) -> HttpResponse:
    """Either says no, takes back or ends it, after being asked."""
    row = (
        access.own_releases(actor)
        .select_related("conversation", "reader")
        .filter(public_id=release)
    )
    one = row.first()
    if one is None:
        raise NotThere
    if request.method == "POST":
        end_release(actor, release=release)
        messages.success(request, _("Ended. %(name)s cannot read it.") % {"name": one.reader.name})
        return _back(request, one.conversation.public_id)
    found = talk(actor, one.conversation.public_id)
    return render(request, "talks/ask.html", {"found": found, **_asking(found, one)})


def _asking(found: Talk, row: Release) -> dict[str, Any]:
    """The words of the question, by how far it has come."""
    name = {"name": row.reader.name}
    if row.agreed_at:
        return {
            "heading": _("End the reading?"),
            "words": _(
                "%(name)s cannot open it any more from now on. What has been read is read, and a "
                "copy that was downloaded stays where it is."
            )
            % name,
            "button": _("End it"),
        }
    if row.asked_by_id == found.me.pk:
        return {
            "heading": _("Take it back?"),
            "words": _("%(name)s has not been told anything.") % name,
            "button": _("Take it back"),
        }
    return {
        "heading": _("Say no?"),
        "words": _("%(name)s is not told. The other of you sees that you said no, and no reason.")
        % name,
        "button": _("Say no"),
    }


# --- for whoever it is for ----------------------------------------------------------------------


@rules.member("GET")
def shared(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What others let me read today."""
    return render(request, "talks/shared.html", {"rows": released_to_me(actor)})


@rules.member("GET")
def shared_pdf(request: HttpRequest, actor: Actor, release: str) -> HttpResponse:
    """The copy, under a name that tells nothing."""
    row, pdf = open_copy(actor, release)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="musling-{row.until:%Y%m%d}.pdf"'},
    )
