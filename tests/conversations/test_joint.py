"""One talk for several employments: the person asks, the leaders agree (docs/glossary.md)."""

import datetime as dt

import pytest
from django.core import mail

from musling.conversations.actions.offering import offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.coverage.persons import counts_of
from musling.conversations.coverage.standing import Stand
from musling.conversations.joint.actions import (
    agree_to_one_talk,
    ask_for_one_talk,
    refuse_one_talk,
    want_a_talk_each,
)
from musling.conversations.joint.queries import asked_of, held_for
from musling.conversations.models import JointPart, JointTalk, Participant
from musling.conversations.queries.team import team
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.mail.reasons import not_offered
from musling.people.actions import end_employment
from musling.people.models import Employment
from musling.rounds.actions import joining, opening, planning
from musling.rounds.models import Place
from musling.rounds.placing import OF_ANOTHER, ONE, SEVERAL
from tests.cast import LONG_AGO, Cast, Member, next_week
from tests.mail.post import deliver_when_due
from tests.rounds.planned import planned, worked

pytestmark = pytest.mark.django_db


def second_job(cast: Cast, who: Member) -> Employment:
    """In the top unit, led by the leaders' leader; the other is led by Lars."""
    return Employment.objects.create(
        organisation=cast.havneby,
        profile=who.profile,
        number=f"second-{who.profile.pk}",
        unit=cast.top,
        title="Vikar",
        starts_on=LONG_AGO.replace(year=LONG_AGO.year + 1),
    )


def asked(cast: Cast, who: Member | None = None) -> JointTalk:
    who = who or cast.employee
    return ask_for_one_talk(who.actor, holder=who.employment.public_id)


def year(cast: Cast) -> int:
    return cast.hr.actor.today.year


def stands(cast: Cast) -> set[int]:
    counts = counts_of([cast.employee.profile.pk], clock.today())[cast.employee.profile.pk]
    return {value & 0b111 for value in counts.years.get(str(year(cast)), [])}


def test_the_person_asks_and_all_leaders_agree(cast: Cast):
    other = second_job(cast, cast.employee)
    mine = plan_talks(cast.leader.actor, employments=[cast.employee.employment])[0]
    theirs = plan_talks(cast.leaders_leader.actor, employments=[other])[0]
    offer_talk(cast.leader.actor, public_id=mine.public_id, times=[next_week()], minutes=45)
    joint = asked(cast)
    assert asked(cast).pk == joint.pk  # a second press
    assert [one.pk for one in asked_of(cast.leader.actor)] == [joint.pk]
    assert not joining.agree(cast.leader.actor, public_id=joint.public_id)
    assert asked_of(cast.leader.actor) == []
    theirs.refresh_from_db()
    assert theirs.state == "planned"  # nothing yet: the other has not answered
    assert joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    assert joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.state, mine.state) == ("cancelled", "offered")
    assert held_for([other.pk, cast.employee.employment.pk], year(cast)) == {
        other.pk: cast.employee.employment.pk
    }
    # Nobody is reminded to offer the other, the board says why, coverage counts it in both units.
    assert other.pk not in not_offered(cast.havneby.pk, clock.today())
    row = next(one for one in team(cast.leaders_leader.actor).rows if one.employment == other)
    assert (row.elsewhere, row.waits_for_me) == (True, False)
    assert stands(cast) == {Stand.OFFERED}
    deliver_when_due()
    told = {one.to[0] for one in mail.outbox if "alle ansættelser" in one.body}
    assert told == {who.person.email for who in (cast.leader, cast.leaders_leader, cast.employee)}


def test_one_no_is_enough_and_is_said_once(cast: Cast):
    other = second_job(cast, cast.employee)
    theirs = plan_talks(cast.leaders_leader.actor, employments=[other])[0]
    joint = asked(cast)
    joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    refuse_one_talk(cast.leader.actor, public_id=joint.public_id)
    refuse_one_talk(cast.leader.actor, public_id=joint.public_id)
    with pytest.raises(Refused):
        joining.agree(cast.leader.actor, public_id=joint.public_id)
    with pytest.raises(Refused):
        asked(cast)
    theirs.refresh_from_db()
    assert theirs.state == "planned"
    assert held_for([other.pk], year(cast)) == {}


def test_who_has_one_job_or_does_not_lead_may_not(cast: Cast):
    with pytest.raises(NotThere):
        asked(cast)
    second_job(cast, cast.employee)
    with pytest.raises(Refused):
        ask_for_one_talk(cast.employee.actor, holder=cast.colleague.employment.public_id)
    joint = asked(cast)
    for who in (cast.colleague, cast.hr, cast.neighbour_leader, cast.committee):
        for deed in (agree_to_one_talk, refuse_one_talk, want_a_talk_each):
            with pytest.raises(NotThere):
                deed(who.actor, public_id=joint.public_id)
    with pytest.raises(NotThere):
        agree_to_one_talk(cast.employee.actor, public_id=joint.public_id)
    with pytest.raises(NotThere):
        want_a_talk_each(cast.leader.actor, public_id=joint.public_id)


def test_a_talk_that_has_begun_keeps_its_own(cast: Cast):
    other = second_job(cast, cast.employee)
    theirs = plan_talks(cast.leaders_leader.actor, employments=[other])[0]
    joint = asked(cast)
    joining.agree(cast.leader.actor, public_id=joint.public_id)
    type(theirs).objects.filter(pk=theirs.pk).update(opened_at=clock.now(), state="open")
    with pytest.raises(Refused):
        joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    joint.refresh_from_db()
    assert joint.settled_at is None
    assert JointPart.objects.filter(joint=joint, agreed_at=None).count() == 1


