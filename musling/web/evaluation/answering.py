"""The form with which somebody says how a round went, once, and the thanks that follow.

Nothing is saved while one writes, nothing is said by a message in the session, and what was sent
after the session had ended is not held back: each would be an answer beside a name.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.rounds.evaluation import queries
from musling.rounds.evaluation.access import LEAST, LEAST_TEXTS
from musling.rounds.evaluation.actions import answer
from musling.rounds.evaluation.questions import MOST_CHARACTERS, SCORES
from musling.web.staff.saving import slug_of
from musling.web.talks.texts import plain

SCORE, TEXT = "s.", "t."


@rules.member("GET", "POST")
def evaluation(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """The form; once it is answered or closed, that there is nothing more to answer."""
    asked = queries.asked(actor, round_id)
    if asked is None:
        return render(request, "evaluation/over.html")
    problem = None
    if request.method == "POST":
        try:
            answer(
                actor, public_id=round_id, scores=_scores(request.POST), texts=_texts(request.POST)
            )
        except NotThere:  # used in another tab at the same moment
            return render(request, "evaluation/over.html")
        except Refused as refused:
            problem = refused
        else:
            return redirect("evaluation-thanks", slug_of(request))
    return render(
        request,
        "evaluation/form.html",
        {
            "asked": asked,
            "items": _items(asked, request.POST, problem),
            "errors": [_error(problem)] if problem else [],
            "most": MOST_CHARACTERS,
            "least": LEAST,
            "least_texts": LEAST_TEXTS,
        },
        status=422 if problem else 200,
    )


@rules.member("GET")
def thanks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same page for everybody, whether or not anything was answered."""
    return render(request, "evaluation/thanks.html")


def _scores(data: QueryDict) -> dict[str, int]:
    scale = {str(score): score for score in SCORES}
    sent = {name.removeprefix(SCORE): data.get(name, "") for name in data if name.startswith(SCORE)}
    return {name: scale[value] for name, value in sent.items() if value in scale}


def _texts(data: QueryDict) -> dict[str, str]:
    return {
        name.removeprefix(TEXT): plain(data.get(name, "").replace("\x00", ""))
        for name in data
        if name.startswith(TEXT)
    }


def _items(asked: queries.Asked, data: QueryDict, problem: Refused | None) -> list[dict[str, Any]]:
    """What the page asks, with what was typed and what is wrong with it."""
    found = []
    for number, question in enumerate(asked.questions, 1):
        name = (TEXT if question.is_text else SCORE) + question.id
        found.append(
            {
                "name": name,
                "number": number,
                "words": question.words,
                "is_text": question.is_text,
                "value": data.get(name, ""),
                "error": problem.message if problem and problem.field == question.id else "",
            }
        )
    return found


def _error(problem: Refused) -> dict[str, str]:
    return {"id": TEXT + problem.field if problem.field else "", "message": problem.message}
