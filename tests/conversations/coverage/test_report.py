"""The committee's report: no line, and no difference of lines, is about fewer than five people."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musling.conversations.coverage import report as reports
from musling.conversations.coverage.report import FEWEST, Branch, ReportLine, folded_in, report
from musling.conversations.coverage.standing import FIELDS
from musling.conversations.models import Conversation, State, TalliedUntil
from musling.foundation.problems import NotThere
from musling.people.models import Employment
from musling.schedule import counting
from tests.cast import Cast, planned_talk, unit
from tests.people.workplace import day
from tests.web.staff_pages import employ


def numbers(people: int) -> list[int]:
    return [people, people, *[0] * (len(FIELDS) - 2)]


@st.composite
def branches(draw: st.DrawFn, depth: int = 3) -> Branch:
    """A tree of units with so many people each; numbers of a branch are the sums below it."""
    own = draw(st.integers(0, 12))
    below = draw(st.lists(branches(depth - 1), max_size=4)) if depth else []
    people = own + sum(one.numbers[0] for one in below)
    return Branch(f"U{people}", numbers(people), numbers(own), dict(enumerate(below)))


@given(branch=branches())
def test_what_is_shown_and_what_is_folded_is_never_about_fewer_than_five(branch):
    shown, small = folded_in(branch)
    parts = [*shown, *([small] if small else [])]
    if not shown:
        return
    sizes = [part.numbers[0] for part in shown]
    sizes += [sum(part.numbers[0] for part in small)] if small else []
    assert len(parts) == len(sizes)
    assert sum(sizes) == branch.numbers[0], "the lines add up"
    if branch.numbers[0] >= FEWEST:
        assert min(sizes) >= FEWEST
        # Whatever is put together and taken off: it is whole lines again.
        for count in range(len(sizes)):
            for some in combinations(sizes, count):
                assert branch.numbers[0] - sum(some) >= FEWEST


@given(branch=branches())
def test_every_line_of_the_whole_report_is_about_five_or_more(branch):
    if branch.numbers[0] >= FEWEST:
        lines = reports._cut(branch)
        assert all(line.numbers[0] >= FEWEST for line in lines)
        # Each level adds up to the line above it.
        for at, line in enumerate(lines):
            below = children(lines, at, line.depth)
            assert not below or sum(one.numbers[0] for one in below) == line.numbers[0]
        tops = [line for line in lines if line.depth == 1]
        assert not tops or sum(one.numbers[0] for one in tops) == branch.numbers[0]


def children(lines: list[ReportLine], at: int, depth: int) -> list[ReportLine]:
    found = []
    for line in lines[at + 1 :]:
        if line.depth <= depth:
            break
        if line.depth == depth + 1:
            found.append(line)
    return found


def test_a_tree_too_large_for_paper_is_cut_by_whole_levels(monkeypatch):
    monkeypatch.setattr(reports, "MOST_LINES", 8)
    leaf = Branch("Hold", numbers(6), numbers(6))
    wide = Branch("Skole", numbers(60), numbers(0), dict.fromkeys(range(10), leaf))
    top = Branch("", numbers(60), numbers(0), {1: wide})
    assert [line.name for line in reports._cut(top)] == ["Skole"]
    lines = reports._cut(wide)
    assert len(lines) == 9
    assert lines[-1].kind == "small"
    assert lines[-1].numbers[0] == 12


@pytest.mark.django_db
class TestOfTheCast:
    """Read from what is counted."""

    def lines(self, cast: Cast) -> dict[str, ReportLine]:
        TalliedUntil.objects.update(until=None)
        counting.count()
        found = report(cast.committee.actor, year=day().year)
        return {f"{line.name} {line.kind}".strip(): line for line in found.lines}

    def test_small_units_are_folded_in(self, cast: Cast):
        for name, people in (("Team Nord", 6), ("Team Syd", 3), ("Team Øst", 1)):
            at = unit(cast.havneby, name, name, cast.unit)
            for number in range(people):
                employ(cast, name, str(number), unit=at)
        found = self.lines(cast)
        assert "Team Syd unit" not in found
        assert "Team Øst unit" not in found
        assert found["Team Nord unit"].numbers[0] == 6
        # Four of them would be too few together: the next smallest, home care itself, goes along.
        assert found["small"].numbers[0] == 9
        assert found["Hjemmeplejen unit"].numbers[0] == 15
        assert found["whole"].numbers[0] == 20

    def test_a_person_with_two_jobs_counts_in_one_line(self, cast: Cast):
        talk = planned_talk(cast)
        Conversation.objects.filter(pk=talk.pk).update(state=State.HELD)
        Employment.objects.create(
            organisation=cast.havneby,
            profile=cast.employee.profile,
            number="second",
            unit=cast.top,
            starts_on=day(-9),
        )
        found = self.lines(cast)
        assert found["Hjemmeplejen unit"].numbers[0] == 5
        assert found["Kommunen itself"].numbers[0] == 5
        held = FIELDS.index("held")
        assert [found[name].numbers[held] for name in ("whole", "Hjemmeplejen unit")] == [1, 1]
        assert found["Kommunen itself"].numbers[held] == 0

    def test_it_is_for_hr_and_the_committee_alone(self, cast: Cast):
        counting.count()
        for member in (cast.leaders_leader, cast.employee, cast.operator, cast.neighbour):
            with pytest.raises(NotThere):
                report(member.actor, year=day().year)
        assert report(cast.hr.actor, year=day().year).lines
