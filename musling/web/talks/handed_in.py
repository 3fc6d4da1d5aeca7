"""What was handed in, to be read after the talk, while it is kept."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.conversations import access
from musling.conversations.models import GoesAlong, Part, Participant, Reveal, State
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames.document import PHASES
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.sides import HandedIn, Sides

AFTERWARDS = {State.HELD, State.MINUTES_OUT, State.AGREED}


def may_be_read(found: Talk) -> bool:
    """Whether the talk is over, something may have been handed in, and it is for me."""
    along = found.sat_in_it or found.me.goes_along == GoesAlong.EVERYTHING
    shared = found.conversation.reveal != Reveal.NEVER
    return along and shared and found.state in AFTERWARDS


@rules.member("GET")
def handed_in_page(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Both sides, theme by theme; only what one may see."""
    found = talk(actor, public_id)
    if not may_be_read(found):
        raise NotThere
    values = handed_in(actor, found)
    sides = Sides(_with_whom(found, values), values, actor.language)
    themes = [theme for phase in PHASES for theme in sides.themes(phase) if theme.pairs]
    return render(
        request,
        "talks/handed_in.html",
        {
            "found": found,
            "themes": themes,
            "topics": sides.topics(),
            "eye": eye_line(access.HANDED_IN, found),
        },
    )


def _with_whom(found: Talk, values: HandedIn) -> Talk:
    """For the employee: with whoever led the talk then, where somebody else leads now."""
    if found.i_lead or found.leader.pk in values:
        return found
    seats = Participant.objects.filter(
        conversation=found.conversation, part=Part.LEADER, pk__in=list(values)
    )
    before = seats.select_related("profile").order_by("-pk").first()
    return replace(found, other=before) if before else found
