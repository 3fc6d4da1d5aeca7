"""Who is told what, where, in which language, and what comes of it."""

import datetime as dt
import smtplib
from email import message_from_bytes

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity import log
from musling.activity.models import Activity
from musling.conversations.actions import handing_over, moving, offering, planning
from musling.conversations.models import Agreement, Participant
from musling.conversations.models import State as TalkState
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.mail import outbox
from musling.mail.actions import send_again
from musling.mail.choices import choose
from musling.mail.models import Delivery, Planned, State
from musling.mail.queries import told, told_to, undelivered
from musling.people.models import Leadership, Profile, Role
from tests.mail.post import (
    Post,
    Server,
    at_ten,
    deliver,
    everything_in,
    invitation_in,
    next_day,
    sent_to,
    verify,
    working_hours,
)

SIGNE, LARS, KAREN = "signe@havneby.example", "lars@havneby.example", "karen@havneby.example"


def turn_down(post: Post, name: str) -> None:
    """Signe wants no such mail."""
    choose(post.employee, turned_down=[name], quiet_from=None, quiet_until=None)


def states() -> list[str]:
    """The states of all deliveries, oldest first."""
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


# --- to whom ---------------------------------------------------------------------------------


def test_an_offer_is_told_to_the_employee_alone(post: Post) -> None:
    offering.offer_talk(
        post.leader, public_id=post.talk.public_id, times=[at_ten(7), at_ten(8)], minutes=45
    )
    (mail,) = deliver()
    assert mail.to == [SIGNE]
    assert mail.cc == mail.bcc == []
    assert f"https://musling.havneby.example/havneby/talks/{post.talk.public_id}/" in mail.body
    assert mail.body.count("kl. 10.00") == 2


def test_a_booked_talk_reaches_both_with_an_invitation_of_their_own(post: Post) -> None:
    post.book()
    assert {mail.to[0] for mail in deliver()} == {SIGNE, LARS}
    for address in (SIGNE, LARS):
        (mail,) = sent_to(address)
        (event,) = invitation_in(mail).events
        assert event["UID"] == f"{post.talk.public_id}@musling.havneby.example"
        assert event["SEQUENCE"] == 0
        assert event["ATTENDEE"] == f"mailto:{address}"
        assert event["DTSTART"].dt == at_ten(7)


def test_the_path_of_a_time_request_update_cancel(post: Post) -> None:
    public_id = post.talk.public_id
    offering.offer_talk(post.leader, public_id=public_id, times=[at_ten(7)], minutes=45)
    offering.accept_offer(post.employee, public_id=public_id, time=at_ten(7))
    deliver()
    moving.move_talk(post.leader, public_id=public_id, time=at_ten(9), minutes=45)
    deliver()
    offering.call_off_talk(post.leader, public_id=public_id)
    deliver()
    seen = [
        (calendar["METHOD"], calendar.events[0]["SEQUENCE"])
        for mail in sent_to(SIGNE)
        if (calendar := invitation_in(mail))
    ]
    assert seen == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    uids = {invitation_in(mail).events[0]["UID"] for mail in Server.taken if invitation_in(mail)}
    assert uids == {f"{public_id}@musling.havneby.example"}


def test_declining_a_booked_talk_takes_it_out_of_both_calendars(post: Post) -> None:
    public_id = post.talk.public_id
    offering.offer_talk(post.leader, public_id=public_id, times=[at_ten(7)], minutes=45)
    offering.accept_offer(post.employee, public_id=public_id, time=at_ten(7))
    deliver()
    offering.decline_offer(post.employee, public_id=public_id)
    assert {mail.to[0]: invitation_in(mail)["METHOD"] for mail in deliver()} == {
        SIGNE: "CANCEL",
        LARS: "CANCEL",
    }


