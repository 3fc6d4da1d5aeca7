"""Writing one's preparation, and handing in a copy of what one chooses."""

import datetime as dt

import pytest
from django.test import Client

from musling.conversations import access
from musling.conversations.actions import handing_over, offering, preparing, talking
from musling.conversations.models import (
    EXPECTATION,
    Answer,
    Conversation,
    HandedIn,
    Participant,
    Preparation,
    Reveal,
)
from musling.conversations.queries import preparation as queries
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import Clash, NotThere
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused

pytestmark = pytest.mark.django_db
ITEM = "wellbeing.general"


def save(member: Member, talk: Conversation, version: int | None = None, **change) -> int:
    """Saves one change of the first item; returns the version of its text."""
    saved = preparing.save_answers(
        member.actor,
        public_id=talk.public_id,
        answers={ITEM: change},
        versions={} if version is None else {ITEM: version},
    )
    return saved[ITEM]


def opened(member: Member, talk: Conversation) -> queries.OpenedPreparation:
    return queries.own_preparation(member.actor, open_talk(member.actor, talk.public_id))


def seen_of(reader: Member, talk: Conversation, writer: str) -> dict:
    """What the reader may see of what that party handed in."""
    found = open_talk(reader.actor, talk.public_id)
    return queries.handed_in(reader.actor, found).get(stages.seat(talk, writer).pk, {})


def test_what_is_left_out_keeps_its_value(cast: Cast):
    talk = booked_talk(cast)
    save(cast.employee, talk, score=4)
    save(cast.employee, talk, text="Glad")
    save(cast.employee, talk, score=None)
    assert opened(cast.employee, talk).values == {ITEM: {"text": "Glad"}}


@pytest.mark.parametrize("score", [-1, 6, 2.5, "3"])
def test_a_score_lies_between_0_and_5(cast: Cast, score):
    talk = booked_talk(cast)
    with refused("from 0 to 5", ITEM):
        save(cast.employee, talk, score=score)
    assert not Answer.objects.exists()


def test_a_text_that_is_too_long_is_refused_and_says_so(cast: Cast):
    talk = booked_talk(cast)
    with refused("longer than 10000", ITEM):
        save(cast.employee, talk, text="x" * 10_001)


def test_one_bad_answer_saves_none_of_the_call(cast: Cast):
    talk = booked_talk(cast)
    with refused("from 0 to 5"):
        preparing.save_answers(
            cast.employee.actor,
            public_id=talk.public_id,
            answers={"wellbeing.influence": {"score": 3}, ITEM: {"score": 9}},
            versions={},
        )
    assert not Answer.objects.exists()


@pytest.mark.parametrize("item", ["no.such", "feedback.contribution", "goals.focus"])
def test_nobody_answers_what_is_not_asked_of_them(cast: Cast, item: str):
    talk = booked_talk(cast)
    with refused("not part of your preparation", item):
        preparing.save_answers(
            cast.employee.actor,
            public_id=talk.public_id,
            answers={item: {"text": "x"}},
            versions={},
        )


def test_more_than_three_topics_are_refused(cast: Cast):
    talk = booked_talk(cast)
    with refused("up to three"):
        preparing.save_answers(
            cast.employee.actor,
            public_id=talk.public_id,
            answers={"topics": {"chosen": ["a", "b", "c", "d"]}},
            versions={},
        )


def test_the_second_tab_gets_the_first_ones_text(cast: Cast):
    talk = booked_talk(cast)
    save(cast.employee, talk, version=0, text="fane 1")
    with pytest.raises(Clash) as clash:
        save(cast.employee, talk, version=0, text="fane 2")
    assert (clash.value.theirs, clash.value.version) == ("fane 1", 1)
    assert opened(cast.employee, talk).values[ITEM]["text"] == "fane 1"


def test_the_same_text_twice_is_no_clash(cast: Cast):
    talk = booked_talk(cast)
    assert save(cast.employee, talk, version=0, text="ens") == 1
    assert save(cast.employee, talk, version=0, text="ens") == 1


def test_a_sitting_is_one_activity(cast: Cast):
    talk = booked_talk(cast)
    for words in ("a", "b", "c"):
        save(cast.employee, talk, text=words)
    assert count("preparation.saved") == 1
    clock.move(dt.timedelta(minutes=31))
    save(cast.employee, talk, text="d")
    assert count("preparation.saved") == 2


def test_choosing_short_throws_nothing_away(cast: Cast):
    talk = booked_talk(cast)
    preparing.choose_length(cast.employee.actor, public_id=talk.public_id, short=False)
    save(cast.employee, talk, text="står her")
    preparing.choose_length(cast.employee.actor, public_id=talk.public_id, short=True)
    assert opened(cast.employee, talk).values[ITEM]["text"] == "står her"
    assert Preparation.objects.get(participant__part="employee").short is True


@pytest.mark.parametrize("stage", [stages.open_talk, stages.held_talk])
def test_nothing_is_written_or_handed_in_after_the_talk_began(cast: Cast, stage):
    talk = stage(cast)
    with refused("begun or ended"):
        save(cast.employee, talk, text="for sent")
    with refused("begun or ended"):
        preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=[])
    with refused("begun or ended"):
        preparing.choose_length(cast.employee.actor, public_id=talk.public_id, short=True)


