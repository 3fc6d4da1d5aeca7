"""Free times, times put out for several, moving and putting off many, and answers to a time."""

import datetime as dt

import pytest

from musling.calendars.actions import keep_hours
from musling.calendars.models import BusyTime
from musling.conversations.actions import inviting, moving, offering
from musling.conversations.models import Conversation, Offer, SharedTimes
from musling.conversations.queries.steps import next_step
from musling.conversations.queries.talks import talk
from musling.conversations.queries.team import team
from musling.conversations.queries.times import (
    Period,
    appointments,
    free_for_talks,
    one_a_day,
    spread,
    times_left,
)
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Organisation
from tests.cast import Cast, Member, booked_talk, next_week, planned_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused, verbs
from tests.web.staff_pages import employ_many

pytestmark = pytest.mark.django_db
EVERY_DAY = [(dt.time(8), dt.time(16))] * 7
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _works_every_day(cast: Cast) -> None:
    """So that no test depends on which weekday it is."""
    for member in (cast.leader, cast.employee):
        keep_hours(member.actor, hours=EVERY_DAY, pause=0)


@pytest.fixture(autouse=True)
def _no_holidays(monkeypatch) -> None:
    monkeypatch.setattr("musling.calendars.slots.is_day_off", lambda _day: False)


def that_day(member: Member, **more) -> list[int]:
    """At which hours the member is free for an hour on the day of next_week()."""
    day = next_week().date()
    found = free_for_talks(member.actor, Period(day, day), minutes=60, **more)
    return [time.hour for time in found]


def put_out(cast: Cast, *hours: int, to: tuple[Member, ...] = ()) -> dict[int, Conversation]:
    """Times of that day for several, an hour each; the talks by the employee's profile."""
    people = to or (cast.employee, cast.colleague)
    talks = inviting.put_out_times(
        cast.leader.actor,
        employments=[one.employment.public_id for one in people],
        times=[next_week(hour) for hour in hours],
        minutes=60,
    )
    return {stages.seat(row, "employee").profile_id: row for row in talks}


def left(member: Member, row: Conversation) -> list[int]:
    offer = Offer.objects.filter(conversation=row).latest("pk")
    return [time.hour for time in times_left(member.actor, offer)]


# --- free times -----------------------------------------------------------------------------------


def test_own_talks_in_whatever_part_are_kept_out(cast: Cast):
    assert that_day(cast.leader) == list(range(8, 16))
    booked_talk(cast)  # at ten, 45 minutes
    from_a_quarter_to_eleven = [10, 11, 12, 13, 14]
    assert that_day(cast.leader) == [8, 9, *from_a_quarter_to_eleven]
    assert that_day(cast.employee) == [8, 9, *from_a_quarter_to_eleven]


def test_what_the_own_calendar_says_is_kept_out_for_the_own_talks_alone(cast: Cast):
    BusyTime.objects.create(
        organisation=cast.havneby,
        profile=cast.leader.profile,
        starts_at=next_week(8),
        ends_at=next_week(15),
    )
    assert that_day(cast.leader) == [15]
    assert that_day(cast.employee) == list(range(8, 16))


def test_a_time_that_waits_for_an_answer_is_kept_out_until_it_is_withdrawn(cast: Cast):
    row = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=row.public_id, times=[next_week(9)], minutes=60
    )
    assert 9 not in that_day(cast.leader)
    assert 9 in that_day(cast.leader, without=[row.pk])
    offering.decline_offer(cast.employee.actor, public_id=row.public_id)
    assert 9 in that_day(cast.leader)


def test_times_put_out_for_several_are_kept_out(cast: Cast):
    put_out(cast, 9, 11)
    assert that_day(cast.leader) == [8, 10, 12, 13, 14, 15]


def test_free_times_cost_the_same_with_1_and_30_talks(cast: Cast, django_assert_num_queries):
    booked_talk(cast)
    actor = cast.leader.actor
    with django_assert_num_queries(4):
        free_for_talks(actor, Period(actor.today, actor.today + WEEK), minutes=45)
    employ_many(cast, range(29))
    unoffered = [row.employment.public_id for row in team(actor).unoffered]
    inviting.invite_team(
        actor,
        times={who: next_week(9) + n * dt.timedelta(days=1) for n, who in enumerate(unoffered)},
        minutes=30,
    )
    with django_assert_num_queries(4):
        free_for_talks(actor, Period(actor.today, actor.today + WEEK), minutes=45)


