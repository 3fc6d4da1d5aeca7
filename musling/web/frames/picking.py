"""Picking questions from the catalogue into a draft (row E6)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames import catalogue, drafting, editing
from musling.frames.catalogue import CatalogueQuestion
from musling.frames.document import FrameFault, text
from musling.frames.editing import Gone, Raw
from musling.gate import rules
from musling.web.forms import DkfdsForm
from musling.web.frames.drafts import to_editor
from musling.web.frames.outline import found_draft
from musling.web.frames.words import PHASES

ON_A_PAGE = 30


class SearchForm(DkfdsForm):
    """Narrows the catalogue down. Everything may be left out."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    phase = forms.ChoiceField(
        label=_("Where it looks"), required=False, choices=[("", _("Anywhere")), *PHASES]
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = [(one.id, text(one.title, language)) for one in catalogue.load()]
        self.fields["theme"].choices = [("", _("Every theme")), *themes]  # type: ignore[attr-defined]


def found_questions(
    request: HttpRequest, language: str, kind: str
) -> tuple[SearchForm, tuple[CatalogueQuestion, ...]]:
    """The search form and what it finds; a choice that there is not narrows nothing."""
    form = SearchForm(request.GET, language=language)
    form.is_valid()
    said = form.cleaned_data
    questions = catalogue.search(
        said.get("q", ""),
        kind=kind,
        phase=said.get("phase") or None,
        theme=said.get("theme") or None,
        language=language,
    )
    return form, questions


def shown(questions: Any, language: str, there: set[str]) -> list[dict[str, Any]]:
    """Each question as a line to tick; ``there``: ids of items that are asked already."""
    titles = {one.id: text(one.title, language) for one in catalogue.load()}
    return [
        {
            "id": one.id,
            "words": text(one.text, language),
            "theme": titles[one.theme],
            "help": [text(line, language) for line in one.help],
            "there": catalogue.PREFIX + one.id in there,
        }
        for one in questions
    ]


def chosen(request: HttpRequest) -> list[CatalogueQuestion]:
    """The questions that were ticked. Raises NotThere for what is none."""
    try:
        return [catalogue.find(one) for one in dict.fromkeys(request.POST.getlist("question"))]
    except KeyError:
        raise NotThere from None


def ids_in(raw: Raw) -> set[str]:
    """The ids of all items in a draft."""
    return {item["id"] for theme in raw.get("themes", []) for item in theme.get("items", [])}


@rules.role("hr", methods=("GET", "POST"))
def pick(request: HttpRequest, actor: Actor, draft_id: str, theme_id: str) -> HttpResponse:
    """Searches the catalogue and puts what is ticked at the end of the theme."""
    found = found_draft(actor, draft_id)
    try:
        theme = editing.theme_of(found.document, theme_id)
    except Gone:
        raise NotThere from None
    problem = ""
    if request.method == "POST":
        questions = chosen(request)
        try:
            return _picked(request, actor, draft_id, theme_id, questions)
        except FrameFault as fault:
            problem = fault.faults[0].problem
    form, questions_found = found_questions(request, actor.language, found.kind)
    page = Paginator(questions_found, ON_A_PAGE).get_page(request.GET.get("page"))
    there = {
        item["id"] for one in found.document.get("themes", []) for item in one.get("items", [])
    }
    return render(
        request,
        "frames/pick.html",
        {
            "draft": found,
            "theme_id": theme_id,
            "theme": theme["title"].get(actor.language) or theme["title"]["da"],
            "form": form,
            "page": page,
            "count": len(questions_found),
            "query": "&" + urlencode({n: v for n, v in request.GET.items() if n != "page"}),
            "questions": shown(page, actor.language, there),
            "problem": problem,
            "ticked": request.POST.getlist("question"),
        },
        status=422 if problem else 200,
    )


def _picked(
    request: HttpRequest,
    actor: Actor,
    draft_id: str,
    theme_id: str,
    questions: list[CatalogueQuestion],
) -> HttpResponse:
    def deed(raw: Raw) -> Raw:
        taken = ids_in(raw)
        for question in questions:
            fields = catalogue.as_item(question)
            if fields["id"] in taken:
                fields["id"] = editing.new_id("item")
            raw, _new = editing.add_item(raw, theme_id, fields)
        return raw

    draft = drafting.change(
        actor, public_id=draft_id, what="item.picked", element=theme_id[:60], deed=deed
    )
    count = len(questions)
    words = ngettext("%(n)s question is added.", "%(n)s questions are added.", count)
    messages.success(request, words % {"n": count})
    return to_editor(request, draft, theme_id)
