"""Who may see and change what teams and committees decide, and the core task: rows, nothing else.

What is asked, once it is asked, both parties read in their talk; here is who decides it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Row, reach
from musling.frames.models import CoreTask, OrganisationTheme, RequiredItem, TeamVersion
from musling.organisations.access import MEMBER
from musling.organisations.models import Unit
from musling.people.access import ALWAYS, HR, NEAREST_LEADER, WHILE_LEADING, holds
from musling.people.leading import headed_units, in_force, led_units
from musling.people.models import Leadership, Role

COMMITTEE = PartPlayed("committee", _("the MED committee"), _("you"))
MAIN_COMMITTEE = PartPlayed("main_committee", _("the main committee"), _("you"))
LOCAL_COMMITTEE = PartPlayed("local_committee", _("a local committee"), _("you"))
UNIT_LEADER = PartPlayed("unit_leader", _("the unit's leader"), _("you as leader"))

THEME = Content(
    "theme",
    _("The organisation's theme"),
    _("What the main committee has everybody asked for two years, also before they begin"),
)
REQUIRED = Content(
    "required",
    _("The committees' topics"),
    _("What a committee has made mandatory, where, and for which kinds of talk"),
)
CORE_TASK = Content(
    "core_task",
    _("The core task"),
    _("What the workplace and its units are there for, with its versions"),
)
TEAM_VERSION = Content(
    "team_version",
    _("What a team is asked"),
    _("What a leader changed in the questions for the team; everybody sees it in the own talk"),
)
IN_OWN_UNITS = _("in its own units")
WHERE_IT_HOLDS = _("what holds where one leads")
WHAT_HOLDS = _("what holds in its own units")


def _committees(actor: Actor) -> QuerySet[Role]:
    return holds(actor, Role.Name.COMMITTEE)


def _by_role(model: Any, name: str, **more: Any) -> Any:
    """All rows of a model in the organisation in which the actor holds the role."""
    return lambda actor: model.objects.filter(
        organisation__in=holds(actor, name).filter(**more).values("organisation")
    )


@dataclass(frozen=True, slots=True)
class Area:
    """Where the actor's committees decide: in all units, or in these and what lies below them."""

    everywhere: bool
    paths: tuple[str, ...]

    def holds(self, unit: Unit | None) -> bool:
        """Whether it reaches to the unit (None: to all units at once)."""
        if self.everywhere:
            return True
        return unit is not None and any(unit.path.startswith(path) for path in self.paths)

    def of(self, units: QuerySet[Unit]) -> QuerySet[Unit]:
        """Those of the units that it reaches to."""
        return units if self.everywhere else units.filter(_below(self.paths))


def area(actor: Actor) -> Area | None:
    """The area of the actor's committees today; None for whoever sits in none. One query."""
    paths = list(_committees(actor).order_by("pk").values_list("unit__path", flat=True))
    if not paths:
        return None
    return Area(None in paths, tuple(path for path in paths if path is not None))


def _below(paths: Collection[str], prefix: str = "path") -> Q:
    """The condition of lying at or below one of the paths; false for none."""
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(**{f"{prefix}__startswith": path})
    return found


def _ids_in(paths: Collection[str]) -> set[int]:
    return {int(part) for path in paths for part in path.strip("/").split("/") if part}


def _required_below(actor: Actor) -> QuerySet[RequiredItem]:
    """What is required in the units of the actor's own committees."""
    own = area(actor)
    if own is None or not own.paths:
        return RequiredItem.objects.none()
    return RequiredItem.objects.filter(_below(own.paths, "unit__path"))


def _required_above(actor: Actor) -> QuerySet[RequiredItem]:
    """What others require that holds in the units of the actor's own committees."""
    own = area(actor)
    return RequiredItem.objects.none() if own is None else _holding_at(own.paths)


def _required_where_led(actor: Actor) -> QuerySet[RequiredItem]:
    posts = Leadership.objects.filter(
        in_force(actor.today), employment__profile_id=actor.profile_id
    )
    paths = list(posts.values_list("unit__path", flat=True))
    return _holding_at(paths) if paths else RequiredItem.objects.none()


