"""The page "Hvem kan se hvad": open to anybody in the organisation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from musling.conversations.contents import STAGES
from musling.conversations.kinds import KINDS
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames.queries import kinds_in_use
from musling.gate import rules
from musling.web.access.table import of_people, of_talks


@rules.member("GET")
def access_page(request: HttpRequest, actor: Actor, talk_kind: str = "") -> HttpResponse:
    """Every class of content of a kind of talk: who sees it, in which stage, and who never does."""
    if talk_kind and talk_kind not in KINDS:
        raise NotThere
    kinds = [KINDS[name] for name in kinds_in_use(actor) or KINDS]
    shown = KINDS[talk_kind] if talk_kind else kinds[0]
    context = {
        "talks": of_talks(shown),
        "people": of_people(),
        "kinds": kinds,
        "shown": shown,
        "stages": STAGES,
    }
    return render(request, "access/access.html", context)
