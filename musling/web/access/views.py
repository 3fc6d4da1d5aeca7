"""The page "Hvem kan se hvad": open to anybody in the organisation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.foundation.actor import Actor
from musling.gate import rules
from musling.web.access.table import table


@rules.member("GET")
def access_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every class of content: who sees it, when, and who never does."""
    return render(request, "access/access.html", {"lines": table()})
