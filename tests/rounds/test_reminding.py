"""Who is reminded while a round's offers have no time yet: the leader, who has to propose one."""

import datetime as dt

import pytest
from django.core import mail

from musling.activity.models import Activity
from musling.conversations.models import Conversation, Offer, Participant
from musling.foundation import clock
from musling.mail.hours import is_working_day
from musling.mail.reasons import (
    leaders_to_begin,
    not_offered,
    rounds_to_hold,
    times_passed,
    unanswered_offers,
)
from musling.mail.reminding import remind_in
from musling.rounds.actions import opening
from musling.rounds.actions.rolling_out import close_round
from tests.cast import Cast
from tests.mail.post import deliver_when_due, set_clock
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("E2")]


def test_an_offer_without_a_time_waits_for_the_leader_and_not_for_the_employee(cast: Cast):
    place, today = cast.havneby.pk, clock.today()
    opening.open_round(cast.hr.actor, public_id=planned(cast).public_id)
    worked()
    mine = cast.employee.employment
    assert unanswered_offers(place, today) == []
    assert mine.pk in not_offered(place, today)
    talk = Conversation.objects.get(participant__employment=mine, participant__part="employee")
    offer = Offer.objects.filter(conversation=talk)
    offer.update(times=[(clock.now() + dt.timedelta(1)).isoformat()])
    assert [case.about for case in unanswered_offers(place, today)] == [talk.pk]
    assert mine.pk not in not_offered(place, today)
    offer.update(times=[clock.now().isoformat()])
    assert unanswered_offers(place, today) == [], "there is nothing left to choose"
    assert [case.about for case in times_passed(place, today)] == [talk.pk]


def working_day(day: dt.date) -> dt.date:
    while not is_working_day(day):
        day -= dt.timedelta(1)
    return day


def test_who_leads_talks_without_a_time_is_reminded_by_the_rounds_own_dates(cast: Cast):
    set_clock(dt.datetime(2027, 6, 8, 10, tzinfo=clock.COPENHAGEN))
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    place = cast.havneby.pk
    leaders = {cast.leader.profile.pk, cast.leaders_leader.profile.pk}
    [case] = rounds_to_hold(place, clock.today())
    assert (set(case.persons), case.anchor) == (leaders, row.ends_on)
    # Not by those of the last quarter as well.
    autumn = dt.date(row.year, 10, 5)
    assert leaders_to_begin(place, autumn) == []

    # Talks with a time, and those whose employee has times to choose from, wait for nobody.
    led = Participant.objects.filter(profile=cast.leader.profile, part="leader")
    mine = Conversation.objects.filter(pk__in=led.values("conversation"))
    first, *others = mine.order_by("pk")
    Offer.objects.filter(conversation=first).update(times=[clock.now().isoformat()])
    mine.filter(pk__in=[one.pk for one in others]).update(state="booked")
    [case] = rounds_to_hold(place, clock.today())
    assert set(case.persons) == {cast.leaders_leader.profile.pk}
    # An answer that asks for another time waits for the leader again.
    Offer.objects.filter(conversation=first).update(answer="other_time")
    [case] = rounds_to_hold(place, clock.today())
    assert set(case.persons) == leaders

    # Six, three and one week before the end, each once.
    told = Activity.objects.filter(verb="reminder.round")
    for weeks, count in ((7, 0), (6, 2), (5, 2), (3, 4), (2, 4), (1, 6)):
        day = working_day(row.ends_on - dt.timedelta(weeks=weeks))
        set_clock(dt.datetime.combine(day, dt.time(9), clock.COPENHAGEN))
        remind_in(place)
        remind_in(place)
        assert told.count() == count, weeks
    deliver_when_due()
    mine = [one.body for one in mail.outbox if one.to == [cast.leader.person.email]]
    assert sum("Påmindelse om samtaler uden tidspunkt" in body for body in mine) == 1


def test_a_closed_round_reminds_nobody(cast: Cast):
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    close_round(cast.hr.actor, public_id=row.public_id, note="Godt år.")
    assert rounds_to_hold(cast.havneby.pk, clock.today()) == []
