"""What can wait leaves in working hours, and what waits together leaves as one mail a day."""

import datetime as dt
import re
import smtplib
import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from musling.activity import log
from musling.conversations.actions import moving, offering
from musling.conversations.models import Agreement
from musling.conversations.models import State as TalkState
from musling.foundation import clock
from musling.foundation.problems import Refused
from musling.mail import outbox
from musling.mail.actions import send_again
from musling.mail.choices import choose, my_choices
from musling.mail.hours import Quiet
from musling.mail.models import Delivery, Digest, MailChoices, State
from musling.people.models import Role
from tests.mail.post import Post, Server, at_ten, deliver, next_day, sent_to, set_clock

SIGNE, LARS = "signe@havneby.example", "lars@havneby.example"
HOST = "https://musling.havneby.example"


def clock_at(hour: int, minute: int = 0, days: int = 0) -> None:
    """It is that time of the day (of another day) in Denmark."""
    set_clock(at_ten(days).replace(hour=hour, minute=minute))


def due_agreement(post: Post) -> Agreement:
    """An agreement that falls due, as the schedule notes it."""
    agreement = Agreement.objects.create(
        organisation=post.work.organisation,
        conversation=post.talk,
        origin=post.talk,
        due_on=clock.today() + dt.timedelta(days=5),
    )
    log.note(post.leader, "agreement.due", object_id=agreement.pk)
    return agreement


# --- when ------------------------------------------------------------------------------------


def test_what_can_wait_waits_for_the_morning(post: Post) -> None:
    clock_at(22)
    post.note("paper.confirmed")
    assert deliver() == []
    clock_at(6, 59, days=1)
    assert deliver() == []
    clock_at(7, days=0)
    assert [mail.to for mail in deliver()] == [[SIGNE]]


def test_an_invitation_and_a_talk_that_is_called_off_for_tomorrow_do_not(post: Post) -> None:
    clock_at(22)
    offering.offer_talk(
        post.leader, public_id=post.talk.public_id, times=[at_ten(1), at_ten(9)], minutes=45
    )
    assert [mail.to for mail in deliver()] == [[SIGNE]]
    offering.accept_offer(post.employee, public_id=post.talk.public_id, time=at_ten(1))
    assert len(deliver()) == 2
    offering.call_off_talk(post.leader, public_id=post.talk.public_id)
    assert {mail.to[0] for mail in deliver()} == {SIGNE, LARS}


def test_a_talk_moved_from_tomorrow_to_next_week_is_told_at_once(post: Post) -> None:
    clock_at(22)
    public_id = post.talk.public_id
    offering.offer_talk(post.leader, public_id=public_id, times=[at_ten(1)], minutes=45)
    offering.accept_offer(post.employee, public_id=public_id, time=at_ten(1))
    deliver()
    moving.move_talk(post.leader, public_id=public_id, time=at_ten(9), minutes=45)
    assert {mail.to[0] for mail in deliver()} == {SIGNE, LARS}
    offering.call_off_talk(post.leader, public_id=public_id)
    assert deliver() == [], "a talk in nine days is called off in the morning"
    clock_at(7, days=1)
    assert {mail.to[0] for mail in deliver()} == {SIGNE, LARS}


def test_own_quiet_hours_stand_instead_of_the_night(post: Post) -> None:
    choose(post.employee, turned_down=[], quiet_from=dt.time(8), quiet_until=dt.time(16))
    clock_at(12)
    post.note("paper.confirmed")
    assert deliver() == []
    clock_at(23)
    assert [mail.to for mail in deliver()] == [[SIGNE]]


def test_hours_chosen_after_a_mail_was_planned_hold_for_it(post: Post) -> None:
    post.note("paper.confirmed")
    outbox.plan()
    choose(post.employee, turned_down=[], quiet_from=dt.time(9), quiet_until=dt.time(12))
    assert deliver() == []
    clock_at(12)
    assert [mail.to for mail in deliver()] == [[SIGNE]]


def test_a_mail_that_failed_in_the_evening_is_not_tried_at_night(post: Post) -> None:
    clock_at(19, 59)
    post.note("paper.confirmed")
    Server.is_there = lambda: ConnectionRefusedError(111, "Connection refused")
    deliver()
    Server.reset()
    clock_at(23)
    assert deliver() == []
    clock_at(7, days=1)
    assert [mail.to for mail in deliver()] == [[SIGNE]]


