"""A choice, several and a table as stored answers: what is refused, clashes and goes along."""

import pytest

from musling.conversations.actions import preparing
from musling.conversations.models import Answer, Conversation
from musling.conversations.queries import preparation as queries
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation.problems import Clash
from tests import every_type
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages
from tests.conversations.telling import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """Booked; it asks every type of item."""
    every_type.adopt(cast)
    return booked_talk(cast)


def save(member: Member, talk: Conversation, item: str, versions=None, **change):
    return preparing.save_answers(
        member.actor, public_id=talk.public_id, answers={item: change}, versions=versions or {}
    )


def opened(member: Member, talk: Conversation) -> queries.OpenedPreparation:
    return queries.own_preparation(member.actor, open_talk(member.actor, talk.public_id))


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_each_party_answers_all_types_and_takes_them_back(cast: Cast, talk, who: str):
    member = getattr(cast, who)
    preparing.choose_length(member.actor, public_id=talk.public_id, short=False)
    answers = {
        "job.hours": {"chosen": ["more"], "text": "Gerne"},
        "job.tasks": {"chosen": ["guide", "care"]},
        "learn.plan": {"cells": {"1.what": "Et kursus", "2.when": "Maj"}},
    }
    preparing.save_answers(member.actor, public_id=talk.public_id, answers=answers, versions={})
    assert opened(member, talk).values == answers
    assert opened(member, talk).answered() == 3
    save(member, talk, "job.hours", chosen=[])
    save(member, talk, "job.tasks", chosen=[])
    save(member, talk, "learn.plan", cells={"1.what": "", "2.when": ""})
    assert opened(member, talk).values == {"job.hours": {"text": "Gerne"}}
    assert all(
        word not in bytes(row.content)
        for row in Answer.objects.all()
        for word in (b"Gerne", b"more", b"kursus", b"what")
    )


@pytest.mark.parametrize(
    ("item", "change", "field", "words"),
    [
        ("job.hours", {"chosen": ["none"]}, "job.hours", "among the answers"),
        ("job.hours", {"chosen": ["more", "same"]}, "job.hours", "only one"),
        ("job.tasks", {"chosen": ["guide", "none"]}, "job.tasks", "among the answers"),
        ("job.why", {"chosen": ["guide"]}, "job.why", "among the answers"),
        ("learn.plan", {"cells": {"1.cost": "x"}}, "learn.plan/1.cost", "no such field"),
        ("learn.plan", {"cells": {"4.what": "x"}}, "learn.plan/4.what", "no such field"),
        ("job.hours", {"cells": {"1.what": "x"}}, "job.hours/1.what", "no such field"),
        ("learn.plan", {"cells": {"1.what": "x" * 10_001}}, "learn.plan/1.what", "longer than"),
        ("work.together", {"chosen": ["calm"]}, "work.together", "not part of your"),
        ("goals.steps", {"cells": {"1.who": "x"}}, "goals.steps", "not part of your"),
    ],
)
def test_what_the_frame_does_not_ask_is_refused(cast: Cast, talk, item, change, field, words):
    for member in (cast.employee, cast.leader):
        with refused(words, field):
            save(member, talk, item, **change)
    assert not Answer.objects.exists()


def test_a_cell_that_another_tab_changed_clashes_and_its_neighbour_does_not(cast: Cast, talk):
    me = cast.employee
    first = save(me, talk, "learn.plan", {"learn.plan/1.what": 0}, cells={"1.what": "fane 1"})
    assert first["learn.plan/1.what"] == 1
    other = save(me, talk, "learn.plan", {"learn.plan/1.how": 0}, cells={"1.how": "fane 2"})
    assert other == {"learn.plan": 0, "learn.plan/1.how": 1}
    with pytest.raises(Clash) as clash:
        save(me, talk, "learn.plan", {"learn.plan/1.what": 0}, cells={"1.what": "fane 2"})
    assert (clash.value.theirs, clash.value.version) == ("fane 1", 1)
    assert clash.value.item == "learn.plan/1.what"
    assert opened(me, talk).values["learn.plan"] == {
        "cells": {"1.what": "fane 1", "1.how": "fane 2"}
    }
    again = save(me, talk, "learn.plan", {"learn.plan/1.what": 1}, cells={"1.what": "begge"})
    assert again["learn.plan/1.what"] == 2


def test_a_cell_that_was_emptied_elsewhere_still_clashes(cast: Cast, talk):
    me = cast.employee
    save(me, talk, "learn.plan", cells={"1.what": "et"})
    save(me, talk, "learn.plan", {"learn.plan/1.what": 1}, cells={"1.what": ""})
    with pytest.raises(Clash) as clash:
        save(me, talk, "learn.plan", {"learn.plan/1.what": 1}, cells={"1.what": "to"})
    assert (clash.value.theirs, clash.value.version) == ("", 2)


def test_what_is_handed_in_holds_the_answers_and_no_counting(cast: Cast, talk):
    me = cast.employee
    save(me, talk, "learn.plan", cells={"1.what": "Et kursus"})
    save(me, talk, "job.hours", chosen=["same"])
    items = ["learn.plan", "job.hours"]
    preparing.hand_in(me.actor, public_id=talk.public_id, items=items)
    found = open_talk(cast.leader.actor, talk.public_id)
    seen = queries.handed_in(cast.leader.actor, found)[stages.seat(talk, "employee").pk]
    assert seen == {
        "learn.plan": {"cells": {"1.what": "Et kursus"}},
        "job.hours": {"chosen": ["same"]},
    }
