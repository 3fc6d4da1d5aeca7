"""A town with a second unit, and changes of it as HR makes them."""

from dataclasses import dataclass
from typing import Any

from musling.organisations.models import Unit
from musling.people.models import Leadership
from musling.reorganising.actions import Done, reorganise
from musling.reorganising.changes import CLOSE, MERGE, MOVE, SPLIT, Change, NewUnit
from musling.reorganising.consequences import Consequences, look
from tests.cast import Cast, Member, member, unit


@dataclass
class Town:
    """Beside Hjemmeplejen, led by Lars: Sygeplejen, led by Signe."""

    cast: Cast
    other: Unit
    signe: Member

    def change(self, verb: str, at: Unit | None = None, **more: Any) -> Change:
        """A change of Hjemmeplejen, or of another unit."""
        return Change(verb, at or self.cast.unit, self.cast.hr.actor.today, **more)

    def merge(self) -> Change:
        """Hjemmeplejen into Sygeplejen."""
        return self.change(MERGE, into=self.other, under=self.other)

    def close(self, **more: Any) -> Change:
        """Hjemmeplejen closed; people to Sygeplejen, units below to the top."""
        return self.change(CLOSE, into=self.other, under=self.cast.top, **more)

    def split(self, *members: Member, new: NewUnit | None = None) -> Change:
        """These move to Sygeplejen, or to a new unit."""
        who = frozenset(one.employment.pk for one in members)
        return self.change(SPLIT, who=who, into=None if new else self.other, new=new)

    def move(self, under: Unit | None) -> Change:
        """Hjemmeplejen to another place."""
        return self.change(MOVE, under=under)

    def looks(self, change: Change) -> Consequences:
        """What HR is shown."""
        return look(self.cast.hr.actor, change)

    def does(self, change: Change) -> Done:
        """HR looks and says yes."""
        return reorganise(self.cast.hr.actor, change, seen=self.looks(change).mark)


def town(cast: Cast) -> Town:
    """The town as it is to begin with."""
    other = unit(cast.havneby, "3", "Sygeplejen", cast.top)
    return Town(cast, other, member(cast.havneby, other, "Signe", leads=other))


def vacate(at: Unit) -> None:
    """Nobody leads the unit any more."""
    Leadership.objects.filter(unit=at).delete()
