"""A talk held on paper is registered by one and confirmed or contested by the other."""

import datetime as dt

import pytest

from musling.conversations.actions import approving, offering, on_paper
from musling.conversations.models import Agreement, Conversation, Minutes, PaperTalk, State
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import NotThere
from tests.cast import Cast, Member, booked_talk, planned_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused

pytestmark = pytest.mark.django_db


def register(member: Member, talk: Conversation, days_ago: int = 1) -> None:
    on_paper.register_paper_talk(
        member.actor,
        public_id=talk.public_id,
        held_on=clock.today() - dt.timedelta(days=days_ago),
    )


def answer(member: Member, talk: Conversation, *, confirm: bool) -> None:
    on_paper.answer_paper_talk(member.actor, public_id=talk.public_id, confirm=confirm)


@pytest.mark.parametrize(("one", "other"), [("leader", "employee"), ("employee", "leader")])
def test_it_counts_when_the_other_confirms(cast: Cast, one: str, other: str):
    talk = planned_talk(cast)
    register(getattr(cast, one), talk)
    talk.refresh_from_db()
    assert (talk.state, talk.held_at) == (State.PLANNED, None)
    for _press in range(2):
        answer(getattr(cast, other), talk, confirm=True)
    talk.refresh_from_db()
    assert (talk.state, talk.held_on_paper) == (State.HELD, True)
    held_on = talk.held_at.astimezone(COPENHAGEN).date()
    assert held_on == clock.today() - dt.timedelta(days=1)
    assert talk.minute_taker == stages.seat(talk, one)
    assert (count("paper.registered"), count("paper.confirmed"), count("conversation.held")) == (
        1,
        1,
        1,
    )


def test_nobody_confirms_the_own_registration(cast: Cast):
    talk = planned_talk(cast)
    register(cast.leader, talk)
    for confirm in (True, False):
        with refused("The other of you confirms"):
            answer(cast.leader, talk, confirm=confirm)


def test_contested_it_does_not_count_and_can_be_registered_again(cast: Cast):
    talk = planned_talk(cast)
    register(cast.leader, talk)
    answer(cast.employee, talk, confirm=False)
    assert PaperTalk.objects.get().contested_at is not None
    register(cast.leader, talk, days_ago=2)
    paper = PaperTalk.objects.get()
    assert (paper.contested_at, paper.confirmed_at) == (None, None)
    answer(cast.employee, talk, confirm=True)
    with refused("confirmed this talk already"):
        answer(cast.employee, talk, confirm=False)


def test_nothing_was_registered(cast: Cast):
    talk = planned_talk(cast)
    with refused("Nobody has registered"):
        answer(cast.employee, talk, confirm=True)


@pytest.mark.parametrize(
    ("days_ago", "words"), [(-1, "lies ahead"), (900, "Look at the date again")]
)
def test_the_day_must_fit_the_talk(cast: Cast, days_ago: int, words: str):
    talk = planned_talk(cast)
    with refused(words, "held_on"):
        register(cast.leader, talk, days_ago)


def test_what_was_held_in_musling_was_not_held_on_paper(cast: Cast):
    talk = stages.open_talk(cast)
    with refused("held in Musling already"):
        register(cast.leader, talk)


def test_a_room_opened_meanwhile_is_not_ended_by_an_old_registration(cast: Cast):
    talk = booked_talk(cast)
    register(cast.leader, talk)
    stages.agreed_frame(cast, talk)
    with refused("begun in Musling"):
        answer(cast.employee, talk, confirm=True)
    talk.refresh_from_db()
    assert (talk.state, talk.held_at) == (State.OPEN, None)


def test_a_talk_called_off_is_not_registered_or_confirmed(cast: Cast):
    talk = booked_talk(cast)
    register(cast.leader, talk)
    offering.call_off_talk(cast.leader.actor, public_id=talk.public_id)
    with refused("called off"):
        answer(cast.employee, talk, confirm=True)
    with refused("called off"):
        register(cast.leader, talk)


def test_nobody_from_outside_registers_or_answers(cast: Cast):
    talk = planned_talk(cast)
    register(cast.leader, talk)
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        with pytest.raises(NotThere):
            register(member, talk)
        with pytest.raises(NotThere):
            answer(member, talk, confirm=True)


def test_what_was_agreed_on_paper_is_typed_approved_and_signed(cast: Cast):
    talk = stages.paper_talk(cast)
    stages.agree(cast, talk, "Fra papiret")
    stages.write(cast, talk, "Kort og godt", "conclusion")
    approving.send_minutes(cast.leader.actor, public_id=talk.public_id)
    approving.approve_minutes(
        cast.employee.actor, public_id=talk.public_id, version=stages.minutes_of(talk).version
    )
    assert stages.minutes_of(talk).state == Minutes.State.APPROVED


def test_a_talk_on_paper_takes_open_agreements_along_too(cast: Cast):
    stages.approved_talk(cast)
    clock.move(dt.timedelta(days=365))
    talk = stages.paper_talk(cast)
    assert Agreement.objects.get().conversation == talk
