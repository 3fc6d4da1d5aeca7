"""Another leader: open agreements go along, the rest only if the employee says so (X7)."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from musling.activity.models import Activity
from musling.conversations import access, contents
from musling.conversations.actions import approving, following_up, handing_over, talking
from musling.conversations.actions.new_leader import choose_what_goes_along, hand_over_in
from musling.conversations.models import Agreement, Conversation, Minutes, Part, Participant
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.mail import outbox
from musling.people.models import Employment, Leadership
from musling.schedule.jobs import JOBS
from musling.web.access.eye import eye_line
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages
from tests.mail.post import deliver_when_due
from tests.web.staff_pages import words

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
CONTENT = (
    *("minutes/", "minutes.pdf", "agreements.pdf", "handed-in/", "prepare/", "prepare/topics/"),
    *("room/news/?phase=now", "we-agree/", "minutes/send/", "minutes/together/"),
)


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """A talk held between Mette and Lars, agreed on: one agreement is open, one is done."""
    row = booked_talk(cast)
    stages.hand_in(cast, row, "Glad for vagterne")
    stages.agreed_frame(cast, row)
    stages.write(cast, row, "Vi talte om vagterne")
    done = stages.agree(cast, row, "Nyt bord")
    stages.agree(cast, row, "Fast makker")
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    stages.approve(cast, row)
    for one in (cast.employee, cast.leader):
        following_up.note_follow_up(one.actor, agreement=done.public_id, says_done=True)
    row.refresh_from_db()
    return row


def new_leader(cast: Cast, one: Member) -> None:
    """From today somebody else leads the home care."""
    Leadership.objects.filter(unit=cast.unit).update(ends_on=clock.today() - A_DAY)
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=one.employment,
        starts_on=clock.today(),
    )


def page(one: Member, talk: Conversation, rest: str = ""):
    return one.client.get(f"/havneby/talks/{talk.public_id}/{rest}")


def seen(one: Member, talk: Conversation) -> dict[str, int]:
    return {
        "minutes": access.readable_minutes(one.actor).filter(conversation=talk).count(),
        "answers": access.readable_handed_in(one.actor).filter(conversation=talk).count(),
        "agreements": access.readable_agreements(one.actor).filter(conversation=talk).count(),
    }


def hand_over(cast: Cast) -> int:
    return hand_over_in(cast.havneby.pk)


def test_nothing_is_handed_over_while_the_leader_stays(cast: Cast, talk):
    assert hand_over(cast) == 0


def test_open_agreements_go_along_and_nothing_else(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    assert hand_over(cast) == 1
    assert hand_over(cast) == 0
    assert seen(cast.colleague, talk) == {"minutes": 0, "answers": 0, "agreements": 1}
    assert page(cast.colleague, talk).status_code == 200
    for rest in CONTENT:
        answer = page(cast.colleague, talk, rest)
        assert answer.status_code == 404, rest
    shown = page(cast.colleague, talk, "agreements/").content.decode()
    assert "Fast makker" in shown
    assert "Nyt bord" not in shown


def test_the_leader_before_loses_access_at_the_date(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    assert seen(cast.leader, talk) == {"minutes": 0, "answers": 0, "agreements": 0}
    for rest in ("", "agreements/", *CONTENT):
        assert page(cast.leader, talk, rest).status_code == 404, rest


def test_the_new_leader_follows_up_and_both_say_done(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    row = Agreement.objects.get(done_by_leader_at=None)
    following_up.note_follow_up(cast.colleague.actor, agreement=row.public_id, note="På vej")
    for one in (cast.employee, cast.colleague):
        following_up.note_follow_up(one.actor, agreement=row.public_id, says_done=True)
    row.refresh_from_db()
    assert row.done_by_leader_at is not None


@pytest.mark.parametrize(
    ("choice", "minutes", "answers"),
    [("nothing", 0, 0), ("minutes", 1, 0), ("everything", 1, 1)],
)
def test_the_employee_chooses_and_can_change_it(cast: Cast, talk, choice, minutes, answers):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice=choice)
    found = seen(cast.colleague, talk)
    assert (found["minutes"], bool(found["answers"])) == (minutes, bool(answers))
    assert page(cast.colleague, talk, "minutes/").status_code == (200 if minutes else 404)
    answer = page(cast.colleague, talk, "handed-in/")
    assert answer.status_code == (200 if answers else 404)
    assert ("Glad for vagterne" in answer.content.decode()) == bool(answers)
    for rest in ("prepare/", "room/news/?phase=now"):
        assert page(cast.colleague, talk, rest).status_code == 404, rest
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="nothing")
    assert seen(cast.colleague, talk)["minutes"] == 0


@pytest.mark.row("X7")
def test_the_employee_is_asked_on_the_page_and_answers_there(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    assert "goes-along" not in page(cast.employee, talk).content.decode()
    hand_over(cast)
    shown = page(cast.employee, talk).content.decode()
    assert 'value="nothing" checked' in shown
    assert "goes-along" not in page(cast.colleague, talk).content.decode()
    address = f"/havneby/talks/{talk.public_id}/goes-along/"
    assert cast.employee.client.post(address, {"choice": "minutes"}).status_code == 302
    assert 'value="minutes" checked' in page(cast.employee, talk).content.decode()
    noted = Activity.objects.get(verb="leader.sees")
    assert (noted.more["choice"], noted.about_id) == ("minutes", cast.employee.profile.pk)


@pytest.mark.parametrize("who", ["colleague", "leader", "hr", "leaders_leader", "neighbour"])
def test_nobody_else_chooses(cast: Cast, talk, who):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    one: Member = getattr(cast, who)
    with pytest.raises(NotThere):
        choose_what_goes_along(one.actor, public_id=talk.public_id, choice="everything")
    answer = one.client.post(
        f"/{one.organisation.slug}/talks/{talk.public_id}/goes-along/", {"choice": "everything"}
    )
    assert answer.status_code == 404
    assert Participant.objects.get(conversation=talk, ended_at=None, part="leader").goes_along == (
        "nothing"
    )


def test_without_another_leader_there_is_nothing_to_choose(cast: Cast, talk):
    with pytest.raises(NotThere):
        choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")


def test_both_are_told_by_mail(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    outbox.pass_over()
    hand_over(cast)
    deliver_when_due()
    to = {message.to[0]: message.body for message in mail.outbox}
    assert set(to) == {cast.employee.profile.email, cast.leader.profile.email}
    assert "Vi talte" not in "".join(to.values())


def test_what_the_minutes_say_of_who_signed_stays_true(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")
    for one in (cast.employee, cast.colleague):
        shown = page(one, talk, "minutes/").content.decode()
        assert "Lars Prøve" in shown
        assert "Jonas Prøve</dt>" not in shown


def test_the_employee_still_reads_what_the_leader_before_handed_in(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    shown = page(cast.employee, talk, "handed-in/").content.decode()
    assert "Glad for vagterne" in shown


def test_minutes_that_are_not_agreed_on_are_ended_by_whoever_led_the_talk(cast: Cast):
    row = stages.sent_talk(cast)
    new_leader(cast, cast.colleague)
    assert hand_over(cast) == 0
    stages.answer(cast, row)
    assert hand_over(cast) == 1


def test_whoever_left_ends_nothing_any_more(cast: Cast):
    row = stages.sent_talk(cast)
    new_leader(cast, cast.colleague)
    Employment.objects.filter(pk=cast.leader.employment.pk).update(ends_on=clock.today() - A_DAY)
    assert hand_over(cast) == 1
    answer = cast.colleague.client.post(
        f"/havneby/talks/{row.public_id}/minutes/answer/", {"approve": "1", "version": 2}
    )
    assert answer.status_code == 404
    assert Minutes.objects.get().state == Minutes.State.OUT
    # The employee lets the new leader read them: then they can be ended.
    choose_what_goes_along(cast.employee.actor, public_id=row.public_id, choice="minutes")
    cast.colleague.client.post(
        f"/havneby/talks/{row.public_id}/minutes/answer/", {"approve": "1", "version": 2}
    )
    assert Minutes.objects.get().state == Minutes.State.APPROVED


def test_a_stand_in_does_not_take_the_leaders_place(cast: Cast, talk):
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.colleague.employment,
        starts_on=clock.today(),
        kind=Leadership.Kind.STAND_IN,
    )
    assert hand_over(cast) == 0


def test_after_a_deputys_talk_the_leader_follows_up_and_sees_no_minutes(cast: Cast):
    row = booked_talk(cast)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=row.public_id, employment=cast.leaders_leader.employment
    )
    stages.agreed_frame_by(cast.employee, cast.leaders_leader, row)
    stages.write(cast, row, "Vi talte om vagterne")
    talking.write_agreement(
        cast.employee.actor, public_id=row.public_id, content={"what": "Fast makker"}
    )
    talking.end_talk(cast.employee.actor, public_id=row.public_id)
    assert hand_over(cast) == 0
    approving.send_minutes(cast.employee.actor, public_id=row.public_id)
    approving.approve_minutes(
        cast.leaders_leader.actor, public_id=row.public_id, version=Minutes.objects.get().version
    )
    assert hand_over(cast) == 1
    assert seen(cast.leader, row) == {"minutes": 0, "answers": 0, "agreements": 1}
    assert seen(cast.leaders_leader, row) == {"minutes": 0, "answers": 0, "agreements": 0}
    assert Activity.objects.filter(verb="leader.follows_up").count() == 1


def test_who_comes_back_has_the_own_talk_again(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    Leadership.objects.filter(employment=cast.colleague.employment).delete()
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.leader.employment,
        starts_on=clock.today(),
    )
    assert hand_over(cast) == 1
    assert seen(cast.leader, talk)["minutes"] == 1
    assert seen(cast.colleague, talk) == {"minutes": 0, "answers": 0, "agreements": 0}


def test_the_next_talk_takes_the_open_agreements_on(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    clock.move(dt.timedelta(days=365))
    following = stages.planned_by(cast.colleague, cast.employee)
    assert following.previous_id == talk.pk
    assert Participant.objects.get(conversation=following, part=Part.LEADER).goes_along == ""


def test_looking_costs_the_same_with_one_talk_and_with_many(cast: Cast, talk):
    with CaptureQueriesContext(connection) as one:
        hand_over(cast)
    for _number in range(5):
        clock.move(dt.timedelta(days=365))
        stages.planned_by(cast.leader, cast.two_places)
        Conversation.objects.filter(held_at=None).update(held_at=clock.now(), state="agreed")
    with CaptureQueriesContext(connection) as many:
        hand_over(cast)
    assert len(many) == len(one)


def test_the_schedule_hands_over(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    jobs = {job.name: job.function for job in JOBS}
    assert jobs["hand-over"]() == 1


# --- what the pages say stays true ----------------------------------------------------------------


def test_the_line_with_the_eye_names_whoever_sees_it_now(cast: Cast, talk):
    assert "A later leader only if you say so." in _minutes_eye(cast.employee, talk)
    new_leader(cast, cast.colleague)
    hand_over(cast)
    line = _minutes_eye(cast.employee, talk)
    assert line == "You can see this. Jonas only if you say so. Nobody else."
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")
    assert _minutes_eye(cast.employee, talk) == "You and Jonas can see this. Nobody else."
    assert _minutes_eye(cast.colleague, talk) == "You and Mette can see this. Nobody else."
    found = open_talk(cast.employee.actor, talk.public_id)
    with override("en"):
        assert eye_line(contents.HANDED_IN, found).startswith("You can see this. Jonas only if")
        assert eye_line(contents.AGREEMENT, found) == "You and Jonas can see this. Nobody else."
        assert "HR" in eye_line(contents.DATES, found)


def _minutes_eye(one: Member, talk: Conversation) -> str:
    with override("en"):
        return eye_line(contents.MINUTES, open_talk(one.actor, talk.public_id))


def test_the_table_says_what_a_later_leader_reaches(cast: Cast, talk):
    """Each class of content that a new leader's seat reaches is one that the rows grant it."""
    new_leader(cast, cast.colleague)
    hand_over(cast)
    seat = Participant.objects.get(conversation=talk, part="leader", ended_at=None)
    granted = {row.content for row in access.ROWS if row.part is contents.NEW_LEADER}
    assert {contents.DATES, contents.OFFER, contents.AGREEMENT, contents.MINUTES} <= granted
    assert access.seen_from(contents.DATES, seat)
    assert not access.seen_from(contents.MINUTES, seat)
    assert access.own_talks(cast.colleague.actor).filter(pk=talk.pk).exists()