def test_turned_down_after_it_was_planned_a_mail_is_not_sent(post: Post) -> None:
    due_agreement(post)
    outbox.plan()
    choose(post.employee, turned_down=["due"], quiet_from=None, quiet_until=None)
    next_day()
    assert [mail.to for mail in deliver()] == [[LARS]]
    assert Delivery.objects.get(recipient=post.signe.profile).state == State.TURNED_DOWN


@pytest.mark.parametrize("night", ["2028-03-25", "2026-10-24"])
def test_nothing_leaves_in_the_nights_of_summer_time_and_nothing_twice(
    post: Post, night: str
) -> None:
    evening = dt.datetime.fromisoformat(night).replace(hour=21, tzinfo=clock.COPENHAGEN)
    set_clock(evening)
    post.note("paper.confirmed")
    due_agreement(post)
    begun = clock.now()
    left = []
    for quarter in range(4 * 24 * 4):
        set_clock(begun + quarter * dt.timedelta(minutes=15))
        left.extend((mail, clock.now().astimezone(clock.COPENHAGEN)) for mail in deliver())
    assert sorted(mail.to[0] for mail, _when in left) == [LARS, SIGNE]
    assert {(when.weekday(), when.hour) for _mail, when in left} == {(0, 7)}


# --- one mail --------------------------------------------------------------------------------


def test_reminders_of_a_day_are_one_mail_with_a_line_for_each(post: Post) -> None:
    due_agreement(post)
    due_agreement(post)
    post.talk.state = TalkState.BOOKED
    post.talk.save()
    post.note("preparation.handed_in", by=post.leader)
    assert deliver() == []
    next_day()
    (mail,) = [mail for mail in deliver() if mail.to == [SIGNE]]
    assert mail.subject == "En påmindelse fra Musling"
    assert "Påmindelse om en aftale (2)" in mail.body
    links = re.findall(r"https?://\S+", mail.body)
    talk = reverse("talk", args=["havneby", post.talk.public_id])
    assert links == [
        HOST + reverse("start", args=["havneby"]),
        HOST + reverse("agreements", args=["havneby"]),
        HOST + talk,
        HOST + reverse("mail-choices", args=["havneby"]),
    ]
    for secret in ("Signe", "Bøgh", "Lars", "Holm", "Rådhuset"):
        assert secret not in f"{mail.subject}\n{mail.body}"
    rows = Delivery.objects.filter(recipient=post.signe.profile)
    assert {row.state for row in rows} == {State.SENT}
    assert len({row.message_id for row in rows}) == 1


def test_what_gathered_over_the_weekend_is_one_mail(post: Post) -> None:
    set_clock(dt.datetime(2027, 9, 11, 10, tzinfo=clock.COPENHAGEN))  # a Saturday
    post.note("paper.confirmed")
    post.note("paper.contested", by=post.leader)
    post.note("paper.confirmed", post.new_talk())
    assert deliver() == []
    set_clock(dt.datetime(2027, 9, 13, 7, tzinfo=clock.COPENHAGEN))
    (mail,) = deliver()
    assert mail.to == [SIGNE]
    assert mail.subject == "Noget venter på dig i Musling"


def test_there_is_at_most_one_gathered_mail_a_day(post: Post) -> None:
    due_agreement(post)
    deliver()
    clock_at(7, days=1)
    assert len(sent_to(SIGNE)) + len(deliver()) == 2
    assert len(sent_to(SIGNE)) == 1
    # A second reminder on the same day, as if the schedule had been late.
    due_agreement(post)
    outbox.plan()
    Delivery.objects.filter(state=State.WAITING).update(next_try_at=clock.now())
    assert deliver() == []
    assert {row.next_try_at for row in Delivery.objects.filter(state=State.WAITING)} == {
        at_ten(1).replace(hour=7)
    }
    clock_at(7, days=1)
    deliver()
    assert len(sent_to(SIGNE)) == 2


def test_what_somebody_does_in_the_daytime_still_comes_by_itself(post: Post) -> None:
    due_agreement(post)
    deliver()
    clock_at(7, days=1)
    deliver()
    post.note("paper.confirmed")
    post.note("paper.confirmed", post.new_talk())
    told = deliver()
    assert [mail.to for mail in told] == [[SIGNE], [SIGNE]], "no second gathered mail"


def test_an_invitation_to_a_calendar_always_leaves_alone(post: Post) -> None:
    set_clock(dt.datetime(2027, 9, 11, 10, tzinfo=clock.COPENHAGEN))
    post.book(days=9)
    post.book(post.new_talk(), days=10)
    post.note("paper.confirmed")
    set_clock(dt.datetime(2027, 9, 13, 7, tzinfo=clock.COPENHAGEN))
    deliver()
    assert len(sent_to(SIGNE)) == 3


