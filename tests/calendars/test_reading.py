"""Own calendars: kept sealed, read in the background, only busy times stay, all of it forgotten."""

import datetime as dt
import time
from contextlib import suppress

import pytest

from musling.activity.models import Activity
from musling.calendars import actions, fetching, reading
from musling.calendars.fetching import NotFetched
from musling.calendars.models import BusyTime, Feed, OwnCalendar
from musling.calendars.queries import feed_of, hours_of, own_calendar
from musling.calendars.slots import USUAL_HOURS
from musling.foundation import clock
from musling.foundation.problems import Refused
from musling.people.models import Profile
from musling.vault.models import Key
from tests.calendars.servers import HOST, sends, serving

pytestmark = pytest.mark.django_db
ADDRESS = f"https://{HOST}/hemmelig/abc123.ics"
FIRST = dt.datetime(2026, 9, 7, tzinfo=dt.UTC)
LAST = FIRST + dt.timedelta(days=60)


def calendar(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@x\r\n{text}\r\nEND:VEVENT\r\n" for n, text in enumerate(events)
    )
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{body}END:VCALENDAR\r\n".encode()
    )


def event(start: str, end: str, *more: str) -> str:
    return "\r\n".join((f"DTSTART{start}", f"DTEND{end}", "SUMMARY:Tandlæge", *more))


def expanded(*events: str) -> list[str]:
    spans = reading.expand(calendar(*events), FIRST, LAST)
    return [f"{a:%d/%m %H:%M}-{b:%d/%m %H:%M}" for a, b in spans]


# --- what is busy ---------------------------------------------------------------------------------


def test_times_with_a_zone_without_one_and_in_utc():
    assert expanded(
        event(";TZID=Europe/Copenhagen:20260908T100000", ";TZID=Europe/Copenhagen:20260908T110000"),
        event(":20260909T100000", ":20260909T110000"),
        event(":20260910T100000Z", ":20260910T110000Z"),
    ) == ["08/09 08:00-08/09 09:00", "09/09 08:00-09/09 09:00", "10/09 10:00-10/09 11:00"]


def test_a_series_with_one_left_out_and_one_moved():
    series = event(
        ";TZID=Europe/Copenhagen:20260907T090000",
        ";TZID=Europe/Copenhagen:20260907T100000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Copenhagen:20260914T090000",
    )
    moved = event(
        ";TZID=Europe/Copenhagen:20260922T130000",
        ";TZID=Europe/Copenhagen:20260922T140000",
        "RECURRENCE-ID;TZID=Europe/Copenhagen:20260921T090000",
    ).replace("UID:1@x", "")
    file = calendar(series, moved).replace(b"UID:1@x", b"UID:0@x")
    spans = [f"{a:%d/%m %H:%M}" for a, _b in reading.expand(file, FIRST, LAST)]
    assert spans == ["07/09 07:00", "22/09 11:00", "28/09 07:00"]


def test_a_weekly_meeting_keeps_its_hour_when_the_clocks_change():
    found = expanded(
        event(
            ";TZID=Europe/Copenhagen:20261019T090000",
            ";TZID=Europe/Copenhagen:20261019T100000",
            "RRULE:FREQ=WEEKLY;COUNT=2",
        )
    )
    assert found == ["19/10 07:00-19/10 08:00", "26/10 08:00-26/10 09:00"]