def test_a_deputy_gets_the_invitation_and_the_leader_loses_it(post: Post) -> None:
    post.book()
    deliver()
    handing_over.hand_to_deputy(post.leader, public_id=post.talk.public_id, employment=post.karen)
    told = {mail.to[0]: mail for mail in deliver()}
    assert set(told) == {SIGNE, LARS, KAREN}
    assert invitation_in(told[SIGNE]) is None
    assert invitation_in(told[KAREN])["METHOD"] == "REQUEST"
    assert invitation_in(told[LARS])["METHOD"] == "CANCEL"
    handing_over.refuse_deputy(post.employee, public_id=post.talk.public_id)
    told = {mail.to[0]: mail for mail in deliver()}
    assert set(told) == {LARS, KAREN}
    assert invitation_in(told[LARS])["METHOD"] == "REQUEST"
    assert invitation_in(told[KAREN])["METHOD"] == "CANCEL"


def test_a_new_leader_takes_over_and_both_calendars_lose_the_time(post: Post) -> None:
    post.book()
    deliver()
    Leadership.objects.update(employment=post.karen)
    karen = Actor(
        person_id=None,
        profile_id=post.karen.profile_id,
        organisation_id=post.leader.organisation_id,
        at=clock.now(),
    )
    seat = Participant.objects.get(conversation=post.talk, part="employee")
    assert planning.plan_talks(karen, employments=[seat.employment]) == [post.talk]
    told = {mail.to[0]: invitation_in(mail)["METHOD"] for mail in deliver()}
    assert told == {SIGNE: "CANCEL", LARS: "CANCEL"}


def test_what_nobody_is_told_is_looked_at_once(post: Post) -> None:
    post.note("conversation.held")
    post.note("minutes.signed", participant=0)
    assert deliver() == []
    assert states() == [State.NOT_NEEDED]
    assert outbox.plan() == 0


def test_minutes_that_nobody_approves_are_told_once(post: Post) -> None:
    post.note("minutes.approved")
    assert deliver() == []


# --- where -----------------------------------------------------------------------------------


def test_a_log_in_gets_mail_at_its_own_verified_address_whatever_hr_writes(post: Post) -> None:
    profile = post.work.profile("Mette Kjær", log_in=True, email="mette@havneby.example")
    verify(profile, "mette@private.example")
    verify(profile, "old@private.example", primary=False)
    put_in_place_of(post, profile)
    profile.email = "thief@havneby.example"
    profile.save()
    post.book()
    assert {mail.to[0] for mail in deliver()} == {"mette@private.example", LARS}


def test_an_address_that_was_not_verified_gets_nothing(post: Post) -> None:
    profile = post.work.profile("Mette Kjær", log_in=True)
    verify(profile, "mette@private.example", verified=False)
    put_in_place_of(post, profile)
    post.book()
    assert [mail.to for mail in deliver()] == [[LARS]]
    assert sorted(states()) == [State.NOBODY, State.SENT]


def put_in_place_of(post: Post, profile: Profile) -> None:
    """Seats somebody else as the employee."""
    Participant.objects.filter(conversation=post.talk, part="employee").update(profile=profile)


def test_who_has_no_address_is_noted_for_hr(post: Post) -> None:
    post.signe.profile.email = ""
    post.signe.profile.save()
    post.book()
    deliver()
    hr = hr_of(post)
    (row,) = told(undelivered(hr, without_address=True))
    assert (row.name, row.state) == ("Signe Bøgh", State.NOBODY)


def test_who_left_gets_nothing(post: Post) -> None:
    post.signe.profile.disabled_at = clock.now()
    post.signe.profile.save()
    post.book()
    assert [mail.to for mail in deliver()] == [[LARS]]


def test_a_changed_work_address_is_told_to_the_holder_and_nobody_else(post: Post) -> None:
    profile = post.work.profile("Mette Kjær", log_in=True)
    verify(profile, "mette@private.example")
    log.note(post.leader, "person.email_changed", object_id=profile.pk, about=profile.pk)
    log.note(
        post.leader,
        "person.email_changed",
        object_id=post.karen.profile_id,
        about=post.karen.profile_id,
    )
    assert [mail.to for mail in deliver()] == [["mette@private.example"]]


