"""Who may see and change what of frames: rows, nothing else. What is asked, its parties read."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, Row, reach
from musling.frames.models import TeamVersion
from musling.people.access import ALWAYS, HR, NEAREST_LEADER, WHILE_LEADING, holds
from musling.people.leading import headed_units
from musling.people.models import Role

TEAM_VERSION = Content(
    "team_version",
    _("What a team is asked"),
    _("What a leader changed in the questions for the team; everybody sees it in the own talk"),
)


def _of_units_led(actor: Actor) -> QuerySet[TeamVersion]:
    return TeamVersion.objects.filter(unit__in=headed_units(actor).order_by().values("pk"))


def _for_hr(actor: Actor) -> QuerySet[TeamVersion]:
    return TeamVersion.objects.filter(
        organisation__in=holds(actor, Role.Name.HR).values("organisation")
    )


TEAM_VERSION_ROWS = (
    Row(TEAM_VERSION, NEAREST_LEADER, WHILE_LEADING, _of_units_led, change=True),
    Row(TEAM_VERSION, HR, ALWAYS, _for_hr),
)
ROWS = TEAM_VERSION_ROWS


def readable_team_versions(actor: Actor) -> QuerySet[TeamVersion]:
    """The teams' versions that the actor may see."""
    return reach(TeamVersion.objects.all(), TEAM_VERSION_ROWS, actor)
