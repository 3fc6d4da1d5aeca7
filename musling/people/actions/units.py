"""Units by HR: may they? Then ``organisations.actions`` does it."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.organisations import actions as tree
from musling.organisations.models import Unit
from musling.people.access import changeable_employments, changeable_units, is_hr
from musling.people.actions.persons import end_rows
from musling.people.actions.typed import typed
from musling.people.import_files import values
from musling.people.models import Employment, Leadership
from musling.people.sessions import end_sessions

A_DAY = dt.timedelta(days=1)
AT_ONCE = 5000


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
    _end_posts(actor, unit, day)
    return unit


def _end_posts(actor: Actor, unit: Unit, day: dt.date) -> None:
    """A post at a unit that is no more would still make its holder a leader."""
    posts = Leadership.objects.filter(unit=unit)
    columns = ("pk", "employment__profile_id", "employment__profile__person_id")
    holders = {pk: who for pk, *who in posts.values_list(*columns)}
    ended = end_rows(posts, day - A_DAY)
    log.note_many(actor, [("leadership.ended", pk, holders[pk][0]) for pk in ended])
    if day <= actor.today:
        end_sessions([holders[pk][1] or 0 for pk in ended])


@transaction.atomic
def move_people(actor: Actor, *, employments: Collection[int], unit: Unit) -> int:
    """Moves these employments to the unit; returns how many. Two statements for each 5,000.

    Raises NotThere where one is not the organisation's, Refused where the unit is closed.
    """
    _may_change(actor, unit)
    if Unit.objects.select_for_update().get(pk=unit.pk).closed_on:
        raise Refused(_("This unit is closed. Choose one that is open."), "unit")
    wanted = sorted(set(employments))
    deeds: list[tuple[str, int, int | None]] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        own = changeable_employments(actor).filter(pk__in=some).order_by("pk")
        rows = own.select_for_update(of=("self",)).values_list("pk", "profile_id")
        deeds += [("employment.changed", pk, profile) for pk, profile in rows]
        Employment.objects.filter(pk__in=some).update(unit=unit)
    if len(deeds) != len(wanted):
        raise NotThere
    log.note_many(actor, deeds)
    return len(deeds)


def move_all_below(actor: Actor, unit: Unit, *, parent: Unit | None) -> list[int]:
    """Moves all units below this one under ``parent``; a circle is refused."""
    _may_change(actor, unit)
    return tree.move_all_below(actor, unit, parent=parent)


def check_new_unit(actor: Actor, *, name: str, number: str) -> None:
    """Raises Refused with the field where ``add_unit`` would."""
    typed(values.text(120), name, "name", required=True)
    number = typed(values.number(40), number, "number")
    if number:
        tree.refuse_number_taken(actor, number)


def _may_change(actor: Actor, unit: Unit) -> None:
    if not changeable_units(actor).filter(pk=unit.pk).exists():
        raise NotThere
