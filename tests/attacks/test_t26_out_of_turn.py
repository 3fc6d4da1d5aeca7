"""T26: submit when not invited, before opening, after closing, after declining, after removal."""

from collections.abc import Callable

import pytest

from musling.conversations.actions import handing_over, offering
from musling.conversations.models import (
    Agreement,
    Answer,
    Conversation,
    HandedIn,
    Minutes,
    MinutesSection,
    Participant,
    Signature,
)
from musling.foundation import clock
from tests.cast import Cast, Member, booked_talk, planned_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db
WRITTEN = (Agreement, Answer, HandedIn, Minutes, MinutesSection, Signature)
ROOM = {
    "room/write/": {"text.talk": "x", "version.text.talk": 0},
    "we-agree/": {"kind": "agreement", "what": "x"},
    "room/end/": {},
    "minutes/send/": {},
    "minutes/answer/": {"approve": "1", "version": 1},
    "minutes/sign/": {"version": 1},
}
FRAME = {"room/frame/": {"minute_taker": "", "agree": "1"}}
PREPARING = {
    "prepare/save/": {"t.wellbeing.general": "x"},
    "prepare/hand-in/": {"item": "wellbeing.general"},
}


def written() -> int:
    return sum(model.objects.count() for model in WRITTEN)


def submit(member: Member, talk: Conversation, pages: dict[str, dict]) -> set[int]:
    """Posts to each page; the statuses that come back."""
    return {
        member.client.post(f"/havneby/talks/{talk.public_id}/{page}", data).status_code
        for page, data in pages.items()
    }


@pytest.mark.parametrize("name", ["colleague", "hr", "leaders_leader", "union_rep", "operator"])
def test_who_is_not_invited_submits_nothing(cast: Cast, name: str):
    talk = booked_talk(cast)
    before = written()
    assert submit(cast.everybody[name], talk, ROOM | FRAME | PREPARING) == {404}
    assert written() == before


@pytest.mark.parametrize("stage", [planned_talk, booked_talk])
def test_before_opening_nothing_reaches_the_room(cast: Cast, stage: Callable):
    talk = stage(cast)
    for member in (cast.employee, cast.leader):
        statuses = submit(member, talk, ROOM)
        assert statuses <= {302, 404, 422}, statuses
    assert not Minutes.objects.exists()
    assert not Agreement.objects.exists()
    talk.refresh_from_db()
    assert talk.held_at is None


def test_a_talk_without_a_time_is_not_opened(cast: Cast):
    talk = planned_talk(cast)
    taker = stages.seat(talk, "employee").public_id
    for member in (cast.employee, cast.leader):
        submit(member, talk, {"room/frame/": {"minute_taker": taker, "agree": "1"}})
    talk.refresh_from_db()
    assert (talk.state, talk.opened_at) == ("planned", None)


def declined(cast: Cast) -> Conversation:
    talk = booked_talk(cast)
    offering.decline_offer(cast.employee.actor, public_id=talk.public_id)
    return talk


def called_off(cast: Cast) -> Conversation:
    talk = booked_talk(cast)
    offering.call_off_talk(cast.leader.actor, public_id=talk.public_id)
    return talk


@pytest.mark.parametrize("stage", [declined, called_off])
def test_after_declining_or_calling_off_nothing_is_written(cast: Cast, stage: Callable):
    talk = stage(cast)
    taker = stages.seat(talk, "leader").public_id
    pages = ROOM | PREPARING | {"room/frame/": {"minute_taker": taker, "agree": "1"}}
    pages |= {"room/frame/": {"expectation": "x", "minute_taker": taker, "agree": "1"}}
    talk.refresh_from_db()
    state = talk.state
    for member in (cast.employee, cast.leader):
        assert submit(member, talk, pages) <= {302, 404, 422}
    talk.refresh_from_db()
    assert (talk.state, talk.opened_at, talk.minute_taker) == (state, None, None)
    assert written() == 0


def test_after_closing_preparation_is_closed(cast: Cast):
    talk = stages.open_talk(cast)
    for member in (cast.employee, cast.leader):
        submit(member, talk, PREPARING)
    assert not Answer.objects.exists()
    assert not HandedIn.objects.exists()


def test_who_was_removed_from_the_talk_submits_nothing(cast: Cast):
    talk = booked_talk(cast)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    assert submit(cast.leader, talk, ROOM | FRAME | PREPARING) == {404}
    handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)
    assert submit(cast.colleague, talk, ROOM | FRAME | PREPARING) == {404}
    assert written() == 0


def test_who_is_disabled_in_the_organisation_submits_nothing(cast: Cast):
    talk = stages.open_talk(cast)
    client = cast.employee.client
    cast.employee.profile.disabled_at = clock.now()
    cast.employee.profile.save()
    answer = client.post(
        f"/havneby/talks/{talk.public_id}/room/write/", {"text.talk": "x", "version.text.talk": 0}
    )
    assert answer.status_code == 404
    assert not MinutesSection.objects.exists()


def test_a_room_is_not_entered_through_somebody_elses_seat(cast: Cast):
    talk = booked_talk(cast)
    for seat in Participant.objects.filter(conversation=talk):
        submit(
            cast.colleague, talk, {"room/frame/": {"minute_taker": seat.public_id, "agree": "1"}}
        )
    assert not Participant.objects.filter(ready_at__isnull=False).exists()
