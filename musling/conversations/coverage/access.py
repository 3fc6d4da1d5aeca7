"""Who sees how far the talks are: rows, nothing else. There are counts of persons, no content."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from musling.conversations.contents import LEADERS_LEADER
from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, Row, reach
from musling.frames.access import COMMITTEE
from musling.organisations.models import Unit
from musling.people.access import ALWAYS, HR, WHILE_LEADING, holds
from musling.people.leading import headed_units
from musling.people.models import Role

COVERAGE = Content(
    "coverage",
    _("Coverage, unit by unit"),
    _("How many are offered, hold and follow up their talk; numbers only, never what was said"),
)
REPORT = Content(
    "coverage_report",
    _("The report of coverage"),
    _("The same for the whole organisation, with units of fewer than five people folded in"),
)
SINCE_THEY_EVALUATE = _("always, to evaluate the use of the talks every year")


def _for_hr(actor: Actor) -> QuerySet[Unit]:
    return Unit.objects.filter(organisation__in=holds(actor, Role.Name.HR).values("organisation"))


def _below_the_actor(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor leads and that have units below them, with all of these."""
    wanted = Q(pk=None)
    for path in top_units_led(actor).values_list("path", flat=True):
        wanted |= Q(path__startswith=path)
    return Unit.objects.filter(wanted, organisation_id=actor.organisation_id)


def top_units_led(actor: Actor) -> QuerySet[Unit]:
    """The units from which a leader's leader looks down, by name."""
    return headed_units(actor).filter(Exists(Unit.objects.filter(parent=OuterRef("pk"))))


def _with_role(role: str) -> Any:
    return lambda actor: holds(actor, role)


COVERAGE_ROWS = (
    Row(COVERAGE, HR, ALWAYS, _for_hr, source="A1"),
    Row(COVERAGE, LEADERS_LEADER, WHILE_LEADING, _below_the_actor),
)
REPORT_ROWS = (
    Row(REPORT, HR, ALWAYS, _with_role(Role.Name.HR)),
    Row(REPORT, COMMITTEE, SINCE_THEY_EVALUATE, _with_role(Role.Name.COMMITTEE)),
)
ROWS = COVERAGE_ROWS + REPORT_ROWS


def covered_units(actor: Actor) -> QuerySet[Unit]:
    """The units whose coverage the actor may see. Whoever sees one sees all below it."""
    return reach(Unit.objects.all(), COVERAGE_ROWS, actor)


def may_take_report(actor: Actor) -> bool:
    """Whether one of the actor's roles carries the report of the whole organisation."""
    return reach(Role.objects.all(), REPORT_ROWS, actor).exists()
