"""The leader changes in the middle of a year: the new one takes over what was not held (T8)."""

import pytest

from musling.conversations import access
from musling.conversations.actions import handing_over, offering, planning, preparing
from musling.conversations.actions.inviting import invite_team
from musling.conversations.models import (
    Answer,
    Conversation,
    HandedIn,
    Offer,
    Preparation,
    State,
)
from musling.conversations.queries.deputies import handed_over_by
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation.problems import NotThere
from musling.people.actions import give_leadership
from musling.people.models import Leadership
from tests.cast import Cast, booked_talk, next_week, planned_talk
from tests.conversations import stages
from tests.people.workplace import day

pytestmark = pytest.mark.django_db


def new_leader(cast: Cast) -> None:
    """The colleague leads the unit from today."""
    give_leadership(
        cast.hr.actor,
        unit=cast.unit,
        employment=cast.colleague.employment,
        kind="leader",
        starts_on=day(),
    )


def taken_over(cast: Cast) -> Conversation:
    (talk,) = planning.plan_talks(cast.colleague.actor, employments=[cast.employee.employment])
    return talk


def test_the_talk_goes_on_with_the_new_leader_and_without_its_time(cast: Cast):
    before = booked_talk(cast)
    new_leader(cast)
    talk = taken_over(cast)
    assert talk.pk == before.pk
    talk.refresh_from_db()
    assert (talk.state, talk.minute_taker) == (State.PLANNED, None)
    assert talk.calendar_sequence == before.calendar_sequence + 1
    found = open_talk(cast.employee.actor, talk.public_id)
    assert found.other.profile_id == cast.colleague.profile.pk
    assert Preparation.objects.filter(participant__conversation=talk).count() == 3
    with pytest.raises(NotThere):
        open_talk(cast.leader.actor, talk.public_id)


def test_what_was_handed_in_to_the_former_leader_is_not_read_by_the_new_one(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    new_leader(cast)
    taken_over(cast)
    assert Answer.objects.count() == HandedIn.objects.count() == 1
    assert not access.readable_handed_in(cast.colleague.actor).exists()
    assert not access.readable_handed_in(cast.leader.actor).exists()
    assert open_talk(cast.employee.actor, talk.public_id).me.handed_in_at is None
    item = Answer.objects.get().item
    preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=[item])
    assert access.readable_handed_in(cast.colleague.actor).count() == 1


def test_an_open_offer_is_withdrawn(cast: Cast):
    talk = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=talk.public_id, times=[next_week()], minutes=60
    )
    new_leader(cast)
    taken_over(cast)
    assert Offer.objects.get().answer == Offer.Answer.WITHDRAWN


def test_a_declined_talk_stays_declined_until_the_new_leader_asks_again(cast: Cast):
    talk = booked_talk(cast)
    offering.decline_offer(cast.employee.actor, public_id=talk.public_id)
    new_leader(cast)
    assert taken_over(cast).state == State.DECLINED
    offering.offer_talk(
        cast.colleague.actor, public_id=talk.public_id, times=[next_week()], minutes=60
    )
    assert Conversation.objects.get().state == State.OFFERED


def test_a_leader_who_comes_back_gets_the_talk_from_whoever_stood_in(cast: Cast):
    talk = booked_talk(cast)
    new_leader(cast)
    taken_over(cast)
    Leadership.objects.filter(unit=cast.unit).update(employment=cast.leader.employment)
    (again,) = planning.plan_talks(cast.leader.actor, employments=[cast.employee.employment])
    assert again.pk == talk.pk
    assert open_talk(cast.leader.actor, talk.public_id).i_lead


def test_inviting_the_team_takes_it_over_and_proposes_a_time(cast: Cast):
    talk = booked_talk(cast)
    new_leader(cast)
    times = {cast.employee.employment.public_id: next_week(10)}
    (offered,) = invite_team(cast.colleague.actor, times=times, minutes=60)
    assert offered.pk == talk.pk
    found = open_talk(cast.employee.actor, talk.public_id)
    assert found.state == State.OFFERED
    assert [row.profile_id for row in (found.me, found.other)] == [
        cast.employee.profile.pk,
        cast.colleague.profile.pk,
    ]
    offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=next_week(10))


def test_nobody_can_say_no_to_the_own_leader(cast: Cast):
    talk = booked_talk(cast)
    new_leader(cast)
    taken_over(cast)
    assert handed_over_by(open_talk(cast.employee.actor, talk.public_id)) is None
    page = cast.employee.client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "refuse_deputy" not in page


def test_a_talk_that_has_begun_stays_with_whoever_led_it(cast: Cast):
    talk = stages.held_talk(cast)
    new_leader(cast)
    assert planning.plan_talks(cast.colleague.actor, employments=[cast.employee.employment]) == []
    assert open_talk(cast.leader.actor, talk.public_id).i_lead


def test_a_deputy_keeps_the_talk_that_the_leader_handed_over(cast: Cast):
    talk = booked_talk(cast)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    assert planning.plan_talks(cast.leader.actor, employments=[cast.employee.employment]) == []
    assert open_talk(cast.colleague.actor, talk.public_id).i_lead


def test_a_deputy_of_the_former_leader_does_not(cast: Cast):
    talk = booked_talk(cast)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.union_rep.employment
    )
    new_leader(cast)
    assert taken_over(cast).pk == talk.pk


def test_who_does_not_lead_takes_over_nothing(cast: Cast):
    talk = booked_talk(cast)
    for member in (cast.colleague, cast.hr, cast.leaders_leader):
        with pytest.raises(NotThere):
            planning.plan_talks(member.actor, employments=[cast.employee.employment])
    assert open_talk(cast.leader.actor, talk.public_id).i_lead
