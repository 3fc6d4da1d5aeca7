"""The feed that a person's calendar reads: the own talks, in the words of the invitations.

Times, place and a link; nothing about whom or what (see ``invitations``): a feed shows on lock
screens, and to everybody with whom a calendar is shared. The same talks give the same bytes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import pgettext
from icalendar import Calendar, Event, vDuration, vUri

from musling.mail.invitations import PRODUCT, danish_time, local_time, one_line

OFTEN = dt.timedelta(hours=1)  # how often a calendar may ask again


@dataclass(frozen=True, slots=True)
class Entry:
    """One talk. ``uid`` is that of its invitations; ``link`` an absolute address."""

    uid: str
    starts: dt.datetime
    ends: dt.datetime
    made_at: dt.datetime
    link: str
    place: str = ""
    sequence: int = 0


def calendar_feed(entries: Iterable[Entry]) -> bytes:
    """The iCalendar object of the talks, in the language that is on."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", "Musling")
    calendar.add("REFRESH-INTERVAL", vDuration(OFTEN), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(OFTEN))
    calendar.add_component(danish_time())
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", one_line(entry.uid))
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.made_at.astimezone(dt.UTC))
    event.add("DTSTART", local_time(entry.starts))
    event.add("DTEND", local_time(entry.ends))
    event.add("SUMMARY", pgettext("neutral word in a calendar", "Talk"))
    event.add("DESCRIPTION", one_line(entry.link))
    event.add("URL", vUri(one_line(entry.link)))
    if place := one_line(entry.place):
        event.add("LOCATION", place)
    event.add("STATUS", "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "OPAQUE")
    return event
