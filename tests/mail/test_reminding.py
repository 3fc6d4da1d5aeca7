"""Who is reminded of what, when and how often; HR of nothing but that talks wait."""

import datetime as dt
import re
from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.conversations.actions import moving, offering
from musling.conversations.models import (
    Conversation,
    JointPart,
    JointTalk,
    Minutes,
    Offer,
    Part,
    Participant,
    Preparation,
)
from musling.conversations.models import State as TalkState
from musling.foundation import clock
from musling.mail import outbox
from musling.mail.models import Delivery, Reminder
from musling.mail.reminding import remind_in
from musling.people.models import Employment, Leadership, Role
from musling.schedule.reminding import remind_of_what_waits
from musling.vault import keys
from tests.mail.post import Post, at_ten, deliver, sent_to, set_clock
from tests.people.workplace import Workplace

SIGNE, LARS, KAREN = "signe@havneby.example", "lars@havneby.example", "karen@havneby.example"


@pytest.fixture(autouse=True)
def _summer(_server: None) -> None:
    """A Tuesday in June, with no day off and no last quarter near."""
    set_clock(dt.datetime(2027, 6, 8, 10, tzinfo=clock.COPENHAGEN))


def mornings(days: int, post: Post) -> list[tuple[int, str, str]]:
    """Lets so many days pass; who was mailed on which of them: day from now, address, words."""
    begun = clock.today()
    told = []
    for day in range(1, days + 1):
        morning = dt.datetime.combine(begun + dt.timedelta(days=day), dt.time(6), clock.COPENHAGEN)
        set_clock(morning)
        remind_of_what_waits()
        remind_of_what_waits()
        outbox.plan()
        set_clock(morning.replace(hour=7))
        told.extend((day, mail.to[0], _what(mail.body)) for mail in deliver())
    return told


def _what(body: str) -> str:
    """The sentence that says what it is about."""
    return body.split("\n\n")[2].partition(":")[0]


def steps(told: list[tuple[int, str, str]]) -> list[tuple[int, str]]:
    return [(day, address) for day, address, _words in told]


def offered(post: Post) -> None:
    """The talk is offered, and that is told."""
    offering.offer_talk(post.leader, public_id=post.talk.public_id, times=[at_ten(80)], minutes=45)
    deliver()


# --- offers ----------------------------------------------------------------------------------


def test_an_unanswered_offer_goes_from_the_employee_to_the_leader(post: Post) -> None:
    offered(post)
    told = mornings(35, post)
    assert steps(told) == [(7, SIGNE), (14, SIGNE), (21, LARS)]
    assert Counter(Reminder.objects.values_list("step", flat=True)) == {0: 1, 1: 1, 2: 1}


def test_an_answer_ends_it(post: Post) -> None:
    offered(post)
    assert steps(mornings(8, post)) == [(7, SIGNE)]
    offering.propose_other_times(post.employee, public_id=post.talk.public_id, times=[at_ten(50)])
    deliver()
    assert SIGNE not in {address for _day, address in steps(mornings(20, post))}


def test_a_new_offer_counts_from_its_own_day(post: Post) -> None:
    offered(post)
    mornings(6, post)
    offered(post)
    assert steps(mornings(8, post)) == [(7, SIGNE)]


def test_an_old_case_does_not_go_above_before_the_person_was_reminded(post: Post) -> None:
    offered(post)
    set_clock(at_ten(30))
    told = steps(mornings(25, post))
    assert [address for _day, address in told] == [SIGNE, SIGNE, LARS]
    first, second, third = (day for day, _address in told)
    assert second - first >= 7
    assert third - second >= 7


def test_who_is_on_leave_is_left_in_peace(post: Post) -> None:
    offered(post)
    Employment.objects.filter(pk=post.signe.pk).update(leave_from=clock.today())
    assert mornings(30, post) == []


def test_on_days_off_nobody_is_reminded(post: Post) -> None:
    set_clock(dt.datetime(2026, 12, 17, 10, tzinfo=clock.COPENHAGEN))
    offered(post)
    told = mornings(12, post)  # the seventh day is the 24th
    assert [step for step in steps(told) if step[1] == SIGNE] == [(11, SIGNE)]


# --- times that have passed ------------------------------------------------------------------


def test_an_offer_whose_times_have_passed_waits_for_the_leader_alone(post: Post) -> None:
    offering.offer_talk(post.leader, public_id=post.talk.public_id, times=[at_ten(3)], minutes=45)
    deliver()
    told = mornings(25, post)
    assert steps(told) == [(6, LARS), (13, LARS)], "the third day is a Friday"
    offering.offer_talk(post.leader, public_id=post.talk.public_id, times=[at_ten(30)], minutes=45)
    deliver()
    assert steps(mornings(10, post)) == [(9, SIGNE)], "the seventh day is a Saturday"


