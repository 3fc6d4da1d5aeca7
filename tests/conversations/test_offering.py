"""Planning, offering, answering, moving, putting off, calling off."""

import datetime as dt

import pytest

from musling.conversations.actions import (
    handing_over,
    moving,
    offering,
    planning,
    preparing,
    talking,
)
from musling.conversations.actions.inviting import invite_team
from musling.conversations.models import (
    Conversation,
    Minutes,
    Offer,
    Part,
    Participant,
    Preparation,
    State,
)
from musling.conversations.queries import talks as queries
from musling.conversations.queries.preparation import own_preparation
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.people.models import Employment
from musling.vault.models import Key
from tests.cast import Cast, booked_talk, next_week, planned_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused, verbs

pytestmark = pytest.mark.django_db


def offered_talk(cast: Cast) -> Conversation:
    talk = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=talk.public_id, times=[next_week(), next_week(13)], minutes=45
    )
    talk.refresh_from_db()
    return talk


def offer_of(talk: Conversation) -> Offer:
    return Offer.objects.filter(conversation=talk).latest("pk")


# --- planning -------------------------------------------------------------------------------------


def test_a_planned_talk_has_both_parties_and_three_keys_of_its_own(cast: Cast):
    talk = planned_talk(cast)
    seats = Participant.objects.filter(conversation=talk)
    assert {(seat.part, seat.profile_id) for seat in seats} == {
        (Part.EMPLOYEE, cast.employee.profile.pk),
        (Part.LEADER, cast.leader.profile.pk),
    }
    own = {row.key_id for row in Preparation.objects.filter(participant__in=seats)}
    assert len(own | {talk.key_id}) == 3
    assert verbs()[-1] == "conversation.planned"


def test_planning_twice_makes_one_talk(cast: Cast):
    first = planned_talk(cast)
    again = planning.plan_talks(cast.leader.actor, employments=[cast.employee.employment])
    assert again == []
    assert list(Conversation.objects.all()) == [first]


def test_nobody_plans_for_those_she_does_not_lead(cast: Cast):
    for member in (cast.colleague, cast.leaders_leader, cast.hr, cast.neighbour_leader):
        with pytest.raises(NotThere):
            planning.plan_talks(member.actor, employments=[cast.employee.employment])
    assert not Conversation.objects.exists()


def test_planning_for_one_led_and_one_not_led_plans_for_neither(cast: Cast):
    both = [cast.employee.employment, cast.hr.employment]
    with pytest.raises(NotThere):
        planning.plan_talks(cast.leader.actor, employments=both)
    assert not Conversation.objects.exists()


def test_the_leaders_own_talk_is_planned_by_the_leaders_leader(cast: Cast):
    talk = planning.plan_talks(cast.leaders_leader.actor, employments=[cast.leader.employment])[0]
    assert stages.seat(talk, "leader").profile == cast.leaders_leader.profile


def test_planning_costs_the_same_for_one_and_for_thirty(cast: Cast, django_assert_max_num_queries):
    team = [
        Employment.objects.create(
            organisation=cast.havneby,
            profile=member.profile,
            unit=cast.unit,
            number=f"extra-{n}-{member.profile.pk}",
            starts_on=dt.date(2020, 1, 1),
        )
        for n in range(10)
        for member in (cast.employee, cast.colleague, cast.union_rep)
    ]
    with django_assert_max_num_queries(25):
        planning.plan_talks(cast.leader.actor, employments=team[:1])
    with django_assert_max_num_queries(25):
        made = planning.plan_talks(cast.leader.actor, employments=team[1:])
    assert len(made) == 29
    assert Key.objects.filter(purpose="preparation").count() == 60


@pytest.mark.row("A7")
def test_the_next_talk_goes_on_from_the_last_held_one(cast: Cast):
    before = stages.approved_talk(cast)
    talk = stages.next_year(cast)
    assert talk.previous == before


# --- the offer ------------------------------------------------------------------------------------


