"""Units by HR: may they? Then ``organisations.actions`` does it."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.organisations import actions as tree
from musling.organisations.models import Unit
from musling.people.access import changeable_units, is_hr
from musling.people.actions.persons import end_rows
from musling.people.actions.typed import typed
from musling.people.import_files import values
from musling.people.models import Employment, Leadership

A_DAY = dt.timedelta(days=1)


def add_unit(actor: Actor, *, name: str, number: str = "", parent: Unit | None = None) -> Unit:
    """A new unit, at the top or below ``parent``. Raises Refused with the field."""
    if not is_hr(actor):
        raise NotThere
    return tree.add_unit(
        actor,
        name=typed(values.text(120), name, "name", required=True),
        number=typed(values.number(40), number, "number"),
        parent=parent,
    )


def rename_unit(actor: Actor, unit: Unit, *, name: str, number: str, seen: str = "") -> Unit:
    """Gives the unit this name and number; an empty number keeps the one it has."""
    _may_change(actor, unit)
    return tree.rename_unit(
        actor,
        unit,
        name=typed(values.text(120), name, "name", required=True),
        number=typed(values.number(40), number, "number") or unit.number,
        seen=seen,
    )


def move_unit(actor: Actor, unit: Unit, *, parent: Unit | None) -> Unit:
    """Moves the unit with all below it; a circle is refused."""
    _may_change(actor, unit)
    return tree.move_unit(actor, unit, parent=parent)


@transaction.atomic
def close_unit(actor: Actor, unit: Unit, *, day: dt.date) -> Unit:
    """Closes the unit from the day on. Whoever works there on it must be moved first."""
    _may_change(actor, unit)
    there = Employment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), unit=unit).count()
    if there:
        raise Refused(
            _("People are employed here on that day: %(n)s. Move them or end them first.")
            % {"n": there},
            "day",
        )
    unit = tree.close_unit(actor, unit, day=day)
    # A post at a unit that is no more would still make its holder a leader.
    posts = Leadership.objects.filter(unit=unit)
    holders = dict(posts.values_list("pk", "employment__profile_id"))
    ended = end_rows(posts, day - A_DAY)
    log.note_many(actor, [("leadership.ended", pk, holders[pk]) for pk in ended])
    return unit


def _may_change(actor: Actor, unit: Unit) -> None:
    if not changeable_units(actor).filter(pk=unit.pk).exists():
        raise NotThere
