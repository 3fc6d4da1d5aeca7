"""Free times: within one's hours, off what is busy, not on holidays, in Danish time."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from musling.calendars.slots import USUAL_HOURS, Span, free_times
from musling.foundation.clock import COPENHAGEN

MONDAY = dt.date(2026, 9, 7)
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), COPENHAGEN)


def found(first: dt.date = MONDAY, last: dt.date | None = None, **more) -> list[str]:
    given_ = {"busy": [], "minutes": 60, "after": LONG_AGO, "hours": USUAL_HOURS} | more
    times = free_times(
        given_.pop("hours"), given_.pop("busy"), first=first, last=last or first, **given_
    )
    return [time.strftime("%d/%m %H.%M") for time in times]


def test_a_usual_day_has_talks_one_after_the_other_with_a_pause():
    expected = ["08.00", "09.15", "10.30", "11.45", "13.00", "14.15"]
    assert found() == [f"07/09 {time}" for time in expected]


def test_friday_ends_earlier_and_nobody_works_at_the_weekend():
    friday = MONDAY + dt.timedelta(days=4)
    assert found(friday)[-1] == "11/09 13.00"
    assert found(friday + dt.timedelta(days=1), friday + dt.timedelta(days=2)) == []


def test_what_is_busy_is_kept_out_with_the_pause_on_both_sides():
    busy = [Span(at(MONDAY, 9), at(MONDAY, 12)), Span(at(MONDAY, 11), at(MONDAY, 13, 2))]
    assert found(busy=busy, minutes=45) == ["07/09 08.00", "07/09 13.20", "07/09 14.20"]
    assert found(busy=busy, minutes=60) == ["07/09 13.20", "07/09 14.35"]


def test_a_busy_time_that_began_yesterday_and_ends_tomorrow_takes_the_day():
    tomorrow = MONDAY + dt.timedelta(days=1)
    busy = [Span(at(MONDAY - dt.timedelta(days=1), 12), at(tomorrow, 9))]
    assert found(last=tomorrow, busy=busy)[0] == "08/09 09.15"


def test_no_time_that_has_passed_is_proposed():
    assert found(after=at(MONDAY, 10, 1))[0] == "07/09 10.10"


def test_holidays_and_the_days_on_which_workplaces_are_closed_are_left_out():
    for day in (
        dt.date(2026, 4, 2),  # Maundy Thursday
        dt.date(2026, 5, 14),  # Ascension Day
        dt.date(2026, 6, 5),  # Constitution Day
        dt.date(2026, 12, 24),
    ):
        assert found(day) == []
    for day in (
        dt.date(2026, 5, 1),  # May Day: off by agreement in some places only
        dt.date(2027, 4, 23),  # Great Prayer Day, until 2023
    ):
        assert found(day) != []


def test_the_hour_that_does_not_come_and_the_one_that_comes_twice():
    nights = [(dt.time(1), dt.time(5))] * 7
    spring, autumn = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
    more = {"hours": nights, "pause": 0}
    assert found(spring, **more) == ["29/03 01.00", "29/03 03.00", "29/03 04.00"]
    twice = ["01.00", "02.00", "02.00", "03.00", "04.00"]
    assert found(autumn, **more) == [f"25/10 {time}" for time in twice]


SPANS = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 3), st.integers(1, 300)).map(
        lambda pair: Span(
            at(MONDAY, 0) + dt.timedelta(minutes=pair[0]),
            at(MONDAY, 0) + dt.timedelta(minutes=sum(pair)),
        )
    ),
    max_size=12,
)


@given(SPANS, st.integers(10, 240), st.integers(0, 60))
def test_no_time_meets_another_or_what_is_busy_and_none_lies_outside_the_hours(
    busy, minutes, pause
):
    times = free_times(
        USUAL_HOURS,
        busy,
        first=MONDAY,
        last=MONDAY + dt.timedelta(days=2),
        minutes=minutes,
        pause=pause,
        after=LONG_AGO,
    )
    length, rest = dt.timedelta(minutes=minutes), dt.timedelta(minutes=pause)
    for time in times:
        opens, closes = (
            dt.datetime.combine(time.date(), one, COPENHAGEN) for one in USUAL_HOURS[0]
        )
        assert opens <= time
        assert time + length <= closes
        assert time.minute % 5 == 0
        for span in busy:
            assert time + length + rest <= span.starts or span.ends + rest <= time
    assert all(later - earlier >= length + rest for earlier, later in pairwise(times))
