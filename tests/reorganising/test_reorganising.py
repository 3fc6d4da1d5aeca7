"""Units merged, split, moved and closed: shown before, and talks follow the person (row X9)."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from musling.activity.models import Activity
from musling.conversations import access
from musling.conversations.actions import following, offering
from musling.conversations.actions.handing_over import hand_to_deputy
from musling.conversations.actions.new_leader import hand_over_in
from musling.conversations.models import Offer, Participant, State
from musling.conversations.queries.following import Fare
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Unit
from musling.people.leading import nearest_leader
from musling.people.models import Employment, Leadership, Person
from musling.reorganising.actions import reorganise
from musling.reorganising.changes import MERGE, NewUnit
from musling.reorganising.consequences import look, named
from musling.rounds.actions import opening, rolling_out
from musling.rounds.looking import look_of
from musling.rounds.models import Covered, Place
from tests.cast import Cast, booked_talk, member, planned_talk, unit
from tests.conversations import stages
from tests.reorganising.changed import Town, town, vacate
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("X9")]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place(cast: Cast) -> Town:
    return town(cast)


def unit_of(who) -> Unit:
    return Employment.objects.get(pk=who.employment.pk).unit


# --- what is shown ----------------------------------------------------------------------------


def test_merging_shows_who_moves_and_who_leads_them_then(place: Town):
    cast = place.cast
    found = place.looks(place.merge())
    assert (found.persons_going, len(found.going), found.refusals) == (5, 5, [])
    changes = {
        (
            change.before and change.before.profile.first_name,
            change.after and change.after.profile.first_name,
        ): change.people
        for change in found.leader_changes
    }
    # Lars was led by Christian; from now on he is one of Signe's team.
    assert changes == {("Lars", "Signe"): 4, ("Christian", "Signe"): 1}
    assert [post.employment_id for post in found.posts] == [cast.leader.employment.pk]
    names = [row.profile.first_name for row in named(found, 1, 3)]
    assert names == ["Jonas", "Lars", "Mette"]
    assert [row.profile.first_name for row in named(found, 2, 3)] == ["Tanja", "Vilma"]


def test_looking_changes_nothing_and_takes_as_many_queries_for_many(place: Town):
    cast = place.cast
    planned(cast)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            found = place.looks(place.merge())
            named(found, 1, 50)
        assert not any(q["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for q in made)
        return len(made)

    planned_talk(cast)
    few = queries()
    for number in range(30):
        member(cast.havneby, cast.unit, f"Ny{number}", log_in=False)
    for number in range(5):
        unit(cast.havneby, f"u{number}", f"Hold {number}", cast.unit)
    assert queries() == few


def test_nobody_but_hr_looks_or_changes(place: Town):
    for who in (place.cast.leader, place.cast.leaders_leader, place.cast.committee):
        with pytest.raises(NotThere):
            look(who.actor, place.merge())
        with pytest.raises(NotThere):
            reorganise(who.actor, place.merge(), seen="")
    foreign = unit(place.cast.sandvig, "9", "Fremmed")
    with pytest.raises(NotThere):
        place.looks(place.change(MERGE, into=foreign, under=foreign))
    with pytest.raises(NotThere):
        place.looks(place.change(MERGE, at=foreign, into=place.other, under=place.other))


# --- what cannot be done ----------------------------------------------------------------------


def refusals(place: Town, change) -> dict[str, str]:
    found = place.looks(change)
    for refused in found.refusals[:1]:
        with pytest.raises(Refused, match=r".") as raised:
            reorganise(place.cast.hr.actor, change, seen=found.mark)
        assert raised.value.message == refused.message
    return {refused.field: refused.message for refused in found.refusals}


def test_a_unit_below_itself_is_refused(place: Town):
    below = unit(place.cast.havneby, "8", "Aftenholdet", place.cast.unit)
    assert "under" in refusals(place, place.move(below))
    assert "under" in refusals(place, place.move(place.cast.unit))
    assert "into" in refusals(place, place.change(MERGE, into=below, under=below))


def test_what_cannot_be_says_what_to_do(place: Town):
    cast = place.cast
    assert set(refusals(place, place.change("close", under=cast.top))) == {"into"}
    assert set(refusals(place, place.split())) == {"who"}
    assert set(refusals(place, place.split(cast.employee, new=NewUnit(" ")))) == {"name"}
    taken = NewUnit("Nyt hold", number="3")
    assert set(refusals(place, place.split(cast.employee, new=taken))) == {"number"}
    assert set(refusals(place, place.move(cast.top))) == {"under"}
    same = place.change(MERGE, into=cast.unit, under=cast.unit)
    assert "into" in refusals(place, same)
    Unit.objects.filter(pk=place.other.pk).update(closed_on=cast.hr.actor.today)
    assert "into" in refusals(place, place.merge())


def test_hr_makes_nobody_of_her_own_the_leader(place: Town):
    cast = place.cast
    member(cast.havneby, cast.top, "Hans", role="hr")
    new = NewUnit("Nyt hold", leader=cast.hr.employment)
    assert set(refusals(place, place.split(cast.employee, new=new))) == {"leader"}


def test_while_a_round_opens_nothing_is_moved(place: Town):
    row = planned(place.cast)
    opening.open_round(place.cast.hr.actor, public_id=row.public_id)
    assert "" in refusals(place, place.merge())
    worked()
    assert refusals(place, place.merge()) == {}


def test_people_do_not_move_on_a_day_to_come(place: Town):
    later = place.cast.hr.actor.today + dt.timedelta(3)
    assert set(refusals(place, place.close(closed_from=later))) == {"day"}


# --- doing it ---------------------------------------------------------------------------------


def test_merging_moves_people_and_units_and_ends_the_post(place: Town):
    cast = place.cast
    below = unit(cast.havneby, "8", "Aftenholdet", cast.unit)
    epoch = cast.leader.person.session_epoch
    done = place.does(place.merge())
    assert (done.unit, done.people) == (place.other, 5)
    assert unit_of(cast.employee) == place.other
    below.refresh_from_db()
    place.other.refresh_from_db()
    assert (below.parent_id, below.path) == (place.other.pk, f"{place.other.path}{below.pk}/")
    cast.unit.refresh_from_db()
    assert cast.unit.closed_on == cast.hr.actor.today
    assert not Leadership.objects.filter(unit=cast.unit, ends_on=None).exists()
    assert Person.objects.get(pk=cast.leader.person.pk).session_epoch == epoch + 1
    leader = nearest_leader(
        Employment.objects.get(pk=cast.employee.employment.pk), cast.hr.actor.today
    )
    assert leader.profile_id == place.signe.profile.pk
    verbs = Activity.objects.filter(actor_id=cast.hr.profile.pk).values_list("verb", flat=True)
    assert {"unit.reorganised", "unit.closed", "unit.changed", "leadership.ended"} <= set(verbs)
    about = Activity.objects.filter(verb="employment.changed").values_list("about_id", flat=True)
    assert cast.employee.profile.pk in set(about)


def test_leaders_whose_team_is_another_are_told_once(place: Town):
    cast = place.cast
    planned_talk(cast)
    place.does(place.merge())
    told = Activity.objects.filter(verb="team.changed").values_list("about_id", flat=True)
    assert sorted(told) == sorted(
        one.profile.pk for one in (cast.leader, place.signe, cast.leaders_leader)
    )


def test_splitting_makes_a_unit_with_a_leader(place: Town):
    cast = place.cast
    new = NewUnit("Natholdet", parent=cast.unit, leader=cast.colleague.employment)
    change = place.split(cast.employee, cast.colleague, new=new)
    found = place.looks(change)
    assert (found.persons_going, found.staying) == (2, 3)
    done = place.does(change)
    assert (done.unit.name, done.unit.parent_id) == ("Natholdet", cast.unit.pk)
    today = cast.hr.actor.today
    mine = nearest_leader(Employment.objects.get(pk=cast.employee.employment.pk), today)
    assert mine.profile_id == cast.colleague.profile.pk
    # Jonas leads where he works: Lars, above, leads him.
    his = nearest_leader(Employment.objects.get(pk=cast.colleague.employment.pk), today)
    assert his.profile_id == cast.leader.profile.pk
    assert unit_of(cast.union_rep) == cast.unit


def test_moving_a_unit_shows_whom_the_leader_above_leads(place: Town):
    cast = place.cast
    found = place.looks(place.move(place.other))
    (change,) = found.leader_changes
    assert (change.before.profile_id, change.after.profile_id, change.people) == (
        cast.leaders_leader.profile.pk,
        place.signe.profile.pk,
        1,
    )
    assert found.going == []
    place.does(place.move(place.other))
    cast.unit.refresh_from_db()
    assert cast.unit.parent_id == place.other.pk


def test_closing_says_where_people_and_units_go(place: Town):
    cast = place.cast
    below = unit(cast.havneby, "8", "Aftenholdet", cast.unit)
    evening = member(cast.havneby, below, "Eva")
    found = place.looks(place.close())
    assert [row.name for row in found.units_moving] == ["Aftenholdet"]
    pairs = {
        (one.before.profile.first_name, one.after.profile.first_name)
        for one in found.leader_changes
    }
    # Aftenholdet has no leader of its own: Lars led it, Christian does.
    assert ("Lars", "Christian") in pairs
    place.does(place.close())
    below.refresh_from_db()
    assert below.parent_id == cast.top.pk
    assert unit_of(evening) == below


def test_an_empty_unit_closes_on_any_day(place: Town):
    cast = place.cast
    empty = unit(cast.havneby, "9", "Depotet", cast.top)
    later = cast.hr.actor.today + dt.timedelta(30)
    place.does(place.change("close", at=empty, closed_from=later))
    empty.refresh_from_db()
    assert empty.closed_on == later


def test_who_starts_later_moves_along(place: Town):
    cast = place.cast
    later = member(cast.havneby, cast.unit, "Sofus")
    Employment.objects.filter(pk=later.employment.pk).update(
        starts_on=cast.hr.actor.today + dt.timedelta(20)
    )
    found = place.looks(place.merge())
    assert [odd.people for odd in found.odd if odd.named == ["Sofus Prøve"]] == [1]
    place.does(place.merge())
    assert unit_of(later) == place.other


# --- what is odd ------------------------------------------------------------------------------


def odd_names(found) -> dict[str, list[str]]:
    return {odd.what: list(odd.named) for odd in found.odd}


def test_a_vacant_post_is_shown_with_what_to_do(place: Town):
    cast = place.cast
    vacate(place.other)
    found = place.looks(place.merge())
    odd = next(one for one in found.odd if "Mette Prøve" in one.named)
    assert "vacant" in odd.what
    assert odd.do
    vacate(cast.top)
    found = place.looks(place.merge())
    odd = next(one for one in found.odd if "Mette Prøve" in one.named)
    assert "Nobody" in odd.what


def test_who_would_lead_oneself_is_led_from_above(place: Town):
    cast = place.cast
    Leadership.objects.filter(unit=place.other).update(employment=cast.colleague.employment)
    found = place.looks(place.merge())
    odd = next(one for one in found.odd if "Jonas Prøve" in one.named)
    assert "leader above" in odd.what
    his = next(one for one in found.people.rows if one.row.pk == cast.colleague.employment.pk)
    assert his.after.leader.profile_id == cast.leaders_leader.profile.pk


def test_who_leads_a_unit_as_before_is_not_odd(place: Town):
    found = place.looks(place.close())
    assert all("Lars Prøve" not in odd.named for odd in found.odd if "where they work" in odd.what)
    below = unit(place.cast.havneby, "8", "Aftenholdet", place.cast.unit)
    member(place.cast.havneby, below, "Eva", leads=below)
    found = place.looks(place.merge())
    assert any(
        one.before.leader.profile.first_name == "Lars"
        and one.after.leader.profile.first_name == "Signe"
        for one in found.people.rows
        if one.row.unit_id == below.pk
    )
    assert all("Eva Prøve" not in odd.named for odd in found.odd)


def test_a_leader_who_moves_away_goes_on_leading(place: Town):
    found = place.looks(place.split(place.cast.leader))
    assert ["Lars Prøve"] in odd_names(found).values()


# --- talks follow the person ------------------------------------------------------------------


def test_a_booked_talk_goes_along_without_its_time_and_without_what_was_handed_in(place: Town):
    cast = place.cast
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    found = place.looks(place.merge())
    assert found.talks.fares == {talk.pk: Fare.WITH_TIME}
    done = place.does(place.merge())
    assert done.talks == 1
    before = talk.calendar_sequence
    talk.refresh_from_db()
    assert (talk.state, talk.calendar_sequence) == (State.PLANNED, before + 1)
    mine = open_talk(cast.employee.actor, talk.public_id)
    assert mine.other.profile_id == place.signe.profile.pk
    assert mine.me.handed_in_at is None
    assert not access.readable_handed_in(place.signe.actor).exists()
    with pytest.raises(NotThere):
        open_talk(cast.leader.actor, talk.public_id)
    noted = Activity.objects.get(verb="leader.took_over")
    assert (noted.object_id, noted.about_id) == (talk.pk, cast.employee.profile.pk)
    assert noted.more == {"former": cast.leader.profile.pk, "sequence": talk.calendar_sequence}


def test_the_new_leader_offers_and_holds_it(place: Town):
    cast = place.cast
    talk = booked_talk(cast)
    place.does(place.merge())
    time = stages.next_week(14)
    offering.offer_talk(place.signe.actor, public_id=talk.public_id, times=[time], minutes=45)
    offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=time)
    stages.agreed_frame_by(cast.employee, place.signe, talk)
    assert talk.state == State.OPEN


def test_a_declined_talk_stays_declined_and_can_be_wanted_after_all(place: Town):
    cast = place.cast
    talk = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=talk.public_id, times=[stages.next_week()], minutes=45
    )
    offering.decline_offer(cast.employee.actor, public_id=talk.public_id)
    place.does(place.merge())
    talk.refresh_from_db()
    assert talk.state == State.DECLINED
    assert Offer.objects.get().answer == Offer.Answer.DECLINED
    offering.take_back_decline(cast.employee.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert talk.state == State.PLANNED  # the times were the former leader's


def test_an_offer_from_before_is_withdrawn_but_stays_as_proof(place: Town):
    cast = place.cast
    talk = planned_talk(cast)
    offer = offering.offer_talk(
        cast.leader.actor, public_id=talk.public_id, times=[stages.next_week()], minutes=45
    )
    place.does(place.merge())
    offer.refresh_from_db()
    assert (offer.answer, len(offer.times)) == (Offer.Answer.WITHDRAWN, 1)


def test_a_talk_that_has_begun_stays_until_both_agree(place: Town):
    cast = place.cast
    talk = stages.held_talk(cast)
    assert place.looks(place.merge()).talks.fares == {talk.pk: Fare.STAYS}
    place.does(place.merge())
    hand_over_in(cast.havneby.pk)
    assert stages.seat(talk, "leader").profile_id == cast.leader.profile.pk


def test_of_an_agreed_talk_the_agreements_go_along(place: Town):
    cast = place.cast
    talk = stages.approved_talk(cast)
    assert place.looks(place.merge()).talks.fares == {talk.pk: Fare.AGREEMENTS}
    place.does(place.merge())
    assert hand_over_in(cast.havneby.pk) == 1
    seat = stages.seat(talk, "leader")
    assert (seat.profile_id, seat.goes_along) == (place.signe.profile.pk, "nothing")


def test_a_deputy_of_who_still_leads_keeps_the_talk(place: Town):
    cast = place.cast
    talk = booked_talk(cast)
    hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    following.follow(cast.hr.actor, [talk.pk])
    assert stages.seat(talk, "leader").profile_id == cast.colleague.profile.pk
    place.does(place.merge())
    assert stages.seat(talk, "leader").profile_id == place.signe.profile.pk


def test_a_leader_who_gets_the_talk_back_sees_only_what_is_handed_in_from_then_on(place: Town):
    cast = place.cast
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    place.does(place.split(cast.employee))
    back = place.change(
        "split", at=place.other, who=frozenset([cast.employee.employment.pk]), into=cast.unit
    )
    place.does(back)
    seat = stages.seat(talk, "leader")
    assert seat.profile_id == cast.leader.profile.pk
    assert Participant.objects.filter(conversation=talk, part="leader").count() == 2
    assert not access.readable_handed_in(cast.leader.actor).exists()


def test_talks_of_whom_nobody_leads_wait_where_they_are(place: Town):
    cast = place.cast
    talk = planned_talk(cast)
    vacate(place.other)
    vacate(cast.top)
    found = place.looks(place.merge())
    assert (found.talks.fares, found.talks.waiting) == ({}, 1)
    place.does(place.merge())
    assert stages.seat(talk, "leader").profile_id == cast.leader.profile.pk


def test_many_talks_follow_in_the_background(place: Town, monkeypatch):
    cast = place.cast
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    monkeypatch.setattr(following, "AT_ONCE", 2)
    done = place.does(place.merge())
    assert done.talks == 5
    assert done.run.total == 5
    assert following.followers_on_the_way(cast.hr.actor) == done.run
    worked()
    assert following.followers_on_the_way(cast.hr.actor) is None
    led = access.led_talks(place.signe.actor)
    assert led.count() == 5
    assert Activity.objects.filter(verb="leader.took_over").count() == 5


def test_following_takes_as_many_statements_for_many(place: Town):
    cast = place.cast
    for number in range(20):
        member(cast.havneby, cast.unit, f"Ny{number}", log_in=False)
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    talks = sorted(
        Place.objects.filter(employment__unit=cast.unit).values_list("conversation", flat=True)
    )
    Employment.objects.filter(unit=cast.unit).update(unit=place.other)

    def statements(some) -> int:
        with CaptureQueriesContext(connection) as made:
            assert sum(following.follow(cast.hr.actor, some).values()) == len(some)
        return len(made)

    assert statements(talks[:1]) == statements(talks[1:])


# --- rounds -----------------------------------------------------------------------------------


def test_who_waits_for_a_talk_gets_it_outside_what_the_round_covers(place: Town):
    cast = place.cast
    employment = cast.employee.employment
    employment.leave_from = cast.hr.actor.today
    employment.save()
    row = planned(cast)
    Covered.objects.create(organisation=cast.havneby, round=row, unit=cast.unit)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    waiting = Place.objects.get(round=row, employment=employment)
    assert waiting.conversation is None
    place.does(place.split(cast.employee))
    Employment.objects.filter(pk=employment.pk).update(leave_from=None)
    opening.look_at_all()
    worked()
    waiting.refresh_from_db()
    assert waiting.conversation is not None
    assert stages.seat(waiting.conversation, "leader").profile_id == place.signe.profile.pk


def test_the_page_says_who_comes_into_a_round_and_the_morning_takes_them_in(place: Town):
    cast = place.cast
    row = planned(cast)
    Covered.objects.create(organisation=cast.havneby, round=row, unit=place.other)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    there = Place.objects.filter(round=row).count()
    found = place.looks(place.merge())
    assert any(matter.fate.startswith("5 people come into it") for matter in found.matters)
    place.does(place.merge())
    opening.look_at_all()
    worked()
    assert Place.objects.filter(round=row).count() == there + 5
    assert look_of(row, cast.hr.actor.today).scope.covered


def test_the_form_comes_to_who_follows_to_a_leader_who_has_sent_it(place: Town):
    cast = place.cast
    member(cast.havneby, place.other, "Sofus")
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    rolling_out.send_form(place.signe.actor, public_id=row.public_id)
    place.does(place.merge())
    talk = Place.objects.get(round=row, employment=cast.employee.employment).conversation
    assert talk.form_waits
    rolling_out.send_forms_of_near_talks()
    talk.refresh_from_db()
    assert not talk.form_waits
    told = Activity.objects.filter(verb="conversation.form_sent", object_id=talk.pk)
    assert told.get().about_id == cast.employee.profile.pk
    # Christian has not sent it: his team's talks wait.
    his = Place.objects.get(round=row, employment=cast.consultant.employment).conversation
    assert his.form_waits


# --- two in HR, twice, and meanwhile ----------------------------------------------------------


def test_pressed_twice_it_is_done_once(place: Town):
    change = place.merge()
    seen = place.looks(change).mark
    first = reorganise(place.cast.hr.actor, change, seen=seen)
    second = reorganise(place.cast.hr.actor, change, seen=seen)
    assert (first.before, second.before, second.unit) == (False, True, place.other)
    assert Activity.objects.filter(verb="unit.closed").count() == 1


def test_there_and_back_and_there_again_is_done_each_time(place: Town):
    for under in (place.other, place.cast.top, place.other):
        assert not place.does(place.move(under)).before
        place.cast.unit.refresh_from_db()
        assert place.cast.unit.parent == under


def test_a_unit_that_others_moved_meanwhile_is_shown_where_it_is(place: Town):
    cast = place.cast
    below = unit(cast.havneby, "8", "Aftenholdet", cast.unit)
    change = place.merge()
    seen = place.looks(change).mark
    place.does(place.change("move", at=Unit.objects.get(pk=cast.unit.pk), under=None))
    found = place.looks(change)
    assert [row.pk for row in found.units_moving] == [below.pk]
    assert found.persons_going == 5
    with pytest.raises(ChangedMeanwhile):
        reorganise(cast.hr.actor, change, seen=seen)
    reorganise(cast.hr.actor, change, seen=found.mark)
    below.refresh_from_db()
    assert below.path == f"{place.other.path}{below.pk}/"


@pytest.mark.parametrize("what", ["person", "leader", "talk", "unit"])
def test_what_changed_meanwhile_is_shown_before_it_is_done(place: Town, what):
    cast = place.cast
    change = place.merge()
    seen = place.looks(change).mark
    if what == "person":
        member(cast.havneby, cast.unit, "Nyansat")
    elif what == "leader":
        Leadership.objects.filter(unit=place.other).update(employment=cast.colleague.employment)
    elif what == "talk":
        planned_talk(cast)
    else:
        unit(cast.havneby, "8", "Aftenholdet", cast.unit)
    with pytest.raises(ChangedMeanwhile):
        reorganise(cast.hr.actor, change, seen=seen)
    assert unit_of(cast.employee) == cast.unit
    place.does(change)
    assert unit_of(cast.employee) == place.other
