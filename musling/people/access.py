"""Who may see and change what about people: rows, nothing else. No content of any talk."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Row, reach
from musling.people.leading import in_force, led_employments
from musling.people.models import Employment, Profile, Role

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


def _own_profile(actor: Actor) -> QuerySet[Profile]:
    return Profile.objects.filter(pk=actor.profile_id)


def holds(actor: Actor, role: str) -> QuerySet[Role]:
    """The actor's rows of that role today: the arm of a rule is empty where there are none."""
    return Role.objects.filter(in_force(actor.today), profile_id=actor.profile_id, name=role)


def _profiles_for_hr(actor: Actor) -> QuerySet[Profile]:
    return Profile.objects.filter(
        organisation__in=holds(actor, Role.Name.HR).values("organisation")
    )


def _profiles_led(actor: Actor) -> QuerySet[Profile]:
    return Profile.objects.filter(pk__in=led_employments(actor).values("profile"))


def _own_employments(actor: Actor) -> QuerySet[Employment]:
    return Employment.objects.filter(profile_id=actor.profile_id)


def _employments_for_hr(actor: Actor) -> QuerySet[Employment]:
    return Employment.objects.filter(
        organisation__in=holds(actor, Role.Name.HR).values("organisation")
    )


ALWAYS = _("always")
WHILE_LEADING = _("while leading")
BEFORE_LOG_IN = _("until you have made your log-in")
PROFILE_ROWS = (
    Row(PROFILE, SELF, ALWAYS, _own_profile),
    Row(PROFILE, NEAREST_LEADER, WHILE_LEADING, _profiles_led),
    Row(PROFILE, HR, ALWAYS, _profiles_for_hr, change=True),
)
EMPLOYMENT_ROWS = (
    Row(EMPLOYMENT, SELF, ALWAYS, _own_employments),
    Row(EMPLOYMENT, NEAREST_LEADER, WHILE_LEADING, led_employments),
    Row(EMPLOYMENT, HR, ALWAYS, _employments_for_hr, change=True),
)
# To give one out; the code itself is shown to nobody but whoever prints it, once.
ACTIVATION_ROWS = (
    Row(ACTIVATION, NEAREST_LEADER, BEFORE_LOG_IN, _profiles_led, change=True),
    Row(ACTIVATION, HR, BEFORE_LOG_IN, _profiles_for_hr, change=True),
)
ROWS = PROFILE_ROWS + EMPLOYMENT_ROWS + ACTIVATION_ROWS


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