def test_a_choice_is_of_different_days():
    base = dt.datetime(2026, 9, 7, 9, tzinfo=dt.UTC)
    times = [base + dt.timedelta(hours=n) for n in (0, 1, 24, 25, 48)]
    assert one_a_day(times, 2) == [times[0], times[2]]


def test_times_for_several_lie_over_a_week_and_over_each_day():
    base = dt.datetime(2026, 9, 7, 8, tzinfo=dt.UTC)
    times = [base + dt.timedelta(days=day, hours=hour) for day in range(20) for hour in range(8)]
    found = [(time.day, time.hour) for time in spread(times, 8)]
    assert found == [(day, hour) for day in (7, 8, 9, 10) for hour in (8, 12)]
    assert spread(times[:8], 6) == times[:6], "one day alone: half a day later, then the earliest"
    assert spread(times[:3], 6) == times[:3]
    assert spread([], 6) == []


# --- put out, and pick ----------------------------------------------------------------------------


def test_whoever_picks_first_has_the_time_and_the_others_see_what_is_left(cast: Cast):
    talks = put_out(cast, 9, 11, 13)
    mine, theirs = (talks[one.profile.pk] for one in (cast.employee, cast.colleague))
    assert left(cast.employee, mine) == [9, 11, 13]
    offering.accept_offer(cast.employee.actor, public_id=mine.public_id, time=next_week(11))
    assert left(cast.colleague, theirs) == [9, 13]
    with refused("Somebody else has just taken that time."):
        offering.accept_offer(cast.colleague.actor, public_id=theirs.public_id, time=next_week(11))
    offering.accept_offer(cast.colleague.actor, public_id=theirs.public_id, time=next_week(13))
    assert Conversation.objects.filter(state="booked").count() == 2


def test_who_took_which_stands_nowhere_but_in_the_talks(cast: Cast):
    talks = put_out(cast, 9, 11)
    before = SharedTimes.objects.values().get()
    mine = talks[cast.employee.profile.pk]
    offering.accept_offer(cast.employee.actor, public_id=mine.public_id, time=next_week(9))
    assert SharedTimes.objects.values().get() == before


def test_a_time_that_an_employee_gives_up_can_be_picked_by_another(cast: Cast):
    talks = put_out(cast, 9, 11)
    mine, theirs = (talks[one.profile.pk] for one in (cast.employee, cast.colleague))
    offering.accept_offer(cast.employee.actor, public_id=mine.public_id, time=next_week(9))
    moving.postpone_talk(cast.employee.actor, public_id=mine.public_id)
    assert left(cast.colleague, theirs) == [9, 11]


def test_a_time_that_the_leader_cannot_make_is_out_for_everybody(cast: Cast):
    talks = put_out(cast, 9, 11)
    mine, theirs = (talks[one.profile.pk] for one in (cast.employee, cast.colleague))
    offering.accept_offer(cast.employee.actor, public_id=mine.public_id, time=next_week(9))
    moving.postpone_talk(cast.leader.actor, public_id=mine.public_id)
    assert left(cast.colleague, theirs) == [11]


def test_another_talk_of_the_leaders_takes_a_time_too(cast: Cast):
    talks = put_out(cast, 10, 12, to=(cast.colleague,))
    booked_talk(cast)  # Mette's, at ten
    assert left(cast.colleague, talks[cast.colleague.profile.pk]) == [12]


def all_invited(cast: Cast) -> int:
    """Lars gives everybody who has none a time; how many were sent."""
    waiting = [row.employment.public_id for row in team(cast.leader.actor).unoffered]
    times = {who: next_week(8) + n * dt.timedelta(hours=1) for n, who in enumerate(waiting)}
    assert times
    sent = inviting.invite_team(cast.leader.actor, times=times, minutes=45)
    assert len(sent) == len(times), "nobody who was ticked is left out"
    assert not team(cast.leader.actor).unoffered
    return len(sent)


def test_a_talk_that_was_not_held_before_new_year_is_offered_with_the_others(cast: Cast):
    before_new_year()
    row = planned_talk(cast)
    clock.move(dt.timedelta(days=20))
    assert clock.today().year == row.year + 1
    assert all_invited(cast) == 4
    row.refresh_from_db()
    assert row.state == "offered"
    assert Conversation.objects.filter(year=row.year + 1).count() == 3


