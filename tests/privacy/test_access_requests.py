"""Asking for what a leader wrote; handed out or refused by that leader alone (GDPR art. 12, 15)."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.conversations.actions import preparing
from musling.conversations.models import Answer, Conversation, Preparation
from musling.foundation import clock
from musling.foundation.fingerprints import of_values
from musling.foundation.problems import NotThere, Refused
from musling.mail import outbox
from musling.privacy import access, destroying
from musling.privacy.access_requests import (
    ask_for_access,
    hand_out,
    own_words,
    refuse,
    take_back,
)
from musling.privacy.asked import answer_to_me, asked_of_me, my_requests, waiting_about
from musling.privacy.models import AccessRequest
from musling.schedule.reminding import remind_of_requests
from musling.vault.keys import KeyDestroyed
from tests.cast import Cast, booked_talk
from tests.conversations import stages
from tests.conversations.test_new_leader import hand_over, new_leader
from tests.mail.post import deliver_when_due, working_hours

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
WORDS = "Hun tager de svære vagter"


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """Booked; Lars has written something about Mette to prepare."""
    row = booked_talk(cast)
    preparing.save_answers(
        cast.leader.actor,
        public_id=row.public_id,
        answers={
            "wellbeing.general": {"score": 4, "text": WORDS},
            "feedback.contribution": {"text": "Rolig, når det brænder på"},
        },
        versions={},
    )
    return row


def asked(cast: Cast) -> AccessRequest:
    assert ask_for_access(cast.employee.actor) == 1
    return AccessRequest.objects.get(answered_at=None, ended_at=None)


def handed_out(cast: Cast, row: AccessRequest) -> None:
    hand_out(cast.leader.actor, request=row.public_id, seen=of_values(own_words(row)))


def test_the_leader_is_asked_and_nobody_reads_anything_yet(cast: Cast, talk):
    row = asked(cast)
    assert [one.public_id for one in asked_of_me(cast.leader.actor)] == [row.public_id]
    assert row.due_on == clock.today() + 30 * A_DAY
    for name, member in cast.everybody.items():
        assert not access.readable_answers(member.actor).exists(), name
        with pytest.raises(NotThere):
            answer_to_me(member.actor, row.public_id)


def test_what_is_handed_out_is_read_by_whoever_asked(cast: Cast, talk):
    row = asked(cast)
    handed_out(cast, row)
    _row, lines, reason = answer_to_me(cast.employee.actor, row.public_id)
    assert [(line.score, line.words) for line in lines] == [
        (4, WORDS),
        (None, "Rolig, når det brænder på"),
    ]
    assert all(line.question for line in lines)
    assert reason == ""
    for name in set(cast.everybody) - {"employee"}:
        with pytest.raises(NotThere):
            answer_to_me(cast.everybody[name].actor, row.public_id)


def test_what_is_handed_out_is_what_the_page_showed(cast: Cast, talk):
    row = asked(cast)
    seen = of_values(own_words(row))
    preparing.save_answers(
        cast.leader.actor,
        public_id=talk.public_id,
        answers={"wellbeing.general": {"text": "Noget andet"}},
        versions={},
    )
    with pytest.raises(Refused):
        hand_out(cast.leader.actor, request=row.public_id, seen=seen)
    assert asked_of_me(cast.leader.actor)


def test_it_is_refused_with_a_reason_and_never_without(cast: Cast, talk):
    row = asked(cast)
    for nothing in ("", "   ", "x" * 2001):
        with pytest.raises(Refused) as refused:
            refuse(cast.leader.actor, request=row.public_id, reason=nothing)
        assert refused.value.field == "reason"
    refuse(cast.leader.actor, request=row.public_id, reason="Det røber noget om en kollega")
    _row, lines, reason = answer_to_me(cast.employee.actor, row.public_id)
    assert (lines, reason) == ([], "Det røber noget om en kollega")
    assert b"kollega" not in bytes(AccessRequest.objects.get().reason)


def test_an_answer_stands(cast: Cast, talk):
    row = asked(cast)
    refuse(cast.leader.actor, request=row.public_id, reason="Nej")
    handed_out(cast, row)
    assert AccessRequest.objects.get().answer == "refused"
    assert Activity.objects.filter(verb__startswith="access.").count() == 2


def test_nobody_but_the_leader_who_wrote_answers(cast: Cast, talk):
    row = asked(cast)
    for name in set(cast.everybody) - {"leader"}:
        actor = cast.everybody[name].actor
        with pytest.raises(NotThere):
            refuse(actor, request=row.public_id, reason="Nej")
        with pytest.raises(NotThere):
            hand_out(actor, request=row.public_id, seen="")
    assert AccessRequest.objects.get().answered_at is None


def test_asking_twice_asks_once_and_again_only_after_more_was_written(cast: Cast, talk):
    row = asked(cast)
    assert ask_for_access(cast.employee.actor) == 0
    handed_out(cast, row)
    assert ask_for_access(cast.employee.actor) == 0
    clock.move(A_DAY)
    preparing.save_answers(
        cast.leader.actor,
        public_id=talk.public_id,
        answers={"tasks.time": {"text": "Mere"}},
        versions={},
    )
    assert ask_for_access(cast.employee.actor) == 1


def test_where_nothing_is_written_nobody_is_asked(cast: Cast):
    booked_talk(cast)
    assert ask_for_access(cast.employee.actor) == 0
    assert ask_for_access(cast.leader.actor) == 0


def test_it_can_be_taken_back_until_it_is_answered(cast: Cast, talk):
    row = asked(cast)
    for _twice in range(2):
        take_back(cast.employee.actor, request=row.public_id)
    assert asked_of_me(cast.leader.actor) == my_requests(cast.employee.actor) == []
    with pytest.raises(Refused):
        refuse(cast.leader.actor, request=row.public_id, reason="Nej")
    again = asked(cast)
    handed_out(cast, again)
    with pytest.raises(Refused):
        take_back(cast.employee.actor, request=again.public_id)


def test_a_former_leader_is_asked_for_what_that_leader_wrote(cast: Cast, talk):
    stages.agreed_frame(cast, talk)
    stages.write(cast, talk, "Vi talte", "talk")
    stages.talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    stages.approve(cast, talk)
    new_leader(cast, cast.colleague)
    assert hand_over(cast) == 1
    row = asked(cast)
    assert row.holder == cast.leader.profile
    assert asked_of_me(cast.colleague.actor) == []
    handed_out(cast, row)
    assert answer_to_me(cast.employee.actor, row.public_id)[1]


def test_hr_sees_that_it_waits_and_nothing_else(cast: Cast, talk):
    row = asked(cast)
    for one in (cast.employee, cast.leader):
        assert waiting_about(cast.hr.actor, one.profile) == [row]
    assert waiting_about(cast.leaders_leader.actor, cast.employee.profile) == []
    page = cast.hr.client.get(f"/havneby/people/{cast.employee.profile.public_id}/")
    assert "Anmodninger om indsigt, der venter" in page.content.decode()
    assert WORDS not in page.content.decode()


# --- lifetimes ----------------------------------------------------------------------------------


def agree(cast: Cast, talk: Conversation) -> None:
    stages.agreed_frame(cast, talk)
    stages.write(cast, talk, "Vi talte", "talk")
    stages.talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    stages.approve(cast, talk)


def leaders_words_live(talk: Conversation) -> bool:
    row = Preparation.objects.get(participant__conversation=talk, participant__part="leader")
    return row.key.destroyed_at is None


def test_a_request_that_waits_keeps_what_was_written_but_not_for_ever(cast: Cast, talk):
    row = asked(cast)
    agree(cast, talk)
    assert destroying.run()["preparations"] == 1  # the employee's
    assert leaders_words_live(talk)
    clock.move(60 * A_DAY)
    assert destroying.run()["preparations"] == 0
    clock.move(A_DAY)
    assert destroying.run()["preparations"] == 1
    with pytest.raises(KeyDestroyed):
        handed_out(cast, row)
    refuse(cast.leader.actor, request=row.public_id, reason="Det er destrueret")


def test_a_request_that_waits_outlives_the_rest_of_the_talk(cast: Cast, talk):
    """Also where the talk goes by a rule of its own, and was never held."""
    clock.move(740 * A_DAY)
    row = asked(cast)
    assert destroying.run()["told"] == 1
    clock.move(15 * A_DAY)
    assert destroying.run()["talks"] == 1
    talk.refresh_from_db()
    assert talk.key.destroyed_at
    assert leaders_words_live(talk)
    assert [going.content for going in destroying.would_go()] == []
    handed_out(cast, row)
    assert [going.content for going in destroying.would_go()] == ["preparation"]
    assert destroying.run()["preparations"] == 1
    assert not leaders_words_live(talk)
    assert answer_to_me(cast.employee.actor, row.public_id)[1]


def test_a_request_that_waits_keeps_the_proof_too(cast: Cast, talk):
    Conversation.objects.filter(pk=talk.pk).update(year=clock.today().year - 9)
    asked(cast)
    clock.move(740 * A_DAY)
    destroying.run()
    AccessRequest.objects.update(due_on=clock.today())
    clock.move(15 * A_DAY)
    done = destroying.run()
    assert (done["talks"], done["preparations"], done["proofs"]) == (1, 0, 0)
    assert leaders_words_live(talk)
    clock.move(31 * A_DAY)
    done = destroying.run()
    assert (done["preparations"], done["proofs"]) == (1, 1)


def test_once_answered_the_preparation_goes_and_the_copy_stays_its_time(cast: Cast, talk):
    row = asked(cast)
    agree(cast, talk)
    handed_out(cast, row)
    assert destroying.run()["preparations"] == 2
    assert answer_to_me(cast.employee.actor, row.public_id)[1]
    clock.move(89 * A_DAY)
    assert destroying.run()["answers"] == 0
    clock.move(2 * A_DAY)
    assert [going.content for going in destroying.would_go()] == ["access"]
    assert destroying.run()["answers"] == 1
    with pytest.raises(KeyDestroyed):
        answer_to_me(cast.employee.actor, row.public_id)
    assert bytes(AccessRequest.objects.get().content) == b""
    receipts = Activity.objects.filter(verb="retention.destroyed", more__content="access")
    assert set(receipts.values_list("about_id", flat=True)) == {
        cast.employee.profile.pk,
        cast.leader.profile.pk,
    }


def test_what_was_taken_back_goes_at_once_and_all_of_it_with_the_proof(cast: Cast, talk):
    take_back(cast.employee.actor, request=asked(cast).public_id)
    assert destroying.run()["answers"] == 1
    handed_out(cast, asked(cast))
    agree(cast, talk)
    clock.move(dt.timedelta(days=365 * 3))
    destroying.run()
    clock.move(20 * A_DAY)
    destroying.run()
    assert not Answer.objects.exclude(content=b"").exists()
    clock.move(dt.timedelta(days=365 * 5))
    assert destroying.run()["proofs"] == 1
    assert not AccessRequest.objects.exists()


# --- mails --------------------------------------------------------------------------------------


def told() -> dict[str, int]:
    deliver_when_due()
    found: dict[str, int] = {}
    for message in mail.outbox:
        found[message.to[0]] = found.get(message.to[0], 0) + 1
        assert WORDS not in message.body
        assert "Prøve" not in message.body
    mail.outbox.clear()
    return found


def test_the_leader_is_told_and_reminded_once_and_whoever_asked_hears_the_answer(cast: Cast, talk):
    working_hours()
    outbox.pass_over()
    row = asked(cast)
    assert told() == {"lars@havneby.example": 1}
    clock.move(22 * A_DAY)
    assert remind_of_requests() == 0
    clock.move(A_DAY)
    assert remind_of_requests() == 1
    assert remind_of_requests() == 0
    assert told() == {"lars@havneby.example": 1}
    handed_out(cast, row)
    assert told() == {"mette@havneby.example": 1}


def test_the_reading_of_the_answer_is_noted_for_the_leader(cast: Cast, talk):
    row = asked(cast)
    handed_out(cast, row)
    cast.employee.client.get(f"/havneby/me/access/{row.public_id}/")
    assert "Mette Prøve" in cast.leader.client.get("/havneby/me/").content.decode()


def test_no_query_per_request(cast: Cast, talk):
    asked(cast)
    for ask in (lambda: my_requests(cast.employee.actor), lambda: asked_of_me(cast.leader.actor)):
        with CaptureQueriesContext(connection) as captured:
            (row,) = ask()
            assert row.conversation.year
            assert row.asker_id
            assert row.holder_id
        assert len(captured) == 1
