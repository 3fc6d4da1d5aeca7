"""The part of the tree that a change is about, as it stands and as it would stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from musling.organisations.models import Unit
from musling.people.leading import Leaders
from musling.reorganising.changes import MOVE, Change

NEW = 0  # stands for a unit that is still to be made


@dataclass(frozen=True)
class Tree:
    """The unit with all below it, and the ways up from where people and units go."""

    change: Change
    units: dict[int, Unit]

    @classmethod
    def load(cls, change: Change) -> "Tree":
        """Of a change as it stands; one query."""
        named = [one for one in (change.unit, change.into, change.under) if one]
        if change.new and change.new.parent:
            named.append(change.new.parent)
        ways = {pk for one in named for pk in one.way_up}
        rows = Unit.objects.filter(
            Q(pk__in=ways) | Q(path__startswith=change.unit.path),
            organisation_id=change.unit.organisation_id,
        )
        return cls(change, {row.pk: row for row in rows})

    @property
    def unit(self) -> Unit:
        """The unit that is changed, as it stands."""
        return self.units[self.change.unit.pk]

    @cached_property
    def below(self) -> list[Unit]:
        """All units below it, the highest first."""
        own = self.unit
        rows = (row for row in self.units.values() if row.path.startswith(own.path))
        return sorted((row for row in rows if row.pk != own.pk), key=lambda row: row.path)

    @property
    def right_below(self) -> list[Unit]:
        """The units that lie right below it."""
        return [row for row in self.below if row.parent_id == self.unit.pk]

    @property
    def open_below(self) -> list[Unit]:
        """Those right below it that are not closed."""
        return [row for row in self.right_below if not is_closed(row, self.change)]

    @cached_property
    def prefix(self) -> tuple[str, str]:
        """What the paths of the units that move begin with, before and after."""
        under = self.units[self.change.under.pk].path if self.change.under else "/"
        if self.change.verb == MOVE:
            return self.unit.path, f"{under}{self.unit.pk}/"
        return self.unit.path, under

    def moved(self, path: str) -> str:
        """The path then of the unit that has it now; as before for one that stays."""
        before, after = self.prefix
        moves = self.change.verb == MOVE or (self.change.ends_unit and path != before)
        return after + path[len(before) :] if moves and path.startswith(before) else path

    @property
    def goal(self) -> int | None:
        """The unit that people go to; NEW for one to be made, None where nobody is said to."""
        if self.change.new:
            return NEW
        return self.change.into.pk if self.change.into else None

    @cached_property
    def goal_path(self) -> str:
        """Its path then."""
        new = self.change.new
        if new:
            return f"{self.units[new.parent.pk].path if new.parent else '/'}{NEW}/"
        into = self.change.into
        return self.moved(self.units[into.pk].path) if into else self.unit.path

    def leaders_after(self, leaders: Leaders) -> Leaders:
        """Who would lead what; no query."""
        change, parents, given = self.change, {}, {}
        under = change.under.pk if change.under else None
        if change.verb == MOVE:
            parents[self.unit.pk] = under
        elif change.ends_unit:
            parents = dict.fromkeys((row.pk for row in self.right_below), under)
        elif change.new:
            parents[NEW] = change.new.parent.pk if change.new.parent else None
            if change.new.leader:
                given[NEW] = change.new.leader
        ended = (self.unit.pk,) if change.ends_unit else ()
        return leaders.changed(parents=parents, ended=ended, given=given)

    def ways(self) -> Iterator[tuple[list[int], list[int]]]:
        """Ways up of those whose way changes, before and after: the unit's people, units below."""
        change = self.change
        if change.verb == MOVE:
            yield self.unit.way_up, up(self.moved(self.unit.path))
            return
        yield self.unit.way_up, up(self.goal_path)
        if change.ends_unit and self.right_below:
            yield self.unit.way_up, up(self.prefix[1])


def up(path: str) -> list[int]:
    """Ids from the end of a path to the top."""
    return [int(part) for part in reversed(path.strip("/").split("/")) if part]


def is_closed(unit: Unit, change: Change) -> bool:
    """Whether the unit is closed on the day of the change."""
    return unit.closed_on is not None and unit.closed_on <= change.day
