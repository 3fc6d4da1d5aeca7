"""Picking questions from the catalogue into a draft (row E6)."""

import secrets
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames import catalogue, drafting, editing
from musling.frames.catalogue import CatalogueQuestion
from musling.frames.document import FrameFault, text
from musling.frames.editing import Gone, Raw
from musling.gate import rules
from musling.web.forms import DkfdsForm
from musling.web.frames.drafts import to_editor
from musling.web.frames.outline import found_draft
from musling.web.frames.words import PHASES
from musling.web.staff.saving import slug_of

ON_A_PAGE = 30
LONGEST_QUERY = 3000  # servers take 4000 characters in the first line of a request


class SearchForm(DkfdsForm):
    """Narrows the catalogue down. Everything may be left out."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    phase = forms.ChoiceField(
        label=gettext_lazy("Back, now or ahead"),
        required=False,
        choices=[("", gettext_lazy("Back, now and ahead")), *PHASES],
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = [(one.id, text(one.title, language)) for one in catalogue.load()]
        self.fields["theme"].choices = [("", gettext_lazy("Every theme")), *themes]  # type: ignore[attr-defined]


def found_questions(
    said: QueryDict, language: str, kind: str
) -> tuple[SearchForm, tuple[CatalogueQuestion, ...]]:
    """The search form and what it finds; a choice that there is not narrows nothing."""
    form = SearchForm(said, language=language)
    form.is_valid()
    facts = form.cleaned_data
    questions = catalogue.search(
        facts.get("q", ""),
        kind=kind,
        phase=facts.get("phase") or None,
        theme=facts.get("theme") or None,
        language=language,
    )
    return form, questions


def looks_on(request: HttpRequest) -> bool:
    """Whether the button was one that searches or turns the page: then nothing is added."""
    return request.method == "POST" and not {"look", "page"}.isdisjoint(request.POST)


def with_ticks(request: HttpRequest) -> HttpResponseRedirect | None:
    """Leads to what was searched, with what is ticked; None where that is too much to carry.

    The address carries it, so that one can go back. Ids of the catalogue's questions are no secret.
    """
    said = request.POST.copy()
    for own in ("csrfmiddlewaretoken", "press", *(["page"] if "look" in said else [])):
        said.pop(own, None)
    said.pop("look", None)
    query = said.urlencode()
    return HttpResponseRedirect(f"{request.path}?{query}") if len(query) < LONGEST_QUERY else None


def choosing(
    request: HttpRequest, language: str, kind: str, there: Callable[[Any], set[str]], problem: str
) -> dict[str, Any]:
    """What ``frames/_pick_form.html`` needs. ``there``: of a page, the ids that are asked already.

    Whatever is ticked and not on this page goes along hidden.
    """
    said = request.POST if request.method == "POST" else request.GET
    form, found = found_questions(said, language, kind)
    page = Paginator(found, ON_A_PAGE).get_page(said.get("page"))
    known = {one.id for group in catalogue.load() for one in group.questions}
    ticked = [one for one in dict.fromkeys(said.getlist("question")) if one in known]
    on_page = {one.id for one in page}
    first = f"pick-{page[0].id}" if len(page) else ""
    return {
        "form": form,
        "page": page,
        "count": len(found),
        "questions": shown(page, language, there(page)),
        "ticked": ticked,
        "elsewhere": [one for one in ticked if one not in on_page],
        "errors": [{"id": first, "message": problem}] if problem else [],
        "press": secrets.token_hex(8),
    }


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
    """The questions that were ticked. Raises NotThere for what is none, Refused where none is."""
    ticked = dict.fromkeys(request.POST.getlist("question"))
    if not ticked:
        raise Refused(_("Tick at least one question."))
    try:
        return [catalogue.find(one) for one in ticked]
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
    if looks_on(request) and (onwards := with_ticks(request)):
        return onwards
    problem = ""
    if request.method == "POST" and not looks_on(request):
        try:
            return _picked(request, actor, draft_id, theme_id, chosen(request))
        except FrameFault as fault:
            problem = fault.faults[0].problem
        except Refused as refused:
            problem = refused.message
    asked = ids_in(found.document)
    about = {
        "draft": found,
        "theme": theme["title"].get(actor.language) or theme["title"]["da"],
        "back": reverse("draft", args=[slug_of(request), draft_id]),
        "back_words": _("Back to the draft"),
    }
    about |= choosing(request, actor.language, found.kind, lambda _page: asked, problem)
    return render(request, "frames/pick.html", about, status=422 if problem else 200)


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
        actor,
        public_id=draft_id,
        what="item.picked",
        element=theme_id[:60],
        deed=deed,
        press=request.POST.get("press", ""),
    )
    count = len(questions)
    words = ngettext("%(n)s question is added.", "%(n)s questions are added.", count)
    messages.success(request, words % {"n": count})
    return to_editor(request, draft, theme_id)
