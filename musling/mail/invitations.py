"""Calendar invitations by mail: iCalendar (RFC 5545) sent as iTIP/iMIP (RFC 5546, RFC 6047).

An entry shows on lock screens and to colleagues who share a calendar, so it says when and where
and nothing about whom or what: its title is one neutral word that no caller can change, its text is
a link, and it is marked private. Give each recipient an invitation of their own, with nobody else
among the attendees and the installation's own address as organiser: Outlook offers no entry to
somebody who stands as its organiser.
"""

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import Literal, Self
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.translation import pgettext
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
    vUri,
)

from musling.foundation.clock import COPENHAGEN

Method = Literal["REQUEST", "CANCEL"]
Answer = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]

FILE_NAME = "invite.ics"
PRODUCT = "-//Musling//Musling//EN"

# What ends a line or turns its direction, in any reader: C0, C1, Unicode's own line ends, bidi.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in an invitation: a name to show, an e-mail address, and the answer so far."""

    name: str
    email: str
    answer: Answer = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One entry in a calendar, as it stands now.

    ``uid`` stays the same for as long as the talk lives; ``sequence`` is 0 in the first mail and
    grows with each one that follows. ``at`` is when this state was decided. All three moments are
    aware. ``link`` is an absolute address, the only text of the entry.
    """

    uid: str
    starts: dt.datetime
    ends: dt.datetime
    at: dt.datetime
    organizer: Party
    attendees: tuple[Party, ...]
    link: str
    place: str = ""
    sequence: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        """Raises ValueError for what no calendar could show."""
        if any(moment.utcoffset() is None for moment in (self.starts, self.ends, self.at)):
            raise ValueError("A meeting's moments need a time zone.")
        if self.ends <= self.starts:
            raise ValueError("A meeting ends after it starts.")
        if self.sequence < 0 or not self.attendees:
            raise ValueError("A meeting needs attendees and a sequence from 0.")

    def moved(self, starts: dt.datetime, ends: dt.datetime, at: dt.datetime) -> Self:
        """The same meeting at another time, one step up in sequence."""
        return replace(self, starts=starts, ends=ends, at=at, sequence=self.sequence + 1)

    def called_off(self, at: dt.datetime) -> Self:
        """The same meeting one step up in sequence, for the CANCEL."""
        return replace(self, at=at, sequence=self.sequence + 1)


def invitation(meeting: Meeting, method: Method) -> bytes:
    """The iCalendar object of the meeting: UTF-8, CRLF, no line above 75 octets.

    REQUEST invites and, with a higher sequence, moves; CANCEL takes the entry out of calendars.
    Raises ValueError for an e-mail address that could not be sent to.
    """
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(danish_time())
    calendar.add_component(_event(meeting, method))
    content: bytes = calendar.to_ical()
    return content


def attach_invitation(message: EmailMultiAlternatives, meeting: Meeting, method: Method) -> None:
    """Puts the invitation into the mail, twice, as the large calendars want it.

    The part beside the text makes the mail itself an invitation (RFC 6047 asks for the method in
    its type); the file is for programs that only know attachments. Its type is another one, or
    Outlook would show two invitations.
    """
    content = invitation(meeting, method)
    # Django adds charset="utf-8" to every text part.
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")
    message.attach(FILE_NAME, content, "application/ics")


def _event(meeting: Meeting, method: Method) -> Event:
    event = Event()
    event.add("UID", one_line(meeting.uid))
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", meeting.at.astimezone(dt.UTC))
    event.add("LAST-MODIFIED", meeting.at.astimezone(dt.UTC))
    event.add("DTSTART", local_time(meeting.starts))
    event.add("DTEND", local_time(meeting.ends))
    event.add("SUMMARY", pgettext("neutral word in a calendar", "Talk"))
    event.add("DESCRIPTION", one_line(meeting.link))
    event.add("URL", vUri(one_line(meeting.link)))
    if place := one_line(meeting.place):
        event.add("LOCATION", place)
    event.add("STATUS", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    # Another time is proposed in Musling, where the other party sees it.
    event.add("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
    event.add("ORGANIZER", _address(meeting.organizer), encode=False)
    for party in meeting.attendees:
        event.add("ATTENDEE", _attendee(party), encode=False)
    return event


def local_time(moment: dt.datetime) -> dt.datetime:
    """The moment in Danish time, or in UTC in the one hour of the year that comes twice.

    RFC 5545 (3.3.5) reads a local time in that hour as its first occurrence.
    """
    local = moment.astimezone(COPENHAGEN)
    return moment.astimezone(dt.UTC) if local.fold else local


def _attendee(party: Party) -> vCalAddress:
    """RSVP asks for an answer only where there is none yet."""
    address = _address(party)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText(party.answer)
    address.params["RSVP"] = vText("TRUE" if party.answer == "NEEDS-ACTION" else "FALSE")
    return address


def _address(party: Party) -> vCalAddress:
    address = vCalAddress("mailto:" + _mailbox(party.email))
    if name := parameter(party.name):
        address.params["CN"] = vText(name)
    return address


def _mailbox(email: str) -> str:
    """The address as it may stand in a URI; domains with Danish letters as DNS knows them.

    Raises ValueError for what is no address, and for a leading dash, which a mail program on the
    command line would take for an option.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise ValueError("This is not an e-mail address.") from None
    if email.startswith("-"):
        raise ValueError("An e-mail address cannot start with a dash.")
    local, _, domain = email.rpartition("@")
    return quote(local, safe="!$'*+-./=_~") + "@" + punycode(domain)


def one_line(text: str) -> str:
    """The text on one line: whatever could end a line, or turn it round, becomes one space."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def parameter(text: str) -> str:
    """The text on one line, as it may stand beside an address.

    A parameter value cannot hold a quotation mark (RFC 5545, 3.2), and programs disagree about
    backslash and caret in it (RFC 6868).
    """
    return one_line(text.translate({ord('"'): "'", ord("\\"): "/", ord("^"): " "}))


def danish_time() -> Timezone:
    """Danish time as two rules in use since 1996 (directive 2000/84/EC).

    Written out, since the library lists every change of forty years instead and gives the start
    of summer time in the wrong hour (RFC 5545, 3.6.5, counts in the offset that ends).
    """
    zone = Timezone()
    zone.add("TZID", COPENHAGEN.key)
    # A rule starts at a wall-clock time: it has no zone, it makes one.
    winter = (TimezoneStandard(), "CET", 10, dt.datetime(1996, 10, 27, 3), 2, 1)  # noqa: DTZ001
    summer = (TimezoneDaylight(), "CEST", 3, dt.datetime(1996, 3, 31, 2), 1, 2)  # noqa: DTZ001
    for part, name, month, first, hours_before, hours_after in (winter, summer):
        part.add("DTSTART", first)
        part.add("RRULE", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        part.add("TZNAME", name)
        part.add("TZOFFSETFROM", dt.timedelta(hours=hours_before))
        part.add("TZOFFSETTO", dt.timedelta(hours=hours_after))
        zone.add_component(part)
    return zone
