"""Coverage for HR and for leaders' leaders: per unit, how far the talks of a year are."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from musling.conversations.coverage.queries import (
    PER_PAGE,
    Coverage,
    Line,
    covered_unit,
    starts,
    the_only_top,
    waiting_most,
)
from musling.conversations.coverage.queries import coverage as read_coverage
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.organisations.models import Unit
from musling.people.access import is_hr
from musling.people.queries import employed
from musling.rounds.queries import year_of_talks
from musling.web.staff.saving import public_id_in

# What is counted, in the order of the columns: the field, its short name and its full one.
STAND_COLUMNS = (
    ("late", gettext_lazy("No offer"), gettext_lazy("No offer")),
    ("on_leave", gettext_lazy("On leave"), gettext_lazy("On leave")),
    ("offered", gettext_lazy("Offered"), gettext_lazy("Offered")),
    ("declined", gettext_lazy("Declined"), gettext_lazy("Declined")),
    ("booked", gettext_lazy("Booked"), gettext_lazy("Booked")),
    ("held", gettext_lazy("Held"), gettext_lazy("Held")),
    ("agreed", gettext_lazy("Approved by both"), gettext_lazy("Approved by both")),
)
MARK_COLUMNS = (
    ("plan_made", gettext_lazy("Plan made"), gettext_lazy("Plan made")),
    ("followed_1", pgettext_lazy("quarter", "Q1"), gettext_lazy("Followed up in quarter 1")),
    ("followed_2", pgettext_lazy("quarter", "Q2"), gettext_lazy("Followed up in quarter 2")),
    ("followed_3", pgettext_lazy("quarter", "Q3"), gettext_lazy("Followed up in quarter 3")),
    ("followed_4", pgettext_lazy("quarter", "Q4"), gettext_lazy("Followed up in quarter 4")),
)
COLUMNS = STAND_COLUMNS + MARK_COLUMNS
# The bar shows what is done from the left; what nobody has begun stays empty.
IN_BAR = ("agreed", "held", "booked", "declined", "offered")
FIRST_YEAR = 2000
MOST_LATE = 5  # units on the start page
LONGEST_SEARCH = 120


@rules.member("GET")
def coverage(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The whole organisation or one unit, with a line for each unit right below it."""
    try:
        found = read(request, actor, page=_page(request))
    except _ChooseUnit as choose:
        return render(request, "staff/coverage_units.html", {"units": choose.units})
    page = Paginator(range(found.units), PER_PAGE).get_page(_page(request))
    kept = {
        "unit": found.unit.public_id if found.unit else "",
        "year": found.year,
        "q": found.search,
    }
    query = urlencode({name: value for name, value in kept.items() if value})
    return render(
        request,
        "staff/coverage.html",
        {
            "found": found,
            "columns": STAND_COLUMNS,
            "quarters": MARK_COLUMNS[1:],
            "lines": [shown(line) for line in found.lines],
            "total": shown(found.total),
            "total_name": total_name(found, request.standing.organisation_name),  # type: ignore[attr-defined]
            "sums": [
                {"number": found.total.people, "label": _("employed")},
                *(
                    {"number": found.total.number(field), "label": label}
                    for field, label, _full in (*STAND_COLUMNS, MARK_COLUMNS[0])
                    if field != "on_leave"
                ),
            ],
            "key": [
                {"kind": field, "label": label}
                for wanted in IN_BAR
                for field, label, _full in STAND_COLUMNS
                if field == wanted
            ],
            "page": page,
            "query": query,
            "page_query": f"&{query}",
            "this_year": actor.today.year,
            "hr": is_hr(actor),
        },
    )


def at_a_glance(actor: Actor) -> dict[str, Any]:
    """For HR's start page: the year in all, and the units in which most wait for an offer."""
    year = year_of_talks(actor)
    total, lines = waiting_most(actor, year=year, most=MOST_LATE)
    return {
        "year": year,
        "begins": employed(actor, most=2) < 2,
        "people": total.people,
        "late": total.late,
        "agreed": total.number("agreed"),
        "lines": [
            {"name": name_of(line), "unit": line.unit, "late": line.late, "people": line.people}
            for line in lines
        ],
    }


class _ChooseUnit(Exception):
    """A leader's leader looks down from several units, and has not said from which."""

    def __init__(self, units: list[Unit]) -> None:
        super().__init__()
        self.units = units


def read(request: HttpRequest, actor: Actor, *, page: int | None) -> Coverage:
    """What the address asks for. Raises NotThere, and _ChooseUnit where there are several."""
    return read_coverage(
        actor,
        year=year_in(request, actor),
        unit=_unit(actor, public_id_in(request.GET, "unit")),
        search=request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip(),
        page=page,
    )


def read_all(request: HttpRequest, actor: Actor) -> Coverage:
    """The same with the lines of all pages. Raises NotThere."""
    try:
        return read(request, actor, page=None)
    except _ChooseUnit:
        raise NotThere from None


def _page(request: HttpRequest) -> int:
    """The page asked for, from 1; beyond the last one the list is empty."""
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


def year_in(request: HttpRequest, actor: Actor) -> int:
    """The year asked for; that of the talks of today where it makes no sense."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return year if FIRST_YEAR <= year <= actor.today.year + 1 else year_of_talks(actor)


def _unit(actor: Actor, public_id: str) -> Unit | None:
    """The unit asked for; else the top if there is one alone, or the one unit looked down from."""
    if public_id:
        return covered_unit(actor, public_id)
    if is_hr(actor):
        return the_only_top(actor)
    units = starts(actor)
    if not units:
        raise NotThere
    if len(units) > 1:
        raise _ChooseUnit(units)
    return units[0]


def name_of(line: Line) -> str:
    """The unit's name, or that the line is about those employed in the unit itself."""
    return _("%(unit)s itself") % {"unit": line.unit.name} if line.itself else line.unit.name


def total_name(found: Coverage, organisation: str) -> str:
    """What the last line is about: after a search not only the lines above it."""
    if not found.search:
        return _("In all")
    return found.unit.name if found.unit else organisation


def shown(line: Line) -> dict[str, Any]:
    """A line with its numbers and the parts of its bar, from left to right."""
    parts, left = [], 0
    for field in IN_BAR:
        if count := line.number(field):
            parts.append({"x": left, "width": count, "kind": field})
            left += count
    return {
        "name": name_of(line),
        "unit": line.unit,
        "opens": line.opens,
        "people": line.people,
        "numbers": [
            {"count": line.number(field), "label": full, "late": field == "late"}
            for field, _short, full in COLUMNS
        ],
        "bar": parts,
    }