def test_times_that_have_passed_are_followed_by_new_ones(cast: Cast):
    put_out(cast, 9, 11)
    clock.move(dt.timedelta(days=8))
    assert all_invited(cast) == 4
    assert Offer.objects.filter(answer=Offer.Answer.WITHDRAWN).count() == 2


def test_a_new_leaders_talk_without_times_is_offered_though_the_former_one_had_some(cast: Cast):
    row = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=row.public_id, times=[next_week(9)], minutes=45
    )
    Offer.objects.update(answer=Offer.Answer.WITHDRAWN)
    Offer.objects.create(
        organisation=cast.havneby,
        conversation=row,
        sent_at=clock.now(),
        sent_by=stages.seat(row, "leader"),
        times=[],
        minutes=45,
        how="round",
    )
    assert all_invited(cast) == 4


def before_new_year() -> None:
    """A few days before New Year."""
    today = clock.today()
    clock.move(dt.timedelta(days=(dt.date(today.year, 12, 20) - today).days % 365))


# --- nobody is in two places ----------------------------------------------------------------------


def offered_to_colleague(cast: Cast, *hours: int) -> Conversation:
    """Jonas has been offered these times of that day, for him alone."""
    row = stages.planned_by(cast.leader, cast.colleague)
    times = [next_week(hour) for hour in hours]
    offering.offer_talk(cast.leader.actor, public_id=row.public_id, times=times, minutes=45)
    return row


def test_a_time_offered_to_two_is_taken_by_the_first(cast: Cast):
    theirs = offered_to_colleague(cast, 10, 12)
    booked_talk(cast)  # Mette's, at ten
    assert left(cast.colleague, theirs) == [12]
    with refused("Somebody else has just taken that time.", "time"):
        offering.accept_offer(cast.colleague.actor, public_id=theirs.public_id, time=next_week(10))
    offering.accept_offer(cast.colleague.actor, public_id=theirs.public_id, time=next_week(12))


def test_a_time_that_has_passed_is_not_among_those_left(cast: Cast):
    row = offered_to_colleague(cast, 10)
    clock.move(dt.timedelta(days=8))
    assert left(cast.colleague, row) == []


def test_the_leader_does_not_offer_take_or_move_to_a_time_of_another_talk(cast: Cast):
    booked_talk(cast)  # Mette's, at ten
    row = stages.planned_by(cast.leader, cast.colleague)
    its = {"public_id": row.public_id}
    lars, jonas = cast.leader.actor, cast.colleague.actor
    taken = "You have another talk at one of the times."
    with refused(taken, "times"):
        offering.offer_talk(lars, **its, times=[next_week(9), next_week(10)], minutes=45)
    offering.offer_talk(lars, **its, times=[next_week(12)], minutes=45)
    offering.propose_other_times(jonas, **its, times=[next_week(10)])
    with refused(taken, "time"):
        offering.take_proposed_time(lars, **its, time=next_week(10))
    offering.accept_offer(jonas, **its, time=next_week(12))
    with refused(taken, "time"):
        moving.move_talk(lars, **its, time=next_week(9), minutes=90)
    with refused(taken, row.public_id):
        moving.move_many(lars, times={row.public_id: next_week(10)})
    moving.move_talk(lars, **its, time=next_week(12), minutes=90)


def test_an_employee_with_another_talk_then_does_not_take_the_time(cast: Cast):
    """Lars leads Mette at ten; his own leader offers him the same hour."""
    booked_talk(cast)
    row = stages.planned_by(cast.leaders_leader, cast.leader)
    offering.offer_talk(
        cast.leaders_leader.actor, public_id=row.public_id, times=[next_week(10)], minutes=45
    )
    with refused("You have another talk at that time.", "time"):
        offering.accept_offer(cast.leader.actor, public_id=row.public_id, time=next_week(10))


def test_two_talks_change_places_in_one_go(cast: Cast):
    first, second = two_booked(cast)
    for row in (first, second):
        row.refresh_from_db()
    swapped = {first.public_id: second.starts_at, second.public_id: first.starts_at}
    assert moving.move_many(cast.leader.actor, times=swapped) == 2


def test_fewer_times_than_people_are_refused_and_nothing_is_sent(cast: Cast):
    with refused("Only 1 of the 2 people would get a time."):
        put_out(cast, 9)
    assert not Conversation.objects.exists()
    assert not SharedTimes.objects.exists()


