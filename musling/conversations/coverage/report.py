"""The report for a committee: every unit with at least five people, the small ones folded in.

Committees see coverage only here, so it must not tell of single persons, neither directly nor by
subtracting lines from each other. Each person counts in one line alone (of several places the one
where the oldest employment is), so that lines add up and differences are again whole lines; and
every line, that of the small ones too, is about at least five (row X2).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from musling.conversations.coverage.access import may_take_report
from musling.conversations.coverage.persons import NOTHING_OFFERED
from musling.conversations.coverage.standing import FIELDS, counted, merged
from musling.conversations.models import Counted, TalliedUntil
from musling.foundation.actor import Actor
from musling.foundation.alphabet import folded
from musling.foundation.problems import NotThere
from musling.organisations.models import Unit

FEWEST = 5
MOST_LINES = 400  # some twelve sheets of paper
# What a line is about: a unit with all below it, the unit itself, or several folded together.
UNIT, ITSELF, SMALL, WHOLE = "unit", "itself", "small", "whole"
Numbers = tuple[int, ...]


@dataclass(frozen=True)
class ReportLine:
    """One line: at which depth it stands, what it is about, and its numbers (``FIELDS``)."""

    name: str
    depth: int
    kind: str
    numbers: Numbers


@dataclass(frozen=True)
class Report:
    """The lines from the top down; none where there are too few people for any.

    ``until``: the moment up to which it is counted.
    """

    year: int
    until: dt.datetime | None
    lines: list[ReportLine]


@dataclass
class Branch:
    """A unit with all below it; without a unit, all of them."""

    name: str
    numbers: list[int] = field(default_factory=lambda: [0] * len(FIELDS))
    own: list[int] = field(default_factory=lambda: [0] * len(FIELDS))
    below: dict[int, "Branch"] = field(default_factory=dict)


def report(actor: Actor, *, year: int) -> Report:
    """The report of the year. Four queries. Raises NotThere for who may not see it."""
    if not may_take_report(actor):
        raise NotThere
    state = TalliedUntil.objects.filter(organisation_id=actor.organisation_id).first()
    top = _tree(actor.organisation_id, year)
    lines: list[ReportLine] = []
    if top.numbers[0] >= FEWEST:
        lines = [ReportLine("", 0, WHOLE, tuple(top.numbers)), *_cut(top)]
    return Report(year, state.until if state else None, lines)


def _tree(organisation_id: int, year: int) -> Branch:
    """Everybody once, in the unit of the oldest employment and in all above it."""
    units = Unit.objects.filter(organisation_id=organisation_id)
    names = dict(units.values_list("pk", "name"))
    top = Branch("")
    rows = Counted.objects.filter(organisation_id=organisation_id)
    for places, years in rows.values_list("places", "years").iterator(chunk_size=2000):
        numbers = counted(merged(years.get(str(year)) or years[NOTHING_OFFERED]))
        branch = top
        _add(branch.numbers, numbers)
        for unit in (int(part) for part in places[0].strip("/").split("/")):
            branch = branch.below.setdefault(unit, Branch(names.get(unit, "")))
            _add(branch.numbers, numbers)
        _add(branch.own, numbers)
    return top


def _add(sums: list[int], numbers: list[int]) -> None:
    for place, number in enumerate(numbers):
        sums[place] += number


def _cut(top: Branch) -> list[ReportLine]:
    """As many whole levels of the tree as there is room for, one at least."""
    shown = list(_lines(top, 1, 1))
    deepest = 2
    while True:
        lines = list(_lines(top, 1, deepest))
        if len(lines) == len(shown) or len(lines) > MOST_LINES:
            return shown
        shown, deepest = lines, deepest + 1


@dataclass(frozen=True)
class _PartOf:
    """What a branch falls into: the people of the unit itself, or a unit below."""

    numbers: list[int]
    branch: Branch | None = None

    @property
    def name(self) -> str:
        return self.branch.name if self.branch else ""


def _lines(branch: Branch, depth: int, deepest: int) -> Iterator[ReportLine]:
    shown, small = folded_in(branch)
    if not branch.below or not shown:
        return  # one line would say what the one above it says
    for part in shown:
        kind = UNIT if part.branch else ITSELF
        yield ReportLine(part.name or branch.name, depth, kind, tuple(part.numbers))
        if part.branch and depth < deepest:
            yield from _lines(part.branch, depth + 1, deepest)
    if small:
        sums = [0] * len(FIELDS)
        for part in small:
            _add(sums, part.numbers)
        yield ReportLine("", depth, SMALL, tuple(sums))


def folded_in(branch: Branch) -> tuple[list[_PartOf], list[_PartOf]]:
    """What of a branch is shown, those with most people waiting first, and what is folded together.

    Those of fewer than five are; and where these together are fewer than five, the smallest of the
    others with them: else the sum of the branch less the shown ones would tell of them.
    """
    parts = [_PartOf(below.numbers, below) for below in branch.below.values()]
    if branch.own[0]:
        parts.append(_PartOf(branch.own))
    by_size = sorted(parts, key=lambda part: (part.numbers[0], folded(part.name)))
    small = [part for part in by_size if part.numbers[0] < FEWEST]
    rest = by_size[len(small) :]
    while small and rest and sum(part.numbers[0] for part in small) < FEWEST:
        small.append(rest.pop(0))
    if len(rest) > MOST_LINES:
        # Too many for paper: those in which fewest wait.
        rest.sort(key=lambda part: (-part.numbers[1], folded(part.name)))
        rest, small = rest[:MOST_LINES], [*small, *rest[MOST_LINES:]]
    rest.sort(key=lambda part: (-part.numbers[1], folded(part.name)))
    return rest, small
