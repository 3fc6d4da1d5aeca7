"""Who has opened what of mine, in plain words, newest first."""

import datetime as dt
from dataclasses import dataclass

from musling.activity.models import Reading
from musling.foundation.actor import Actor
from musling.foundation.visibility import Text
from musling.people.models import Profile
from musling.web.access.table import table

MOST = 100


@dataclass(frozen=True)
class Opened:
    """One reading, with the name of who read."""

    day: dt.date
    name: str
    what: Text


def who_read_mine(actor: Actor) -> list[Opened]:
    """The last readings of what is the actor's; two queries."""
    rows = list(
        Reading.objects.filter(
            organisation_id=actor.organisation_id, about_id=actor.profile_id
        ).order_by("-day", "-first_at")[:MOST]
    )
    people = Profile.objects.filter(organisation_id=actor.organisation_id).in_bulk(
        {row.reader_id for row in rows}
    )
    names = {line.content.id: line.content.name for line in table()}
    return [
        Opened(
            row.day,
            people[row.reader_id].name if row.reader_id in people else "",
            names.get(row.content, row.content),
        )
        for row in rows
    ]