# --- turned down, overtaken, language --------------------------------------------------------


def test_reminders_can_be_turned_down_and_what_one_must_know_cannot(post: Post) -> None:
    turn_down(post, "due")
    agreement = Agreement.objects.create(
        organisation=post.work.organisation,
        conversation=post.talk,
        origin=post.talk,
        due_on=clock.today() + dt.timedelta(days=5),
    )
    log.note(post.leader, "agreement.due", object_id=agreement.pk)
    post.book()
    assert sorted(mail.to[0] for mail in deliver()) == [LARS, SIGNE]
    next_day()
    assert [mail.to for mail in deliver()] == [[LARS]]
    assert states().count(State.TURNED_DOWN) == 1


def test_a_mail_never_says_what_is_no_longer_so(post: Post) -> None:
    public_id = post.talk.public_id
    offering.offer_talk(post.leader, public_id=public_id, times=[at_ten(7)], minutes=45)
    offering.accept_offer(post.employee, public_id=public_id, time=at_ten(7))
    moving.move_talk(post.leader, public_id=public_id, time=at_ten(9), minutes=45)
    told = deliver()
    assert sorted(mail.to[0] for mail in told) == [LARS, SIGNE]
    assert {invitation_in(mail).events[0]["SEQUENCE"] for mail in told} == {1}
    assert states().count(State.OVERTAKEN) == 3


def test_a_cancellation_does_not_overtake_a_new_time(post: Post) -> None:
    post.book()
    deliver()
    moving.postpone_talk(post.leader, public_id=post.talk.public_id)
    offering.offer_talk(post.leader, public_id=post.talk.public_id, times=[at_ten(14)], minutes=45)
    offering.accept_offer(post.employee, public_id=post.talk.public_id, time=at_ten(14))
    calendars = [invitation_in(mail) for mail in deliver()]
    assert [(c["METHOD"], c.events[0]["SEQUENCE"]) for c in calendars] == [("REQUEST", 2)] * 2


def test_each_reads_in_the_own_language(post: Post) -> None:
    post.lars.profile.language = "en"
    post.lars.profile.save()
    post.book()
    deliver()
    assert "Log in here to see it" in sent_to(LARS)[0].body
    assert "Log ind her" in sent_to(SIGNE)[0].body


# --- nothing is lost, nothing is told twice --------------------------------------------------


def test_a_deed_with_a_lower_number_that_commits_later_is_found(post: Post) -> None:
    deed = {
        "organisation_id": post.work.organisation.pk,
        "at": clock.now(),
        "verb": "paper.confirmed",
        "object_id": post.talk.pk,
    }
    Activity.objects.create(pk=9_000_002, actor_id=post.signe.profile_id, **deed)
    assert [mail.to for mail in deliver()] == [[LARS]]
    Activity.objects.create(pk=9_000_001, actor_id=post.lars.profile_id, **deed)
    assert [mail.to for mail in deliver()] == [[SIGNE]]
    assert deliver() == []


def test_weeks_without_a_worker_lose_nothing(post: Post) -> None:
    assert deliver() == []
    post.note("paper.confirmed")
    clock.move(dt.timedelta(days=30))
    assert [mail.to for mail in deliver()] == [[SIGNE]]


def test_a_clock_that_was_moved_back_loses_nothing(post: Post) -> None:
    clock.move(dt.timedelta(days=400))
    deliver()
    working_hours()
    post.note("paper.confirmed")
    assert [mail.to for mail in deliver()] == [[SIGNE]]
    assert Planned.objects.get().until < clock.now()


def test_what_was_done_before_can_be_passed_over(post: Post) -> None:
    post.book()
    clock.move(dt.timedelta(seconds=1))
    outbox.pass_over()
    assert deliver() == []
    post.note("paper.confirmed")
    assert [mail.to for mail in deliver()] == [[SIGNE]]


