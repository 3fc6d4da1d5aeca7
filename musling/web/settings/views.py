"""One's own settings in an organisation; and who has opened what of mine."""

import datetime as dt
from collections.abc import Collection

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.activity.models import Reading
from musling.foundation.actor import Actor
from musling.foundation.visibility import Text
from musling.gate import rules
from musling.people.own_settings import own_profile
from musling.privacy.readings import in_words, readings_of_mine
from musling.web.access.table import names

PER_PAGE = 50


@rules.member("GET")
def mine(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows one's own settings, and the way to each."""
    profile = own_profile(actor)
    page = Paginator(readings_of_mine(actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "settings/mine.html",
        {
            "profile": profile,
            "tests_mail": bool({"hr", "operator"} & request.standing.roles),  # type: ignore[attr-defined]
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
