"""The tree of units with what is wrong in it, and one unit: who leads it, its name and number."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.conversations.actions.following import followers_on_the_way
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import fingerprint
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.organisations.actions import UNIT_FIELDS
from musling.organisations.models import Unit
from musling.organisations.queries import Branch, Tree, tree
from musling.people import actions
from musling.people.access import changeable_units
from musling.people.queries import (
    CANDIDATES,
    Workforce,
    posts_at,
    units_to_choose,
    workforce,
)
from musling.web.staff.forms import NewUnitForm, UnitForm, unit_label
from musling.web.staff.saving import posted, public_id_in, saved, show_what_stands, slug_of
from musling.web.staff.suggestions import unit_suggestions

MOST_SHOWN = 300  # units on one page; deeper ones open on a page of their own
MOST_TROUBLES = 20
LONGEST_SEARCH = 120


@dataclass
class Shown:
    """A unit on the page of the tree. ``more``: units below that open on a page of their own."""

    unit: Unit
    leader: str
    people: int
    children: list["Shown"] = field(default_factory=list)
    more: int = 0
    cut: int = 0  # right below, but too many for one page: the search finds them


def found_unit(actor: Actor, public_id: str) -> Unit:
    """The unit; NotThere where there is none."""
    found = changeable_units(actor).select_related("parent").filter(public_id=public_id).first()
    if found is None:
        raise NotThere
    return found


@rules.role("hr")
def units(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The tree, from the top or from one unit, and what is wrong in it."""
    whole = tree(actor)
    force = workforce(actor, whole)
    start = _start(whole, public_id_in(request.GET, "unit"))
    tops = [start] if start else whole.tops
    asked = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    return render(
        request,
        "staff/units.html",
        {
            "tops": shown_tree(tops, force),
            "cut": max(0, len(tops) - MOST_SHOWN),
            "asked": asked,
            "found": units_to_choose(actor, asked)[:CANDIDATES] if asked else [],
            "way": whole.way_down(start.unit.pk)[:-1] if start else [],
            "start": start,
            "count": len(whole.branches),
            "lost": [branch.unit for branch in whole.lost][:MOST_TROUBLES],
            "troubles": force.troubles[:MOST_TROUBLES],
            "more_troubles": max(0, len(force.troubles) - MOST_TROUBLES),
        },
    )


def _start(whole: Tree, public_id: str) -> Branch | None:
    if not public_id:
        return None
    found = (b for b in whole.branches.values() if b.unit.public_id == public_id)
    start = next(found, None)
    if start is None:
        raise NotThere
    return start


def shown_tree(tops: list[Branch], force: Workforce) -> list[Shown]:
    """The branches level by level, as long as a whole level fits; what is left is counted.

    The first level below a single top always shows, as far as the page holds.
    """
    shown = [_shown(top, force) for top in tops[:MOST_SHOWN]]
    level = list(zip(tops, shown, strict=False))
    room = MOST_SHOWN - len(shown)
    while level:
        below: list[tuple[Branch, Shown]] = []
        opens = len(shown) == 1 and level[0][1] is shown[0]
        if not opens and sum(len(branch.children) for branch, _entry in level) > room:
            for branch, entry in level:
                entry.more = sum(1 for _below in branch.walk()) - 1
            break
        for branch, entry in level:
            entry.children = [_shown(child, force) for child in branch.children[:MOST_SHOWN]]
            entry.cut = len(branch.children) - len(entry.children)
            room -= len(entry.children)
            below += zip(branch.children, entry.children, strict=False)
        level = below
    return shown


def _shown(branch: Branch, force: Workforce) -> Shown:
    leader = force.leaders.get(branch.unit.pk)
    return Shown(
        branch.unit,
        leader.profile.name if leader else "",
        force.people.get(branch.unit.pk, 0),
    )


@rules.role("hr", methods=("GET", "POST"))
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new unit below another, or at the top."""
    below = changeable_units(actor).filter(public_id=public_id_in(request.GET, "below")).first()
    initial = {"parent": unit_label(below) if below else ""}
    form = NewUnitForm(posted(request), actor=actor, initial=initial)
    form.fields.pop("seen")
    made: list[Unit] = []

    def deed() -> None:
        facts = form.cleaned_data
        parent = form.chosen.get("parent")
        made.append(
            actions.add_unit(actor, name=facts["name"], number=facts["number"], parent=parent)
        )

    if request.method == "POST" and saved(form, deed):
        messages.success(request, _("%(name)s is added.") % {"name": made[0].name})
        return redirect("unit", slug_of(request), made[0].public_id)
    return render(
        request, "staff/unit_add.html", {"form": form, "suggestions": unit_suggestions(actor)}
    )


@rules.role("hr")
def unit(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """One unit: who leads it, what can be done."""
    row = found_unit(actor, unit)
    return render(
        request,
        "staff/unit.html",
        {
            "unit": row,
            "posts": posts_at(actor, row),
            "today": actor.today,
            "on_the_way": followers_on_the_way(actor),
        },
    )


@rules.role("hr", methods=("GET", "POST"))
def rename(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """Name and number of a unit."""
    row = found_unit(actor, unit)
    initial = {"name": row.name, "number": row.number, "seen": fingerprint(row, UNIT_FIELDS)}
    form = UnitForm(posted(request), initial=initial)
    if request.method == "POST" and saved(
        form, lambda: actions.rename_unit(actor, row, **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("unit", slug_of(request), row.public_id)
    clash = show_what_stands(form, row, UNIT_FIELDS)
    return _form_page(request, form, row, heading=_("Change the unit"), clash=clash)


def _form_page(request: HttpRequest, form: Any, row: Unit, **context: Any) -> HttpResponse:
    empty = {"lede": "", "button": _("Save"), "clash": [], "suggestions": []}
    return render(request, "staff/unit_form.html", {"form": form, "unit": row, **empty, **context})
