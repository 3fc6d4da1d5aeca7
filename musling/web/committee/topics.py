"""What committees have made mandatory: the list, making more, ending it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.alphabet import Folded
from musling.foundation.problems import NotThere
from musling.frames.access import Area, area, changeable_required, readable_required
from musling.frames.composing import compose
from musling.frames.document import FrameDocument, Item, text
from musling.frames.effective import period_theme
from musling.frames.models import RequiredItem
from musling.frames.parsing import parse_item
from musling.frames.queries import document_of, in_use, kinds_in_use, theme_in_force
from musling.frames.required_actions import end_requirement, require_item, require_own
from musling.gate import rules
from musling.organisations.access import readable_units
from musling.web.committee.topic_forms import PickForm, WhereForm, WordForm, kind_choices
from musling.web.staff.choosing import SUGGESTED
from musling.web.staff.forms import unit_label
from musling.web.staff.saving import posted, saved, slug_of

MOST_ENDED = 50


@rules.member("GET")
def topics(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list, for committees, HR, and leaders as far as it holds where they lead."""
    standing = request.standing  # type: ignore[attr-defined]
    sits = "committee" in standing.roles
    if not (sits or standing.leads or "hr" in standing.roles):
        raise NotThere
    found = list(readable_required(actor).select_related("unit").order_by("-made_at", "-pk"))
    own = set(changeable_required(actor).values_list("pk", flat=True)) if sits else set()
    asked = _asked(actor)
    rows = [_row(row, asked, actor.language, row.pk in own) for row in found]
    return render(
        request,
        "committee/topics.html",
        {
            "living": [row for row in rows if not row["row"].ended_at],
            "ended": [row for row in rows if row["row"].ended_at][:MOST_ENDED],
            "sits": sits,
        },
    )


def _asked(actor: Actor) -> dict[str, FrameDocument]:
    """What each kind of talk in use asks that is planned now, by kind, with the period's theme."""
    chosen = theme_in_force(actor.organisation_id, actor.today.year)
    theme = period_theme(chosen.document, chosen.first_year) if chosen else None
    found: dict[str, FrameDocument] = {}
    for name in kinds_in_use(actor):
        version = in_use(actor.organisation_id, name)
        if version:
            found[name] = compose(document_of(version.content), theme=theme).document
    return found


def _row(
    row: RequiredItem, asked: Mapping[str, FrameDocument], language: str, may_end: bool
) -> dict[str, Any]:
    own = parse_item(row.document, "item", []) if row.document else None
    known = [item for one in asked.values() if (item := one.find(row.item))]
    item = own or next(iter(known), None)
    missing = _without(row, own, asked)
    return {
        "row": row,
        "words": text(item.text, language) if item else row.item,
        "gone": item is None,
        "missing": _names(missing),
        "in_words": _names(
            name
            for name in row.kinds
            if own and own.type == "scale" and name in asked and asked[name].scale is None
        ),
        "own": own is not None,
        "where": row.unit.name if row.unit else _("The whole organisation"),
        "kinds": _names(row.kinds),
        "may_end": may_end and row.ended_at is None,
    }


def _without(row: RequiredItem, own: Item | None, asked: Mapping[str, FrameDocument]) -> list[str]:
    """The kinds that it was made mandatory in and that do not ask it: see ``composing``."""
    return [
        name
        for name in row.kinds
        if name not in asked or (own is None and asked[name].find(row.item) is None)
    ]


def _names(kinds: Iterable[str]) -> str:
    return ", ".join(name for _id, name in kind_choices(list(kinds)))


def _area(actor: Actor) -> Area:
    own = area(actor)
    if own is None:
        raise NotThere
    return own


@rules.role("committee", methods=("GET", "POST"))
def pick(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Makes a question of the frames in use mandatory."""
    own, kinds = _area(actor), kinds_in_use(actor)
    form = PickForm(posted(request), actor=actor, area=own, kinds=kinds)
    if request.method == "POST" and saved(
        form,
        lambda: require_item(
            actor,
            unit=form.where,
            kinds=form.cleaned_data["kinds"],
            item=form.cleaned_data["item"],
        ),
    ):
        return _done(request)
    return _page(request, actor, form, own, "committee/topic_pick.html")


@rules.role("committee", methods=("GET", "POST"))
def word(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Has a question of the committee's own asked."""
    own, kinds = _area(actor), kinds_in_use(actor)
    form = WordForm(posted(request), actor=actor, area=own, kinds=kinds)
    if request.method == "POST" and saved(
        form,
        lambda: require_own(
            actor, unit=form.where, kinds=form.cleaned_data["kinds"], words=form.words()
        ),
    ):
        return _done(request)
    return _page(request, actor, form, own, "committee/topic_word.html")


def _page(
    request: HttpRequest, actor: Actor, form: WhereForm, own: Area, template: str
) -> HttpResponse:
    page = {"form": form, "suggestions": _suggestions(actor, own)}
    return render(request, template, page, status=422 if form.errors else 200)


def _suggestions(actor: Actor, own: Area) -> list[str]:
    """The committee's open units as they are written in the field; none where they are too many."""
    units = readable_units(actor).filter(Q(closed_on=None) | Q(closed_on__gt=actor.today))
    found = list(own.of(units).order_by(Folded("name"), "pk")[: SUGGESTED + 1])
    return [unit_label(unit) for unit in found] if len(found) <= SUGGESTED else []


def _done(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved. Talks planned from now on ask it."))
    return redirect("committee-topics", slug_of(request))


@rules.role("committee", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, required: str) -> HttpResponse:
    """It is no longer mandatory in talks planned from now on; the page asks first."""
    row = changeable_required(actor).filter(public_id=required).select_related("unit").first()
    if row is None:
        raise NotThere
    if request.method == "GET":
        about = _row(row, _asked(actor), actor.language, may_end=True)
        return render(request, "committee/topic_end.html", {"one": about})
    end_requirement(actor, required=required)
    messages.success(request, _("Ended. Talks that have begun keep it."))
    return redirect("committee-topics", slug_of(request))
