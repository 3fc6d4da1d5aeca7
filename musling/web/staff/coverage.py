"""Coverage for HR: per unit how many were offered, booked and held their talk this year."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.conversations.queries.coverage import Coverage, Line, Stand
from musling.conversations.queries.coverage import coverage as read_coverage
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.organisations.access import readable_units
from musling.organisations.models import Unit
from musling.web.staff.csv_files import csv_file
from musling.web.staff.saving import public_id_in

COLUMNS = (
    (Stand.NONE, gettext_lazy("No offer")),
    (Stand.ON_LEAVE, gettext_lazy("On leave")),
    (Stand.OFFERED, gettext_lazy("Offered")),
    (Stand.DECLINED, gettext_lazy("Declined")),
    (Stand.BOOKED, gettext_lazy("Booked")),
    (Stand.HELD, gettext_lazy("Held")),
    (Stand.AGREED, gettext_lazy("Agreed")),
)
# The bar shows what is done from the left; what nobody has begun stays empty.
IN_BAR = (Stand.AGREED, Stand.HELD, Stand.BOOKED, Stand.DECLINED, Stand.OFFERED)
FIRST_YEAR = 2000
MOST_LATE = 5  # units on the start page


@rules.role("hr")
def coverage(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The whole organisation or one unit, with a line for each unit right below it."""
    found = _read(request, actor)
    return render(
        request,
        "staff/coverage.html",
        {
            "found": found,
            "columns": [label for _stand, label in COLUMNS],
            "lines": [shown(line) for line in found.lines],
            "total": shown(found.total),
            "sums": [
                {"number": found.total.people, "label": _("employed")},
                *(
                    {"number": found.total.count(stand), "label": label}
                    for stand, label in COLUMNS
                    if stand != Stand.ON_LEAVE
                ),
            ],
            "key": [{"kind": one.name.lower(), "label": dict(COLUMNS)[one]} for one in IN_BAR],
            "this_year": actor.today.year,
        },
    )


@rules.role("hr")
def coverage_csv(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Exactly the lines of the page, as a file."""
    found = _read(request, actor)
    rows = [
        (_name(line), line.people, *(line.count(stand) for stand, _label in COLUMNS))
        for line in found.lines
    ]
    total = (_("In all"), found.total.people, *(found.total.count(s) for s, _label in COLUMNS))
    columns = (_("Unit"), _("Employed"), *(label for _stand, label in COLUMNS))
    return csv_file(f"musling-{found.year}.csv", columns, [*rows, total])


def at_a_glance(actor: Actor) -> dict[str, Any]:
    """For HR's start page: this year in all, and the units in which most wait for an offer."""
    found = read_coverage(actor, year=actor.today.year, unit=_unit(actor, ""))
    late = sorted((line for line in found.lines if line.late), key=lambda line: -line.late)
    return {
        "people": found.total.people,
        "late": found.total.late,
        "agreed": found.total.count(Stand.AGREED),
        "lines": [
            {"name": _name(line), "unit": line.unit, "late": line.late, "people": line.people}
            for line in late[:MOST_LATE]
        ],
    }


def _read(request: HttpRequest, actor: Actor) -> Coverage:
    return read_coverage(
        actor, year=_year(request, actor), unit=_unit(actor, public_id_in(request.GET, "unit"))
    )


def _year(request: HttpRequest, actor: Actor) -> int:
    """The year asked for; this one where it makes no sense."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return year if FIRST_YEAR <= year <= actor.today.year + 1 else actor.today.year


def _unit(actor: Actor, public_id: str) -> Unit | None:
    """The unit asked for; else the top, if there is one alone."""
    if not public_id:
        tops = readable_units(actor).filter(parent=None)[:2]
        return tops[0] if len(tops) == 1 else None
    unit = readable_units(actor).filter(public_id=public_id).first()
    if unit is None:
        raise NotThere
    return unit


def _name(line: Line) -> str:
    return _("%(unit)s itself") % {"unit": line.unit.name} if line.itself else line.unit.name


def shown(line: Line) -> dict[str, Any]:
    """A line with its numbers and the parts of its bar, from left to right."""
    parts, left = [], 0
    for stand in IN_BAR:
        if count := line.count(stand):
            parts.append({"x": left, "width": count, "kind": stand.name.lower()})
            left += count
    return {
        "name": _name(line),
        "unit": line.unit,
        "opens": line.has_below,
        "people": line.people,
        "numbers": [
            {"count": line.count(stand), "label": label, "late": stand == Stand.NONE}
            for stand, label in COLUMNS
        ],
        "bar": parts,
    }
