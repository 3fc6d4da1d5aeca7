"""What a round does with one employment; the same for preview, opening and each day's look."""

import datetime as dt

import pytest

from musling.people.leading import Found, Passed, Problem
from musling.people.models import Employment
from musling.rounds.placing import (
    HOURLY,
    LEAVE_OUT,
    LEAVING,
    NEW,
    NO_LEADER,
    ODDITIES,
    OF_ANOTHER,
    OFFER,
    ON_LEAVE,
    ONE,
    OWN_LEADER,
    SEVERAL,
    VACANT,
    WAIT,
    Rules,
    Scope,
    folded,
)

DAY = dt.date(2026, 10, 1)
ENDS = dt.date(2026, 12, 31)
LEADER = Employment(pk=9, profile_id=9, unit_id=1)
FOUND = Found(LEADER, 1, ())


def somebody(pk: int = 1, **facts) -> Employment:
    return Employment(pk=pk, profile_id=1, unit_id=1, **{"starts_on": dt.date(2020, 1, 1), **facts})


def placed(row: Employment, found: Found = FOUND, others=(), **answers):
    return Rules(DAY, ENDS, answers).placed(row, found, others)


def test_somebody_without_anything_odd_is_offered_a_talk_with_the_leader():
    one = placed(somebody())
    assert (one.leader, one.led_unit_id, one.odd, one.out, one.waits) == (LEADER, 1, (), "", "")


@pytest.mark.parametrize(
    ("facts", "found", "oddity", "answer", "due_on"),
    [
        ({"leave_from": DAY, "leave_until": ENDS}, FOUND, ON_LEAVE, WAIT, dt.date(2027, 1, 1)),
        ({"leave_from": DAY}, FOUND, ON_LEAVE, WAIT, None),
        ({"starts_on": dt.date(2026, 8, 31)}, FOUND, NEW, WAIT, dt.date(2026, 11, 30)),
        ({"ends_on": ENDS}, FOUND, LEAVING, LEAVE_OUT, None),
        ({"pay": "hourly"}, FOUND, HOURLY, OFFER, None),
        ({}, Found(Problem("nobody"), None, ()), NO_LEADER, WAIT, None),
        ({}, Found(LEADER, 2, ((1, Passed.VACANT),)), VACANT, OFFER, None),
        ({}, Found(LEADER, 2, ((1, Passed.OWN),)), OWN_LEADER, OFFER, None),
    ],
)
def test_what_is_odd_gets_what_is_proposed(facts, found, oddity, answer, due_on):
    one = placed(somebody(**facts), found)
    assert one.odd == (oddity,)
    assert ODDITIES[oddity].proposal == answer
    waits = oddity if answer == WAIT else ""
    out = oddity if answer == LEAVE_OUT else ""
    assert (one.waits, one.due_on, one.out) == (waits, due_on, out)
    assert one.offered == (answer == OFFER)


@pytest.mark.parametrize("oddity", sorted(ODDITIES))
def test_every_answer_of_every_oddity_does_something(oddity):
    rows = {
        ON_LEAVE: ({"leave_from": DAY}, FOUND, ()),
        NEW: ({"starts_on": DAY}, FOUND, ()),
        LEAVING: ({"ends_on": ENDS}, FOUND, ()),
        HOURLY: ({"pay": "hourly"}, FOUND, ()),
        NO_LEADER: ({}, Found(Problem("nobody"), None, ()), ()),
        VACANT: ({}, Found(LEADER, 2, ((1, Passed.VACANT),)), ()),
        OWN_LEADER: ({}, Found(LEADER, 2, ((1, Passed.OWN),)), ()),
        SEVERAL: ({}, FOUND, (somebody(pk=2, starts_on=dt.date(2019, 1, 1)),)),
    }
    facts, found, others = rows[oddity]
    for answer, _words in ODDITIES[oddity].answers:
        one = placed(somebody(**facts), found, others, **{oddity: answer})
        assert one.odd == (oddity,)
        if answer == OFFER:
            assert one.offered
        elif answer == WAIT:
            assert (one.waits, one.offered) == (oddity, False)
        elif answer == ONE:
            assert (one.out, one.offered) == (OF_ANOTHER, False)
        else:
            assert (one.out, one.offered) == (oddity, False)


def test_one_talk_for_all_is_with_the_leader_of_the_oldest_employment():
    old, new = somebody(pk=2, starts_on=dt.date(2015, 1, 1)), somebody(pk=1)
    assert placed(old, others=[new], several=ONE).offered
    assert placed(new, others=[old], several=ONE).out == OF_ANOTHER


def test_leave_that_begins_later_or_is_over_is_not_odd():
    assert placed(somebody(leave_from=DAY + dt.timedelta(1))).odd == ()
    over = somebody(leave_from=dt.date(2026, 1, 1), leave_until=DAY - dt.timedelta(1))
    assert placed(over).odd == ()


def test_what_the_round_covers_and_leaves_out():
    scope = Scope(
        covered=("/1/2/",),
        left_out=("/1/2/5/",),
        titles=frozenset({folded("Vikar")}),
        agreements=frozenset({folded("FOA  sosu")}),
    )
    assert scope.holds("/1/2/", "Assistent", "")
    assert scope.holds("/1/2/7/", "Assistent", "")
    assert not scope.holds("/1/3/", "Assistent", "")
    assert not scope.holds("/1/2/5/6/", "Assistent", "")
    assert not scope.holds("/1/2/", " vikar ", "")
    assert not scope.holds("/1/2/", "Assistent", "foa SOSU")
    assert Scope().holds("/9/", "", "")
