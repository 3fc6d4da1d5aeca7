"""The feed of one's own talks, for whoever holds its secret address."""

import datetime as dt
import time
from hashlib import sha256
from typing import cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response

from musling.calendars.models import Feed
from musling.calendars.queries import feed_of
from musling.conversations.queries.times import calendar_entries
from musling.foundation import clock
from musling.foundation.tenancy import walled
from musling.gate import rules
from musling.mail.feed import Entry, calendar_feed
from musling.mail.letters import host

AN_HOUR = 3600
MOST_AN_HOUR = 60  # calendars ask every quarter of an hour, and some people have several
MOST_UNKNOWN_AN_HOUR = 300  # from one address of the net, behind which a workplace may sit
KEPT = dt.timedelta(days=60)  # how long a talk that was held stays in the calendar


def feed_address(secret: str) -> str:
    """The address to give to a calendar."""
    return f"{settings.MUSLING_BASE_URL}{reverse('feed', args=[secret])}"


@rules.public("GET")
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The talks as iCalendar; nothing at an address that is none or was ended."""
    found = feed_of(secret)
    who, most = (
        (found.public_id, MOST_AN_HOUR)
        if found
        else (get_adapter(request).get_client_ip(request), MOST_UNKNOWN_AN_HOUR)
    )
    if _comes_too_often(who, most):
        return HttpResponse(status=429, headers={"Retry-After": str(AN_HOUR)})
    if found is None:
        raise Http404
    body = _talks(found)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="musling.ics"'
    response.headers["ETag"] = etag
    return cast("HttpResponse", get_conditional_response(request, etag=etag, response=response))


def _comes_too_often(who: str, most: int) -> bool:
    """Counts per hour, in the cache that all processes share."""
    counter = f"feed:{who}:{int(time.time()) // AN_HOUR}"
    cache.add(counter, 0, timeout=AN_HOUR)
    try:
        return cache.incr(counter) > most
    except ValueError:  # it ran out between the two
        return False


def _talks(found: Feed) -> bytes:
    person = found.profile.person
    language = person.language if person else settings.LANGUAGE_CODE
    # Inside the organisation's wall, as for somebody who has logged in.
    within_another = connection.in_atomic_block
    with transaction.atomic(), walled(found.organisation_id, goes_on=within_another):
        rows = calendar_entries(found.profile_id, clock.now() - KEPT)
    with translation.override(language):
        return calendar_feed(
            Entry(
                uid=f"{row.public_id}@{host()}",
                starts=row.starts_at,
                ends=row.ends_at,
                made_at=row.made_at,
                link=settings.MUSLING_BASE_URL
                + reverse("talk", args=[found.organisation.slug, row.public_id]),
                place=row.place,
                sequence=row.sequence,
            )
            for row in rows
        )