def test_what_is_called_off_or_shown_as_free_takes_no_time():
    assert (
        expanded(
            event(":20260908T100000Z", ":20260908T110000Z", "STATUS:CANCELLED"),
            event(":20260908T100000Z", ":20260908T110000Z", "TRANSP:TRANSPARENT"),
            event(":20260908T100000Z", ":20260908T110000Z", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
        )
        == []
    )


def test_one_entry_that_never_begins_hides_no_other():
    good = event(":20260908T100000Z", ":20260908T110000Z")
    bad = event(":i morgen", ":20260908T110000Z")
    assert expanded("SUMMARY:Tandlæge", good, bad) == ["08/09 10:00-08/09 11:00"]


def test_a_whole_day_is_a_danish_day_and_what_touches_is_one_stretch():
    assert expanded(
        event(";VALUE=DATE:20260908", ";VALUE=DATE:20260909"),
        event(":20260908T220000Z", ":20260908T230000Z"),
    ) == ["07/09 22:00-08/09 23:00"]


def test_a_calendar_that_publishes_only_when_one_is_busy():
    file = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\n"
        b"FREEBUSY;FBTYPE=BUSY:20260908T080000Z/20260908T090000Z\r\n"
        b"FREEBUSY;FBTYPE=FREE:20260909T080000Z/20260909T090000Z\r\n"
        b"END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    assert [a.day for a, _b in reading.expand(file, FIRST, LAST)] == [8]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY;COUNT=100000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",  # a day that never comes
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=NEVERLY",
    ],
)
def test_a_hostile_rule_holds_nothing_up(rule):
    """It is left out, or the whole is refused; the other entries of a calendar left in stay."""
    bad = event(":20260901T100000Z", ":20260901T100100Z", f"RRULE:{rule}")
    good = event(":20260908T100000Z", ":20260908T110000Z")
    begun = time.monotonic()
    with suppress(NotFetched):
        found = expanded(bad, good)
        assert "08/09 10:00-08/09 11:00" in found
        assert len(found) <= 2
    assert time.monotonic() - begun < reading.EXPANDING_SECONDS + 5


def test_too_many_entries_and_what_is_no_calendar_are_refused():
    one = event(":20260908T100000Z", ":20260908T110000Z")
    with pytest.raises(NotFetched) as large:
        reading.expand(calendar(*[one] * 5001), FIRST, LAST)
    assert large.value.problem == "large"
    for file in (b"", b"<html>Log in</html>", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"):
        with pytest.raises(NotFetched) as none:
            reading.expand(file, FIRST, LAST)
        assert none.value.problem == "no_calendar"


def test_a_small_file_that_means_very_many_times_is_refused():
    """Each would be a row, again every hour, and its owner's page would look through all."""
    daily = [
        event(f":20260901T{n // 60:02}{n % 60:02}00Z", f":20260901T{n // 60:02}{n % 60:02}10Z")
        + "\r\nRRULE:FREQ=DAILY"
        for n in range(90)
    ]
    moments = (FIRST + dt.timedelta(minutes=n) for n in range(5001))
    periods = ",".join(f"{one:%Y%m%dT%H%M%SZ}/PT1S" for one in moments)
    listed = calendar().replace(
        b"END:VCALENDAR",
        f"BEGIN:VFREEBUSY\r\nFREEBUSY:{periods}\r\nEND:VFREEBUSY\r\nEND:VCALENDAR".encode(),
    )
    for file in (calendar(*daily), listed):
        with pytest.raises(NotFetched) as large:
            reading.expand(file, FIRST, LAST)
        assert large.value.problem == "large"


# --- kept, read, forgotten ------------------------------------------------------------------------


def soon() -> str:
    """An event in ten days, as a calendar writes it."""
    day = clock.today() + dt.timedelta(days=10)
    return event(f":{day:%Y%m%d}T100000Z", f":{day:%Y%m%d}T110000Z", "LOCATION:Klinikken")


def test_the_address_is_sealed_and_only_busy_times_stay(cast, monkeypatch, tmp_path):
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    row = OwnCalendar.objects.get()
    assert b"hemmelig" not in bytes(row.address)
    with serving(monkeypatch, tmp_path, sends(calendar(soon()))) as asked:
        assert reading.read_due() == 1
        assert reading.read_due() == 0, "its next turn is in an hour"
    assert [path for _host, path in asked] == ["/hemmelig/abc123.ics"]
    busy = BusyTime.objects.get()
    assert (busy.starts_at.hour, busy.ends_at.hour) == (10, 11)
    row = own_calendar(cast.leader.actor)
    assert row.read_at is not None
    assert row.problem == ""
    assert {field.name for field in BusyTime._meta.fields} == {
        *("id", "organisation", "profile", "starts_at", "ends_at")
    }


def test_a_failure_keeps_what_was_read_and_says_why(cast, monkeypatch, tmp_path):
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    with serving(monkeypatch, tmp_path, sends(calendar(soon()))):
        reading.read_due()
    read_at = OwnCalendar.objects.get().read_at
    OwnCalendar.objects.update(next_at=clock.now())
    with serving(monkeypatch, tmp_path, sends(b"", status=404)):
        assert reading.read_due() == 1
    row = OwnCalendar.objects.get()
    assert (row.problem, row.read_at) == ("refused", read_at)
    assert BusyTime.objects.count() == 1
    assert row.next_at > clock.now()


def test_removing_it_forgets_all_at_once(cast, monkeypatch, tmp_path):
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    with serving(monkeypatch, tmp_path, sends(calendar(soon()))):
        reading.read_due()
    actions.forget_calendar(cast.leader.actor)
    actions.forget_calendar(cast.leader.actor)
    assert not OwnCalendar.objects.exists()
    assert not BusyTime.objects.exists()
    key = Key.objects.get(purpose="calendar")
    assert (bytes(key.wrapped), key.reason) == (b"", "calendar forgotten")
    assert Activity.objects.filter(verb="calendar.forgotten").count() == 1


def test_a_new_address_replaces_the_old_with_all_that_was_read(cast, monkeypatch, tmp_path):
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    with serving(monkeypatch, tmp_path, sends(calendar(soon()))):
        reading.read_due()
    actions.keep_calendar(cast.leader.actor, address=f"webcal://{HOST}/new.ics")
    assert OwnCalendar.objects.count() == 1
    assert not BusyTime.objects.exists()


def test_what_is_read_while_its_owner_forgets_it_is_not_kept(cast, monkeypatch, tmp_path):
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    expand = reading.expand

    def meanwhile(*given):
        actions.forget_calendar(cast.leader.actor)
        return expand(*given)

    monkeypatch.setattr(reading, "expand", meanwhile)
    with serving(monkeypatch, tmp_path, sends(calendar(soon()))):
        reading.read_due()
    assert not BusyTime.objects.exists()


def test_an_operator_can_turn_reading_off(cast, settings):
    settings.MUSLING_READ_CALENDARS = False
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    assert reading.read_due() == 0


def test_whoever_cannot_log_in_any_more_is_forgotten(cast):
    actions.keep_calendar(cast.leader.actor, address=ADDRESS)
    secret = actions.make_feed(cast.leader.actor)
    assert actions.forget_who_left() == 0
    Profile.objects.filter(pk=cast.leader.profile.pk).update(disabled_at=clock.now())
    assert feed_of(secret) is None, "at once, before the job"
    assert actions.forget_who_left() == 1
    assert not OwnCalendar.objects.exists()
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://kalender.example/a.ics",
        "ftp://kalender.example/a.ics",
        "file:///etc/passwd",
        "https://",
        "https://kalender.example:8443/a.ics",
        "https://me:secret@kalender.example/a.ics",
        "https://kalender.example/a b.ics",
        "https://kalender.example/a\r\nHost: x",
        "https://[::1",
        "https://" + "a" * 300 + ".example/",
        "https://kalender.example/" + "a" * 2000,
    ],
)
def test_an_address_that_may_not_be_read_is_refused_at_the_form(cast, address):
    with pytest.raises(Refused) as refused:
        actions.keep_calendar(cast.leader.actor, address=address)
    assert refused.value.field == "address"
    assert not OwnCalendar.objects.exists()


