"""Who may see what of the tree of units: rows, nothing else.

Who may change it, ``people.access`` says: that takes a role.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Row, reach
from musling.organisations.models import Unit

MEMBER = PartPlayed("member", _("everybody in the organisation"), _("you"))
UNIT = Content("unit", _("Units"), _("Name, number and place in the organisation; no persons"))


def _units_of_organisation(actor: Actor) -> QuerySet[Unit]:
    return Unit.objects.filter(organisation_id=actor.organisation_id)


UNIT_ROWS = (Row(UNIT, MEMBER, _("always"), _units_of_organisation),)
ROWS = UNIT_ROWS


def readable_units(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor may see."""
    return reach(Unit.objects.all(), UNIT_ROWS, actor)
