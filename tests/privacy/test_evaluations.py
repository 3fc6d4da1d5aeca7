"""What was written in an evaluation goes by its own rule; the figures stay."""

import pytest

from musling.foundation import clock
from musling.foundation.clock import months_later
from musling.privacy import destroying
from musling.privacy.periods import set_period
from musling.rounds.evaluation.models import EvaluationFigure, EvaluationText
from musling.rounds.evaluation.queries import evaluation_state
from musling.vault.keys import KeyDestroyed, open_key
from tests.cast import Cast
from tests.rounds.evaluation.evaluating import A_DAY, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(cast: Cast) -> World:
    world = make_world(cast, employees=10)
    world.asks()
    for number, one in enumerate(world.employees):
        world.answers(one, 4, text=f"Svar {number}")
    world.closes()
    return world


def written(world: World) -> list[str]:
    state = evaluation_state(world.hr, world.round)
    assert state is not None
    return [text for group in state.groups for one in group.results for text in one.texts]


def test_it_goes_two_years_after_closing_and_not_a_day_before(closed: World):
    closed_at = closed.evaluation.closed_at
    assert closed_at is not None
    clock.move(months_later(closed_at, 24) - A_DAY - clock.now())
    assert destroying.run()["evaluations"] == 0
    assert len(written(closed)) == 10
    clock.move(2 * A_DAY)
    assert [one.content for one in destroying.would_go()] == ["evaluation"]
    assert destroying.run()["evaluations"] == 1
    assert destroying.run()["evaluations"] == 0
    assert written(closed) == []
    assert set(map(bytes, EvaluationText.objects.values_list("content", flat=True))) == {b""}
    with pytest.raises(KeyDestroyed):
        open_key(closed.evaluation.text_key_id)
    state = evaluation_state(closed.hr, closed.round)
    assert state is not None
    assert state.texts_gone
    assert EvaluationFigure.objects.count() == 5


def test_hr_sets_the_period(closed: World):
    set_period(closed.hr, kind="mus", rule="evaluation", number=1, valid_from=clock.today())
    clock.move(32 * A_DAY)
    assert destroying.run()["evaluations"] == 1


def test_one_without_texts_is_nothing_to_destroy(cast: Cast):
    world = make_world(cast, employees=6)
    world.asks()
    for one in world.employees:
        world.answers(one)
    world.closes()
    clock.move(900 * A_DAY)
    assert destroying.run()["evaluations"] == 0
