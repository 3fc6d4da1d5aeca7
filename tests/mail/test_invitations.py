"""Calendar invitations: what Outlook, Google and Thunderbird need, and nothing that tells."""

import datetime as dt
import email
import email.policy
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from musling.mail.invitations import (
    Meeting,
    Party,
    attach_invitation,
    invitation,
    one_line,
    parameter,
)

DANISH = ZoneInfo("Europe/Copenhagen")
ORGANIZER = Party("Havneby Kommune", "musling@havneby.example", "ACCEPTED")
EMPLOYEE = Party("Signe Bøgh", "signe@havneby.example")
LINK = "https://musling.havneby.example/havneby/talks/k3m9x2p4q7rt"


def meeting(**changes: object) -> Meeting:
    """An hour at ten in the morning, Danish time, on a day in March."""
    standing = Meeting(
        uid="k3m9x2p4q7rt@musling.havneby.example",
        starts=dt.datetime(2026, 3, 10, 10, tzinfo=DANISH),
        ends=dt.datetime(2026, 3, 10, 11, tzinfo=DANISH),
        at=dt.datetime(2026, 2, 1, 8, 30, tzinfo=dt.UTC),
        organizer=ORGANIZER,
        attendees=(EMPLOYEE,),
        link=LINK,
        place="Rådhuset, lokale 3; 2. sal",
    )
    return replace(standing, **changes)


def wall_clock(*parts: int) -> dt.datetime:
    """A time without a zone: what these tests must hand over, or read off the wall."""
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def event(content: bytes) -> Event:
    """The one event in the file, as another program reads it."""
    (found,) = Calendar.from_ical(content).events
    return found


def moments(found: Event) -> list[dt.datetime]:
    """Start and end in UTC: Python calls no time in the hour that comes twice equal to another."""
    return [found[name].dt.astimezone(dt.UTC) for name in ("DTSTART", "DTEND")]


def value(line_name: str, content: bytes) -> str:
    """The raw text of the event's one unfolded line that starts with the name."""
    unfolded = content.decode().replace("\r\n ", "").partition("BEGIN:VEVENT")[2]
    (line,) = [one for one in unfolded.split("\r\n") if one.startswith(line_name)]
    return line


def test_a_request_holds_what_calendars_ask_for() -> None:
    content = invitation(meeting(), "REQUEST")
    calendar = Calendar.from_ical(content)
    found = event(content)
    assert calendar["VERSION"] == "2.0"
    assert calendar["METHOD"] == "REQUEST"
    assert found["UID"] == "k3m9x2p4q7rt@musling.havneby.example"
    assert found["SEQUENCE"] == 0
    assert found["STATUS"] == "CONFIRMED"
    assert found["DTSTAMP"].dt == dt.datetime(2026, 2, 1, 8, 30, tzinfo=dt.UTC)
    assert found["DTSTART"].dt == dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
    assert found["DTEND"].dt == dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC)
    assert found["LOCATION"] == "Rådhuset, lokale 3; 2. sal"
    assert found["ORGANIZER"] == "mailto:musling@havneby.example"
    assert found["ORGANIZER"].params["CN"] == "Havneby Kommune"


