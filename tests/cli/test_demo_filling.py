"""The demo can be made: on any day of the week, with a round in the middle of its steps."""

import pytest

from musling.cli.demo import filling, living, rounds, town
from musling.conversations.models import Conversation
from musling.foundation import clock
from musling.people.models import Person
from musling.rounds.models import FormSent, Round, State, Step
from tests.cast import Cast, next_week

pytestmark = pytest.mark.django_db


def test_days_that_fall_on_one_monday_put_no_leader_in_two_talks(cast: Cast):
    begins = []
    for employee in (cast.employee, cast.colleague, cast.union_rep):
        pair = living.Pair(employee.employment, cast.leader.employment, {})
        row = living.planned(pair, cast.hr.actor.today)
        living.booked(pair, row, cast.hr.actor.today, next_week(10))
        row.refresh_from_db()
        begins.append(row.starts_at)
    assert begins == [next_week(10), next_week(11), next_week(12)]


def test_the_round_stands_in_the_middle_of_its_steps(cast: Cast):
    rounds.fill(cast.hr.profile, [cast.leader.profile], cast.hr.actor.today.year)
    row = Round.objects.get()
    assert row.state == State.OPEN
    steps = Step.objects.filter(round=row).order_by("number")
    assert [bool(step.done_at) for step in steps] == [True, True, False, False, False]
    assert any(step.comes_by_itself for step in steps.filter(done_at=None))
    assert FormSent.objects.get(round=row).leader == cast.leader.profile


def test_the_whole_of_it_is_made_with_few_people(db, monkeypatch):
    monkeypatch.setattr(town, "PEOPLE", 90)
    told = []
    assert filling.fill(told.append)
    assert told[-1] == "Done."
    years = set(Conversation.objects.values_list("year", flat=True))
    assert {clock.today().year - n for n in (0, 1, 2)} <= years
    assert Person.objects.filter(email="medarbejder@havneby.example").exists()
    assert not filling.fill(told.append), "it leaves alone what is there"
