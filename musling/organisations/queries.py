"""What doors read about organisations: fixed number of queries, whatever the number of units."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from musling.foundation.actor import Actor
from musling.foundation.alphabet import folded
from musling.organisations.access import readable_units
from musling.organisations.models import Organisation, Unit


def is_empty() -> bool:
    """Whether nobody has created an organisation here yet."""
    return not Organisation.objects.exists()


@dataclass(slots=True)
class Branch:
    """A unit and what lies below it, in Danish order."""

    unit: Unit
    depth: int = 0
    children: list["Branch"] = field(default_factory=list)

    def walk(self) -> Iterator["Branch"]:
        """This unit and all below it, from the top down."""
        waiting = [self]
        while waiting:
            branch = waiting.pop()
            yield branch
            waiting.extend(reversed(branch.children))


@dataclass(frozen=True, slots=True)
class Tree:
    """All units of an organisation, loaded by one query.

    ``lost`` are units that cannot be reached from the top: those of a circle and below it.
    """

    tops: list[Branch]
    branches: dict[int, Branch]
    lost: list[Branch]

    def way_down(self, unit_id: int) -> list[Branch]:
        """The branches from the top to this unit."""
        way: list[Branch] = []
        branch = self.branches.get(unit_id)
        while branch and branch not in way:
            way.insert(0, branch)
            branch = self.branches.get(branch.unit.parent_id or 0)
        return way


def tree(actor: Actor, *, with_closed: bool = False) -> Tree:
    """The tree of units that the actor may see; one query."""
    units = readable_units(actor)
    if not with_closed:
        units = units.filter(Q(closed_on=None) | Q(closed_on__gt=actor.today))
    branches = {unit.pk: Branch(unit) for unit in sorted(units, key=lambda unit: folded(unit.name))}
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.unit.parent_id or 0)
        (above.children if above else tops).append(branch)
    reached = {branch.unit.pk for top in tops for branch in _deepened(top)}
    lost = [branch for pk, branch in branches.items() if pk not in reached]
    return Tree(tops, branches, lost)


def _deepened(top: Branch) -> Iterator[Branch]:
    for branch in top.walk():
        for child in branch.children:
            child.depth = branch.depth + 1
        yield branch
