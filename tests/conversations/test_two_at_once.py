"""Two at the same moment, each in a thread and a connection of its own."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from musling.activity.models import Activity
from musling.conversations.actions import (
    approving,
    following_up,
    inviting,
    moving,
    offering,
    planning,
    preparing,
    talking,
)
from musling.conversations.actions.standing_in import tell_stand_in
from musling.conversations.models import Agreement, Conversation, Minutes, Offer, Signature, StandIn
from musling.conversations.queries.times import times_left
from musling.foundation import clock
from musling.foundation.problems import Clash, Refused
from tests.cast import Cast, booked_talk, next_week
from tests.conversations import stages

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> Counter[str]:
    """Lets all begin together; counts how each ended ("done" or the name of the problem)."""
    ended: list[str] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            deed()
            ended.append("done")
        except (Clash, Refused) as problem:
            ended.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ended) == len(deeds)
    return Counter(ended)


def test_both_press_we_agree_and_the_room_opens_once(cast: Cast):
    talk = booked_talk(cast)
    talking.choose_minute_taker(
        cast.employee.actor,
        public_id=talk.public_id,
        participant=stages.seat(talk, "employee").public_id,
    )
    ended = at_once(
        lambda: talking.agree_on_frame(cast.employee.actor, public_id=talk.public_id),
        lambda: talking.agree_on_frame(cast.leader.actor, public_id=talk.public_id),
    )
    assert ended == {"done": 2}
    talk.refresh_from_db()
    assert talk.state == "open"
    assert Minutes.objects.count() == 1
    assert Activity.objects.filter(verb="room.opened").count() == 1


def test_of_two_who_write_in_the_same_section_one_is_told(cast: Cast):
    talk = stages.open_talk(cast)

    def write(member, words: str):
        talking.write_section(
            member.actor, public_id=talk.public_id, section="conclusion", text=words, version=0
        )

    ended = at_once(lambda: write(cast.employee, "Mettes"), lambda: write(cast.leader, "Lars'"))
    assert ended == {"done": 1, "Clash": 1}


def test_of_two_tabs_with_the_same_answer_one_is_told(cast: Cast):
    talk = booked_talk(cast)

    def save(words: str):
        preparing.save_answers(
            cast.employee.actor,
            public_id=talk.public_id,
            answers={"wellbeing.general": {"text": words}},
            versions={"wellbeing.general": 0},
        )

    assert at_once(lambda: save("et"), lambda: save("to")) == {"done": 1, "Clash": 1}


def test_of_two_changes_of_one_agreement_one_is_told(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.agree(cast, talk)

    def change(member, words: str):
        talking.write_agreement(
            member.actor,
            public_id=talk.public_id,
            content={"what": words},
            agreement=row.public_id,
            version=1,
        )

    ended = at_once(lambda: change(cast.employee, "a"), lambda: change(cast.leader, "b"))
    assert ended == {"done": 1, "Clash": 1}


def test_approving_in_two_tabs_approves_once(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version

    def approve():
        approving.approve_minutes(cast.leader.actor, public_id=talk.public_id, version=version)

    assert at_once(approve, approve) == {"done": 2}
    assert Signature.objects.count() == 2
    assert Activity.objects.filter(verb="minutes.approved").count() == 1


def test_approving_and_sending_back_at_once_does_one_of_them(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version
    ended = at_once(
        lambda: approving.approve_minutes(
            cast.leader.actor, public_id=talk.public_id, version=version
        ),
        lambda: approving.return_minutes(
            cast.leader.actor, public_id=talk.public_id, comment="Nej", version=version
        ),
    )
    assert ended == {"done": 1, "Refused": 1}
    state = stages.minutes_of(talk).state
    signed = Signature.objects.count()
    assert (state, signed) in {("approved", 2), ("returned", 0)}


def test_an_agreement_written_while_the_minutes_go_out_is_in_them_or_refused(cast: Cast):
    talk = stages.held_talk(cast)
    ended = at_once(
        lambda: approving.send_minutes(cast.employee.actor, public_id=talk.public_id),
        lambda: stages.agree(cast, talk, "I sidste øjeblik"),
    )
    made = Agreement.objects.filter(removed_at=None).count()
    assert (ended["done"], ended["Refused"], made) in {(2, 0, 2), (1, 1, 1)}
    approving.approve_minutes(
        cast.leader.actor, public_id=talk.public_id, version=stages.minutes_of(talk).version
    )


def test_both_say_done_at_once(cast: Cast):
    stages.approved_talk(cast)
    row = Agreement.objects.get()

    def done(member):
        following_up.note_follow_up(member.actor, agreement=row.public_id, says_done=True)

    assert at_once(lambda: done(cast.employee), lambda: done(cast.leader)) == {"done": 2}
    verbs = list(
        Activity.objects.filter(object_id=row.pk, verb__startswith="agreement.")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == ["agreement.made", "agreement.claimed_done", "agreement.done"]


def test_planning_in_two_tabs_plans_one_talk(cast: Cast):
    def plan():
        planning.plan_talks(cast.leader.actor, employments=[cast.employee.employment])

    assert at_once(plan, plan) == {"done": 2}
    assert Conversation.objects.count() == 1


def test_a_stand_in_is_told_once(cast: Cast):
    talk = stages.approved_talk(cast)
    stages.somebody_stands_in(cast)

    def tell() -> None:
        tell_stand_in(
            cast.leader.actor,
            talks=[talk.public_id],
            stand_in=cast.colleague.employment.public_id,
            from_on=clock.today(),
        )

    assert at_once(tell, tell) == {"done": 1, "Refused": 1}
    assert StandIn.objects.count() == 1
    assert Activity.objects.filter(verb="stand_in.begun").count() == 1


def test_of_two_who_pick_the_same_time_one_has_it_and_the_other_sees_what_is_left(cast: Cast):
    times = [next_week(9), next_week(11)]
    both = (cast.employee, cast.colleague)
    talks = inviting.put_out_times(
        cast.leader.actor,
        employments=[one.employment.public_id for one in both],
        times=times,
        minutes=45,
    )
    of = {stages.seat(talk, "employee").profile_id: talk.public_id for talk in talks}

    def pick(member):
        offering.accept_offer(member.actor, public_id=of[member.profile.pk], time=times[0])

    ended = at_once(lambda: pick(cast.employee), lambda: pick(cast.colleague))
    assert ended == {"done": 1, "Refused": 1}
    assert Conversation.objects.filter(state="booked", starts_at=times[0]).count() == 1
    (waits,) = Conversation.objects.filter(state="offered")
    assert times_left(cast.employee.actor, Offer.objects.get(conversation=waits)) == times[1:]


def test_of_two_who_take_one_time_from_offers_of_their_own_one_has_it(cast: Cast):
    time, talks = next_week(9), {}
    for member in (cast.employee, cast.colleague):
        talks[member.profile.pk] = stages.planned_by(cast.leader, member).public_id
        offering.offer_talk(
            cast.leader.actor, public_id=talks[member.profile.pk], times=[time], minutes=45
        )

    def take(member):
        offering.accept_offer(member.actor, public_id=talks[member.profile.pk], time=time)

    ended = at_once(lambda: take(cast.employee), lambda: take(cast.colleague))
    assert ended == {"done": 1, "Refused": 1}
    assert Conversation.objects.filter(state="booked").count() == 1


def test_a_leader_who_moves_all_and_an_employee_who_answers_do_not_wait_for_each_other(cast: Cast):
    both = (cast.employee, cast.colleague)
    talks = inviting.put_out_times(
        cast.leader.actor,
        employments=[one.employment.public_id for one in both],
        times=[next_week(9), next_week(11), next_week(13)],
        minutes=45,
    )
    of = {stages.seat(talk, "employee").profile_id: talk.public_id for talk in talks}
    mine, theirs = (of[one.profile.pk] for one in both)
    offering.accept_offer(cast.employee.actor, public_id=mine, time=next_week(9))
    offering.accept_offer(cast.colleague.actor, public_id=theirs, time=next_week(11))

    def move():
        later = {mine: next_week(14), theirs: next_week(15)}
        moving.move_many(cast.leader.actor, times=later)

    def put_off():
        moving.postpone_talk(cast.colleague.actor, public_id=theirs)

    for _again in range(5):
        ended = at_once(move, put_off)
        assert ended["done"] >= 1
        row = Conversation.objects.get(public_id=theirs)
        if row.state == "planned":
            offering.offer_talk(
                cast.leader.actor, public_id=theirs, times=[next_week(11)], minutes=45
            )
            offering.accept_offer(cast.colleague.actor, public_id=theirs, time=next_week(11))