# --- hours ----------------------------------------------------------------------------------------


def test_hours_are_the_usual_ones_until_one_sets_them(cast):
    assert hours_of(cast.leader.actor).hours == USUAL_HOURS
    night = (dt.time(6), dt.time(14, 30))
    actions.keep_hours(cast.leader.actor, hours=[night, None, *[night] * 3, None, None], pause=5)
    own = hours_of(cast.leader.actor)
    assert (own.hours[0], own.hours[1], own.pause) == (night, None, 5)
    assert hours_of(cast.employee.actor).pause == 15


def test_a_day_that_ends_before_it_begins_is_refused(cast):
    backwards = (dt.time(14), dt.time(6))
    with pytest.raises(Refused) as refused:
        actions.keep_hours(cast.leader.actor, hours=[None, backwards, *[None] * 5], pause=15)
    assert refused.value.field == "day-1"
    with pytest.raises(Refused):
        actions.keep_hours(cast.leader.actor, hours=[None] * 7, pause=15)


def test_fetching_says_large_slow_and_away(monkeypatch, tmp_path):
    for answer, problem in (
        (sends(b"x" * (fetching.LARGEST + 1)), "large"),
        (sends(b"", status=500), "away"),
        (sends(b"", status=403), "refused"),
        (sends(b"x", **{"Content-Encoding": "gzip"}), "no_calendar"),
    ):
        with serving(monkeypatch, tmp_path, answer), pytest.raises(NotFetched) as found:
            fetching.fetch(ADDRESS)
        assert found.value.problem == problem
