"""What the browser suggests while one writes the name of a unit, where that does not weigh much."""

from django.db.models import Q

from musling.foundation.actor import Actor
from musling.foundation.alphabet import Folded
from musling.organisations.access import readable_units
from musling.web.staff.choosing import SUGGESTED
from musling.web.staff.forms import unit_label


def unit_suggestions(actor: Actor) -> list[str]:
    """The open units as they are written in the field; none where they are too many."""
    units = readable_units(actor).filter(Q(closed_on=None) | Q(closed_on__gt=actor.today))
    found = list(units.order_by(Folded("name"), "pk")[: SUGGESTED + 1])
    return [unit_label(unit) for unit in found] if len(found) <= SUGGESTED else []