def test_a_talk_whose_day_has_passed_waits_for_the_leader_until_it_is_held(post: Post) -> None:
    post.book(days=1)
    deliver()
    assert steps(mornings(4, post)) == [(2, LARS)]
    Conversation.objects.update(state=TalkState.AGREED)
    assert mornings(20, post) == []


@pytest.mark.parametrize("how", ["other time", "outside", "put off"])
def test_whoever_asked_for_another_time_is_not_forgotten(post: Post, how: str) -> None:
    talk = {"public_id": post.talk.public_id}
    offered(post)
    if how == "put off":
        offering.accept_offer(post.employee, **talk, time=at_ten(80))
        moving.postpone_talk(post.employee, **talk)
    elif how == "outside":
        offering.refuse_outside_hours(post.employee, **talk)
    else:
        offering.propose_other_times(post.employee, **talk, times=[at_ten(50)])
    deliver()
    told = mornings(30, post)
    assert steps(told) == [(7, LARS), (14, LARS)]
    Reminder.objects.all().delete()
    offering.offer_talk(post.leader, **talk, times=[at_ten(60)], minutes=45)
    deliver()
    assert LARS not in {address for _day, address in steps(mornings(8, post))}


def test_a_wish_for_one_talk_reminds_each_leader_who_has_not_answered(post: Post) -> None:
    joint = JointTalk.objects.create(
        organisation=post.work.organisation,
        profile=post.signe.profile,
        holder=post.signe,
        kind="mus",
        year=clock.today().year,
        asked_at=clock.now(),
    )
    part = JointPart.objects.create(
        organisation=post.work.organisation, joint=joint, employment=post.signe
    )
    assert steps(mornings(20, post)) == [(7, LARS), (14, LARS)]
    assert "/havneby/team/" in sent_to(LARS)[-1].body
    Reminder.objects.all().delete()
    part.agreed_at = clock.now()
    part.save()
    assert mornings(8, post) == []


# --- talks -----------------------------------------------------------------------------------


def test_a_talk_is_reminded_of_a_week_and_a_working_day_before(post: Post) -> None:
    set_clock(dt.datetime(2027, 9, 6, 10, tzinfo=clock.COPENHAGEN))  # a Monday
    post.book(days=14)  # a Monday: the working day before is a Friday
    deliver()
    told = mornings(14, post)
    assert sorted(steps(told)) == [(7, LARS), (7, SIGNE), (11, LARS), (11, SIGNE)]
    assert f"/talks/{post.talk.public_id}/prepare/" in sent_to(SIGNE)[-1].body


def test_a_moved_talk_is_reminded_of_anew(post: Post) -> None:
    post.book(days=9)  # a Thursday
    deliver()
    mornings(3, post)
    post.talk.refresh_from_db()
    post.book(post.talk, days=17)
    deliver()
    assert [day for day, address in steps(mornings(18, post)) if address == SIGNE] == [10, 14]


def test_what_the_leader_is_told_does_not_depend_on_what_the_employee_did(post: Post) -> None:
    def to_the_leader(begins: bool) -> list[str]:
        talk = post.new_talk()
        post.book(talk, days=8)
        if begins:
            seat = Participant.objects.get(conversation=talk, part=Part.EMPLOYEE)
            Preparation.objects.create(
                organisation=post.work.organisation,
                participant=seat,
                key=keys.new_key(organisation_id=post.work.organisation.pk, purpose="preparation"),
                made_at=clock.now(),
                saved_at=clock.now(),
            )
            seat.handed_in_at = None
            seat.save()
        deliver()
        before = len(sent_to(LARS))
        mornings(7, post)
        Conversation.objects.filter(pk=talk.pk).update(state=TalkState.HELD)
        Minutes.objects.get_or_create(
            conversation=talk, organisation=post.work.organisation, state="approved"
        )
        Conversation.objects.filter(pk=talk.pk).update(state=TalkState.AGREED)
        bodies = [mail.body for mail in sent_to(LARS)[before:]]
        days = re.compile(r"\d+\. \w+ \d+")
        return [days.sub("…", body.split("\n\n")[2]) for body in bodies]

    begun = clock.now()
    without = to_the_leader(begins=False)
    set_clock(begun + dt.timedelta(days=28))
    assert without
    assert to_the_leader(begins=True) == without


# --- minutes ---------------------------------------------------------------------------------


def held(post: Post, taker: str) -> None:
    """The talk was held today; who writes was agreed."""
    talk = post.talk
    talk.state, talk.held_at = TalkState.HELD, clock.now()
    talk.minute_taker = Participant.objects.get(conversation=talk, part=taker)
    talk.save()


def test_who_writes_the_minutes_is_reminded_and_then_the_leader(post: Post) -> None:
    held(post, Part.EMPLOYEE)
    assert steps(mornings(30, post)) == [(7, SIGNE), (14, SIGNE), (21, LARS)]


