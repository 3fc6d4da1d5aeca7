"""Fills a database for the bench of coverage and counts it: ``coverage.json`` beside it.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.covered fill TALKS`` and ``… queries``, which counts those of a page.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

TEAM = 5  # so that the small database holds about as many units as a page shows
CHANGED = 1000
FILLED, QUERIES = "coverage.json", "coverage-queries.json"
PAGES = ("top", "unit")


def main() -> None:
    """Fills and counts, or counts queries."""
    django.setup()
    from django.conf import settings

    var = Path(settings.MUSLING_VAR)
    if sys.argv[1] == "fill":
        (var / FILLED).write_text(json.dumps(_fill(int(sys.argv[2]))))
    else:
        filled = json.loads((var / FILLED).read_text())
        counted = {page: _queries(filled[page], filled["session"]) for page in PAGES}
        (var / QUERIES).write_text(json.dumps(counted))


def _fill(talks: int) -> dict[str, Any]:
    """The organisation with so many talks, somebody in HR, and how long it took to count."""
    from musling.cli.bench.filling import SLUG, fill
    from musling.cli.output import note
    from musling.conversations.coverage import counting
    from musling.organisations.models import Organisation, Unit

    fill(TEAM, talks, lambda done: note(f"  {done} of {talks} talks"))
    organisation = Organisation.objects.get(slug=SLUG)
    begun = time.perf_counter()
    counting.bring_up_to_date()
    first = time.perf_counter() - begun
    note(f"  counted in {first:.1f} s")
    changed, seconds = _change_some(organisation.pk)
    begun = time.perf_counter()
    counting.bring_up_to_date()
    idle = time.perf_counter() - begun
    _look_over()
    unit = Unit.objects.filter(organisation=organisation, parent__isnull=False).first()
    return {
        "session": hr_session(organisation),
        "top": f"/{SLUG}/coverage/",
        "unit": f"/{SLUG}/coverage/?unit={unit.public_id if unit else ''}",
        "first_count_seconds": round(first, 3),
        "changed_count": changed,
        "changed_count_seconds": round(seconds, 3),
        "idle_count_seconds": round(idle, 4),
    }


def _change_some(organisation: int) -> tuple[int, float]:
    """Takes the last talk of some back, counts them, and puts all right again."""
    from musling.conversations.coverage import counting
    from musling.conversations.models import Conversation, Part, Participant, State

    seats = Participant.objects.filter(organisation_id=organisation, part=Part.EMPLOYEE)
    people = list(seats.order_by("profile").values_list("profile", flat=True).distinct()[:CHANGED])
    talks = seats.filter(profile__in=people).values("conversation")
    rows = Conversation.objects.filter(pk__in=talks, state=State.AGREED)
    some = list(rows.values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=some).update(state=State.HELD)
    begun = time.perf_counter()
    changed = counting.count(organisation, people)
    seconds = time.perf_counter() - begun
    Conversation.objects.filter(pk__in=some).update(state=State.AGREED)
    counting.count(organisation, people)
    return changed, seconds


def _look_over() -> None:
    """What PostgreSQL does by itself within minutes; the planner needs it now."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def hr_session(organisation: Any, name: str = "hr") -> str:
    """The session of somebody in HR, with a second step as it is asked for in production."""
    from allauth.mfa.models import Authenticator

    from musling.cli.bench.filling import session_of
    from musling.people.models import Person, Profile, Role

    person = Person.objects.create_user(f"{name}@bench.invalid")
    profile = Profile.objects.create(
        organisation=organisation, person=person, number=name, first_name="Hanne", last_name="HR"
    )
    Role.objects.create(
        organisation=organisation, profile=profile, name=Role.Name.HR, starts_on="2015-01-01"
    )
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    return session_of(person)


def _queries(path: str, session: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _open(path, session)
    with CaptureQueriesContext(connection) as queries:
        _open(path, session)
    return len(queries)


def _open(path: str, session: str) -> None:
    from django.conf import settings
    from django.test import Client

    browser = Client(headers={"Host": "127.0.0.1"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    response = browser.get(path)
    if response.status_code != 200:
        raise ValueError(f"{path} answered with {response.status_code}.")


if __name__ == "__main__":
    main()