# --- servers that say no ---------------------------------------------------------------------


def test_a_server_that_is_away_is_tried_again_after_growing_pauses(post: Post) -> None:
    post.talk.state = TalkState.OFFERED
    post.talk.save()
    post.note("conversation.offered")
    Server.is_there = lambda: ConnectionRefusedError(111, "Connection refused")
    pauses = []
    while True:
        deliver()
        row = Delivery.objects.get()
        if row.state == State.GIVEN_UP:
            break
        assert row.state == State.FAILED
        assert row.problem == "[Errno 111] Connection refused"
        pauses.append(round((row.next_try_at - clock.now()).total_seconds() / 60))
        clock.move(row.next_try_at - clock.now())
    assert pauses == [1, 5, 30, 120, 720, 720, 720, 720, 720, 720]
    Server.reset()
    clock.move(dt.timedelta(days=3))
    assert deliver() == []


def test_nothing_is_tried_before_its_pause_is_over(post: Post) -> None:
    post.note("paper.confirmed")
    Server.is_there = lambda: TimeoutError("timed out")
    deliver()
    Server.reset()
    assert deliver() == []
    clock.move(dt.timedelta(seconds=61))
    assert [mail.to for mail in deliver()] == [[SIGNE]]
    assert states() == [State.SENT]


def test_an_address_that_the_server_does_not_know_is_given_up_at_once(post: Post) -> None:
    refused = smtplib.SMTPRecipientsRefused({SIGNE: (550, b"5.1.1 User unknown\r\nBcc: x@y.z")})
    Server.says = lambda message: refused if message.to == [SIGNE] else None
    post.book()
    assert [mail.to for mail in deliver()] == [[LARS]]
    (row,) = told(undelivered(hr_of(post)))
    assert (row.state, row.problem) == (State.GIVEN_UP, "550 5.1.1 User unknown Bcc: x@y.z")


def test_a_full_mailbox_is_tried_again(post: Post) -> None:
    Server.says = lambda _message: smtplib.SMTPRecipientsRefused({SIGNE: (452, b"full" * 200)})
    post.note("paper.confirmed")
    deliver()
    row = Delivery.objects.get()
    assert row.state == State.FAILED
    assert len(row.problem) == 300