@pytest.mark.parametrize(
    ("times", "problem"),
    [
        ([9, 9.5], "Two of the times overlap."),
        ([-999, 9], "A proposed time has passed."),
        ([10, 13], "You have another talk at one of the times."),
    ],
)
def test_times_that_cannot_be_are_refused_for_the_whole(cast: Cast, times, problem):
    booked_talk(cast)  # at ten
    made = Offer.objects.count()
    with refused(problem):
        inviting.put_out_times(
            cast.leader.actor,
            employments=[cast.colleague.employment.public_id],
            times=[next_week(0) + dt.timedelta(hours=hour) for hour in times],
            minutes=60,
        )
    with refused(problem):
        inviting.invite_team(
            cast.leader.actor,
            times={
                cast.colleague.employment.public_id: [
                    next_week(0) + dt.timedelta(hours=hour) for hour in times
                ]
            },
            minutes=60,
        )
    assert Offer.objects.count() == made


def test_up_to_three_each_are_offered_to_each_alone(cast: Cast):
    inviting.invite_team(
        cast.leader.actor,
        times={
            cast.employee.employment.public_id: [next_week(8), next_week(9), next_week(10)],
            cast.colleague.employment.public_id: [next_week(11), next_week(12)],
        },
        minutes=60,
    )
    assert sorted(len(offer.times) for offer in Offer.objects.all()) == [2, 3]
    with pytest.raises(Refused):
        inviting.invite_team(
            cast.leader.actor,
            times={cast.union_rep.employment.public_id: [next_week(n) for n in (13, 14, 15, 16)]},
            minutes=30,
        )


# --- many at once ---------------------------------------------------------------------------------


def two_booked(cast: Cast) -> list[Conversation]:
    talks = put_out(cast, 9, 11)
    for member, hour in ((cast.employee, 9), (cast.colleague, 11)):
        row = talks[member.profile.pk]
        offering.accept_offer(member.actor, public_id=row.public_id, time=next_week(hour))
    return [talks[one.profile.pk] for one in (cast.employee, cast.colleague)]


def test_the_list_of_booked_talks_holds_ones_own_in_order_and_no_others(cast: Cast):
    two_booked(cast)
    day = next_week().date()
    found = appointments(cast.leader.actor, Period(day, day))
    assert [(one.name, one.starts_at.hour) for one in found] == [
        ("Mette Prøve", 9),
        ("Jonas Prøve", 11),
    ]
    assert appointments(cast.leader.actor, Period(day + WEEK, day + WEEK)) == []
    for member in (cast.employee, cast.leaders_leader, cast.hr, cast.neighbour_leader):
        assert appointments(member.actor, Period(day, day)) == []


def test_many_are_moved_in_one_go_with_their_length_and_place(cast: Cast):
    rows = two_booked(cast)
    later = {row.public_id: next_week(9 + n) + WEEK for n, row in enumerate(rows)}
    assert moving.move_many(cast.leader.actor, times=later) == 2
    for row in rows:
        row.refresh_from_db()
        assert row.starts_at == later[row.public_id]
        assert row.ends_at - row.starts_at == dt.timedelta(hours=1)
        assert row.postponed == 1
    assert count("conversation.moved") == 2


def test_one_that_cannot_be_moved_moves_none(cast: Cast):
    rows = two_booked(cast)
    overlap = {row.public_id: next_week(9) + WEEK for row in rows}
    with pytest.raises(Refused) as clash:
        moving.move_many(cast.leader.actor, times=overlap)
    assert clash.value.field in overlap
    offering.call_off_talk(cast.leader.actor, public_id=rows[1].public_id)
    later = {row.public_id: next_week(9 + n) + WEEK for n, row in enumerate(rows)}
    with pytest.raises(Refused) as gone:
        moving.move_many(cast.leader.actor, times=later)
    assert gone.value.field == rows[1].public_id
    rows[0].refresh_from_db()
    assert rows[0].starts_at == next_week(9)


def test_many_are_put_off_in_one_go_and_shown_on_the_board(cast: Cast):
    rows = two_booked(cast)
    ids = [row.public_id for row in rows]
    assert moving.postpone_many(cast.leader.actor, talks=ids) == 2
    assert moving.postpone_many(cast.leader.actor, talks=ids) == 0
    assert count("conversation.postponed") == 2
    steps = {row.step.text for row in team(cast.leader.actor).rows if row.found}
    assert steps == {"Put off: propose a new time"}
    assert len(team(cast.leader.actor).unoffered) == 4