def test_in_a_round_the_other_place_is_closed_and_comes_back(cast: Cast):
    other = second_job(cast, cast.employee)
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    joint = asked(cast)
    joining.agree(cast.leader.actor, public_id=joint.public_id)
    joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    place = Place.objects.get(employment=other)
    assert place.closed_why == OF_ANOTHER
    opening.look_at_all()
    worked()
    seats = Participant.objects.filter(employment=other, part="employee")
    assert [one.conversation.state for one in seats] == ["cancelled"]
    joining.take_back(cast.employee.actor, public_id=joint.public_id)
    opening.look_at_all()
    worked()
    place.refresh_from_db()
    assert place.closed_at is None
    assert place.conversation.state == "offered"


def test_agreed_before_the_round_it_holds_in_it(cast: Cast):
    other = second_job(cast, cast.employee)
    joint = asked(cast)
    joining.agree(cast.leader.actor, public_id=joint.public_id)
    joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    assert not Participant.objects.filter(employment=other).exists()
    assert Place.objects.filter(employment=cast.employee.employment).exists()


def test_hrs_ruling_is_kept_as_if_agreed(cast: Cast, client):
    other = second_job(cast, cast.employee)
    row = planned(cast)
    planning.rule_on(cast.hr.actor, public_id=row.public_id, answers={SEVERAL: ONE})
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    opening.look_at_all()
    worked()
    joint = JointTalk.objects.get()
    assert joint.settled_at
    assert joint.holder == cast.employee.employment
    assert JointPart.objects.filter(joint=joint).count() == 2
    assert other.pk not in not_offered(cast.havneby.pk, clock.today())
    assert stands(cast) == {Stand.OFFERED}
    # The person is told whom to ask; taken back, the next look would only make it again.
    with pytest.raises(Refused):
        joining.take_back(cast.employee.actor, public_id=joint.public_id)
    client.force_login(cast.employee.person)
    page = client.get("/havneby/talks/one-for-all/").content.decode()
    assert "HR har besluttet" in page
    assert 'name="take_back"' not in page


def test_in_the_browsers_pages(cast: Cast, client):
    url = "/havneby/talks/one-for-all/"
    client.force_login(cast.employee.person)
    assert client.get(url).status_code == 404
    assert url not in client.get("/havneby/talks/").content.decode()
    second_job(cast, cast.employee)
    assert url in client.get("/havneby/talks/").content.decode()
    assert "Lars" in client.get(url).content.decode()
    assert client.post(url, {"holder": "nobody"}).status_code == 422
    client.post(url, {"holder": cast.employee.employment.public_id})
    joint = JointTalk.objects.get()
    answer = f"/havneby/team/one-for-all/{joint.public_id}/"
    assert client.get(answer).status_code == 405
    for who in (cast.leader, cast.leaders_leader):
        client.force_login(who.person)
        assert answer in client.get("/havneby/team/").content.decode()
        client.post(answer, {"answer": "agree"})
        assert answer not in client.get("/havneby/team/").content.decode()
    joint.refresh_from_db()
    assert joint.settled_at
    client.force_login(cast.employee.person)
    assert client.post(url, {"take_back": "\0"}).status_code == 404
    client.post(url, {"take_back": joint.public_id})
    assert not JointTalk.objects.exists()


def both_agreed(cast: Cast) -> JointTalk:
    joint = asked(cast)
    joining.agree(cast.leader.actor, public_id=joint.public_id)
    joining.agree(cast.leaders_leader.actor, public_id=joint.public_id)
    return joint


def end_first_job(cast: Cast) -> None:
    yesterday = clock.today() - dt.timedelta(days=1)
    end_employment(cast.hr.actor, cast.employee.employment, last_day=yesterday)


def test_where_the_employment_with_the_one_talk_ends_the_other_gets_its_own(cast: Cast):
    other = second_job(cast, cast.employee)
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    both_agreed(cast)
    end_first_job(cast)
    for _morning in range(2):
        opening.look_at_all()
        worked()
    place = Place.objects.get(employment=other)
    assert place.closed_at is None
    assert place.conversation.state == "offered"
    assert not JointTalk.objects.exists()


def test_outside_a_round_its_leader_and_the_reminders_know_of_it_again(cast: Cast):
    other = second_job(cast, cast.employee)
    both_agreed(cast)
    end_first_job(cast)
    opening.look_at_all()
    assert other.pk in not_offered(cast.havneby.pk, clock.today())
    assert [
        one.elsewhere for one in team(cast.leaders_leader.actor).rows if one.employment == other
    ] == [False]


def test_a_talk_that_was_held_counts_for_the_other_though_its_employment_ended(cast: Cast):
    other = second_job(cast, cast.employee)
    mine = plan_talks(cast.leader.actor, employments=[cast.employee.employment])[0]
    both_agreed(cast)
    type(mine).objects.filter(pk=mine.pk).update(held_at=clock.now(), state="held")
    end_first_job(cast)
    opening.look_at_all()
    assert other.pk not in not_offered(cast.havneby.pk, clock.today())
    assert JointTalk.objects.exists()
