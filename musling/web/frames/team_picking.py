"""Picking questions from the catalogue into what a team, or one talk, is asked (row E6)."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.frames import catalogue
from musling.frames import team_editing as editing
from musling.frames.catalogue import CatalogueQuestion
from musling.frames.composing import TEAM_THEME
from musling.web.frames.picking import choosing, chosen, looks_on, with_ticks
from musling.web.frames.team_editor import Edited, Subject, edited, keep_changes


def pick_into(request: HttpRequest, actor: Actor, subject: Subject, kind: str) -> HttpResponse:
    """Searches the catalogue and puts what is ticked among the leader's own questions, not saved.

    Raises NotThere for a question that there is not.
    """
    if looks_on(request) and (onwards := with_ticks(request)):
        return onwards
    now, problem = edited(request, subject), ""
    if request.method == "POST" and not looks_on(request):
        try:
            return _picked(request, now, chosen(request))
        except Refused as refused:
            problem = refused.message
    about = {"back": subject.here, "back_words": _("Back to the questions")}
    about |= choosing(request, actor.language, kind, lambda page: _there(now, page), problem)
    return render(request, "frames/team_pick.html", about, status=422 if problem else 200)


def _there(now: Edited, questions: Iterable[CatalogueQuestion]) -> set[str]:
    """The ids, as in a frame, of those that are asked already, by their id or their words."""
    items = now.document.items
    ids, words = {item.id for item in items}, {item.text["da"] for item in items}
    names = {catalogue.PREFIX + one.id: one.text["da"] for one in questions}
    return {name for name, text in names.items() if name in ids or text in words}


def _picked(request: HttpRequest, now: Edited, questions: list[CatalogueQuestion]) -> HttpResponse:
    changes = now.changes
    for question in questions:
        item = catalogue.as_item(question)
        changes = editing.add_own(now.subject.base, changes, theme=TEAM_THEME, item=item)
    keep_changes(request, now, changes)
    words = ngettext("%(n)s question is added.", "%(n)s questions are added.", len(questions))
    messages.success(request, words % {"n": len(questions)})
    return redirect(f"{now.subject.here}#t-{TEAM_THEME}")
