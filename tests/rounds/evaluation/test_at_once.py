"""Two at the same moment, and work that is cut off."""

import pytest

from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.rounds.evaluation import box, closing
from musling.rounds.evaluation.actions import close_evaluation
from musling.rounds.evaluation.models import (
    Evaluation,
    EvaluationBox,
    EvaluationGroup,
    EvaluationText,
    EvaluationTicket,
)
from musling.vault import keys
from musling.vault.keys import KeyDestroyed, open_key
from tests.cast import Cast, Member
from tests.conversations.test_two_at_once import at_once
from tests.rounds.evaluation.evaluating import A_DAY, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(cast: Cast) -> World:
    made = make_world(cast)
    made.asks()
    return made


def answers(world: World, who: Member, text: str) -> None:
    try:
        world.answers(who, text=text)
    except NotThere:
        raise Refused("used") from None


def lying(world: World) -> list[str]:
    key = open_key(world.evaluation.box_key_id)
    boxes = EvaluationBox.objects.filter(group="employees")
    return sorted(one["good"] for row in boxes for one in box.taken_out(row, key))


def test_the_same_person_in_two_tabs_answers_once(world: World):
    mine = world.employees[0]
    ended = at_once(*(lambda n=n: answers(world, mine, f"Faneblad {n}") for n in range(2)))
    assert ended == {"done": 1, "Refused": 1}
    assert len(lying(world)) == 1


def test_four_people_at_once_are_all_in_the_box(world: World):
    ended = at_once(
        *(lambda n=n: answers(world, world.employees[n], f"Svar {n}") for n in range(4))
    )
    assert ended == {"done": 4}
    assert lying(world) == [f"Svar {n}" for n in range(4)]


def test_an_answer_beside_the_closing_is_counted_or_refused(world: World):
    for one in world.employees[:10]:
        world.answers(one, text="Ord")
    ended = at_once(
        lambda: answers(world, world.employees[10], "Sent"),
        lambda: close_evaluation(world.hr, world.round),
    )
    counted = 11 if ended == {"done": 2} else 10
    assert EvaluationGroup.objects.get(group="employees").answered == counted
    assert EvaluationText.objects.count() == counted


def test_two_ask_at_once_and_everybody_is_asked_once(cast: Cast):
    made = make_world(cast)
    assert at_once(made.asks, made.asks) == {"done": 2}
    assert Evaluation.objects.count() == 1
    assert EvaluationTicket.objects.count() == 12


class CutOffError(Exception):
    """The process ends here."""


def cut_off(*_given: object, **_more: object) -> None:
    raise CutOffError


def test_an_answer_that_is_cut_off_leaves_the_right_to_answer(world: World, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(box, "put_in", cut_off)
        with pytest.raises(CutOffError):
            world.answers(world.employees[0], text="Ord")
    assert lying(world) == []
    world.answers(world.employees[0], text="Ord")
    assert lying(world) == ["Ord"]


@pytest.mark.parametrize(
    ("where", "name"), [(closing, "_keep_texts"), (keys, "destroy"), (keys.ledger, "write")]
)
def test_closing_that_is_cut_off_anywhere_is_finished_by_the_next_run(
    world: World, monkeypatch, where, name: str
):
    for one in world.employees:
        world.answers(one, text="Ord")
    clock.move((world.evaluation.closes_on - clock.today()) + A_DAY)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, cut_off)
        with pytest.raises(CutOffError):
            closing.close_due()
    # Either nothing has been poured, or all of it: never a box that is gone without its figures.
    assert EvaluationBox.objects.exists() == (not EvaluationText.objects.exists())
    closing.close_due()
    assert EvaluationText.objects.count() == 12
    assert not EvaluationBox.objects.exists()
    with pytest.raises(KeyDestroyed):
        open_key(world.evaluation.box_key_id)
