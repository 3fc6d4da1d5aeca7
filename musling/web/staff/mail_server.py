"""HR and operators try the mail server: one mail to oneself, each step with the server's words."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.gate import rules
from musling.mail.addresses import addresses
from musling.mail.server_test import LABELS, goes_to_a_server, server_name, try_server
from musling.people.own_settings import own_profile
from musling.web.staff.saving import slug_of

OUTCOME = "mail_server_outcome"  # in the session: steps and words, no address


@rules.role("hr", "operator", methods=("GET", "POST"))
def mail_server(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows what the last try came to; a press tries again."""
    address = _own_address(actor)
    if request.method == "POST":
        if not address:
            messages.error(request, _("You have no address yet. Add one to your log-in first."))
        elif goes_to_a_server():
            log.note(actor, "mail.server_tried", about=actor.profile_id)
            # A server can take seconds: not while the database waits for this transaction.
            transaction.on_commit(lambda: _try(request, address))
        return redirect("mail-server", slug_of(request))
    return render(
        request,
        "staff/mail_server.html",
        {
            "address": address,
            "server": server_name() if goes_to_a_server() else "",
            "outcome": _shown(request.session.get(OUTCOME)),
        },
    )


def _own_address(actor: Actor) -> str:
    return addresses([own_profile(actor)]).get(actor.profile_id, "")


def _try(request: HttpRequest, address: str) -> None:
    steps = try_server(address)
    request.session[OUTCOME] = {
        "at": clock.now().isoformat(),
        "steps": [step.as_dict() for step in steps],
    }


def _shown(outcome: dict[str, Any] | None) -> dict[str, Any] | None:
    """With the steps' names in the reader's language, and whether all went well."""
    if not outcome:
        return None
    steps = [
        {**step, "label": LABELS[step["name"]]}
        for step in outcome["steps"]
        if step.get("name") in LABELS
    ]
    return {"steps": steps, "well": all(step["well"] for step in steps)}