def test_an_attendee_is_asked_until_there_is_an_answer() -> None:
    asked = event(invitation(meeting(), "REQUEST"))["ATTENDEE"]
    said_yes = replace(EMPLOYEE, answer="ACCEPTED")
    answered = event(invitation(meeting(attendees=(said_yes,)), "REQUEST"))["ATTENDEE"]
    assert asked == answered == "mailto:signe@havneby.example"
    assert asked.params["CN"] == "Signe Bøgh"
    assert (asked.params["PARTSTAT"], asked.params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
    assert (answered.params["PARTSTAT"], answered.params["RSVP"]) == ("ACCEPTED", "FALSE")


def test_all_attendees_are_in_it() -> None:
    leader = Party("Bo Holm", "bo@havneby.example", "ACCEPTED")
    found = event(invitation(meeting(attendees=(EMPLOYEE, leader)), "REQUEST"))
    assert [str(one) for one in found["ATTENDEE"]] == [
        "mailto:signe@havneby.example",
        "mailto:bo@havneby.example",
    ]


def test_nothing_in_it_says_whom_or_what() -> None:
    """T33: the title is one neutral word in the reader's language; the text is the link."""
    found = event(invitation(meeting(), "REQUEST"))
    assert found["SUMMARY"] == translation.pgettext("neutral word in a calendar", "Talk")
    with translation.override("en"):
        assert event(invitation(meeting(), "REQUEST"))["SUMMARY"] == "Talk"
    assert found["DESCRIPTION"] == LINK
    assert found["URL"] == LINK
    assert found["CLASS"] == "PRIVATE"
    told = invitation(meeting(place=""), "REQUEST").decode().replace("\r\n ", "")
    assert "LOCATION" not in told
    assert not any(word in told for word in ("MUS\r", "MUS ", "udvikling", "development"))


def test_update_and_cancel_follow_the_first_one() -> None:
    first = meeting()
    later = dt.datetime(2026, 3, 12, 13, tzinfo=DANISH)
    moved = first.moved(later, later + dt.timedelta(hours=1), first.at + dt.timedelta(days=1))
    gone = moved.called_off(first.at + dt.timedelta(days=2))
    chain = [
        Calendar.from_ical(invitation(first, "REQUEST")),
        Calendar.from_ical(invitation(moved, "REQUEST")),
        Calendar.from_ical(invitation(gone, "CANCEL")),
    ]
    events = [one.events[0] for one in chain]
    assert [one["METHOD"] for one in chain] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [one["SEQUENCE"] for one in events] == [0, 1, 2]
    assert [one["STATUS"] for one in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert len({one["UID"] for one in events}) == 1
    assert len({one["ORGANIZER"] for one in events}) == 1
    stamps = [one["DTSTAMP"].dt for one in events]
    assert stamps == sorted(set(stamps))
    assert events[1]["DTSTART"].dt == later
    # A CANCEL names the entry that it takes out as it last stood.
    assert events[2]["DTSTART"].dt == later
    assert events[2]["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize(
    ("utc", "written"),
    [
        ((2026, 1, 15, 9, 0), ";TZID=Europe/Copenhagen:20260115T100000"),
        ((2026, 7, 15, 9, 0), ";TZID=Europe/Copenhagen:20260715T110000"),
        ((2026, 3, 29, 0, 59), ";TZID=Europe/Copenhagen:20260329T015900"),
        ((2026, 3, 29, 1, 0), ";TZID=Europe/Copenhagen:20260329T030000"),
        ((2026, 10, 25, 0, 30), ";TZID=Europe/Copenhagen:20261025T023000"),
        ((2026, 10, 25, 1, 30), ":20261025T013000Z"),
        ((2026, 10, 25, 2, 0), ";TZID=Europe/Copenhagen:20261025T030000"),
        ((2026, 12, 31, 23, 30), ";TZID=Europe/Copenhagen:20270101T003000"),
    ],
)
def test_times_stand_in_danish_time_except_in_the_hour_that_comes_twice(
    utc: tuple[int, int, int, int, int], written: str
) -> None:
    starts = dt.datetime(*utc, tzinfo=dt.UTC)
    content = invitation(meeting(starts=starts, ends=starts + dt.timedelta(minutes=45)), "REQUEST")
    assert value("DTSTART", content) == "DTSTART" + written
    assert moments(event(content)) == [starts, starts + dt.timedelta(minutes=45)]


@pytest.mark.parametrize("year", range(2025, 2038))
def test_the_zone_in_the_file_changes_when_danish_time_does(year: int) -> None:
    """The rules are written out by hand, so the zone database has to say the same."""
    (zone,) = Calendar.from_ical(invitation(meeting(), "REQUEST")).timezones
    told = zone.to_tz(lookup_tzid=False)
    moment = wall_clock(year, 1, 1, 0, 30)
    while moment.year == year:
        real = moment.replace(tzinfo=DANISH)
        back = real.astimezone(dt.UTC).astimezone(DANISH).replace(tzinfo=None)
        twice = real.utcoffset() != real.replace(fold=1).utcoffset()
        if back == moment and not twice:
            assert moment.replace(tzinfo=told).utcoffset() == real.utcoffset(), moment
        moment += dt.timedelta(hours=1) if moment.month in {3, 10} else dt.timedelta(days=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"starts": wall_clock(2026, 3, 10, 10)},
        {"at": wall_clock(2026, 3, 1, 10)},
        {"ends": dt.datetime(2026, 3, 10, 10, tzinfo=DANISH)},
        {"attendees": ()},
        {"sequence": -1},
    ],
    ids=["naive start", "naive stamp", "no length", "nobody", "negative"],
)
def test_what_no_calendar_could_show_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"meeting"):
        meeting(**changes)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "signe",
        "signe@havneby.example\r\nATTENDEE:mailto:x@evil.example",
        "signe@havneby.example\n",
        "-oQ/tmp@havneby.example",
        "a b@havneby.example",
        "signe@havneby.example?cc=x@evil.example",
        "Signe <signe@havneby.example>",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """T19: for attendee and organiser alike."""
    with pytest.raises(ValueError, match="address"):
        invitation(meeting(attendees=(Party("Signe", address),)), "REQUEST")
    with pytest.raises(ValueError, match="address"):
        invitation(meeting(organizer=Party("Havneby", address)), "REQUEST")


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("O'Brien+mus@havneby.example", "mailto:O'Brien+mus@havneby.example"),
        ("a?b%c@havneby.example", "mailto:a%3Fb%25c@havneby.example"),
        ("søs@havneby.example", None),
        ("info@blåbær.example", "mailto:info@xn--blbr-roah.example"),
    ],
)
def test_an_address_stands_as_an_uri(address: str, uri: str | None) -> None:
    invited = meeting(attendees=(Party("Søs", address),))
    if uri is None:
        with pytest.raises(ValueError, match="address"):
            invitation(invited, "REQUEST")
    else:
        assert str(event(invitation(invited, "REQUEST"))["ATTENDEE"]) == uri