@pytest.mark.row("A1")
def test_an_offer_is_proof_of_what_was_offered_when_and_to_whom(cast: Cast):
    talk = offered_talk(cast)
    offer = offer_of(talk)
    assert [dt.datetime.fromisoformat(time) for time in offer.times] == [
        next_week(),
        next_week(13),
    ]
    assert (offer.answer, offer.minutes, talk.state) == (Offer.Answer.NONE, 45, State.OFFERED)
    assert offer.sent_by == stages.seat(talk, "leader")
    assert abs(offer.sent_at - clock.now()) < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("times", "minutes", "words", "field"),
    [
        (0, 45, "between one and three", "times"),
        (4, 45, "between one and three", "times"),
        (1, 5, "between 10 minutes", "minutes"),
        (1, 500, "between 10 minutes", "minutes"),
    ],
)
def test_an_offer_that_nobody_could_take_is_refused(cast: Cast, times, minutes, words, field):
    talk = planned_talk(cast)
    proposed = [next_week() + dt.timedelta(hours=n) for n in range(times)]
    with refused(words, field):
        offering.offer_talk(
            cast.leader.actor, public_id=talk.public_id, times=proposed, minutes=minutes
        )
    assert not Offer.objects.exists()


def test_a_time_that_has_passed_cannot_be_offered(cast: Cast):
    talk = planned_talk(cast)
    with refused("has passed", "times"):
        offering.offer_talk(
            cast.leader.actor,
            public_id=talk.public_id,
            times=[clock.now() - dt.timedelta(hours=1)],
            minutes=45,
        )


def test_only_the_leader_offers(cast: Cast):
    talk = planned_talk(cast)
    for member in (cast.employee, cast.colleague, cast.leaders_leader, cast.hr, cast.neighbour):
        with pytest.raises(NotThere):
            offering.offer_talk(
                member.actor, public_id=talk.public_id, times=[next_week()], minutes=45
            )


def test_a_new_offer_takes_the_place_of_the_one_without_an_answer(cast: Cast):
    talk = offered_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=talk.public_id, times=[next_week(9)], minutes=60
    )
    answers = Offer.objects.order_by("pk").values_list("answer", flat=True)
    assert list(answers) == [Offer.Answer.WITHDRAWN, Offer.Answer.NONE]


def test_a_booked_talk_is_moved_and_not_offered_again(cast: Cast):
    talk = booked_talk(cast)
    with refused("Move it instead"):
        offering.offer_talk(
            cast.leader.actor, public_id=talk.public_id, times=[next_week(9)], minutes=45
        )


# --- answers --------------------------------------------------------------------------------------


def test_accepting_books_the_talk_once(cast: Cast):
    talk = offered_talk(cast)
    for _press in range(2):
        offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=next_week(13))
    talk.refresh_from_db()
    assert (talk.state, talk.starts_at) == (State.BOOKED, next_week(13))
    assert talk.ends_at == next_week(13) + dt.timedelta(minutes=45)
    assert (count("conversation.accepted"), count("conversation.booked")) == (1, 1)


def test_only_a_proposed_time_can_be_accepted(cast: Cast):
    talk = offered_talk(cast)
    with refused("one of the times", "time"):
        offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=next_week(8))


def test_a_time_that_has_passed_meanwhile_cannot_be_accepted(cast: Cast):
    talk, time = offered_talk(cast), next_week()
    clock.move(dt.timedelta(days=8))
    with refused("has passed", "time"):
        offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=time)


def test_nobody_accepts_for_the_employee(cast: Cast):
    talk = offered_talk(cast)
    for member in (cast.leader, cast.colleague, cast.hr):
        with pytest.raises(NotThere):
            offering.accept_offer(member.actor, public_id=talk.public_id, time=next_week())


def test_the_leader_takes_one_of_the_times_that_the_employee_proposes(cast: Cast):
    talk = offered_talk(cast)
    offering.propose_other_times(
        cast.employee.actor, public_id=talk.public_id, times=[next_week(15)]
    )
    with refused("one of the times", "time"):
        offering.take_proposed_time(cast.leader.actor, public_id=talk.public_id, time=next_week())
    offering.take_proposed_time(cast.leader.actor, public_id=talk.public_id, time=next_week(15))
    talk.refresh_from_db()
    assert (talk.state, talk.starts_at) == (State.BOOKED, next_week(15))
    assert offer_of(talk).answer == Offer.Answer.ACCEPTED


