"""Fills the database of a page bench and says what is visited: ``visits.json`` beside it.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.filling SIZE TALKS``.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

TEAMS = 16  # as many as ask at once: nobody waits for a row that another holds
SLUG = "bench"
VISITS = "visits.json"


def main() -> None:
    """Fills, then writes the visits."""
    django.setup()
    size, talks = int(sys.argv[1]), int(sys.argv[2])
    from django.conf import settings

    from musling.cli.output import note

    def told(done: int) -> None:
        note(f"  {done} of {talks} talks")

    teams = fill(size, talks, told)
    visits = [_visits(team) for team in teams]
    (Path(settings.MUSLING_VAR) / VISITS).write_text(json.dumps(visits, indent=1))


def fill(size: int, talks: int, told: Any) -> list[Any]:
    """The organisation, the crowd with so many talks in all, and the measured teams."""
    from django.db import connection

    from musling.cli.bench.crowd import add_crowd
    from musling.cli.bench.measured import add_measured, adopt_frame
    from musling.foundation import clock
    from musling.organisations.models import Organisation, Unit

    organisation = Organisation.objects.create(
        slug=SLUG, name="Bench Kommune", sector="municipal", made_at=clock.now()
    )
    top = Unit.objects.create(organisation=organisation, number="1", name="Kommunen", path="")
    top.path = f"/{top.pk}/"
    top.save(update_fields=["path"])
    content = adopt_frame(organisation)
    own = 2 * TEAMS * size
    add_crowd(organisation, top, content, max(talks - own, 0), told)
    teams = add_measured(organisation, top, TEAMS, size)
    if connection.vendor == "postgresql":
        # What PostgreSQL does by itself within minutes; the planner needs it now.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return teams


def _visits(team: Any) -> dict[str, Any]:
    """What one client needs: two log-ins, and addresses."""
    from musling.cli.bench.measured import SAVED_ITEM, THEME

    talk = f"/{SLUG}/talks/{team.talk.public_id}/prepare"
    return {
        "leader": session_of(team.leader),
        "employee": session_of(team.employee),
        "team": f"/{SLUG}/team/",
        "start": f"/{SLUG}/",
        "preparation": f"{talk}/{THEME}/",
        "saving": f"{talk}/save/",
        "item": SAVED_ITEM,
    }


def session_of(person: Any) -> str:
    """The key of a session as log-in leaves it, kept our way and, for the reference, Django's."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore as DjangoStore
    from django.contrib.sessions.models import Session

    from musling.identity.session_store import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["language"] = "da"
    session.save()
    key = str(session.session_key)
    Session.objects.create(
        session_key=key,
        session_data=DjangoStore().encode(dict(session.items())),
        expire_date=session.get_expiry_date(),
    )
    return key


if __name__ == "__main__":
    main()
