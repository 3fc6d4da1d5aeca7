"""The feed of one's own talks, for whoever holds its secret address."""

import datetime as dt
from hashlib import sha256
from typing import cast

from allauth.core import ratelimit
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
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
from musling.web.errors import not_there

KEPT = dt.timedelta(days=60)  # how long a talk that was held stays in the calendar


def feed_address(secret: str) -> str:
    """The address to give to a calendar."""
    return f"{settings.MUSLING_BASE_URL}{reverse('feed', args=[secret])}"


@rules.public("GET")
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The talks as iCalendar; nothing at an address that is none or was ended."""
    found = feed_of(secret)
    if found is None:
        known = ratelimit.consume(request, action="feed_unknown", limit_get=True)
        return _unlogged(not_there(request) if known else _too_often())
    if not ratelimit.consume(request, action="feed", key=found.public_id, limit_get=True):
        return _unlogged(_too_often())
    body = _talks(found)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="musling.ics"'
    response.headers["ETag"] = etag
    return cast("HttpResponse", get_conditional_response(request, etag=etag, response=response))


def _too_often() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "3600"})


def _unlogged(response: HttpResponse) -> HttpResponse:
    """Django would write the address, and with it the secret, into its log of bad answers."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 (Django's mark)
    return response


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
