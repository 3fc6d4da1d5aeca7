"""Who has opened what of mine."""

import datetime as dt
from dataclasses import dataclass

from musling.activity.models import Reading
from musling.foundation.actor import Actor
from musling.people.models import Profile


@dataclass(frozen=True, slots=True)
class Opened:
    """One reading: the day, who read, and the id of the class of content."""

    day: dt.date
    name: str
    content: str


def who_read_mine(actor: Actor, most: int) -> list[Opened]:
    """The last readings of what is the actor's, the newest first; two queries."""
    rows = list(
        Reading.objects.filter(
            organisation_id=actor.organisation_id, about_id=actor.profile_id
        ).order_by("-day", "-first_at")[:most]
    )
    readers = Profile.objects.filter(organisation_id=actor.organisation_id)
    people = readers.in_bulk({row.reader_id for row in rows})
    return [
        Opened(row.day, people[row.reader_id].name if row.reader_id in people else "", row.content)
        for row in rows
    ]
