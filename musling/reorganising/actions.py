"""Merging, splitting, moving and closing a unit, as it was shown: HR says yes to a page."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.activity.models import Activity
from musling.conversations.actions.following import let_follow
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere
from musling.organisations import actions as tree_actions
from musling.organisations.models import Unit
from musling.people import actions
from musling.people.access import is_hr
from musling.people.models import Employment
from musling.reorganising.changes import MOVE, Change
from musling.reorganising.consequences import DONE, Consequences, look
from musling.work.models import Run


@dataclass(frozen=True, slots=True)
class Done:
    """What was done. ``unit``: where to look now; ``run``: the work by which talks follow."""

    unit: Unit
    people: int = 0
    talks: int = 0
    run: Run | None = None
    before: bool = False  # it was done already, by the same press


@transaction.atomic
def reorganise(actor: Actor, change: Change, *, seen: str) -> Done:
    """Does what the page with the mark ``seen`` showed. Safe to press twice.

    Raises NotThere for who is not HR, Refused with what stands against it, and ChangedMeanwhile
    where it would do something else by now: then nothing is done.
    """
    tree_actions.one_at_a_time(actor)  # two in HR at once: the second sees what the first did
    if not is_hr(actor) or change.unit.organisation_id != actor.organisation_id:
        raise NotThere
    if unit := _done_before(change, seen):
        return Done(unit, before=True)
    found = look(actor, change)
    for refused in found.refusals:
        raise refused
    if found.mark != seen:
        raise ChangedMeanwhile(
            _("Something has changed since. This is what would happen now: look, and press again.")
        )
    unit = _rearrange(actor, found)
    log.note(actor, DONE, object_id=change.unit.pk, mark=seen, unit=unit.pk)
    tell_leaders(actor, _leaders(found))
    run = let_follow(actor, found.talks.following)
    return Done(unit, found.persons_going, len(found.talks.following), run)


def _done_before(change: Change, seen: str) -> Unit | None:
    """Where the same press led, if it was the first one that did it."""
    rows = Activity.objects.filter(verb=DONE, object_id=change.unit.pk, more__mark=seen)
    row = rows.order_by("-pk").first()
    return Unit.objects.filter(pk=row.more["unit"]).first() if row else None


def _rearrange(actor: Actor, found: Consequences) -> Unit:
    """People, units and posts; the unit to look at afterwards."""
    change = found.change
    if change.verb == MOVE:
        return actions.move_unit(actor, change.unit, parent=change.under)
    goal = _made(actor, change) if change.new else change.into
    if goal and found.going:
        going = [one.row.pk for one in found.going]
        actions.move_people(actor, employments=going, unit=goal)
    if change.ends_unit:
        if found.tree.right_below:
            actions.move_all_below(actor, change.unit, parent=change.under)
        actions.close_unit(actor, change.unit, day=change.last_day)
    return goal or change.unit


def _made(actor: Actor, change: Change) -> Unit | None:
    """The unit that a split makes, with its leader."""
    new = change.new
    if new is None:
        return None
    unit = actions.add_unit(actor, name=new.name, number=new.number, parent=new.parent)
    if new.leader:
        actions.give_leadership(actor, unit=unit, employment=new.leader, starts_on=actor.today)
    return unit


def _leaders(found: Consequences) -> set[int]:
    """Profiles of those who lead others afterwards than before."""
    rows: list[Employment | None] = []
    for one in found.leader_changes:
        rows += [one.before, one.after]
    return {row.profile_id for row in rows if row is not None}


def tell_leaders(actor: Actor, profiles: set[int]) -> None:
    """Leaders whose team is another now are told so, once each; of no single person."""
    log.note_many(actor, [("team.changed", pk, pk) for pk in sorted(profiles)])
