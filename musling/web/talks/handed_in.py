"""What was handed in, and what each expects: to be read before and after the talk, while kept."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.conversations import access, contents
from musling.conversations.models import Reveal
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.room import expectations
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.sides import Sides


def may_be_read(found: Talk) -> bool:
    """Whether anything may have been shared before the talk, and it is for me."""
    return access.seen_from(contents.HANDED_IN, found.me) and (
        found.sat_in_it or found.conversation.reveal != Reveal.NEVER
    )


def is_anything_to_read(actor: Actor, found: Talk) -> bool:
    """Whether there is something that the page would show; at most two queries."""
    if not may_be_read(found):
        return False
    rows = (access.readable_handed_in(actor), access.readable_expectations(actor))
    return any(some.filter(conversation=found.conversation).exists() for some in rows)


def expected(actor: Actor, found: Talk) -> list[tuple[str, str]]:
    """Who expects what of the talk, the employee first; without what is empty."""
    said = expectations(actor, found)
    return [
        (seat.profile.first_name, said[seat.pk].text)
        for seat in (found.employee, found.leader)
        if seat.pk in said and said[seat.pk].text
    ]


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
            "expected": expected(actor, found),
            "shares": found.conversation.reveal != Reveal.NEVER,
            "eye": eye_line(contents.HANDED_IN, found),
            "expected_eye": eye_line(contents.EXPECTED, found),
        },
    )