def test_nothing_is_handed_in_to_a_talk_that_was_called_off(cast: Cast):
    talk = booked_talk(cast)
    save(cast.employee, talk, text="mit")
    offering.call_off_talk(cast.leader.actor, public_id=talk.public_id)
    with refused("begun or ended"):
        preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=[ITEM])
    assert not HandedIn.objects.exists()


def test_nobody_else_writes_or_reads_it(cast: Cast):
    talk = booked_talk(cast)
    save(cast.employee, talk, text="kun mit")
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        with pytest.raises(NotThere):
            save(member, talk, text="x")
    mine = Preparation.objects.get(participant__profile=cast.employee.profile)
    readers = {
        name
        for name, member in cast.everybody.items()
        if mine in access.own_preparations(member.actor)
    }
    assert readers == {"employee"}


# --- handing in ---------------------------------------------------------------------------------


def test_handing_in_copies_what_was_ticked_and_nothing_else(cast: Cast):
    talk = booked_talk(cast)
    preparing.save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={ITEM: {"score": 4}, "wellbeing.influence": {"text": "beholder jeg"}},
        versions={},
    )
    assert seen_of(cast.leader, talk, "employee") == {}
    preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=[ITEM, "no.such"])
    assert seen_of(cast.leader, talk, "employee") == {ITEM: {"score": 4}}
    assert set(opened(cast.employee, talk).values) == {ITEM, "wellbeing.influence"}


def test_handing_in_again_replaces_the_copies_and_mails_once_a_day(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk, "først")
    stages.hand_in(cast, talk, "så")
    assert seen_of(cast.leader, talk, "employee")[ITEM]["text"] == "så"
    assert count("preparation.handed_in") == 1
    preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=[])
    assert seen_of(cast.leader, talk, "employee") == {}


def test_a_change_after_handing_in_is_not_seen_until_it_is_handed_in_again(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk, "afleveret")
    save(cast.employee, talk, text="ændret")
    assert seen_of(cast.leader, talk, "employee")[ITEM]["text"] == "afleveret"


@pytest.mark.row("C7")
def test_handing_in_leaves_what_one_expects_of_the_talk(cast: Cast):
    talk = booked_talk(cast)
    talking.note_expectation(cast.employee.actor, public_id=talk.public_id, text="At blive hørt")
    stages.hand_in(cast, talk)
    assert HandedIn.objects.filter(item=EXPECTATION).count() == 1


def test_where_the_frame_says_after_both_neither_sees_the_others_first(cast: Cast):
    talk = booked_talk(cast)
    Conversation.objects.update(reveal=Reveal.AFTER_BOTH)
    stages.hand_in(cast, talk)
    assert seen_of(cast.leader, talk, "employee") == {}
    assert set(seen_of(cast.employee, talk, "employee")) == {ITEM}
    with refused("Hand in at least one answer"):
        preparing.hand_in(cast.leader.actor, public_id=talk.public_id, items=[ITEM])
    assert seen_of(cast.leader, talk, "employee") == {}
    save(cast.leader, talk, text="Mit syn")
    preparing.hand_in(cast.leader.actor, public_id=talk.public_id, items=[ITEM])
    assert set(seen_of(cast.leader, talk, "employee")) == {ITEM}


@pytest.mark.row("A4")
def test_where_the_frame_says_never_nothing_is_handed_in(cast: Cast):
    talk = booked_talk(cast, "mus_bpa")
    assert talk.reveal == Reveal.NEVER
    with refused("never handed in"):
        preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=["work.feeling"])


def test_copies_lie_under_the_talks_key_and_the_private_text_under_its_own(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    private, copy = Answer.objects.get(), HandedIn.objects.get()
    assert private.preparation.key_id != talk.key_id
    assert bytes(private.content) != bytes(copy.content)
    assert b"vagterne" not in bytes(private.content) + bytes(copy.content)


def test_a_deputy_sees_what_is_handed_in_from_then_on_and_the_former_leader_no_more(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    # What was handed in was for somebody else; the deputy sees what is handed in from then on.
    assert set(seen_of(cast.colleague, talk, "employee")) == set()
    assert open_talk(cast.employee.actor, talk.public_id).me.handed_in_at is None
    stages.hand_in(cast, talk)
    assert set(seen_of(cast.colleague, talk, "employee")) == {ITEM}
    assert not access.readable_handed_in(cast.leader.actor).exists()


def test_the_minutes_left_count_what_is_not_answered(cast: Cast):
    talk = booked_talk(cast)
    empty = opened(cast.employee, talk)
    assert (empty.answered(), len(empty.items())) == (0, 10)
    save(cast.employee, talk, score=3)
    begun = opened(cast.employee, talk)
    assert begun.answered() == 1
    assert begun.minutes_left() < empty.minutes_left()


def test_somebody_not_logged_in_is_sent_to_log_in(cast: Cast):
    talk = booked_talk(cast)
    answer = Client().get(f"/havneby/talks/{talk.public_id}/prepare/")
    assert answer.status_code == 302
    assert "/account/" in answer.headers["Location"]
    assert not Participant.objects.filter(handed_in_at__isnull=False).exists()
