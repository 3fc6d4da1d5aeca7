"""Who moves, and who has another leader then."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from musling.people.leading import Found, Leaders, Passed, Problem
from musling.people.models import Employment
from musling.reorganising.changes import MOVE, SPLIT, Change
from musling.reorganising.tree import Tree


class Row(NamedTuple):
    """An employment that holds now or later, at or below the unit."""

    pk: int
    profile_id: int
    unit_id: int
    path: str
    title: str
    agreement: str
    comes: bool  # it starts later
    disabled: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """An employment whose unit or leader is another then. Leaders: of those who work here now."""

    row: Row
    goes: bool  # its unit is another then
    before: Found | None
    after: Found | None

    @property
    def new_leader(self) -> bool:
        """Whether somebody else leads then, or nobody, or somebody where nobody did."""
        return self.before is not None and _who(self.before) != _who(self.after)


def _who(found: Found | None) -> int | None:
    leader = found.leader if found else None
    return leader.profile_id if isinstance(leader, Employment) else None


@dataclass(frozen=True, slots=True)
class LeaderChange:
    """From which leader to which, and of how many people. None: nobody."""

    before: Employment | None
    after: Employment | None
    people: int


@dataclass(frozen=True)
class People:
    """The employments that a change is about; ``all_there``: how many the unit itself has."""

    rows: list[Moved]
    all_there: int

    @property
    def going(self) -> list[Moved]:
        """Those whose unit is another then."""
        return [one for one in self.rows if one.goes]

    @property
    def with_new_leader(self) -> list[Moved]:
        """Those whom somebody else leads then."""
        return [one for one in self.rows if one.new_leader]

    def won_by(self, profile: int) -> bool:
        """Whether somebody leads more people then, of those who work here now."""
        return any(_who(one.after) == profile for one in self.with_new_leader)

    def leader_changes(self) -> list[LeaderChange]:
        """By how many people they concern, the most first."""
        pairs: Counter[tuple[int | None, int | None]] = Counter()
        leaders: dict[int | None, Employment | None] = {None: None}
        people: set[tuple[int, int | None, int | None]] = set()
        for one in self.with_new_leader:
            pair = (_who(one.before), _who(one.after))
            for found in (one.before, one.after):
                if found and isinstance(found.leader, Employment):
                    leaders[found.leader.profile_id] = found.leader
            if (one.row.profile_id, *pair) not in people:
                people.add((one.row.profile_id, *pair))
                pairs[pair] += 1
        return [LeaderChange(leaders[a], leaders[b], n) for (a, b), n in pairs.most_common()]


def look_at_people(tree: Tree, leaders: Leaders) -> People:
    """Everybody at the unit and below, as far as the change is about them; one query."""
    change, after = tree.change, tree.leaders_after(leaders)
    rows = list(_rows(change))
    own = [row for row in rows if row.unit_id == change.unit.pk]
    if change.verb == SPLIT:
        rows = [row for row in own if row.pk in change.who]
    return People([_moved(row, tree, leaders, after) for row in rows], len(own))


def _moved(row: Row, tree: Tree, leaders: Leaders, after: Leaders) -> Moved:
    goes = row.unit_id == tree.unit.pk and tree.change.verb != MOVE and tree.goal is not None
    if row.comes or row.disabled:
        return Moved(row, goes, None, None)
    unit = tree.goal if goes and tree.goal is not None else row.unit_id
    return Moved(
        row, goes, leaders.find(row.profile_id, row.unit_id), after.find(row.profile_id, unit)
    )


def _rows(change: Change) -> Iterator[Row]:
    day = change.day
    there = Employment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=change.last_day),
        organisation_id=change.unit.organisation_id,
    )
    if change.verb == SPLIT:
        there = there.filter(unit=change.unit)
    else:
        there = there.filter(unit__path__startswith=change.unit.path)
    columns = ("pk", "profile", "unit", "unit__path", "title", "agreement", "starts_on")
    rows = there.order_by("pk").values_list(*columns, "profile__disabled_at")
    for pk, profile, unit, path, title, agreement, starts_on, disabled_at in rows:
        closed = disabled_at is not None
        yield Row(pk, profile, unit, path, title, agreement, starts_on > day, closed)


def nobody_leads(one: Moved) -> bool:
    """Whether nobody would lead them."""
    return one.after is not None and isinstance(one.after.leader, Problem)


def led_from_above(one: Moved) -> bool:
    """Whether the post would be vacant where it is not now, so that the next above is meant."""
    vacant = _passes(one.after, Passed.VACANT) and not _passes(one.before, Passed.VACANT)
    return one.new_leader and vacant


def leads_there(one: Moved) -> bool:
    """Whether the person leads the unit then and is led from above, where that is new."""
    own = _passes(one.after, Passed.OWN) and not _passes(one.before, Passed.OWN)
    return one.new_leader and own


def _passes(found: Found | None, why: Passed) -> bool:
    if found is None or isinstance(found.leader, Problem):
        return False
    return any(reason is why for _unit, reason in found.passed)