def test_the_employee_does_not_take_the_own_proposal(cast: Cast):
    talk = offered_talk(cast)
    offering.propose_other_times(
        cast.employee.actor, public_id=talk.public_id, times=[next_week(15)]
    )
    with pytest.raises(NotThere):
        offering.take_proposed_time(
            cast.employee.actor, public_id=talk.public_id, time=next_week(15)
        )


def test_a_proposed_time_that_has_passed_is_not_taken(cast: Cast):
    talk, time = offered_talk(cast), next_week(15)
    offering.propose_other_times(cast.employee.actor, public_id=talk.public_id, times=[time])
    clock.move(dt.timedelta(days=8))
    with refused("has passed", "time"):
        offering.take_proposed_time(cast.leader.actor, public_id=talk.public_id, time=time)


def test_a_proposal_left_over_does_not_close_a_room_that_is_open(cast: Cast):
    talk = booked_talk(cast)
    offering.propose_other_times(
        cast.employee.actor, public_id=talk.public_id, times=[next_week(15)]
    )
    stages.agreed_frame(cast, talk)
    with refused("No other time is proposed"):
        offering.take_proposed_time(cast.leader.actor, public_id=talk.public_id, time=next_week(15))
    talk.refresh_from_db()
    assert talk.state == State.OPEN