def _holding_at(paths: Collection[str]) -> QuerySet[RequiredItem]:
    return RequiredItem.objects.filter(Q(unit=None) | Q(unit__in=_ids_in(paths)))


def _core_tasks(actor: Actor) -> QuerySet[CoreTask]:
    return CoreTask.objects.filter(organisation_id=actor.organisation_id)


def _contributions_where_led(actor: Actor) -> QuerySet[CoreTask]:
    return CoreTask.objects.filter(unit__in=units_led(actor))


def units_led(actor: Actor) -> list[int]:
    """The units that the actor leads today: the own, and those below whose post is vacant."""
    return sorted(unit for unit, leads in led_units(actor).items() if leads)


def _of_units_led(actor: Actor) -> QuerySet[TeamVersion]:
    return TeamVersion.objects.filter(unit__in=headed_units(actor).order_by().values("pk"))


TEAM_VERSION_ROWS = (
    Row(TEAM_VERSION, NEAREST_LEADER, WHILE_LEADING, _of_units_led, change=True),
    Row(TEAM_VERSION, HR, ALWAYS, _by_role(TeamVersion, Role.Name.HR)),
)
THEME_ROWS = (
    Row(
        THEME,
        MAIN_COMMITTEE,
        ALWAYS,
        _by_role(OrganisationTheme, Role.Name.COMMITTEE, unit=None),
        change=True,
        source="D8",
    ),
    Row(THEME, LOCAL_COMMITTEE, ALWAYS, _by_role(OrganisationTheme, Role.Name.COMMITTEE)),
    Row(THEME, HR, ALWAYS, _by_role(OrganisationTheme, Role.Name.HR)),
)
REQUIRED_ROWS = (
    Row(
        REQUIRED,
        MAIN_COMMITTEE,
        ALWAYS,
        _by_role(RequiredItem, Role.Name.COMMITTEE, unit=None),
        change=True,
        source="E11",
    ),
    Row(REQUIRED, LOCAL_COMMITTEE, IN_OWN_UNITS, _required_below, change=True, source="E11"),
    Row(REQUIRED, LOCAL_COMMITTEE, WHAT_HOLDS, _required_above),
    Row(REQUIRED, UNIT_LEADER, WHERE_IT_HOLDS, _required_where_led),
    Row(REQUIRED, HR, ALWAYS, _by_role(RequiredItem, Role.Name.HR)),
)
CORE_TASK_ROWS = (
    Row(CORE_TASK, MEMBER, ALWAYS, _core_tasks, source="C1"),
    Row(
        CORE_TASK,
        HR,
        ALWAYS,
        _by_role(CoreTask, Role.Name.HR),
        change=True,
        source="C1",
    ),
    Row(CORE_TASK, UNIT_LEADER, IN_OWN_UNITS, _contributions_where_led, change=True, source="C1"),
)
ROWS = TEAM_VERSION_ROWS + THEME_ROWS + REQUIRED_ROWS + CORE_TASK_ROWS


def readable_team_versions(actor: Actor) -> QuerySet[TeamVersion]:
    """The teams' versions that the actor may see."""
    return reach(TeamVersion.objects.all(), TEAM_VERSION_ROWS, actor)


def readable_themes(actor: Actor) -> QuerySet[OrganisationTheme]:
    """The chosen themes, past and coming, that the actor may see."""
    return reach(OrganisationTheme.objects.all(), THEME_ROWS, actor)


def is_main_committee(actor: Actor) -> bool:
    """Whether the actor may choose a theme: there is no row of it to ask about yet."""
    main = _committees(actor).filter(unit=None, organisation_id=actor.organisation_id)
    return main.exists()


def readable_required(actor: Actor) -> QuerySet[RequiredItem]:
    """What committees require, as far as the actor may see it."""
    return reach(RequiredItem.objects.all(), REQUIRED_ROWS, actor)


def changeable_required(actor: Actor) -> QuerySet[RequiredItem]:
    """What committees require, as far as the actor may end it."""
    return reach(RequiredItem.objects.all(), REQUIRED_ROWS, actor, change=True)


def readable_core_tasks(actor: Actor) -> QuerySet[CoreTask]:
    """The versions of the core task and of units' contributions that the actor may see."""
    return reach(CoreTask.objects.all(), CORE_TASK_ROWS, actor)