def test_the_pages_say_with_whom_the_talk_was_held(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    for rest in ("", "minutes/", "handed-in/"):
        assert "ed Lars Prøve" in words(page(cast.employee, talk, rest)), rest
    own = page(cast.employee, talk).content.decode()
    assert "Jonas har ikke afleveret" not in own
    assert "med Lars Prøve" in words(page(cast.colleague, talk))
    assert "Lars Prøve" in cast.employee.client.get("/havneby/talks/").content.decode()


def test_whoever_came_later_signs_nothing_that_is_signed(cast: Cast, talk):
    new_leader(cast, cast.colleague)
    hand_over(cast)
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")
    version = Minutes.objects.get().version
    with pytest.raises(Refused):
        approving.sign_minutes(cast.colleague.actor, public_id=talk.public_id, version=version)
    with pytest.raises(Refused):
        approving.register_paper_signature(
            cast.employee.actor, public_id=talk.public_id, version=version
        )
    assert "minutes/sign/" not in page(cast.colleague, talk, "minutes/").content.decode()
    own = page(cast.employee, talk, "minutes/").content.decode()
    assert "minutes/on-paper/" not in own
    assert "minutes/together/" not in own


def test_a_new_leader_writes_nothing_and_the_employee_ends_what_the_other_left(cast: Cast):
    row = stages.open_talk(cast, taker="leader")
    talking.write_section(
        cast.leader.actor, public_id=row.public_id, section="conclusion", text="Så langt", version=0
    )
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    new_leader(cast, cast.colleague)
    Employment.objects.filter(pk=cast.leader.employment.pk).update(ends_on=clock.today() - A_DAY)
    assert hand_over(cast) == 1
    choose_what_goes_along(cast.employee.actor, public_id=row.public_id, choice="minutes")
    with pytest.raises(NotThere):
        talking.write_section(
            cast.colleague.actor,
            public_id=row.public_id,
            section="conclusion",
            text="Mit ord",
            version=1,
        )
    approving.send_minutes(cast.employee.actor, public_id=row.public_id)
    assert Minutes.objects.get().state == Minutes.State.OUT


def test_the_start_page_asks_until_the_choice_is_made(cast: Cast, talk):
    asks = "Vælg, hvad der følger med"
    assert asks not in cast.employee.client.get("/havneby/").content.decode()
    new_leader(cast, cast.colleague)
    hand_over(cast)
    assert asks in cast.employee.client.get("/havneby/").content.decode()
    assert asks not in cast.colleague.client.get("/havneby/").content.decode()
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="nothing")
    assert asks not in cast.employee.client.get("/havneby/").content.decode()


def test_who_leads_nobody_any_more_is_still_told_what_is_to_be_ended(cast: Cast):
    stages.sent_talk(cast)
    new_leader(cast, cast.colleague)
    page_ = words(cast.leader.client.get("/havneby/"))
    assert "1 × Læs og godkend referatet" in page_
    assert "Intet venter på dig" not in page_
