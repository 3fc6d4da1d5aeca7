"""A fault between any two steps leaves nothing lost, nothing double, nothing readable too early."""

from collections.abc import Callable
from typing import Any

import pytest

from musling.activity.models import Activity
from musling.conversations import access
from musling.conversations.actions import approving, following_up, preparing, talking
from musling.conversations.models import (
    Agreement,
    Conversation,
    FollowUp,
    HandedIn,
    Minutes,
    MinutesSection,
    Participant,
    Signature,
)
from musling.conversations.queries import agreements as following
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.room import opened_minutes
from musling.conversations.queries.talks import talk as open_talk
from tests.cast import Cast, booked_talk
from tests.conversations import stages
from tests.conversations.faults import crashes

pytestmark = pytest.mark.django_db(transaction=True)
WATCHED = (Agreement, FollowUp, HandedIn, Minutes, MinutesSection, Participant, Signature)


def everything() -> dict[str, Any]:
    """All rows that the deeds below write, as they stand."""
    return {
        model.__name__: [
            [bytes(value) if isinstance(value, memoryview) else value for value in row]
            for row in model.objects.order_by("pk").values_list()
        ]
        for model in (*WATCHED, Conversation, Activity)
    }


def all_or_nothing(act: Callable[[], Any], look: Callable[[], Any] = lambda: None) -> None:
    """Every crash of the deed leaves all as it was; ``look`` looks closer. At last it is done."""
    before, times = everything(), 0
    for number in crashes(act):
        times = number
        assert everything() == before
        look()
    assert times >= 6, "too few steps for a deed of this size: the fault was not injected"
    assert everything() != before


def test_handing_in(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk, "først")
    preparing.save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={"wellbeing.general": {"text": "så"}, "wellbeing.influence": {"score": 1}},
        versions={},
    )

    def act():
        preparing.hand_in(
            cast.employee.actor,
            public_id=talk.public_id,
            items=["wellbeing.general", "wellbeing.influence"],
        )

    all_or_nothing(act)
    found = open_talk(cast.leader.actor, talk.public_id)
    (seen,) = handed_in(cast.leader.actor, found).values()
    assert seen == {
        "wellbeing.general": {"score": 4, "text": "så"},
        "wellbeing.influence": {"score": 1},
    }


def test_sending_minutes(cast: Cast):
    talk = stages.held_talk(cast)
    all_or_nothing(lambda: approving.send_minutes(cast.employee.actor, public_id=talk.public_id))
    assert Signature.objects.count() == 1
    assert Activity.objects.filter(verb="minutes.sent").count() == 1


def test_approving_minutes(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version

    def act():
        approving.approve_minutes(cast.leader.actor, public_id=talk.public_id, version=version)

    all_or_nothing(act)
    act()
    assert Signature.objects.count() == 2
    assert Activity.objects.filter(verb="minutes.approved").count() == 1
    found = open_talk(cast.employee.actor, talk.public_id)
    assert opened_minutes(cast.employee.actor, found).is_unchanged


def test_sending_minutes_back(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version

    def nothing_to_read():
        assert not access.readable_comments(cast.employee.actor).exists()

    all_or_nothing(
        lambda: approving.return_minutes(
            cast.leader.actor, public_id=talk.public_id, comment="Ret datoen", version=version
        ),
        nothing_to_read,
    )
    assert access.readable_comments(cast.employee.actor).count() == 1


def test_carrying_agreements_over(cast: Cast):
    talk = stages.approved_talk(cast)
    row = Agreement.objects.get()
    following_up.note_follow_up(cast.employee.actor, agreement=row.public_id, note="På vej")
    nexts = stages.next_year(cast)
    stages.agreed_frame(cast, nexts)

    def still_readable():
        followed = following.agreement(cast.leader.actor, row.public_id)
        assert (followed.text.what, [note.text for note in followed.notes]) == (
            "Fast makker",
            ["På vej"],
        )

    all_or_nothing(
        lambda: talking.end_talk(cast.leader.actor, public_id=nexts.public_id), still_readable
    )
    followed = following.agreement(cast.leader.actor, row.public_id)
    assert (followed.text.what, followed.row.conversation) == ("Fast makker", nexts)
    assert [note.text for note in followed.notes] == ["På vej"]
    assert Agreement.objects.count() == 1
    found = open_talk(cast.employee.actor, talk.public_id)
    assert opened_minutes(cast.employee.actor, found).is_unchanged


def test_opening_the_room(cast: Cast):
    talk = booked_talk(cast)
    talking.choose_minute_taker(
        cast.employee.actor,
        public_id=talk.public_id,
        participant=stages.seat(talk, "employee").public_id,
    )
    talking.agree_on_frame(cast.employee.actor, public_id=talk.public_id)
    all_or_nothing(lambda: talking.agree_on_frame(cast.leader.actor, public_id=talk.public_id))
    minutes = Minutes.objects.get()
    assert minutes.salt
    assert Activity.objects.filter(verb="room.opened").count() == 1
