"""What applies to the unit alone, and how it fares: questions, core task, committees, rounds."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.frames.models import CoreTask, RequiredItem, TeamVersion
from musling.organisations.models import Unit
from musling.people.leading import in_force
from musling.people.models import Role
from musling.reorganising.changes import MOVE, SPLIT
from musling.reorganising.rounds import Rounds
from musling.reorganising.tree import Tree


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that applies to a unit, and how it fares. ``do``: what somebody should do."""

    what: str
    fate: str
    do: str = ""


def look_at_what_applies(tree: Tree, rounds: Rounds) -> list[Matter]:
    """All of it that there is; five queries."""
    return [
        *_team_versions(tree),
        *_contributions(tree),
        *_required(tree),
        *_committees(tree),
        *_in_rounds(tree, rounds),
    ]


def _names(units: Collection[Unit]) -> str:
    return ", ".join(sorted(unit.name for unit in units))


def _goal_name(tree: Tree) -> str:
    change = tree.change
    if change.new:
        return change.new.name
    return change.into.name if change.into else ""


def _team_versions(tree: Tree) -> Iterator[Matter]:
    """What leaders changed in the questions (D5): it belongs to the unit that is led."""
    change = tree.change
    goal = (change.into.pk,) if change.into else ()
    rows = TeamVersion.objects.filter(unit__in=(tree.unit.pk, *goal)).order_by("number")
    newest = {(row.unit_id, row.kind): row for row in rows.defer("base__content")}
    own = any(row.changes for (unit, _kind), row in newest.items() if unit == tree.unit.pk)
    theirs = any(row.changes for (unit, _kind), row in newest.items() if unit in goal)
    kept = _("Talks that there are keep their questions.")
    if own and change.verb == MOVE:
        yield Matter(_("The unit's own questions"), _("They go along.") + " " + kept)
    elif own:
        yield Matter(
            _("The own questions of %(unit)s") % {"unit": tree.unit.name},
            _("They do not go along to %(unit)s.") % {"unit": _goal_name(tree) or _("other units")}
            + " "
            + kept,
            _("Whoever leads there can add them under What we ask."),
        )
    if theirs:
        yield Matter(
            _("The own questions of %(unit)s") % {"unit": _goal_name(tree)},
            _("Talks that begin from now on ask them. Talks that there are keep their questions."),
        )


def _contributions(tree: Tree) -> Iterator[Matter]:
    """The nearest unit's own words below the core task (C1), of those whose way up changes."""
    ways = list(tree.ways())
    wanted = {pk for pair in ways for way in pair for pk in way}
    rows = CoreTask.objects.filter(
        organisation_id=tree.unit.organisation_id, unit__in=wanted, valid_from__lte=tree.change.day
    ).order_by("valid_from", "pk")
    newest = {row.unit_id: row for row in rows}
    worded = {pk for pk, row in newest.items() if row.text}
    for before, after in ways:
        was, will = (next((pk for pk in way if pk in worded), None) for way in (before, after))
        if was == will or was is None:
            if was != will and will is not None:
                yield Matter(
                    _("Contribution to the core task"),
                    _("The words of %(unit)s head the talks.") % {"unit": tree.units[will].name},
                )
            continue
        old = {"unit": tree.units[was].name}
        yield Matter(
            _("Contribution to the core task"),
            _("The words of %(unit)s head the talks no more.") % old
            + " "
            + (
                _("Those of %(unit)s do.") % {"unit": tree.units[will].name}
                if will is not None
                else _("The organisation's alone do.")
            ),
            "" if will is not None else _("Whoever leads there can word a new contribution."),
        )


def _gone_and_come(tree: Tree) -> tuple[set[int], set[int]]:
    """The units above that some are below no more, and those that they come below."""
    gone: set[int] = set()
    come: set[int] = set()
    for before, after in tree.ways():
        gone |= set(before) - set(after)
        come |= set(after) - set(before)
    return gone, come


def _required(tree: Tree) -> Iterator[Matter]:
    """What committees made mandatory in their own units (E11)."""
    gone, come = _gone_and_come(tree)
    rows = RequiredItem.objects.filter(unit__in=gone | come, ended_at=None)
    units = list(rows.values_list("unit", flat=True))
    for where, fate, todo in (
        (
            gone,
            _("It is asked no more of those who move; talks that there are keep it."),
            _("The committee can make it mandatory in the new place."),
        ),
        (come, _("It is asked of those who move, in talks that begin from now on."), ""),
    ):
        number = sum(1 for unit in units if unit in where)
        if number:
            yield Matter(
                ngettext(
                    "%(n)s question that a committee made mandatory (%(units)s)",
                    "%(n)s questions that committees made mandatory (%(units)s)",
                    number,
                )
                % {"n": number, "units": _names([tree.units[pk] for pk in where & set(units)])},
                fate,
                todo,
            )


def _committees(tree: Tree) -> Iterator[Matter]:
    """Whose area changes: a local committee's is its unit with all below it."""
    gone, come = _gone_and_come(tree)
    rows = Role.objects.filter(
        in_force(tree.change.day), name=Role.Name.COMMITTEE, unit__in=gone | come
    )
    units = set(rows.values_list("unit", flat=True))
    own = tree.unit.pk if tree.change.ends_unit else None
    if own in units:
        yield Matter(
            _("The committee of %(unit)s") % {"unit": tree.unit.name},
            _("Nobody is left in its area."),
            _("End the role of its members, or give it to them for another unit."),
        )
    if lost := units & gone - {own}:
        yield Matter(
            _("The committee of %(unit)s") % {"unit": _names([tree.units[pk] for pk in lost])},
            _("Those who move leave its area."),
        )
    if won := units & come:
        yield Matter(
            _("The committee of %(unit)s") % {"unit": _names([tree.units[pk] for pk in won])},
            _("Those who move come into its area."),
        )


def _in_rounds(tree: Tree, rounds: Rounds) -> Iterator[Matter]:
    goal = _goal_name(tree)
    for one in rounds.all:
        what = _("The round %(name)s") % {"name": one.name}
        if one.places:
            fate = ngettext(
                "%(n)s place in it goes along with its talk.",
                "%(n)s places in it go along with their talks.",
                one.places,
            ) % {"n": one.places}
            if one.waiting:
                fate += " " + ngettext(
                    "%(n)s of them waits for its talk, and still gets it.",
                    "%(n)s of them wait for their talks, and still get them.",
                    one.waiting,
                ) % {"n": one.waiting}
            yield Matter(what, fate)
        if one.entering:
            yield Matter(
                what,
                ngettext(
                    "%(n)s person comes into it, and is offered a talk the next morning.",
                    "%(n)s people come into it, and are offered a talk the next morning.",
                    one.entering,
                )
                % {"n": one.entering},
            )
        if one.form_chosen and tree.change.ends_unit:
            yield Matter(
                what,
                _("The form that was chosen for %(unit)s falls away; that of %(goal)s holds.")
                % {"unit": tree.unit.name, "goal": goal or _("other units")},
            )
        if one.form_chosen and tree.change.verb == SPLIT:
            yield Matter(
                what,
                _("The form that was chosen for %(unit)s does not go along.")
                % {"unit": tree.unit.name},
            )
        if one.names_unit and one.planned and tree.change.ends_unit:
            yield Matter(
                what,
                _("It names %(unit)s, which is no more then.") % {"unit": tree.unit.name},
                _("Look at whom the round covers before it opens."),
            )