@pytest.mark.row("A2")
def test_a_decline_counts_as_offered_and_can_be_taken_back(cast: Cast):
    talk = offered_talk(cast)
    for _press in range(2):
        offering.decline_offer(cast.employee.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert (talk.state, offer_of(talk).answer) == (State.DECLINED, Offer.Answer.DECLINED)
    for _press in range(2):
        offering.take_back_decline(cast.employee.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert (talk.state, offer_of(talk).answer) == (State.OFFERED, Offer.Answer.NONE)
    assert (count("conversation.declined"), count("conversation.decline_withdrawn")) == (1, 1)


def test_what_was_not_declined_cannot_be_taken_back(cast: Cast):
    talk = booked_talk(cast)
    with refused("was not declined"):
        offering.take_back_decline(cast.employee.actor, public_id=talk.public_id)


def test_nobody_declines_for_the_employee(cast: Cast):
    talk = offered_talk(cast)
    with pytest.raises(NotThere):
        offering.decline_offer(cast.leader.actor, public_id=talk.public_id)


def test_a_talk_that_is_held_is_not_declined(cast: Cast):
    talk = stages.held_talk(cast)
    with refused("cannot be declined now"):
        offering.decline_offer(cast.employee.actor, public_id=talk.public_id)


# --- moving, putting off, calling off ----------------------------------------------------------


def test_moving_to_a_later_day_shows_as_put_off(cast: Cast):
    talk = booked_talk(cast)
    later = next_week() + dt.timedelta(days=1)
    moving.move_talk(cast.leader.actor, public_id=talk.public_id, time=later, minutes=45)
    talk.refresh_from_db()
    assert (talk.starts_at, talk.postponed, talk.calendar_sequence) == (later, 1, 1)


def test_moving_within_the_day_does_not(cast: Cast):
    talk = booked_talk(cast)
    moving.move_talk(cast.leader.actor, public_id=talk.public_id, time=next_week(14), minutes=30)
    talk.refresh_from_db()
    assert (talk.postponed, talk.calendar_sequence) == (0, 1)
    assert talk.ends_at == next_week(14) + dt.timedelta(minutes=30)


def test_moving_answers_a_proposal_of_another_time(cast: Cast):
    talk = booked_talk(cast)
    offering.propose_other_times(
        cast.employee.actor, public_id=talk.public_id, times=[next_week(15)]
    )
    moving.move_talk(cast.leader.actor, public_id=talk.public_id, time=next_week(16), minutes=45)
    assert offer_of(talk).answer == Offer.Answer.WITHDRAWN


def test_only_the_leader_moves_and_only_what_is_booked(cast: Cast):
    talk = offered_talk(cast)
    with refused("Only a booked talk"):
        moving.move_talk(
            cast.leader.actor, public_id=talk.public_id, time=next_week(16), minutes=45
        )
    with pytest.raises(NotThere):
        moving.move_talk(
            cast.employee.actor, public_id=talk.public_id, time=next_week(16), minutes=45
        )


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_either_puts_the_talk_off(cast: Cast, who: str):
    talk = booked_talk(cast)
    member = getattr(cast, who)
    moving.postpone_talk(member.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert (talk.state, talk.postponed, talk.calendar_sequence) == (State.PLANNED, 1, 1)
    with refused("Only a booked talk"):
        moving.postpone_talk(member.actor, public_id=talk.public_id)


def test_calling_off_is_safe_to_press_twice(cast: Cast):
    talk = booked_talk(cast)
    for _press in range(2):
        offering.call_off_talk(cast.leader.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert (talk.state, count("conversation.called_off")) == (State.CANCELLED, 1)
    assert talk.calendar_sequence == 1


@pytest.mark.parametrize("stage", [stages.open_talk, stages.held_talk, stages.paper_talk])
def test_what_has_begun_is_not_called_off(cast: Cast, stage):
    talk = stage(cast)
    state = talk.state
    with refused("cannot be called off"):
        offering.call_off_talk(cast.leader.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert talk.state == state


def test_the_employee_does_not_call_off(cast: Cast):
    talk = booked_talk(cast)
    with pytest.raises(NotThere):
        offering.call_off_talk(cast.employee.actor, public_id=talk.public_id)


# --- a deputy -------------------------------------------------------------------------------------


def hand_over(cast: Cast, talk: Conversation, to=None) -> None:
    deputy = to or cast.colleague
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=deputy.employment
    )


def test_a_deputy_leads_that_talk_with_an_own_empty_preparation(cast: Cast):
    talk = booked_talk(cast)
    preparing.save_answers(
        cast.leader.actor,
        public_id=talk.public_id,
        answers={"feedback.contribution": {"text": "Mine egne noter"}},
        versions={},
    )
    hand_over(cast, talk)
    deputy = stages.seat(talk, "leader")
    assert deputy.profile == cast.colleague.profile
    opened = own_preparation(
        cast.colleague.actor, queries.talk(cast.colleague.actor, talk.public_id)
    )
    assert opened.values == {}
    kept = Preparation.objects.get(participant__profile=cast.leader.profile)
    assert {opened.row.key_id, kept.key_id}.isdisjoint({talk.key_id})
    assert opened.row.key_id != kept.key_id
    with pytest.raises(NotThere):
        talking.end_talk(cast.leader.actor, public_id=talk.public_id)


def test_handing_over_begins_the_agreeing_anew(cast: Cast):
    talk = booked_talk(cast)
    talking.choose_minute_taker(
        cast.leader.actor,
        public_id=talk.public_id,
        participant=stages.seat(talk, "leader").public_id,
    )
    talking.agree_on_frame(cast.leader.actor, public_id=talk.public_id)
    hand_over(cast, talk)
    talk.refresh_from_db()
    assert talk.minute_taker is None
    assert not Participant.objects.filter(conversation=talk, ready_at__isnull=False).exists()


def test_the_employee_says_no_and_the_leader_has_the_talk_again(cast: Cast):
    talk = booked_talk(cast)
    hand_over(cast, talk)
    handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)
    assert stages.seat(talk, "leader").profile == cast.leader.profile
    assert count("deputy.refused") == 1


def test_saying_no_twice_does_not_bring_the_deputy_back(cast: Cast):
    talk = booked_talk(cast)
    hand_over(cast, talk)
    handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)
    with refused("was not handed"):
        handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)
    assert stages.seat(talk, "leader").profile == cast.leader.profile


def test_a_deputy_refused_once_can_be_named_again(cast: Cast):
    talk = booked_talk(cast)
    hand_over(cast, talk)
    handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)
    hand_over(cast, talk)
    assert stages.seat(talk, "leader").profile == cast.colleague.profile
    assert Preparation.objects.filter(participant__profile=cast.colleague.profile).count() == 1


def test_the_leader_of_the_leader_or_a_party_itself_is_who_it_is(cast: Cast):
    talk = booked_talk(cast)
    for member in (cast.leader, cast.employee, cast.neighbour):
        with refused("somebody else who works here", "employment"):
            hand_over(cast, talk, to=member)


