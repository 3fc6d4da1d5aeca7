"""Imports a list of people again with one row in a hundred changed: ``reimport.json``.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.nightly SIZE ROUNDS``.
"""

import csv
import io
import json
import os
import resource
import sys
import time
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

import django
import psycopg

from musling.cli.bench.bringing_in import begin, bring_in, files, wipe

CHANGED = 100  # one row in so many


def main() -> None:
    """Measures so many nights and writes the medians."""
    django.setup()
    from django.conf import settings

    from musling.cli.bench.reimporting import MEASURED
    from musling.cli.output import note

    size, rounds = int(sys.argv[1]), int(sys.argv[2])
    people, units = files(size)
    own = begin()
    address = settings.DATABASE_OWNER_URL or os.environ["DATABASE_URL"]
    ours, bare, queries, updated = [], [], 0, 0
    with psycopg.connect(address, autocommit=True) as owner:
        wipe(owner, own)
        bring_in(own, people, units)
        owner.execute("VACUUM ANALYZE")
        before = _log_ins(owner)
        for night in range(rounds):
            people = _changed(people, night)
            seconds, queries, plan = bring_in(own, people, None)
            updated = plan.people.updated
            if (updated, plan.people.unchanged) != (size // CHANGED, size - size // CHANGED):
                raise SystemExit(f"Not one in {CHANGED} was found changed: {plan.people}.")
            ours.append(seconds)
            bare.append(_bare(people))
            note(f"  night {night}: {seconds:.2f} s, reading and hashing {bare[-1]:.2f} s")
        if _log_ins(owner) != before:
            raise SystemExit("The import touched a log-in.")
        wipe(owner, own)
    document = {
        "seconds": round(median(ours), 3),
        "reference_seconds": round(median(bare), 3),
        "ratio": round(median(o / b for o, b in zip(ours, bare, strict=True)), 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "queries": queries,
        "updated": updated,
    }
    (Path(settings.MUSLING_VAR) / MEASURED).write_text(json.dumps(document))


def _changed(people: bytes, night: int) -> bytes:
    """The list with another title in every hundredth row, other rows each night."""
    lines = people.split(b"\n")
    for place in range(1 + night % CHANGED, len(lines), CHANGED):
        lines[place] = lines[place].replace(b"Social- og", b"Leder, social- og", 1)
    return b"\n".join(lines)


def _bare(data: bytes) -> float:
    begun = time.perf_counter()
    for row in csv.reader(io.StringIO(data.decode(), newline=""), delimiter=";"):
        sha256("\x1f".join(row).encode()).digest()
    return time.perf_counter() - begun


def _log_ins(owner: Any) -> Any:
    """Tells whether any log-in, or its link to a profile, has changed."""
    found = owner.execute(
        "SELECT (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM people_person t),"
        " (SELECT count(*) FROM people_profile WHERE person_id IS NOT NULL)"
    )
    return found.fetchone()


if __name__ == "__main__":
    main()
