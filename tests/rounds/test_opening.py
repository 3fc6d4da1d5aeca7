"""Opening a round: a documented offer to everybody, once, with the right leader (rows A1, D1)."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.conversations.actions.offering import offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.actions.preparing import hand_in, save_answers
from musling.conversations.coverage.queries import coverage
from musling.conversations.models import (
    Conversation,
    Offer,
    Participant,
    Preparation,
    TalliedUntil,
)
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import NotThere
from musling.people.models import Employment, Leadership
from musling.rounds.actions import opening, planning
from musling.rounds.actions.rolling_out import send_form
from musling.rounds.looking import look_of
from musling.rounds.models import Place, Round, State
from musling.rounds.queries import preview, progress, year_of_talks
from musling.schedule import counting
from musling.work.models import Run
from tests.cast import Cast, booked_talk, member
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("D1")]


def opened(cast: Cast, **facts) -> Round:
    row = planned(cast, **facts)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    row.refresh_from_db()
    return row


def talk_of(who) -> Conversation:
    return Conversation.objects.get(
        participant__employment=who.employment, participant__part="employee"
    )


@pytest.mark.row("A1")
def test_everybody_is_offered_a_talk_with_the_nearest_leader(cast: Cast):
    row = opened(cast)
    assert row.state == State.OPEN
    assert row.opened_at
    talk = talk_of(cast.employee)
    seats = {seat.part: seat.profile_id for seat in Participant.objects.filter(conversation=talk)}
    assert seats == {"employee": cast.employee.profile.pk, "leader": cast.leader.profile.pk}
    assert (talk.state, talk.key_id, talk.year) == ("offered", None, cast.hr.actor.today.year)
    offer = Offer.objects.get(conversation=talk)
    assert (offer.how, offer.times, offer.answer) == ("round", [], "none")
    assert offer.sent_by.profile_id == cast.leader.profile.pk
    assert Activity.objects.filter(
        verb="conversation.offered_in_round",
        object_id=talk.pk,
        about_id=cast.employee.profile.pk,
        more={"round": row.pk},
    ).exists()
    # A leader's talk is with the leader above.
    above = talk_of(cast.leader)
    assert Participant.objects.get(conversation=above, part="leader").profile_id == (
        cast.leaders_leader.profile.pk
    )
    assert not Preparation.objects.exists()


def test_the_preview_says_what_opening_does(cast: Cast):
    leave = cast.colleague.employment
    leave.leave_from = cast.hr.actor.today
    leave.save()
    row = planned(cast)
    found = preview(cast.hr.actor, row)
    assert not Place.objects.exists()
    assert not Conversation.objects.exists()
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    assert Place.objects.filter(round=row).count() == found.people
    assert Conversation.objects.count() == found.now
    assert found.waits["on_leave"] == 1
    assert Place.objects.filter(round=row, conversation=None).count() == found.later
    assert progress(cast.hr.actor, row).offered == found.now


def test_opening_twice_and_by_two_people_makes_nothing_twice(cast: Cast):
    row = opened(cast)
    before = (Conversation.objects.count(), Place.objects.count(), Offer.objects.count())
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    opening.take_in(cast.hr.actor, look_of(row, clock.today()), [cast.unit.pk, cast.top.pk])
    assert (Conversation.objects.count(), Place.objects.count(), Offer.objects.count()) == before
    assert Run.objects.filter(name=opening.OPEN).count() == 1


def test_a_step_that_is_killed_is_done_again_from_its_cursor(cast: Cast, monkeypatch):
    row = planned(cast)
    monkeypatch.setattr("musling.rounds.looking.PEOPLE_AT_ONCE", 1)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    real, steps = opening.offer_to, []

    def dies(actor, round_, placed):
        made = real(actor, round_, placed)
        steps.append(len(made))
        if len(steps) == 2:
            raise KeyboardInterrupt
        return made

    monkeypatch.setattr(opening, "offer_to", dies)
    with pytest.raises(KeyboardInterrupt):
        worked()
    done = Place.objects.filter(round=row).count()
    assert 0 < done < Employment.objects.filter(organisation=cast.havneby).count()
    monkeypatch.setattr(opening, "offer_to", real)
    worked()
    row.refresh_from_db()
    assert row.state == State.OPEN
    employments = list(Place.objects.filter(round=row).values_list("employment", flat=True))
    assert len(employments) == len(set(employments)) > done
    assert Conversation.objects.count() == Offer.objects.count()


def test_a_talk_that_the_leader_planned_already_is_the_one(cast: Cast):
    (there,) = plan_talks(cast.leader.actor, employments=[cast.employee.employment])
    row = opened(cast)
    place = Place.objects.get(round=row, employment=cast.employee.employment)
    assert place.conversation_id == there.pk
    assert Participant.objects.filter(employment=cast.employee.employment).count() == 1
    there.refresh_from_db()
    offer = Offer.objects.get(conversation=there)
    assert (there.state, offer.how, offer.sent_by.profile_id) == (
        "offered",
        "round",
        cast.leader.profile.pk,
    )


def test_nothing_of_another_organisation_is_touched(cast: Cast):
    opened(cast)
    assert not Conversation.objects.filter(organisation=cast.sandvig).exists()
    assert not Place.objects.exclude(organisation=cast.havneby).exists()


@pytest.mark.parametrize("who", ["employee", "leader", "committee", "neighbour"])
def test_who_is_not_hr_cannot_plan_or_open(cast: Cast, who):
    row = planned(cast)
    with pytest.raises(NotThere):
        opening.open_round(cast.everybody[who].actor, public_id=row.public_id)
    with pytest.raises(NotThere):
        planning.copy_round(cast.everybody[who].actor, public_id=row.public_id)


def test_whoever_is_hired_or_comes_back_is_taken_in_the_next_day(cast: Cast):
    cast.colleague.employment.leave_from = cast.hr.actor.today
    cast.colleague.employment.save()
    row = opened(cast)
    assert Place.objects.get(employment=cast.colleague.employment).waits == "on_leave"
    new = member(cast.havneby, cast.unit, "Nils")
    cast.colleague.employment.leave_from = None
    cast.colleague.employment.save()
    opening.look_at_all()
    worked()
    for who in (new, cast.colleague):
        place = Place.objects.get(round=row, employment=who.employment)
        assert (place.waits, place.closed_at) == ("", None)
        assert place.conversation_id == talk_of(who).pk


def test_whoever_left_is_closed_and_the_talk_called_off(cast: Cast):
    row = opened(cast)
    talk = talk_of(cast.employee)
    cast.employee.employment.ends_on = cast.hr.actor.today - dt.timedelta(1)
    cast.employee.employment.save()
    opening.look_at_all()
    worked()
    place = Place.objects.get(round=row, employment=cast.employee.employment)
    assert (place.closed_why, bool(place.closed_at)) == ("left", True)
    talk.refresh_from_db()
    assert talk.state == "cancelled"
    assert Offer.objects.get(conversation=talk).answer == "withdrawn"
    opening.look_at_all()
    worked()
    assert Activity.objects.filter(verb="conversation.called_off", object_id=talk.pk).count() == 1


def test_who_waits_for_a_leader_gets_a_talk_when_there_is_one(cast: Cast):
    Leadership.objects.filter(organisation=cast.havneby).delete()
    row = opened(cast)
    assert not Conversation.objects.exists()
    assert set(Place.objects.filter(round=row).values_list("waits", flat=True)) == {"no_leader"}
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.leader.employment,
        starts_on=clock.today(),
    )
    opening.look_at_all()
    worked()
    assert Place.objects.get(employment=cast.employee.employment).conversation is not None
    assert Place.objects.get(employment=cast.leader.employment).waits == "no_leader"


def test_the_queries_do_not_grow_with_the_people(cast: Cast):
    def taken(number: int) -> int:
        row = planned(cast, name=f"Runde {number}", year=2030 + number)
        with CaptureQueriesContext(connection) as queries:
            opening.take_in(cast.hr.actor, look_of(row, clock.today()), [cast.unit.pk])
        return len(queries)

    few = taken(1)
    Conversation.objects.update(held_at=clock.now())  # else these talks would go on
    for number in range(30):
        member(cast.havneby, cast.unit, f"Ny{number}", log_in=False)
    assert taken(2) == few


def test_the_first_text_makes_the_key_and_the_preparation(cast: Cast):
    row = opened(cast)
    send_form(cast.leader.actor, public_id=row.public_id)
    talk = talk_of(cast.employee)
    item = open_talk(cast.employee.actor, talk.public_id).document.items_for("employee")[0].id
    save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={item: {"text": "Kun mit"}},
        versions={},
    )
    talk.refresh_from_db()
    assert Preparation.objects.count() == 1
    assert talk.key_id is None
    hand_in(cast.employee.actor, public_id=talk.public_id, items=[item])
    talk.refresh_from_db()
    assert talk.key_id is not None
    seen = handed_in(cast.leader.actor, open_talk(cast.leader.actor, talk.public_id))
    assert [answers[item]["text"] for answers in seen.values()] == ["Kun mit"]


def test_the_leader_proposes_times_for_an_offer_without_any(cast: Cast):
    opened(cast)
    talk = talk_of(cast.employee)
    offer_talk(
        cast.leader.actor,
        public_id=talk.public_id,
        times=[clock.now() + dt.timedelta(days=3)],
        minutes=45,
    )
    offers = Offer.objects.filter(conversation=talk).order_by("pk")
    assert [offer.answer for offer in offers] == ["withdrawn", "none"]


@pytest.mark.row("D1")
def test_a_talk_that_goes_on_from_last_year_counts_in_this_one_too(cast: Cast):
    """The round says that the employee is offered a talk; coverage must not say the opposite."""
    talk = booked_talk(cast)
    year = cast.hr.actor.today.year
    Conversation.objects.filter(pk=talk.pk).update(year=year - 1)
    TalliedUntil.objects.update(until=None)
    counting.count()
    assert coverage(cast.hr.actor, year=year).total.number("booked") == 0
    row = opened(cast)
    assert Place.objects.get(round=row, employment=cast.employee.employment).conversation == talk
    counting.count()  # by the log alone
    for one in (year - 1, year):
        assert coverage(cast.hr.actor, year=one).total.number("booked") == 1
    found, now = progress(cast.hr.actor, row), coverage(cast.hr.actor, year=year).total
    assert found.booked == now.number("booked")
    assert found.offered == now.number("booked") + now.number("offered")


def test_the_year_of_the_talks_is_that_of_the_round_that_goes_on(cast: Cast):
    hr = cast.hr.actor
    new_year = replace(hr, at=hr.at.replace(year=hr.today.year + 1, month=1, day=5))
    row = planned(cast)
    opening.open_round(hr, public_id=row.public_id)
    worked()
    assert year_of_talks(hr) == hr.today.year
    Round.objects.filter(pk=row.pk).update(ends_on=dt.date(hr.today.year, 12, 31))
    assert year_of_talks(new_year) == hr.today.year + 1
    Round.objects.filter(pk=row.pk).update(ends_on=dt.date(hr.today.year + 1, 2, 1))
    assert year_of_talks(new_year) == hr.today.year
    later = planned(cast, year=hr.today.year + 1)
    Round.objects.filter(pk=later.pk).update(state="open", ends_on=dt.date(hr.today.year + 1, 9, 1))
    assert year_of_talks(new_year) == hr.today.year + 1
