"""Asking, answering once, closing, and what HR sees of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.actor import program
from musling.foundation.problems import NotThere, Refused
from musling.rounds.evaluation import box, closing, queries
from musling.rounds.evaluation.actions import answer, ask_for_evaluation, close_evaluation
from musling.rounds.evaluation.models import (
    Evaluation,
    EvaluationBox,
    EvaluationFigure,
    EvaluationText,
    EvaluationTicket,
)
from musling.rounds.evaluation.queries import EvaluationState, GroupState, evaluation_state
from musling.rounds.models import Place, State
from musling.vault.keys import KeyDestroyed, open_key
from tests.cast import Cast, member, unit
from tests.rounds.evaluation.evaluating import World, make_round, make_world, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4")]


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def state(world: World) -> EvaluationState:
    found = evaluation_state(world.hr, world.round)
    assert found is not None
    return found


def group(world: World, name: str = "employees") -> GroupState:
    return next(one for one in state(world).groups if one.group == name)


def texts(world: World) -> list[str]:
    return [text for result in group(world).results for text in result.texts]


# --- asking -----------------------------------------------------------------------------------


def test_everybody_who_took_part_is_asked_and_told_once(cast: Cast):
    world = make_world(cast, employees=8, leaders=6)
    first = world.asks()
    assert world.asks() == first
    asked = set(EvaluationTicket.objects.values_list("profile", "group"))
    assert asked == {
        *((one.profile.pk, "employees") for one in world.employees),
        *((one.profile.pk, "leaders") for one in world.leaders),
    }
    told = Activity.objects.filter(verb="evaluation.asked").values_list("about_id", flat=True)
    assert sorted(told) == sorted(profile for profile, _group in asked)


def test_who_leads_is_asked_as_a_leader_and_only_so(cast: Cast):
    world = make_world(cast, employees=8, leaders=6)
    boss = world.leaders[0]
    Place.objects.create(
        organisation=cast.havneby, round=world.round, employment=boss.employment, conversation=None
    )
    world.asks()
    tickets = EvaluationTicket.objects.filter(profile=boss.profile)
    assert list(tickets.values_list("group", flat=True)) == ["leaders"]


def test_a_group_below_five_is_not_asked_and_hr_is_told_so(world: World):
    world.asks()
    assert not EvaluationTicket.objects.filter(group="leaders").exists()
    leaders = group(world, "leaders")
    assert (leaders.asked, leaders.too_small, leaders.answered) == (1, True, 0)
    with pytest.raises(NotThere):
        answer(
            world.leaders[0].actor, public_id=world.round.public_id, scores={"time": 3}, texts={}
        )


def test_whoever_left_is_not_asked(world: World):
    profile = world.employees[0].profile
    profile.disabled_at = clock.now()
    profile.save()
    world.asks()
    assert not EvaluationTicket.objects.filter(profile=profile).exists()


def test_a_closed_place_is_not_asked(world: World):
    Place.objects.filter(employment=world.employees[0].employment).update(closed_at=clock.now())
    world.asks()
    assert not EvaluationTicket.objects.filter(profile=world.employees[0].profile).exists()


@pytest.mark.parametrize("part", ["leader", "employee", "operator", "neighbour_leader"])
def test_nobody_but_hr_asks(world: World, part: str):
    with pytest.raises(NotThere):
        ask_for_evaluation(world.cast.everybody[part].actor, world.round)
    assert not Evaluation.objects.exists()


def test_the_program_asks_by_itself(world: World):
    ask_for_evaluation(program(world.cast.havneby.pk), world.round)
    assert EvaluationTicket.objects.count() == 12


def test_a_round_that_is_not_open_is_refused(cast: Cast):
    row = make_round(cast.havneby, state=State.PLANNED)
    with pytest.raises(Refused):
        ask_for_evaluation(cast.hr.actor, row)


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_last_day_that_cannot_be_is_refused(world: World, days: int):
    with pytest.raises(Refused) as refused:
        world.asks(until=clock.today() + dt.timedelta(days=days))
    assert refused.value.field == "until"


def test_asking_takes_as_many_statements_for_thirty_as_for_twelve(cast: Cast):
    counted = []
    for world in (make_world(cast, 12, 6), another(cast, 30)):
        with CaptureQueriesContext(connection) as caught:
            world.asks()
        counted.append(len(caught))
    assert counted[0] == counted[1]


def another(cast: Cast, employees: int) -> World:
    """A second round, with other people."""
    first = make_round(cast.havneby, name="En anden")
    place = unit(cast.havneby, "77", "Andre", cast.top)
    heads = [member(cast.havneby, place, f"Chef{n}", log_in=False) for n in range(6)]
    staff = [member(cast.havneby, place, f"Anden{n}", log_in=False) for n in range(employees)]
    take_in(cast, first, staff, heads)
    return World(cast, first, staff, heads)


# --- answering --------------------------------------------------------------------------------


def test_one_answer_each(world: World):
    world.asks()
    world.answers(world.employees[0])
    with pytest.raises(NotThere):
        world.answers(world.employees[0])
    assert in_boxes(world) == 1


def in_boxes(world: World) -> int:
    key = open_key(world.evaluation.box_key_id)
    return sum(len(box.taken_out(row, key)) for row in EvaluationBox.objects.all())


def test_who_was_not_asked_cannot_answer(world: World):
    world.asks()
    for one in world.cast.everybody.values():
        with pytest.raises(NotThere):
            world.answers(one)
    assert in_boxes(world) == 0


def test_not_after_the_last_day_and_not_once_closed(world: World):
    world.asks()
    last = world.evaluation.closes_on
    clock.move(dt.timedelta(days=(last - clock.today()).days))
    world.answers(world.employees[0])
    clock.move(dt.timedelta(days=1))
    with pytest.raises(NotThere):  # also where the job has not come to it yet
        world.answers(world.employees[1])
    closing.close_due()
    with pytest.raises(NotThere):
        world.answers(world.employees[1])


@pytest.mark.parametrize("text", ["x" * 601, "🦪" * 400, "\x01" * 300])
def test_a_text_that_the_box_cannot_hold_is_refused_and_costs_nothing(world: World, text: str):
    world.asks()
    with pytest.raises(Refused) as refused:
        world.answers(world.employees[0], text=text)
    assert refused.value.field == "good"
    world.answers(world.employees[0], text="x" * 600)


def test_an_empty_answer_is_refused_and_costs_nothing(world: World):
    world.asks()
    with pytest.raises(Refused):
        answer(world.employees[0].actor, public_id=world.round.public_id, scores={}, texts={})
    world.answers(world.employees[0])


def test_what_was_not_asked_is_not_stored(world: World):
    world.asks()
    answer(
        world.employees[0].actor,
        public_id=world.round.public_id,
        scores={"heard": 5, "help": 3, "ahead": 9, "name": 1},
        texts={"good": "x", "heard": "words", "who": "Mette"},
    )
    key = open_key(world.evaluation.box_key_id)
    (held,) = box.taken_out(EvaluationBox.objects.get(group="employees"), key)
    assert held == {"heard": 5, "good": "x"}


def test_a_full_box_is_followed_by_another(cast: Cast, monkeypatch):
    monkeypatch.setattr(box, "HOLDS", 3)
    world = make_world(cast)
    world.asks()
    for number, one in enumerate(world.employees):
        world.answers(one, text=f"Svar {number}")
    assert EvaluationBox.objects.count() == 4
    world.closes()
    assert sorted(texts(world)) == sorted(f"Svar {number}" for number in range(12))


# --- closing and results ----------------------------------------------------------------------


@pytest.mark.parametrize(("answers", "shown"), [(4, 0), (5, 5)])
def test_figures_from_five_answers_up(world: World, answers: int, shown: int):
    world.asks()
    for one in world.employees[:answers]:
        world.answers(one, 2)
    world.closes()
    found = group(world)
    assert (found.asked, found.answered, found.shown) == (12, shown, shown > 0)
    averages = [result.average for result in found.results if not result.question.is_text]
    assert averages == [Decimal(2) if shown else None] * 5
    assert EvaluationFigure.objects.count() == (5 if shown else 0)


@pytest.mark.parametrize(("answers", "shown"), [(9, False), (10, True)])
def test_texts_and_spread_from_ten_answers_up(world: World, answers: int, shown: bool):
    world.asks()
    for number, one in enumerate(world.employees[:answers]):
        world.answers(one, number % 6, text=f"Svar {number}")
    world.closes()
    spread = group(world).results[0].spread
    assert bool(texts(world)) == bool(spread) == EvaluationText.objects.exists() == shown
    if shown:
        assert sorted(texts(world)) == sorted(f"Svar {number}" for number in range(10))
        assert spread == (4, 4, 2)


def test_a_question_that_too_few_answered_has_no_figure(world: World):
    world.asks()
    for number, one in enumerate(world.employees[:10]):
        world.answers(one, only="" if number < 4 else "heard")
    world.closes()
    shown = {one.question.id: one.answered for one in group(world).results if one.average}
    assert shown == {"heard": 10}


def test_no_average_says_what_everybody_answered(world: World):
    world.asks()
    for one in world.employees[:5]:
        world.answers(one, 5)
    world.closes()
    assert group(world).results[0].average == Decimal("4.5")
    assert closing.average_of([0] * 5) == Decimal("0.5")


def test_while_it_is_open_hr_sees_how_many_in_steps_of_five_and_no_figure(world: World):
    world.asks()
    seen = []
    for one in world.employees[:11]:
        world.answers(one, text="Ord")
        seen.append(group(world).answered)
        assert group(world).results == ()
    assert seen == [0] * 4 + [5] * 5 + [10] * 2


def test_closing_leaves_nothing_of_who_answered_and_no_way_into_the_box(world: World):
    world.asks()
    for one in world.employees[:6]:
        world.answers(one)
    world.closes()
    assert not EvaluationTicket.objects.exists()
    assert not EvaluationBox.objects.exists()
    with pytest.raises(KeyDestroyed):
        open_key(world.evaluation.box_key_id)
    closing.close_due()  # again: nothing happens
    assert group(world).answered == 6


def test_hr_can_close_it_before_its_day_and_twice(world: World):
    world.asks()
    for one in world.employees[:6]:
        world.answers(one)
    close_evaluation(world.hr, world.round)
    close_evaluation(world.hr, world.round)
    assert state(world).closed
    assert group(world).answered == 6
    closing.close_due()
    with pytest.raises(KeyDestroyed):
        open_key(world.evaluation.box_key_id)


def test_nobody_but_hr_closes_or_sees(world: World):
    world.asks()
    for name, one in world.cast.everybody.items():
        if name == "hr":
            continue
        with pytest.raises(NotThere):
            close_evaluation(one.actor, world.round)
        assert evaluation_state(one.actor, world.round) is None


def test_the_questions_of_each_group_and_hrs_own(cast: Cast):
    world = make_world(cast, employees=8, leaders=6)
    world.asks(own_question={"da": "Rummet var godt.", "en": ""})
    for who, first in ((world.employees[0], "prepared"), (world.leaders[0], "time")):
        found = queries.asked(who.actor, world.round.public_id)
        assert found is not None
        ids = [one.id for one in found.questions]
        assert (ids[0], ids[5:]) == (first, ["own", "good", "otherwise"])
        assert [str(one.words) for one in found.questions if one.id == "own"] == [
            "Rummet var godt."
        ]
    world.answers(world.leaders[0], group="leaders", only="own")
    assert in_boxes(world) == 1


def test_who_answered_reads_that_it_is_done_and_who_was_not_asked_finds_nothing(world: World):
    public_id = world.round.public_id
    with pytest.raises(NotThere):
        queries.asked(world.employees[0].actor, public_id)
    world.asks()
    assert [one.round for one in queries.to_answer(world.employees[0].actor)] == [public_id]
    world.answers(world.employees[0])
    assert queries.to_answer(world.employees[0].actor) == []
    assert queries.asked(world.employees[0].actor, public_id) is None
    with pytest.raises(NotThere):
        queries.asked(world.cast.employee.actor, public_id)


def test_answering_and_reading_take_as_many_queries_however_many_have_answered(world: World):
    world.asks()
    counted = []
    for one in world.employees:
        with CaptureQueriesContext(connection) as caught:
            world.answers(one, text="Ord")
        counted.append(len(caught))
    assert len(set(counted)) == 1
    world.closes()
    with CaptureQueriesContext(connection) as caught:
        assert texts(world)
    assert len(caught) <= 8


def test_who_waits_for_a_talk_is_not_asked_how_it_went(world: World):
    Place.objects.filter(round=world.round, employment=world.employees[0].employment).update(
        conversation=None, waits="on_leave"
    )
    world.asks()
    asked = EvaluationTicket.objects.values_list("profile", flat=True)
    assert world.employees[0].profile.pk not in asked
    assert world.employees[1].profile.pk in asked
