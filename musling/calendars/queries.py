"""What doors and free times read: own working hours, busy times, own calendar and feed."""

import datetime as dt
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from musling.calendars import access
from musling.calendars.models import Feed, OwnCalendar
from musling.calendars.slots import USUAL_HOURS, USUAL_PAUSE, Hours, Span
from musling.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class OwnHours:
    """When somebody works and how many minutes lie between two talks."""

    hours: Hours = USUAL_HOURS
    pause: int = USUAL_PAUSE


def hours_of(actor: Actor) -> OwnHours:
    """The actor's working hours; the usual ones where none are set. One query."""
    row = access.own_hours(actor).first()
    if row is None:
        return OwnHours()
    hours = [
        day and (dt.time.fromisoformat(day[0]), dt.time.fromisoformat(day[1])) for day in row.days
    ]
    return OwnHours(hours, row.pause)


def busy_spans(actor: Actor, first: dt.datetime, last: dt.datetime) -> list[Span]:
    """When the actor's own calendar says that she or he is taken, between two; one query."""
    rows = access.own_busy_times(actor).filter(ends_at__gt=first, starts_at__lt=last)
    return [Span(*row) for row in rows.values_list("starts_at", "ends_at")]


def own_calendar(actor: Actor) -> OwnCalendar | None:
    """The calendar that the actor lets Musling read; one query."""
    return access.own_calendars(actor).first()


def own_feed(actor: Actor) -> Feed | None:
    """The actor's feed; one query."""
    return access.own_feeds(actor).first()


def hash_of(secret: str) -> str:
    """What the database holds of a feed's address: keyed, so that a copy of it opens nothing."""
    return salted_hmac("musling.calendars.feed", secret, algorithm="sha256").hexdigest()


def feed_of(secret: str) -> Feed | None:
    """The feed with that secret, of somebody who still may log in; one query.

    There is no actor: who holds the secret is who made it, or has been given it.
    """
    return (
        Feed.objects.filter(
            secret_hash=hash_of(secret),
            profile__disabled_at=None,
            profile__person__is_active=True,
        )
        .select_related("profile__person", "organisation")
        .first()
    )
