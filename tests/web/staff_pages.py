"""What the tests of HR's pages share: addresses, people by the dozen, counting queries."""

import re
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from musling.people.models import Employment, Profile
from musling.web.language import SESSION_KEY
from tests.cast import LONG_AGO, Cast, Member


def at(name: str, *args: object) -> str:
    """An address in Havneby."""
    return reverse(name, args=["havneby", *args])


def english(member: Member) -> Client:
    """The member's browser in English, so that a test can read what stands there."""
    browser = member.client
    session = browser.session
    session[SESSION_KEY] = "en"
    session.save()
    return browser


def words(response: HttpResponse) -> str:
    """The words of a page, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def said_yes(browser: Client, address: str, **facts: Any) -> HttpResponse:
    """A change of a unit: looked at, then said yes to what was shown."""
    shown = browser.post(address, facts)
    assert "mark" in shown.context, words(shown)
    answer = browser.post(address, {**facts, "do": "1", "seen": shown.context["mark"]})
    assert answer.status_code == 302, words(answer)
    return answer


def names(response: HttpResponse) -> list[str]:
    """The headings of the rows of a list, in its order."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', response.content.decode())


def queries(browser: Client, address: str) -> int:
    """How many queries a page costs when it is asked for again."""
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def employ(cast: Cast, first: str, last: str, **more: Any) -> Employment:
    """Somebody without a log-in, employed in home care."""
    profile = Profile.objects.create(
        organisation=cast.havneby,
        number=f"{first}-{last}",
        first_name=first,
        last_name=last,
        email=more.pop("email", ""),
    )
    return Employment.objects.create(
        organisation=cast.havneby,
        profile=profile,
        number=f"{first}-{last}",
        unit=more.pop("unit", cast.unit),
        **{"starts_on": LONG_AGO} | more,
    )


def employ_many(cast: Cast, numbers: range) -> None:
    """One person per number, employed in home care."""
    profiles = Profile.objects.bulk_create(
        Profile(
            organisation=cast.havneby,
            number=f"many-{number}",
            first_name=f"Person{number}",
            last_name="Mængde",
        )
        for number in numbers
    )
    Employment.objects.bulk_create(
        Employment(
            organisation=cast.havneby,
            profile=profile,
            number=profile.number,
            unit=cast.unit,
            title="Assistent",
            starts_on=LONG_AGO,
        )
        for profile in profiles
    )