def test_a_fault_of_ours_holds_up_one_mail_only_and_logs_no_address(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    compose = outbox.compose

    def broken(letter: outbox.Letter) -> EmailMessage:
        if letter.address == SIGNE:
            raise RuntimeError(f"about {letter.address}")
        return compose(letter)

    monkeypatch.setattr(outbox, "compose", broken)
    post.book()
    assert [mail.to for mail in deliver()] == [[LARS]]
    assert SIGNE not in caplog.text
    assert "RuntimeError" in caplog.text
    assert Delivery.objects.get(state=State.FAILED).problem == "RuntimeError"


# --- sent again ------------------------------------------------------------------------------


def hr_of(post: Post) -> Actor:
    """Karen, as HR."""
    if not Role.objects.filter(profile=post.karen.profile).exists():
        post.work.role(post.karen.profile)
    return post.actor(post.karen.profile)


def test_hr_has_a_mail_sent_again_under_a_new_id(post: Post) -> None:
    post.note("paper.confirmed")
    deliver()
    hr = hr_of(post)
    (row,) = told_to(hr, profile=post.signe.profile.public_id)
    assert row.can_be_sent_again
    send_again(hr, delivery=row.public_id)
    send_again(hr, delivery=row.public_id)
    assert [mail.to for mail in deliver()] == [[SIGNE]]
    first, second = (mail.extra_headers["Message-ID"] for mail in Server.taken)
    assert first != second
    assert Activity.objects.filter(verb="mail.sent_again").count() == 1


def test_nobody_else_sees_or_resends_mails(post: Post) -> None:
    post.note("paper.confirmed")
    deliver()
    delivery = Delivery.objects.get()
    for actor in (post.leader, post.employee):
        assert told_to(actor, profile=post.signe.profile.public_id) == []
        assert not undelivered(actor)
        with pytest.raises(NotThere):
            send_again(actor, delivery=delivery.public_id)


def test_what_was_turned_down_is_not_sent_again(post: Post) -> None:
    turn_down(post, "handed-in")
    post.talk.state = TalkState.BOOKED
    post.talk.save()
    post.note("preparation.handed_in")
    deliver()
    with pytest.raises(Refused):
        send_again(hr_of(post), delivery=Delivery.objects.get().public_id)


# --- T19: line breaks and leading dashes -----------------------------------------------------


@pytest.mark.parametrize(
    "address", ["-oQ/tmp@havneby.example", "a@b.example\nBcc: x@y.example", "a b@c.example", "x"]
)
def test_an_address_that_is_none_gets_nothing(post: Post, address: str) -> None:
    post.signe.profile.email = address
    post.signe.profile.save()
    post.note("paper.confirmed")
    assert deliver() == []
    assert states() == [State.NOBODY]


def test_names_cannot_add_a_header_or_a_line_to_the_calendar(post: Post) -> None:
    evil = "Havneby\r\nBcc: x@y.example\u2028ATTENDEE:mailto:x@y.example"
    post.work.organisation.name = evil
    post.work.organisation.talk_name = "MUS\r\nBcc: x@y.example"
    post.work.organisation.save()
    post.signe.profile.first_name = evil
    post.signe.profile.save()
    post.book()
    post.talk.place = evil
    post.talk.save()
    for mail in deliver():
        parsed = message_from_bytes(mail.message().as_bytes())
        assert parsed["Bcc"] is None
        assert len(parsed.get_all("To")) == 1
        calendar = invitation_in(mail)
        assert not isinstance(calendar.events[0]["ATTENDEE"], list)
        assert "\nBcc:" not in mail.body


def test_the_message_says_that_a_program_wrote_it(post: Post) -> None:
    post.note("paper.confirmed")
    (mail,) = deliver()
    parsed = message_from_bytes(mail.message().as_bytes())
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Message-ID"].endswith("@musling.havneby.example>")
    assert parsed["From"] == "Musling <musling@havneby.example>"


# --- how much it costs -----------------------------------------------------------------------


def queries_for(post: Post, talks: int) -> tuple[int, int]:
    """Queries of planning, and of taking and loading, for so many booked talks."""
    for _talk in range(talks):
        post.book(post.new_talk())
    with CaptureQueriesContext(connection) as planning:
        assert outbox.plan() == talks * 2
    with CaptureQueriesContext(connection) as loading:
        taken = outbox._take()
        assert len(outbox._letters(taken)) == min(talks * 2, outbox.LOAD)
    Delivery.objects.all().delete()
    outbox.pass_over()
    clock.move(dt.timedelta(seconds=1))
    return len(planning), len(loading)


def test_queries_do_not_grow_with_recipients(post: Post) -> None:
    outbox.plan()
    one = queries_for(post, 1)
    assert queries_for(post, 15) == one


def test_each_mail_costs_one_statement_more(post: Post) -> None:
    def cost(talks: int) -> int:
        for _talk in range(talks):
            post.book(post.new_talk())
        outbox.plan()
        with CaptureQueriesContext(connection) as sending:
            deliver()
        return len(sending)

    outbox.plan()
    one = cost(1)
    assert cost(15) - one == 28


def test_no_name_and_no_place_stands_in_subject_or_text(post: Post) -> None:
    post.book()
    for mail in deliver():
        text = f"{mail.subject}\n{mail.body}"
        for secret in ("Signe", "Bøgh", "Lars", "Holm", "Rådhuset"):
            assert secret not in text
        assert "Signe" in everything_in(mail) or mail.to == [LARS]