def test_a_leader_who_writes_them_is_not_told_of_the_leader(post: Post) -> None:
    held(post, Part.LEADER)
    assert steps(mornings(30, post)) == [(7, LARS), (14, LARS)]


def test_minutes_that_wait_remind_the_other_party(post: Post) -> None:
    held(post, Part.LEADER)
    Minutes.objects.create(
        organisation=post.work.organisation,
        conversation=post.talk,
        state=Minutes.State.OUT,
        sent_at=clock.now(),
    )
    post.talk.state = TalkState.MINUTES_OUT
    post.talk.save()
    assert steps(mornings(30, post)) == [(7, SIGNE), (14, SIGNE), (21, LARS)]
    Conversation.objects.update(state=TalkState.AGREED)
    assert mornings(10, post) == []


# --- the leader begins (E2) --------------------------------------------------------------------


@pytest.mark.row("E2")
def test_a_leader_with_somebody_without_an_offer_is_reminded_in_the_last_quarter(
    post: Post,
) -> None:
    Conversation.objects.update(state=TalkState.AGREED)
    set_clock(dt.datetime(2027, 9, 28, 10, tzinfo=clock.COPENHAGEN))
    told = mornings(60, post)
    assert {address for _day, address in steps(told)} == {LARS}
    # Karen was offered nothing, Signe was; a planned talk is no offer.
    assert [day for day, _address in steps(told)] == [3, 34]
    assert "/havneby/team/" in sent_to(LARS)[-1].body


@pytest.mark.row("E2")
def test_a_leader_who_has_offered_to_all_is_not(post: Post) -> None:
    Conversation.objects.update(state=TalkState.OFFERED)
    Employment.objects.filter(pk=post.karen.pk).update(leave_from=dt.date(2027, 1, 1))
    set_clock(dt.datetime(2027, 9, 28, 10, tzinfo=clock.COPENHAGEN))
    Offer.objects.all().delete()
    assert mornings(10, post) == []


# --- HR ----------------------------------------------------------------------------------------


def test_hr_hears_once_a_month_that_talks_wait_and_nothing_of_whom(post: Post) -> None:
    post.work.role(post.karen.profile)
    offered(post)
    told = mornings(70, post)
    assert [address for _day, address in steps(told)[:3]] == [SIGNE, SIGNE, LARS]
    to_hr = sent_to(KAREN)
    assert 2 <= len(to_hr) <= 3
    months = {reminder.anchor.month for reminder in Reminder.objects.filter(reason="coverage")}
    assert len(months) == len(to_hr)
    for mail in to_hr:
        assert "/havneby/coverage/" in mail.body
        text = f"{mail.subject}\n{mail.body}"
        for secret in ("Signe", "Bøgh", "Lars", "Hjemmeplejen", "/talks/"):
            assert secret not in text
    noted = Activity.objects.filter(verb="reminder.coverage")
    assert all(row.more == {} for row in noted)


def test_hr_hears_nothing_while_nobody_was_reminded_twice(post: Post) -> None:
    post.work.role(post.karen.profile)
    offered(post)
    mornings(20, post)
    assert sent_to(KAREN) == []


# --- once ----------------------------------------------------------------------------------------


def test_a_reminder_is_noted_once_per_person_reason_matter_date_and_step(post: Post) -> None:
    offered(post)
    set_clock(at_ten(7).replace(hour=6))
    place = post.work.organisation.pk
    assert [remind_in(place), remind_in(place)] == [1, 0]
    row = Reminder.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    assert Activity.objects.filter(verb="reminder.offer").count() == 1


def test_every_organisation_has_its_own(post: Post) -> None:
    other = Post(Workplace("sandvig"))
    offered(post)
    offered(other)
    set_clock(at_ten(7).replace(hour=6))
    assert remind_of_what_waits() == 2
    assert Reminder.objects.values("organisation").distinct().count() == 2


def test_reminders_cost_the_same_for_one_and_for_thirty(db: None) -> None:
    def cost(many: int) -> int:
        post = Post(Workplace(f"place{many}"))
        for _one in range(many):
            talk = post.new_talk()
            Offer.objects.create(
                organisation=post.work.organisation,
                conversation=talk,
                sent_at=clock.now() - dt.timedelta(days=8),
                sent_by=Participant.objects.get(conversation=talk, part="leader"),
            )
            Conversation.objects.filter(pk=talk.pk).update(state=TalkState.OFFERED)
        with CaptureQueriesContext(connection) as queries:
            assert remind_in(post.work.organisation.pk) == many
        return len(queries)

    assert cost(1) == cost(30)
    assert not Delivery.objects.exists()
    assert not Role.objects.exists()
    assert Leadership.objects.exists()
