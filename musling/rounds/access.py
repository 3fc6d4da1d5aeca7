"""Who may see and change what of rounds: rows, nothing else. There is no content of any talk."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, Row, reach
from musling.organisations.access import MEMBER
from musling.people.access import HR, holds
from musling.people.models import Role
from musling.rounds.five_steps import LEADERS
from musling.rounds.models import Place, Round, State, Step

ROUND = Content("round", _("Rounds"), _("A period's talks: dates, texts, which units it covers"))
PLACE = Content(
    "place", _("Places in a round"), _("Who is to be offered a talk, and what it waits for")
)


def _told(actor: Actor) -> QuerySet[Round]:
    """Rounds that were opened, or of which the leaders were told, in the actor's organisation."""
    rows = Round.objects.filter(organisation_id=actor.organisation_id)
    told = Step.objects.filter(number=LEADERS, done_at__isnull=False)
    return rows.filter(~Q(state=State.PLANNED) | Q(pk__in=told.values("round")))


def _rounds_for_hr(actor: Actor) -> QuerySet[Round]:
    return Round.objects.filter(organisation__in=holds(actor, Role.Name.HR).values("organisation"))


def _places_for_hr(actor: Actor) -> QuerySet[Place]:
    return Place.objects.filter(organisation__in=holds(actor, Role.Name.HR).values("organisation"))


TOLD_ROWS = (Row(ROUND, MEMBER, _("once leaders are told of it, or it is opened"), _told),)
ROUND_ROWS = (Row(ROUND, HR, _("always"), _rounds_for_hr, change=True), *TOLD_ROWS)
PLACE_ROWS = (Row(PLACE, HR, _("always"), _places_for_hr, change=True),)
ROWS = (*ROUND_ROWS, *PLACE_ROWS)


def readable_rounds(actor: Actor) -> QuerySet[Round]:
    """The rounds that the actor may see."""
    return reach(Round.objects.all(), ROUND_ROWS, actor)


def told_rounds(actor: Actor) -> QuerySet[Round]:
    """The rounds that the actor may see as everybody in the organisation does."""
    return reach(Round.objects.all(), TOLD_ROWS, actor)


def changeable_rounds(actor: Actor) -> QuerySet[Round]:
    """The rounds that the actor may plan, open and close."""
    return reach(Round.objects.all(), ROUND_ROWS, actor, change=True)


def readable_places(actor: Actor) -> QuerySet[Place]:
    """The places of rounds that the actor may see."""
    return reach(Place.objects.all(), PLACE_ROWS, actor)
