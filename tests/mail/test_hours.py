"""When mail that can wait may leave: days off, nights, own quiet hours, and the two odd nights."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musling.foundation.clock import COPENHAGEN
from musling.mail.hours import NIGHT, Quiet, is_working_day, next_morning, next_open

NIGHT_SHIFT = Quiet(dt.time(8), dt.time(16))


def at(text: str) -> dt.datetime:
    """A moment on the clock in Denmark."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def in_denmark(moment: dt.datetime) -> str:
    return moment.astimezone(COPENHAGEN).strftime("%Y-%m-%d %H:%M %z")


# From the calendar of the Danish Church and state for these years.
@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-05-14", "2026-05-25"),
        *("2026-12-24", "2026-12-25", "2026-12-31", "2027-03-25", "2027-03-26", "2027-03-29"),
        *("2027-05-06", "2027-05-17", "2028-04-13", "2028-04-17", "2028-05-25", "2028-06-05"),
        *("2026-11-28", "2026-11-29"),  # a Saturday and a Sunday
    ],
)
def test_days_off(day: str) -> None:
    assert not is_working_day(dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    [
        "2026-05-01",  # Great Prayer Day until 2023
        "2024-04-26",
        *("2026-04-01", "2026-04-07", "2026-05-15", "2026-12-23", "2026-12-30", "2027-01-04"),
    ],
)
def test_days_that_are_none(day: str) -> None:
    assert is_working_day(dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-10 12:00", "2026-03-10 12:00 +0100"),
        ("2026-03-10 06:59", "2026-03-10 07:00 +0100"),
        ("2026-03-10 07:00", "2026-03-10 07:00 +0100"),
        ("2026-03-10 19:59", "2026-03-10 19:59 +0100"),
        ("2026-03-10 20:00", "2026-03-11 07:00 +0100"),
        ("2026-03-13 22:00", "2026-03-16 07:00 +0100"),  # Friday evening
        ("2026-04-01 21:00", "2026-04-07 07:00 +0200"),  # before Easter
        ("2026-12-23 21:00", "2026-12-28 07:00 +0100"),  # Christmas, then a weekend
        ("2026-12-30 21:00", "2027-01-04 07:00 +0100"),
        # Summer time begins in the night to 29 March 2026 and ends in that to 25 October.
        ("2026-03-28 12:00", "2026-03-30 07:00 +0200"),
        ("2026-10-24 12:00", "2026-10-26 07:00 +0100"),
    ],
)
def test_the_night_and_days_off_are_quiet(now: str, opens: str) -> None:
    assert in_denmark(next_open(at(now))) == opens


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-10 03:00", "2026-03-10 03:00 +0100"),
        ("2026-03-10 08:00", "2026-03-10 16:00 +0100"),
        ("2026-03-10 15:59", "2026-03-10 16:00 +0100"),
        ("2026-03-14 12:00", "2026-03-16 00:00 +0100"),  # a Saturday: Monday begins at midnight
    ],
)
def test_who_works_nights_is_left_alone_by_day(now: str, opens: str) -> None:
    assert in_denmark(next_open(at(now), NIGHT_SHIFT)) == opens


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-10 06:00", "2026-03-10 07:00 +0100"),
        ("2026-03-10 07:00", "2026-03-10 07:00 +0100"),
        ("2026-03-10 07:01", "2026-03-11 07:00 +0100"),
        ("2026-03-13 10:00", "2026-03-16 07:00 +0100"),
        ("2026-03-27 10:00", "2026-03-30 07:00 +0200"),
    ],
)
def test_gathered_mails_leave_in_the_morning(now: str, morning: str) -> None:
    assert in_denmark(next_morning(at(now))) == morning


def test_the_hour_that_comes_twice_is_passed_both_times() -> None:
    quiet = Quiet(dt.time(20), dt.time(2, 30))
    # A night before a working day on which summer time ends there is not: 25 October is a Sunday.
    second = at("2026-10-25 02:15").replace(fold=1)
    assert in_denmark(next_open(second, quiet)) == "2026-10-26 02:30 +0100"
    assert next_open(second, quiet) > second


times = st.times(min_value=dt.time(0), max_value=dt.time(23, 59)).map(
    lambda time: time.replace(second=0, microsecond=0)
)


@given(
    st.integers(0, 16 * 366 * 24 * 60).map(
        lambda minutes: dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    ),
    times,
    times,
)
def test_whatever_comes_out_is_open_and_not_before(
    moment: dt.datetime, start: dt.time, end: dt.time
) -> None:
    quiet = Quiet(start, end)
    if not quiet.leaves_room:
        return
    for opening in (next_open(moment, quiet), next_morning(moment, quiet)):
        local = opening.astimezone(COPENHAGEN)
        assert opening >= moment
        assert is_working_day(local.date())
        assert not quiet.holds(local.time())
        assert opening - moment < dt.timedelta(days=9)
    assert next_open(next_open(moment, quiet), quiet) == next_open(moment, quiet)


@pytest.mark.parametrize(
    ("start", "end", "room"),
    [
        ("20:00", "07:00", True),
        ("08:00", "16:00", True),
        ("08:00", "08:00", False),
        ("09:00", "07:00", True),
        ("09:00", "07:01", False),
        ("00:00", "23:00", False),
    ],
)
def test_some_of_the_day_must_be_left(start: str, end: str, room: bool) -> None:
    quiet = Quiet(dt.time.fromisoformat(start), dt.time.fromisoformat(end))
    assert quiet.leaves_room == room
    assert NIGHT.leaves_room