@pytest.mark.parametrize("stage", [stages.open_talk, stages.held_talk, stages.paper_talk])
def test_minutes_are_never_handed_to_a_deputy(cast: Cast, stage):
    talk = stage(cast)
    with refused("begun or ended"):
        hand_over(cast, talk)
    assert Minutes.objects.filter(conversation=talk).exists()
    with pytest.raises(Refused):
        handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)


def test_nobody_but_the_leader_names_a_deputy_and_nobody_but_the_employee_refuses(cast: Cast):
    talk = booked_talk(cast)
    with pytest.raises(NotThere):
        handing_over.hand_to_deputy(
            cast.employee.actor, public_id=talk.public_id, employment=cast.colleague.employment
        )
    hand_over(cast, talk)
    for member in (cast.leader, cast.colleague):
        with pytest.raises(NotThere):
            handing_over.refuse_deputy(member.actor, public_id=talk.public_id)


# --- the whole team ------------------------------------------------------------------------------


def test_a_team_is_invited_with_an_own_time_each(cast: Cast):
    times = {
        cast.employee.employment.public_id: next_week(9),
        cast.colleague.employment.public_id: next_week(10),
    }
    offered = invite_team(cast.leader.actor, times=times, minutes=45)
    assert len(offered) == 2
    assert {
        Participant.objects.get(conversation=row, part="employee").profile: row.state
        for row in Conversation.objects.all()
    } == {cast.employee.profile: "offered", cast.colleague.profile: "offered"}


def test_overlapping_times_invite_nobody(cast: Cast):
    times = {
        cast.employee.employment.public_id: next_week(9),
        cast.colleague.employment.public_id: next_week(9) + dt.timedelta(minutes=30),
    }
    with refused("overlap"):
        invite_team(cast.leader.actor, times=times, minutes=45)
    assert not Conversation.objects.exists()


def test_one_time_that_has_passed_invites_nobody(cast: Cast):
    times = {
        cast.employee.employment.public_id: next_week(9),
        cast.colleague.employment.public_id: clock.now() - dt.timedelta(hours=2),
    }
    with refused("has passed"):
        invite_team(cast.leader.actor, times=times, minutes=45)
    assert not Offer.objects.exists()
    assert not Conversation.objects.exists()


def test_nobody_is_invited_by_whoever_does_not_lead_them(cast: Cast):
    offered = invite_team(
        cast.leader.actor, times={cast.hr.employment.public_id: next_week(9)}, minutes=45
    )
    assert list(offered) == []
    assert not Conversation.objects.exists()


def test_whoever_proposed_another_time_can_still_take_an_offered_one(cast: Cast):
    talk = planned_talk(cast)
    times = [next_week(10), next_week(13)]
    known = {"public_id": talk.public_id}
    offering.offer_talk(cast.leader.actor, times=times, minutes=45, **known)
    offering.propose_other_times(cast.employee.actor, times=[next_week(15)], **known)
    offering.propose_other_times(cast.employee.actor, times=[next_week(14)], **known)
    page = cast.employee.client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "14.00" in page
    assert "15.00" not in page
    offering.accept_offer(cast.employee.actor, time=times[1], **known)
    talk.refresh_from_db()
    assert (talk.state, talk.starts_at) == ("booked", times[1])


def test_a_time_that_the_leader_proposed_to_two_is_the_firsts(cast: Cast):
    first, second = planning.plan_talks(
        cast.leader.actor,
        employments=[cast.employee.employment, cast.colleague.employment],
    )
    for row in (first, second):
        offering.offer_talk(
            cast.leader.actor,
            public_id=row.public_id,
            times=[next_week(), next_week(12)],
            minutes=45,
        )
    offering.accept_offer(cast.employee.actor, public_id=first.public_id, time=next_week())
    offering.accept_offer(cast.employee.actor, public_id=first.public_id, time=next_week())
    with pytest.raises(Refused) as told:
        offering.accept_offer(cast.colleague.actor, public_id=second.public_id, time=next_week())
    assert told.value.field == "time"
    second.refresh_from_db()
    assert second.state == "offered"
    offering.accept_offer(cast.colleague.actor, public_id=second.public_id, time=next_week(12))
    second.refresh_from_db()
    assert second.state == "booked"
