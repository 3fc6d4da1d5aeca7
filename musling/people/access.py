"""Who may see and change what about people: rows, nothing else. No content of any talk."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Row, reach
from musling.organisations.access import UNIT
from musling.organisations.models import Unit
from musling.people.leading import in_force, led_employments
from musling.people.models import Employment, Leadership, Profile, Role

SELF = PartPlayed("self", _("the person"), _("you"))
NEAREST_LEADER = PartPlayed("nearest_leader", _("the nearest leader"), _("you as leader"))
HR = PartPlayed("hr", _("HR"), _("you as HR"))

PROFILE = Content(
    "profile", _("Name, work e-mail, number"), _("What the organisation knows of you")
)
EMPLOYMENT = Content("employment", _("Employment"), _("Unit, title, dates, leave"))
ACTIVATION = Content(
    "activation", _("Activation"), _("The one-time code with which you make your log-in")
)
LEADERSHIP = Content("leadership", _("Leadership"), _("Which unit you lead, or stand in at"))
ROLE = Content("role", _("Roles"), _("HR, committee, union representative and the like"))


def _own_profile(actor: Actor) -> QuerySet[Profile]:
    return Profile.objects.filter(pk=actor.profile_id)


def holds(actor: Actor, role: str) -> QuerySet[Role]:
    """The actor's rows of that role today: the arm of a rule is empty where there are none."""
    return Role.objects.filter(in_force(actor.today), profile_id=actor.profile_id, name=role)


def _profiles_led(actor: Actor) -> QuerySet[Profile]:
    return Profile.objects.filter(pk__in=led_employments(actor).values("profile"))


def _own_employments(actor: Actor) -> QuerySet[Employment]:
    return Employment.objects.filter(profile_id=actor.profile_id)


def _own_leaderships(actor: Actor) -> QuerySet[Leadership]:
    return Leadership.objects.filter(employment__profile_id=actor.profile_id)


def _own_roles(actor: Actor) -> QuerySet[Role]:
    return Role.objects.filter(profile_id=actor.profile_id)


def _for_hr(model: Any) -> Any:
    """All rows of a model in the organisation in which the actor holds HR."""
    return lambda actor: model.objects.filter(
        organisation__in=holds(actor, Role.Name.HR).values("organisation")
    )


ALWAYS = _("always")
WHILE_LEADING = _("while leading")
BEFORE_LOG_IN = _("until you have made your log-in")
PROFILE_ROWS = (
    Row(PROFILE, SELF, ALWAYS, _own_profile),
    Row(PROFILE, NEAREST_LEADER, WHILE_LEADING, _profiles_led),
    Row(PROFILE, HR, ALWAYS, _for_hr(Profile), change=True),
)
EMPLOYMENT_ROWS = (
    Row(EMPLOYMENT, SELF, ALWAYS, _own_employments),
    Row(EMPLOYMENT, NEAREST_LEADER, WHILE_LEADING, led_employments),
    Row(EMPLOYMENT, HR, ALWAYS, _for_hr(Employment), change=True),
)
# To give one out; the code itself is shown to nobody but whoever prints it, once.
ACTIVATION_ROWS = (
    Row(ACTIVATION, NEAREST_LEADER, BEFORE_LOG_IN, _profiles_led, change=True),
    Row(ACTIVATION, HR, BEFORE_LOG_IN, _for_hr(Profile), change=True),
)
LEADERSHIP_ROWS = (
    Row(LEADERSHIP, SELF, ALWAYS, _own_leaderships),
    Row(LEADERSHIP, HR, ALWAYS, _for_hr(Leadership), change=True),
)
ROLE_ROWS = (
    Row(ROLE, SELF, ALWAYS, _own_roles),
    Row(ROLE, HR, ALWAYS, _for_hr(Role), change=True),
)
# Everybody reads the tree (organisations.access); who changes it takes a role.
UNIT_ROWS = (Row(UNIT, HR, ALWAYS, _for_hr(Unit), change=True),)
ROWS = PROFILE_ROWS + EMPLOYMENT_ROWS + ACTIVATION_ROWS + LEADERSHIP_ROWS + ROLE_ROWS + UNIT_ROWS


def readable_profiles(actor: Actor) -> QuerySet[Profile]:
    """The profiles that the actor may see."""
    return reach(Profile.objects.all(), PROFILE_ROWS, actor)


def changeable_profiles(actor: Actor) -> QuerySet[Profile]:
    """The profiles that the actor may change."""
    return reach(Profile.objects.all(), PROFILE_ROWS, actor, change=True)


def activatable_profiles(actor: Actor) -> QuerySet[Profile]:
    """The profiles that the actor may give an activation: those nobody is linked to yet."""
    waiting = Profile.objects.filter(person=None, disabled_at=None).exclude(pk=actor.profile_id)
    return reach(waiting, ACTIVATION_ROWS, actor, change=True)


def readable_employments(actor: Actor) -> QuerySet[Employment]:
    """The employments that the actor may see."""
    return reach(Employment.objects.all(), EMPLOYMENT_ROWS, actor)


def changeable_employments(actor: Actor) -> QuerySet[Employment]:
    """The employments that the actor may change."""
    return reach(Employment.objects.all(), EMPLOYMENT_ROWS, actor, change=True)


def readable_leaderships(actor: Actor) -> QuerySet[Leadership]:
    """The leaderships that the actor may see."""
    return reach(Leadership.objects.all(), LEADERSHIP_ROWS, actor)


def changeable_leaderships(actor: Actor) -> QuerySet[Leadership]:
    """The leaderships that the actor may give and end."""
    return reach(Leadership.objects.all(), LEADERSHIP_ROWS, actor, change=True)


def readable_roles(actor: Actor) -> QuerySet[Role]:
    """The roles that the actor may see."""
    return reach(Role.objects.all(), ROLE_ROWS, actor)


def changeable_roles(actor: Actor) -> QuerySet[Role]:
    """The roles that the actor may end."""
    return reach(Role.objects.all(), ROLE_ROWS, actor, change=True)


def changeable_units(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor may change."""
    return reach(Unit.objects.all(), UNIT_ROWS, actor, change=True)


def is_hr(actor: Actor) -> bool:
    """Whether the actor may add what is not there yet: there is no row of it to ask about."""
    return holds(actor, Role.Name.HR).filter(organisation_id=actor.organisation_id).exists()
