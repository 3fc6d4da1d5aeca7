"""What was handed in, to be read after the talk, while it is kept."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.conversations import access
from musling.conversations.models import Reveal, State
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.sides import Sides

AFTERWARDS = {State.HELD, State.MINUTES_OUT, State.AGREED}


def may_be_read(found: Talk) -> bool:
    """Whether the talk is over, something may have been handed in, and it is for me."""
    shared = found.conversation.reveal != Reveal.NEVER
    mine = access.seen_from(access.HANDED_IN, found.me)
    return mine and shared and found.state in AFTERWARDS


@rules.member("GET")
def handed_in_page(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Both sides, theme by theme; only what one may see."""
    found = talk(actor, public_id)
    if not may_be_read(found):
        raise NotThere
    values = handed_in(actor, found)
    sides = Sides(replace(found, other=found.held_with), values, actor.language)
    return render(
        request,
        "talks/handed_in.html",
        {
            "found": found,
            "themes": sides.all_themes(),
            "topics": sides.topics(),
            "eye": eye_line(access.HANDED_IN, found),
        },
    )
