"""What HR wants to happen to a unit."""

import datetime as dt
from dataclasses import dataclass, replace

from musling.foundation.problems import NotThere
from musling.organisations.models import Unit
from musling.people.models import Employment

MERGE, SPLIT, MOVE, CLOSE = "merge", "split", "move", "close"


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that is made by a split. Without a number it gets one of its own."""

    name: str
    number: str = ""
    parent: Unit | None = None
    leader: Employment | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one unit, which happens at once.

    ``into``: where people go; ``under``: where units below go, or the unit itself where it moves
    (None: to the top). ``who``: of a split, the employments that move. ``day``: today.
    ``closed_from``: of a unit that is closed; another day than today only where nothing moves.
    """

    verb: str
    unit: Unit
    day: dt.date
    closed_from: dt.date | None = None
    into: Unit | None = None
    under: Unit | None = None
    who: frozenset[int] = frozenset()
    new: NewUnit | None = None

    def as_it_stands(self) -> "Change":
        """The same of the units as they stand now: others may have moved them. One query.

        Raises NotThere where one of them is not the organisation's.
        """
        parent = self.new.parent if self.new else None
        named = {one.pk for one in (self.unit, self.into, self.under, parent) if one}
        rows = Unit.objects.filter(organisation_id=self.unit.organisation_id).in_bulk(named)
        if len(rows) < len(named):
            raise NotThere
        new = self.new and replace(self.new, parent=rows[parent.pk] if parent else None)
        return replace(
            self,
            unit=rows[self.unit.pk],
            into=rows[self.into.pk] if self.into else None,
            under=rows[self.under.pk] if self.under else None,
            new=new,
        )

    @property
    def ends_unit(self) -> bool:
        """Whether the unit is no more afterwards."""
        return self.verb in (MERGE, CLOSE)

    @property
    def last_day(self) -> dt.date:
        """Whose employment goes on from this day on must have another unit where it ends."""
        return self.closed_from or self.day
