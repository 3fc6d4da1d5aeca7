"""Why a change of units cannot be done, with what to do instead."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.organisations.actions import MAX_PATH, circle, too_many_levels
from musling.people import actions
from musling.people.models import Employment
from musling.reorganising.changes import MERGE, MOVE, SPLIT, NewUnit
from musling.reorganising.tree import Tree


def why_not(actor: Actor, tree: Tree) -> list[Refused]:
    """All that stands against it but who is there; four queries at most."""
    found = [*_about_unit(tree), *_about_goals(tree), *_about_place(tree)]
    if tree.change.new:
        found += _about_new(actor, tree, tree.change.new)
    return [*found, *_about_day(tree)]


def _closed() -> str:
    return _("This unit is closed. Choose one that is open.")


def _about_unit(tree: Tree) -> Iterator[Refused]:
    if tree.unit.closed_on:
        yield Refused(_("This unit is closed already."))


def _about_goals(tree: Tree) -> Iterator[Refused]:
    change = tree.change
    if change.verb in (MERGE, SPLIT) and change.into is None and change.new is None:
        yield Refused(_("Choose the unit that they go to."), "into")
    if change.into and change.into.pk == tree.unit.pk:
        yield Refused(_("This is the unit itself. Choose another."), "into")
    fields = {"into": change.into, "under": change.under}
    for field, unit in fields.items():
        if unit and unit.pk != tree.unit.pk and tree.units[unit.pk].closed_on:
            yield Refused(_closed(), field)


def _about_place(tree: Tree) -> Iterator[Refused]:
    """No unit below itself, no path longer than fits."""
    change = tree.change
    moves = change.verb == MOVE or (change.ends_unit and tree.right_below)
    if not moves:
        return
    under = tree.units[change.under.pk] if change.under else None
    if under and under.path.startswith(tree.unit.path):
        yield Refused(circle(), "into" if change.verb == MERGE else "under")
    elif change.verb == MOVE and tree.unit.parent_id == (under.pk if under else None):
        yield Refused(_("The unit lies there already."), "under")
    else:
        units = [tree.unit, *tree.below] if change.verb == MOVE else tree.below
        if any(len(tree.moved(unit.path)) > MAX_PATH for unit in units):
            yield Refused(too_many_levels(), "under")


def _about_new(actor: Actor, tree: Tree, new: NewUnit) -> Iterator[Refused]:
    try:
        actions.check_new_unit(actor, name=new.name, number=new.number)
    except Refused as refused:
        yield refused
    if new.parent and tree.units[new.parent.pk].closed_on:
        yield Refused(_closed(), "parent")
    if new.leader:
        try:
            actions.refuse_unfit(actor, new.leader, tree.change.day)
        except Refused as refused:
            yield Refused(refused.message, "leader")


def _about_day(tree: Tree) -> Iterator[Refused]:
    change = tree.change
    if change.last_day == change.day:
        return
    there = Employment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=change.last_day))
    if tree.open_below or there.filter(unit=tree.unit).exists():
        yield Refused(
            _("People and units move at once. Choose today, or come back on that day."), "day"
        )
