"""Reading own calendars in the background: fetch, expand, keep when somebody is busy, no more."""

import datetime as dt
import json
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction

from musling.calendars.fetching import NotFetched, Problem, fetch
from musling.calendars.models import BusyTime, OwnCalendar
from musling.foundation import clock
from musling.vault import keys
from musling.vault.keys import KeyDestroyed

EXPANDING = Path(__file__).with_name("expanding.py")
EVERY = dt.timedelta(hours=1)
AHEAD = dt.timedelta(days=200)  # so far ahead busy times are known
AT_ONCE = 50
# The job shares its thread with the mails: it ends after so long, the rest waits for its next turn.
SECONDS = 20.0
EXPANDING_SECONDS = 8
EXITS = {3: Problem.NO_CALENDAR, 4: Problem.LARGE}


def read_due() -> int:
    """Reads the calendars whose turn it is; returns how many. Safe to run in several workers."""
    if not settings.MUSLING_READ_CALENDARS:
        return 0
    ends, done = time.monotonic() + SECONDS, 0
    due = OwnCalendar.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    for pk, next_at in due.values_list("pk", "next_at")[:AT_ONCE]:
        if time.monotonic() >= ends:
            break
        done += _take(pk, next_at) and read(pk)
    return done


def _take(pk: int, next_at: dt.datetime) -> bool:
    """Takes the turn, and says whether no other worker was quicker."""
    mine = OwnCalendar.objects.filter(pk=pk, next_at=next_at)
    return bool(mine.update(next_at=clock.now() + EVERY))


def read(pk: int) -> bool:
    """Reads one calendar and keeps when its owner is busy, or why that did not go well."""
    row = OwnCalendar.objects.filter(pk=pk).first()
    if row is None:
        return False
    first = clock.now()
    try:
        address = row.unseal(keys.open_key(row.key_id), "address")
        stretches = expand(fetch(address), first, first + AHEAD)
    except KeyDestroyed:
        return False
    except NotFetched as problem:
        OwnCalendar.objects.filter(pk=pk).update(problem=problem.problem)
    else:
        _keep(row, stretches)
    return True


def expand(
    file: bytes, first: dt.datetime, last: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime]]:
    """When the file's owner is busy between two moments. Raises NotFetched."""
    try:
        run = subprocess.run(  # noqa: S603 - our own file, and no word of a user in the command
            [sys.executable, "-I", str(EXPANDING), first.isoformat(), last.isoformat()],
            input=file,
            capture_output=True,
            env={},
            timeout=EXPANDING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotFetched(Problem.LARGE) from None
    if run.returncode:
        killed = run.returncode < 0  # by its own limit of time
        raise NotFetched(
            Problem.LARGE if killed else EXITS.get(run.returncode, Problem.NO_CALENDAR)
        )
    return [
        (dt.datetime.fromisoformat(starts), dt.datetime.fromisoformat(ends))
        for starts, ends in json.loads(run.stdout)
    ]


@transaction.atomic
def _keep(row: OwnCalendar, stretches: list[tuple[dt.datetime, dt.datetime]]) -> None:
    """Puts what was read in the place of what was there, unless it was forgotten meanwhile."""
    still = OwnCalendar.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if still is None:
        return
    BusyTime.objects.filter(profile=row.profile_id).delete()
    BusyTime.objects.bulk_create(
        BusyTime(
            organisation_id=row.organisation_id,
            profile_id=row.profile_id,
            starts_at=starts,
            ends_at=ends,
        )
        for starts, ends in stretches
    )
    OwnCalendar.objects.filter(pk=row.pk).update(read_at=clock.now(), problem="")
