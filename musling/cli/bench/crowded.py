"""Gives the people of the measured teams log-ins and says who does what: ``load.json``.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.crowded PEOPLE``.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

CROWD = "load.json"
ONE_IN_HR = 50  # so many people there are for each of those in HR


def main() -> None:
    """Prepares so many people, unless that was done before."""
    django.setup()
    from django.conf import settings
    from django.db import transaction

    file = Path(settings.MUSLING_VAR) / CROWD
    people = int(sys.argv[1])
    if not file.exists() or len(json.loads(file.read_text())) < people:
        with transaction.atomic():
            everybody = _everybody(people)
        file.write_text(json.dumps(everybody, indent=1))


def _everybody(people: int) -> list[dict[str, Any]]:
    """Who takes part, mixed as they are at work: employees who prepare, their leaders, HR."""
    from django.conf import settings

    from musling.cli.bench.filling import SLUG, VISITS
    from musling.conversations.coverage import counting
    from musling.organisations.models import Organisation

    counting.bring_up_to_date()
    organisation = Organisation.objects.get(slug=SLUG)
    teams = json.loads((Path(settings.MUSLING_VAR) / VISITS).read_text())
    leaders = [{"part": "leader", "session": team["leader"], **_pages(team)} for team in teams]
    hr = _hr(organisation, -(-people // ONE_IN_HR))
    employees = _employees(people - len(leaders) - len(hr))
    return _mixed(hr, leaders, employees)[:people]


def _pages(team: dict[str, Any]) -> dict[str, str]:
    return {"start": team["start"], "team": team["team"]}


def _mixed(*groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All of them, each group spread over the whole."""
    placed = [((n + 0.5) / len(group), one) for group in groups for n, one in enumerate(group)]
    return [one for _place, one in sorted(placed, key=lambda pair: pair[0])]


def _employees(wanted: int) -> list[dict[str, Any]]:
    """Those of the measured teams whose talk can be prepared, with a log-in and a preparation."""
    from musling.cli.bench.filling import SLUG, session_of
    from musling.cli.bench.measured import SAVED_ITEM, THEME
    from musling.cli.output import note
    from musling.conversations.actions.preparing import choose_length
    from musling.conversations.models import Part, Participant, State
    from musling.foundation import clock
    from musling.foundation.actor import Actor
    from musling.foundation.problems import Refused
    from musling.people.models import Person

    seats = Participant.objects.filter(
        part=Part.EMPLOYEE,
        ended_at=None,
        profile__number__startswith="m",
        conversation__year=clock.today().year,
        conversation__state__in=[State.BOOKED, State.OFFERED],
    ).select_related("profile__person", "conversation")
    found = []
    for seat in seats.order_by("pk")[:wanted]:
        profile, talk = seat.profile, seat.conversation
        if profile.person is None:
            profile.person = Person.objects.create_user(profile.email)
            profile.save(update_fields=["person"])
        actor = Actor(profile.person_id, profile.pk, profile.organisation_id, clock.now())
        choose_length(actor, public_id=talk.public_id, short=False)
        address = f"/{SLUG}/talks/{talk.public_id}/prepare"
        found.append(
            {
                "part": "employee",
                "session": session_of(profile.person),
                "start": f"/{SLUG}/",
                "preparation": f"{address}/{THEME}/",
                "saving": f"{address}/save/",
                "item": SAVED_ITEM,
            }
        )
    if len(found) < wanted:
        raise Refused(f"There are {len(found)} employees who can prepare, not {wanted}.")
    note(f"  {len(found)} employees with a log-in")
    return found


def _hr(organisation: Any, count: int) -> list[dict[str, Any]]:
    """Some in HR, with the second step that is asked for in production."""
    from musling.cli.bench.covered import hr_session
    from musling.cli.bench.filling import SLUG

    return [
        {
            "part": "hr",
            "session": hr_session(organisation, f"hr-{count}-{n}"),
            "start": f"/{SLUG}/",
            "coverage": f"/{SLUG}/coverage/",
        }
        for n in range(count)
    ]


if __name__ == "__main__":
    main()
