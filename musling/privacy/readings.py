"""Who has opened what of mine."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from musling.activity.models import Reading
from musling.foundation.actor import Actor
from musling.people.models import Profile


@dataclass(frozen=True, slots=True)
class Opened:
    """One reading: the day, who read, and the id of the class of content."""

    day: dt.date
    name: str
    content: str


def readings_of_mine(actor: Actor) -> QuerySet[Reading]:
    """Every reading of what is the actor's, the newest first."""
    rows = Reading.objects.filter(organisation_id=actor.organisation_id, about_id=actor.profile_id)
    return rows.order_by("-day", "-first_at")


def in_words(actor: Actor, rows: Collection[Reading]) -> list[Opened]:
    """The same readings with the names of who read; one query."""
    readers = Profile.objects.filter(organisation_id=actor.organisation_id)
    people = readers.in_bulk({row.reader_id for row in rows})
    return [
        Opened(row.day, people[row.reader_id].name if row.reader_id in people else "", row.content)
        for row in rows
    ]


def who_read_mine(actor: Actor, most: int) -> list[Opened]:
    """The last readings of what is the actor's, the newest first; two queries."""
    return in_words(actor, list(readings_of_mine(actor)[:most]))
