"""Asking to see what a leader wrote about me, and answering whoever asks me."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.foundation.actor import Actor
from musling.foundation.fingerprints import of_values
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.privacy.access_requests import ask_for_access, hand_out, own_words, refuse, take_back
from musling.privacy.asked import answer_to_me, asked_of_me, lines, request_of_me
from musling.privacy.models import AccessRequest
from musling.vault.keys import KeyDestroyed


def _slug(request: HttpRequest) -> str:
    return str(request.standing.slug)  # type: ignore[attr-defined]


@rules.member("POST")
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Asks every leader for what she or he has written about me; one press, no reason asked."""
    asked = ask_for_access(actor)
    if asked:
        words = ngettext("%(n)d leader is asked.", "%(n)d leaders are asked.", asked)
        messages.success(request, words % {"n": asked})
    else:
        messages.info(
            request,
            _("There is nothing more to ask for: nothing that a leader wrote to prepare is kept."),
        )
    return redirect("my-data", _slug(request))


@rules.member("GET")
def answer(request: HttpRequest, actor: Actor, access_request: str) -> HttpResponse:
    """What the leader answered."""
    row, rows, reason = answer_to_me(actor, access_request)
    return render(
        request, "settings/access_answer.html", {"row": row, "rows": rows, "reason": reason}
    )


@rules.member("POST")
def back(request: HttpRequest, actor: Actor, access_request: str) -> HttpResponse:
    """Takes back what I asked for."""
    try:
        take_back(actor, request=access_request)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Taken back."))
    return redirect("my-data", _slug(request))


# --- for the leader -----------------------------------------------------------------------------


@rules.member("GET")
def asked(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who asks to see what I wrote."""
    return render(request, "settings/asked.html", {"rows": asked_of_me(actor)})


@rules.member("GET", "POST")
def asked_one(request: HttpRequest, actor: Actor, access_request: str) -> HttpResponse:
    """Exactly what would go out; to hand out, or to refuse with a reason."""
    row = request_of_me(actor, access_request)
    if row.answered_at:
        messages.info(request, _("You have answered this."))
        return redirect("asked", _slug(request))
    typed, problem = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            _answered(request, actor, access_request)
        except Refused as refused:
            problem = refused.message
        else:
            messages.success(
                request,
                _("Answered. %(name)s can read it now.") % {"name": row.asker.first_name},
            )
            return redirect("asked", _slug(request))
    words = _words_of(row)
    return render(
        request,
        "settings/asked_one.html",
        {
            "row": row,
            "rows": None if words is None else lines(actor, row, words),
            "seen": of_values(words or {}),
            "typed": typed,
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _answered(request: HttpRequest, actor: Actor, access_request: str) -> None:
    """Does what was pressed. Raises Refused."""
    pressed = request.POST.get("answer")
    if pressed == "hand_out":
        hand_out(actor, request=access_request, seen=request.POST.get("seen", ""))
    elif pressed == "refuse":
        refuse(actor, request=access_request, reason=request.POST.get("reason", ""))
    else:
        raise Refused(_("Choose one of the two."))


def _words_of(row: AccessRequest) -> dict[str, dict[str, Any]] | None:
    """What was written; None where it is destroyed meanwhile."""
    try:
        return own_words(row)
    except KeyDestroyed:
        return None