NASTY = [
    "Signe\r\nATTENDEE:mailto:x@evil.example",
    "Signe\nMETHOD:CANCEL",
    "Signe\r\n\r\n--boundary\r\nContent-Type: text/html",
    "\r\n.\r\n",
    "Signe\x00\x07\x1b[31m",
    "Signe\x85BEGIN:VEVENT",
    "Signe\u2028BEGIN:VEVENT\u2029",
    "Signe\u202egneb",
    'Signe";PARTSTAT=ACCEPTED:mailto:x@evil.example',
    "Signe:;,\\n\\",
    "--Signe",
    "^n^'",
    "=HYPERLINK(1)",
    "<script>alert(1)</script>{{7*7}}",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_name_or_place_cannot_add_a_line(text: str) -> None:
    """T19: the file has exactly the lines of one with harmless texts, in the same order."""
    harmless = invitation(meeting(), "REQUEST")
    hostile = invitation(
        meeting(
            organizer=replace(ORGANIZER, name=text),
            attendees=(replace(EMPLOYEE, name=text),),
            place=f"A{text}",
            uid=f"u{text}",
            link=f"https://x.example/{text}",
        ),
        "REQUEST",
    )
    assert line_names(hostile) == line_names(harmless)
    found = event(hostile)
    assert str(found["ATTENDEE"]) == "mailto:signe@havneby.example"
    assert found["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert found["LOCATION"] == one_line(f"A{text}")


def line_names(content: bytes) -> list[str]:
    """What each unfolded line starts with, as any splitter of lines sees them."""
    unfolded = content.decode().replace("\r\n ", "")
    return [line.replace(";", ":").split(":")[0] for line in unfolded.splitlines()]


def assert_well_folded(content: bytes) -> None:
    """RFC 5545, 3.1: CRLF only, 75 octets at most, and each line decodes by itself."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@given(
    name=st.text(max_size=120),
    place=st.text(max_size=300),
    answer=st.sampled_from(["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]),
)
def test_any_name_and_place_survives_as_one_line(name: str, place: str, answer: str) -> None:
    """Read back, a text is what it was but for its line ends; the bytes are as the RFC says."""
    party = Party(name, "signe@havneby.example", answer)  # type: ignore[arg-type]
    content = invitation(meeting(attendees=(party,), place=place), "REQUEST")
    assert_well_folded(content)
    found = event(content)
    assert found.get("LOCATION", "") == one_line(place)
    assert found["ATTENDEE"].params.get("CN", "") == parameter(name)
    assert found["ATTENDEE"].params["PARTSTAT"] == answer


@given(
    st.datetimes(wall_clock(2024, 1, 1), wall_clock(2037, 1, 1)),
    st.integers(min_value=1, max_value=8 * 60),
)
def test_any_moment_reads_back_as_itself(start: dt.datetime, minutes: int) -> None:
    starts = start.replace(second=0, microsecond=0, tzinfo=dt.UTC)
    ends = starts + dt.timedelta(minutes=minutes)
    found = event(invitation(meeting(starts=starts, ends=ends), "REQUEST"))
    assert moments(found) == [starts, ends]


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_mail_carries_it_as_a_part_and_as_a_file(method: str) -> None:
    message = EmailMultiAlternatives("Samtale", "Se den her", "a@b.example", ["c@d.example"])
    message.attach_alternative("<p>Se den her</p>", "text/html")
    attach_invitation(message, meeting(), method)  # type: ignore[arg-type]
    raw = message.message().as_bytes(linesep="\r\n")
    read = email.message_from_bytes(raw, policy=email.policy.SMTP)
    body, attached = read.iter_parts()
    assert read.get_content_type() == "multipart/mixed"
    assert body.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in body.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    part = list(body.iter_parts())[-1]
    assert part.get_param("method") == method
    assert part.get_all("Content-Type")[0].params == {"method": method, "charset": "utf-8"}
    assert (attached.get_content_type(), attached.get_filename()) == (
        "application/ics",
        "invite.ics",
    )
    content = invitation(meeting(), method)  # type: ignore[arg-type]
    assert attached.get_payload(decode=True) == content
    assert part.get_payload(decode=True) == content


@given(st.text(max_size=80))
def test_no_name_breaks_out_of_the_mail(name: str) -> None:
    """T19: the mail has the same parts whatever the attendee's name and the place are."""
    message = EmailMultiAlternatives("Samtale", "Se den her", "a@b.example", ["c@d.example"])
    invited = meeting(attendees=(replace(EMPLOYEE, name=name),), place=name)
    attach_invitation(message, invited, "REQUEST")
    read = email.message_from_bytes(message.message().as_bytes(linesep="\r\n"))
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/calendar",
        "application/ics",
    ]
