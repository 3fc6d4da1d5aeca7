"""The two nights of 2026 in which the clock changes: 29 March and 25 October, in Denmark."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from icalendar import Calendar
from pytest_django import Settings

from musling.activity.models import Activity
from musling.conversations.actions.inviting import _refuse_clashes
from musling.conversations.actions.offering import accept_offer, offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Offer
from musling.conversations.queries.times import Period, free_for_talks, times_left
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import Refused
from musling.mail.feed import Entry, calendar_feed
from musling.mail.models import Delivery
from musling.schedule import reminding
from musling.schedule.jobs import JOBS, Job
from musling.schedule.loop import tick
from tests.cast import Cast
from tests.mail.post import BACKEND, Post, Server, deliver, set_clock

pytestmark = pytest.mark.django_db
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
NIGHTS = pytest.mark.parametrize("night", [SPRING, AUTUMN], ids=["spring", "autumn"])
A_DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    yield
    clock.reset()


def utc(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), dt.UTC)


def passes(first: dt.date, days: int, every: dt.timedelta) -> Iterator[dt.datetime]:
    """The moments from midnight in Denmark on, and the clock stands at each."""
    moment = dt.datetime.combine(first, dt.time(), COPENHAGEN).astimezone(dt.UTC)
    end = dt.datetime.combine(first + days * A_DAY, dt.time(), COPENHAGEN).astimezone(dt.UTC)
    while moment < end:
        set_clock(moment)
        yield moment
        moment += every


# --- the schedule -----------------------------------------------------------------------------


@NIGHTS
def test_each_job_has_its_turn_once_a_day_and_at_its_hour(night: dt.date) -> None:
    ran: list[tuple[str, dt.datetime]] = []

    def counted(job: Job) -> Job:
        function = lambda: ran.append((job.name, clock.now().astimezone(COPENHAGEN)))  # noqa: E731
        return Job(job.name, function, job.every, job.hour, job.lease)

    jobs = [counted(job) for job in JOBS if job.every >= dt.timedelta(minutes=10)]
    for _moment in passes(night - 2 * A_DAY, 4, dt.timedelta(minutes=10)):
        tick(jobs)
    daily = {job.name: job.hour for job in jobs if job.hour is not None}
    for name, hour in daily.items():
        # The first look of all is at once; after that each day has one, at the hour or, where that
        # hour does not come, at the next moment that does.
        whens = [when for job, when in ran if job == name][1:]
        days = Counter(when.date() for when in whens)
        assert days == {night + n * A_DAY: 1 for n in range(-2 if hour else -1, 2)}, name
        skipped = night == SPRING and hour == 2
        hours = {when.date(): when.hour for when in whens}
        assert hours == {day: 3 if skipped and day == night else hour for day in days}, name
    for job in jobs:
        if job.hour is None:
            whens = [when.astimezone(dt.UTC) for name, when in ran if name == job.name]
            gaps = {later - earlier for earlier, later in pairwise(whens)}
            assert max(gaps) < job.every + dt.timedelta(minutes=11), job.name


# --- reminders --------------------------------------------------------------------------------


@pytest.fixture
def post(settings: Settings) -> Post:
    settings.EMAIL_BACKEND = BACKEND
    Server.reset()
    set_clock(utc(dt.date(2026, 1, 12), 9))
    return Post()


def reminders_before(post: Post, monday: dt.date) -> list[tuple[str, int, str]]:
    """Whom a talk on that Monday is told of, how many days before, and when on the day."""
    begins = monday - 10 * A_DAY
    set_clock(dt.datetime.combine(begins, dt.time(9), COPENHAGEN))
    talk = post.book(post.new_talk(), days=10)
    for _moment in passes(begins, 12, HOUR / 2):
        local = clock.now().astimezone(COPENHAGEN)
        if local.hour == 6 and local.minute == 0:
            reminding.remind_of_what_waits()
        deliver()
    noted = Activity.objects.filter(verb="reminder.talk", object_id=talk.pk)
    sent = Delivery.objects.filter(activity_id__in=noted.values("pk"))
    assert {row.state for row in sent} == {"sent"}
    found = []
    for row in sent.select_related("recipient"):
        assert row.sent_at
        assert row.recipient
        local = row.sent_at.astimezone(COPENHAGEN)
        days = (monday - local.date()).days
        found.append((row.recipient.first_name, days, local.strftime("%H:%M")))
    return sorted(found)


@NIGHTS
def test_reminders_of_the_monday_after_are_those_of_any_monday(post: Post, night: dt.date) -> None:
    wanted = [
        (who, days, "07:00")
        for who in ("Lars", "Signe")
        for days in (3, 7)  # the day before is a Sunday, so it is the Friday
    ]
    assert reminders_before(post, night - 20 * A_DAY) == wanted
    assert reminders_before(post, night + A_DAY) == wanted


# --- times of talks ---------------------------------------------------------------------------

# From, in UTC, and how the clock on the wall goes: also through the hour that comes twice or never.
TALKS = [
    (SPRING, 0, 30, 60, "01:30", "03:30"),
    (SPRING, 0, 0, 180, "01:00", "05:00"),
    (AUTUMN, 0, 30, 45, "02:30", "02:15"),
    (AUTUMN, 0, 30, 60, "02:30", "02:30"),
    (AUTUMN, 1, 30, 60, "02:30", "03:30"),
    (AUTUMN, 0, 0, 180, "02:00", "04:00"),
    (SPRING + A_DAY, 8, 0, 60, "10:00", "11:00"),
    (AUTUMN + A_DAY, 9, 0, 60, "10:00", "11:00"),
]


@pytest.mark.parametrize(("day", "hour", "minute", "length", "begins", "ends"), TALKS)
def test_a_talk_is_as_long_as_it_was_offered(
    cast: Cast, day: dt.date, hour: int, minute: int, length: int, begins: str, ends: str
) -> None:
    set_clock(utc(day - 20 * A_DAY, 9))
    starts = utc(day, hour, minute)
    (talk,) = plan_talks(cast.leader.actor, employments=[cast.employee.employment])
    offer_talk(
        cast.leader.actor,
        public_id=talk.public_id,
        times=[starts.astimezone(COPENHAGEN)],
        minutes=length,
    )
    (offered,) = times_left(cast.employee.actor, Offer.objects.get(conversation=talk))
    accept_offer(cast.employee.actor, public_id=talk.public_id, time=offered)
    talk.refresh_from_db()
    assert (talk.starts_at, talk.ends_at) == (starts, starts + dt.timedelta(minutes=length))
    assert talk.starts_at
    assert talk.ends_at
    wall = [one.astimezone(COPENHAGEN).strftime("%H:%M") for one in (talk.starts_at, talk.ends_at)]
    assert wall == [begins, ends]
    entry = Entry(
        uid="1@x",
        starts=talk.starts_at,
        ends=talk.ends_at,
        made_at=clock.now(),
        link="https://x",
        place="",
        sequence=0,
    )
    (event,) = Calendar.from_ical(calendar_feed([entry])).walk("VEVENT")
    assert event["DTSTART"].dt.astimezone(dt.UTC) == talk.starts_at
    assert event["DTEND"].dt.astimezone(dt.UTC) == talk.ends_at


def test_times_that_overlap_only_on_the_wall_are_two_and_the_other_way_round(cast: Cast) -> None:
    set_clock(utc(AUTUMN - 20 * A_DAY, 9))
    first = utc(AUTUMN, 0, 30).astimezone(COPENHAGEN)  # 02:30, the first time
    second = utc(AUTUMN, 1, 15).astimezone(COPENHAGEN)  # 02:15, the second
    _refuse_clashes(cast.leader.actor, [(first, "one"), (second, "two")], 45)
    with pytest.raises(Refused) as refused:
        _refuse_clashes(cast.leader.actor, [(first, "one"), (second, "two")], 50)
    assert refused.value.field == "two"


@NIGHTS
def test_working_hours_are_those_on_the_wall_on_both_sides(cast: Cast, night: dt.date) -> None:
    set_clock(utc(night - 5 * A_DAY, 9))
    period = Period(night - 2 * A_DAY, night + 2 * A_DAY)
    found = free_for_talks(cast.leader.actor, period, minutes=60)
    by_day: dict[dt.date, list[str]] = {}
    for time in found:
        by_day.setdefault(time.date(), []).append(time.strftime("%H:%M"))
    assert list(by_day) == [night - 2 * A_DAY, night + A_DAY, night + 2 * A_DAY]
    monday, tuesday = by_day[night + A_DAY], by_day[night + 2 * A_DAY]
    assert monday == tuesday
    assert monday[0] == by_day[night - 2 * A_DAY][0] == "08:00"
