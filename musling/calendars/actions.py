"""What a person changes: working hours, the own calendar that is read, and the feed."""

import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.calendars import access
from musling.calendars.fetching import NotFetched, checked
from musling.calendars.models import BusyTime, Feed, OwnCalendar, WorkingHours
from musling.calendars.queries import hash_of
from musling.calendars.slots import Hours
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.people.models import Profile
from musling.vault import keys
from musling.vault.models import Key

LONGEST_ADDRESS = 2000
MOST_PAUSE = 120  # minutes
REASON = "calendar forgotten"


@transaction.atomic
def keep_hours(actor: Actor, *, hours: Hours, pause: int) -> None:
    """Keeps when the actor works. ``hours``: seven entries from Monday, None for a day off.

    ``pause`` in minutes. Raises Refused (field ``day-N`` or ``pause``) for a day that ends before
    it begins.
    """
    for number, day in enumerate(hours):
        if day and day[1] <= day[0]:
            raise Refused(
                _("The day ends before it begins. Correct one of the two."), f"day-{number}"
            )
    if not any(hours):
        raise Refused(_("Set the hours of at least one day."))
    if not 0 <= pause <= MOST_PAUSE:
        raise Refused(_("The pause is between 0 and 120 minutes."), "pause")
    days = [day and [time.isoformat("minutes") for time in day] for day in hours]
    WorkingHours.objects.update_or_create(
        profile_id=actor.profile_id,
        defaults={"organisation_id": actor.organisation_id, "days": days, "pause": pause},
    )
    log.note(actor, "settings.changed", object_id=actor.profile_id, about=actor.profile_id)


@transaction.atomic
def keep_calendar(actor: Actor, *, address: str) -> None:
    """Lets Musling read busy times at the secret address, which is sealed under a key of its own.

    Whatever was read before goes. Raises Refused (field ``address``) for an address that may not
    be read; what stands there is looked at later, by the schedule.
    """
    address = address.strip()
    try:
        checked(address)
    except NotFetched:
        raise Refused(
            _("Paste the whole address of the calendar. It begins with https:// or webcal://."),
            "address",
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise Refused(_("The address is too long to be one of a calendar."), "address")
    _lock(actor)
    _forget(access.own_calendars(actor))
    now = clock.now()
    key = keys.new_key(organisation_id=actor.organisation_id, purpose="calendar")
    row = OwnCalendar(
        organisation_id=actor.organisation_id,
        profile_id=actor.profile_id,
        key=key,
        made_at=now,
        next_at=now,
    )
    row.seal(keys.open_key(key.pk), "address", address)
    row.save()
    log.note(actor, "calendar.kept", object_id=row.pk, about=actor.profile_id)


@transaction.atomic
def forget_calendar(actor: Actor) -> None:
    """Forgets the address and everything that was read there, at once. Safe to press twice."""
    _lock(actor)
    if _forget(access.own_calendars(actor)):
        log.note(actor, "calendar.forgotten", object_id=actor.profile_id, about=actor.profile_id)


@transaction.atomic
def make_feed(actor: Actor) -> str:
    """Makes the actor's feed, or makes it anew: the old address stops at once.

    Returns the secret part of its address, which is shown once; the database holds a hash.
    """
    _lock(actor)
    secret = secrets.token_urlsafe(24)  # 192 bits
    row, _made = Feed.objects.update_or_create(
        profile_id=actor.profile_id,
        defaults={
            "organisation_id": actor.organisation_id,
            "secret_hash": hash_of(secret),
            "made_at": clock.now(),
        },
    )
    log.note(actor, "feed.made", object_id=row.pk, about=actor.profile_id)
    return secret


@transaction.atomic
def end_feed(actor: Actor) -> None:
    """Ends the actor's feed; its address leads nowhere from now on. Safe to press twice."""
    _lock(actor)
    feed = access.own_feeds(actor).first()
    if feed:
        feed.delete()
        log.note(actor, "feed.ended", object_id=actor.profile_id, about=actor.profile_id)


def forget_who_left() -> int:
    """Forgets calendars and feeds of whoever cannot log in here any more; returns how many.

    For the schedule, which has no actor.
    """
    gone = Q(profile__person=None) | Q(profile__disabled_at__isnull=False)
    Feed.objects.filter(gone).delete()
    with transaction.atomic():
        return _forget(OwnCalendar.objects.filter(gone))


@transaction.atomic
def forget_all_of(profiles: list[int]) -> None:
    """Forgets everything here of profiles that are about to be removed."""
    own = {"profile__in": profiles}
    _forget(OwnCalendar.objects.filter(**own))
    Feed.objects.filter(**own).delete()
    WorkingHours.objects.filter(**own).delete()


def _forget(calendars: QuerySet[OwnCalendar]) -> int:
    rows = list(calendars.values_list("pk", "key_id", "profile_id"))
    BusyTime.objects.filter(profile__in=[profile for _pk, _key, profile in rows]).delete()
    keys.destroy(list(Key.objects.filter(pk__in=[key for _pk, key, _p in rows])), reason=REASON)
    OwnCalendar.objects.filter(pk__in=[pk for pk, _key, _profile in rows]).delete()
    return len(rows)


def _lock(actor: Actor) -> None:
    """Two tabs wait for each other: the second sees what the first did."""
    list(Profile.objects.select_for_update(of=("self",)).filter(pk=actor.profile_id))
