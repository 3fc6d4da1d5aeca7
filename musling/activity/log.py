"""Writing to the log. There is no way to change or remove a row."""

import datetime as dt
import json
from typing import Any

from musling.activity.models import Activity, Reading
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor


def note(
    actor: Actor, verb: str, *, object_id: int | None = None, about: int | None = None, **more: Any
) -> Activity:
    """Notes a deed in the same transaction as the deed. ``more`` holds ids and dates only."""
    row = _row(actor, verb, object_id, about, more)
    row.save(force_insert=True)
    return row


def _row(
    actor: Actor, verb: str, object_id: int | None, about: int | None, more: dict[str, Any]
) -> Activity:
    return Activity(
        organisation_id=actor.organisation_id,
        at=clock.now(),
        actor_id=actor.profile_id or None,
        person_id=actor.person_id,
        verb=verb,
        object_id=object_id,
        about_id=about,
        more=more,
    )


def note_many(
    actor: Actor, rows: list[tuple[str, int, int | None]], **more: int | str
) -> dt.datetime:
    """Notes many deeds (verb, object, about) with one statement; with a few for very many.

    ``more`` holds ids and dates only, the same for all. Returns the moment that all of them have.
    """
    now = clock.now()
    who = (actor.organisation_id, now, actor.profile_id or None, actor.person_id)
    columns = ("organisation_id", "at", "actor_id", "person_id", "verb", "object_id", "about_id")
    if more:
        kept = json.dumps(more)
        bulk.insert(Activity, (*columns, "more"), ((*who, *row, kept) for row in rows))
    else:
        bulk.insert(Activity, columns, ((*who, *row) for row in rows))
    return now


def note_each(actor: Actor, verb: str, rows: list[tuple[int, int | None, dict[str, Any]]]) -> None:
    """Notes the same deed for many (object, about, more) with one statement."""
    Activity.objects.bulk_create(
        (_row(actor, verb, pk, about, more) for pk, about, more in rows), batch_size=1000
    )


def write_readings(actor: Actor) -> None:
    """Writes what the actor opened, before the text leaves: the one thing a GET may write."""
    notes, actor.readings[:] = list(dict.fromkeys(actor.readings)), []
    if notes:
        Reading.objects.bulk_create(
            (
                Reading(
                    organisation_id=actor.organisation_id,
                    day=actor.today,
                    first_at=actor.at,
                    reader_id=actor.profile_id,
                    content=note.content,
                    object_id=note.object_id,
                    about_id=note.about_id,
                )
                for note in notes
            ),
            ignore_conflicts=True,
        )