def test_nobody_moves_or_puts_off_what_others_lead(cast: Cast):
    rows = two_booked(cast)
    for member in (cast.employee, cast.leaders_leader, cast.neighbour_leader):
        with pytest.raises(NotThere):
            moving.postpone_many(member.actor, talks=[rows[0].public_id])
        with pytest.raises(NotThere):
            moving.move_many(member.actor, times={rows[0].public_id: next_week(14)})


# --- answers --------------------------------------------------------------------------------------


def offered(cast: Cast) -> Conversation:
    row = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=row.public_id, times=[next_week(9)], minutes=60
    )
    return row


def step_of(member: Member, row: Conversation) -> tuple[str, str]:
    step = next_step(talk(member.actor, row.public_id).at_a_glance(None), "Mette")
    return step.text, step.waits


def test_one_press_says_that_a_time_lies_outside_ones_hours(cast: Cast):
    row = offered(cast)
    offering.refuse_outside_hours(cast.employee.actor, public_id=row.public_id)
    offering.refuse_outside_hours(cast.employee.actor, public_id=row.public_id)
    assert Offer.objects.get().answer == "outside"
    assert verbs().count("conversation.outside_hours") == 1
    assert step_of(cast.leader, row) == ("Propose a time within working hours", "me")
    assert step_of(cast.employee, row) == ("Another time is being proposed to you", "other")


def test_a_time_refused_so_can_still_be_taken_and_a_new_one_is_offered(cast: Cast):
    row = offered(cast)
    offering.refuse_outside_hours(cast.employee.actor, public_id=row.public_id)
    offering.offer_talk(
        cast.leader.actor, public_id=row.public_id, times=[next_week(14)], minutes=60
    )
    assert list(Offer.objects.order_by("pk").values_list("answer", flat=True)) == [
        "withdrawn",
        "none",
    ]
    offering.refuse_outside_hours(cast.employee.actor, public_id=row.public_id)
    offering.accept_offer(cast.employee.actor, public_id=row.public_id, time=next_week(14))
    row.refresh_from_db()
    assert row.state == "booked"


def test_a_booked_time_may_fall_outside_a_new_shift(cast: Cast):
    row = booked_talk(cast)
    offering.refuse_outside_hours(cast.employee.actor, public_id=row.public_id)
    row.refresh_from_db()
    assert row.state == "booked", "it holds until it is moved"
    assert step_of(cast.leader, row) == ("Propose a time within working hours", "me")
    moving.move_talk(cast.leader.actor, public_id=row.public_id, time=next_week(14), minutes=45)
    assert step_of(cast.leader, row)[0] == "Prepare"


def test_the_leader_and_others_cannot_give_the_employees_answer(cast: Cast):
    row = offered(cast)
    for member in (cast.leader, cast.colleague, cast.hr, cast.neighbour):
        with pytest.raises(NotThere):
            offering.refuse_outside_hours(member.actor, public_id=row.public_id)


@pytest.mark.row("A2")
@pytest.mark.parametrize(
    ("sector", "setting", "may"),
    [
        ("municipal", None, False),
        ("regional", None, False),
        ("state", None, False),
        ("private", None, True),
        ("bpa", None, True),
        ("municipal", True, True),
        ("private", False, False),
    ],
)
def test_no_thanks_is_said_where_the_talk_is_no_duty(cast: Cast, sector, setting, may):
    row = offered(cast)
    Organisation.objects.filter(pk=cast.havneby.pk).update(sector=sector, may_decline=setting)
    assert talk(cast.employee.actor, row.public_id).may_decline is may
    if may:
        offering.decline_offer(cast.employee.actor, public_id=row.public_id)
    else:
        with refused("This talk cannot be declined now."):
            offering.decline_offer(cast.employee.actor, public_id=row.public_id)
    row.refresh_from_db()
    assert (row.state == "declined") is may


def test_what_was_declined_before_it_became_a_duty_can_be_taken_back(cast: Cast):
    row = offered(cast)
    offering.decline_offer(cast.employee.actor, public_id=row.public_id)
    Organisation.objects.filter(pk=cast.havneby.pk).update(may_decline=False)
    offering.take_back_decline(cast.employee.actor, public_id=row.public_id)
    row.refresh_from_db()
    assert row.state == "offered"
    assert clock.now() < next_week(9)