def test_a_gathered_mail_that_failed_comes_again_whole_and_under_its_id(post: Post) -> None:
    due_agreement(post)
    due_agreement(post)
    outbox.plan()
    next_day()
    ids: list[str] = []

    def no(message: Any) -> Exception:
        ids.append(message.extra_headers["Message-ID"])
        return smtplib.SMTPDataError(451, b"4.3.0 Try again later")

    Server.says = no
    deliver()
    assert len(ids) == 2
    Server.reset()
    clock.move(dt.timedelta(minutes=2))
    again = deliver()
    assert {mail.extra_headers["Message-ID"] for mail in again} == set(ids)
    assert all("(2)" in mail.body for mail in again)
    assert Digest.objects.count() == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_part_of_a_gathered_mail_waits_for_the_rest(post: Post) -> None:
    due_agreement(post)
    due_agreement(post)
    outbox.plan()
    next_day()
    Server.says = lambda _message: smtplib.SMTPDataError(451, b"4.3.0 Try again later")
    deliver()
    Server.reset()
    one = Delivery.objects.filter(recipient=post.signe.profile).earliest("pk")
    Delivery.objects.filter(pk=one.pk).update(next_try_at=clock.now())
    assert deliver() == []
    clock.move(dt.timedelta(minutes=2))
    assert len(deliver()) == 2


def test_what_hr_sends_again_leaves_alone_and_under_a_new_id(post: Post) -> None:
    due_agreement(post)
    due_agreement(post)
    outbox.plan()
    next_day()
    deliver()
    post.work.role(post.karen.profile)
    row = Delivery.objects.filter(recipient=post.signe.profile).earliest("pk")
    send_again(post.actor(post.karen.profile), delivery=row.public_id)
    (mail,) = deliver()
    assert mail.to == [SIGNE]
    assert len({mail.extra_headers["Message-ID"] for mail in sent_to(SIGNE)}) == 2
    assert Role.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_gather_once(transactional_db: None) -> None:
    post = Post()
    for _one in range(40):
        due_agreement(post)
    outbox.plan()
    next_day()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            outbox.deliver()
        except BaseException as problem:  # noqa: BLE001  (told to the test)
            problems.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert problems == []
    assert len(sent_to(SIGNE)) == 1
    assert len(sent_to(LARS)) == 1


def test_sorting_costs_the_same_for_one_reader_and_for_twenty(post: Post) -> None:
    unit = post.work.unit("Plejecentret")
    others = [post.work.employ(post.work.profile(f"Ane Nr{n}"), unit).profile for n in range(30)]

    def cost(readers: int) -> int:
        for profile in others[:readers]:
            for _one in range(2):
                log.note(post.leader, "core_task.told", about=profile.pk, on="2027-01-01")
        outbox.plan()
        letters = outbox._letters(outbox._take())
        assert len(letters) == 2 * readers
        with CaptureQueriesContext(connection) as queries:
            assert len(outbox.sort(letters).envelopes) == readers
        Delivery.objects.update(state=State.SENT)
        return len(queries)

    outbox.plan()
    one = cost(1)
    next_day()
    assert cost(20) == one


# --- choosing --------------------------------------------------------------------------------


def test_choices_are_kept_and_can_be_taken_back(post: Post) -> None:
    assert not my_choices(post.employee).own_hours
    choose(
        post.employee,
        turned_down=["due", "offered", "nonsense"],
        quiet_from=dt.time(8),
        quiet_until=dt.time(16),
    )
    mine = my_choices(post.employee)
    assert mine.turned_down == {"due"}
    assert mine.quiet == Quiet(dt.time(8), dt.time(16))
    choose(post.employee, turned_down=[], quiet_from=None, quiet_until=None)
    assert not my_choices(post.employee).own_hours
    assert MailChoices.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("08:00", None, "quiet_until"),
        (None, "08:00", "quiet_from"),
        ("08:00", "08:00", "quiet_until"),
        ("08:00", "07:00", "quiet_until"),
    ],
)
def test_hours_that_leave_no_room_are_refused(
    post: Post, start: str | None, end: str | None, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        choose(
            post.employee,
            turned_down=[],
            quiet_from=dt.time.fromisoformat(start) if start else None,
            quiet_until=dt.time.fromisoformat(end) if end else None,
        )
    assert refused.value.field == field
