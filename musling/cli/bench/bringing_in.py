"""Imports a list of people, and copies the same rows, in turn: ``import.json`` beside the database.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.bringing_in SIZE ROUNDS``.
"""

import json
import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import django
import psycopg
from psycopg import sql

SLUG = "import"
PER_UNIT = 25
CHUNK = 1 << 20
# In the order in which their rows point to each other.
TABLES = (
    "organisations_unit",
    "people_profile",
    "people_employment",
    "people_leadership",
    "activity_activity",
)
LOG = "activity_activity"


def main() -> None:
    """Measures so many rounds of both and writes the medians."""
    django.setup()
    from django.conf import settings

    from musling.cli.output import note

    size, rounds = int(sys.argv[1]), int(sys.argv[2])
    people, units = files(size)
    own = begin()
    address = settings.DATABASE_OWNER_URL or os.environ["DATABASE_URL"]
    ours, bare, log_free, queries = [], [], [], 0
    rows: dict[str, int] = {}
    with psycopg.connect(address, autocommit=True) as owner:
        for table in TABLES:
            # COPY is refused where policies bind whoever copies; ours goes through them as always.
            owner.execute(
                sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table))
            )
        for _round in range(rounds):
            wipe(owner, own)
            seconds, queries, _plan = bring_in(own, people, units)
            ours.append(seconds)
            kept = {table: _taken_out(owner, table, own) for table in TABLES}
            rows = {table: count for table, (count, _data) in kept.items()}
            wipe(owner, own)
            seconds, log_seconds = _copy(owner, kept)
            bare.append(seconds)
            log_free.append(seconds - log_seconds)
            note(f"  import {ours[-1]:.2f} s, COPY {bare[-1]:.2f} s")
        wipe(owner, own)
    mine, theirs = median(ours), median(bare)
    document = {
        "seconds": round(mine, 3),
        "reference_seconds": round(theirs, 3),
        "ratio": round(mine / theirs, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "queries": queries,
        "rows": rows,
        "reference_seconds_without_log": round(median(log_free), 3),
    }
    (Path(settings.MUSLING_VAR) / "import.json").write_text(json.dumps(document))


def files(size: int, per_unit: int = PER_UNIT) -> tuple[bytes, bytes]:
    """A list of so many people and one of their units, as an office would send them."""
    count = -(-size // per_unit)
    units = ["unit_id;name;parent_id;leader_employment_id", "0;Kommunen;;"]
    units += [f"{n + 1};Enhed {n + 1};0;A{n * per_unit}" for n in range(count)]
    people = [
        "employment_id;person_id;first_name;last_name;email;mobile;title;unit_id;from;pay;agreement"
    ]
    people += [
        f"A{n};P{n};Navn{n % 997};Efternavn{n % 9973};p{n}@import.invalid;{20_000_000 + n};"
        f"Social- og sundhedsassistent;{n // per_unit + 1};01-08-2019;monthly;FOA"
        for n in range(size)
    ]
    return "\n".join(people).encode(), "\n".join(units).encode()


def begin() -> int:
    """The organisation that the list belongs to; its id."""
    from musling.foundation import clock
    from musling.organisations.models import Organisation

    found, _made = Organisation.objects.get_or_create(
        slug=SLUG, defaults={"name": "Import", "sector": "municipal", "made_at": clock.now()}
    )
    return found.pk


def bring_in(own: int, people: bytes, units: bytes | None) -> tuple[float, int, Any]:
    """Seconds, queries and what was done, from the bytes of the files to the commit."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from musling.foundation import clock
    from musling.foundation.actor import Actor
    from musling.people.import_files import read_units
    from musling.people.imports import import_again

    connection.ensure_connection()
    begun = time.perf_counter()
    actor = Actor(None, 0, own, clock.now())
    with CaptureQueriesContext(connection) as queries:
        read = read_units("u.csv", units) if units else None
        plan = import_again(actor, "p.csv", people, read)
    taken = time.perf_counter() - begun
    if plan.rejected:
        raise ValueError(f"The import rejected {plan.rejected[:3]}")
    return taken, len(queries), plan


def _taken_out(owner: Any, table: str, own: int) -> tuple[int, list[bytes]]:
    """The rows of the organisation in a table, as COPY writes them."""
    query = sql.SQL("COPY (SELECT * FROM {} WHERE organisation_id = {} ORDER BY id) TO STDOUT")
    with owner.cursor() as cursor:
        with cursor.copy(query.format(sql.Identifier(table), sql.Literal(own))) as copy:
            data = b"".join(copy)
        return cursor.rowcount, [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]


def _copy(owner: Any, kept: dict[str, tuple[int, list[bytes]]]) -> tuple[float, float]:
    """Seconds of COPY into all tables in one transaction, and of that into the log."""
    begun, log = time.perf_counter(), 0.0
    with owner.transaction():
        for table, (_count, chunks) in kept.items():
            table_begun = time.perf_counter()
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            with owner.cursor().copy(statement) as copy:
                for chunk in chunks:
                    copy.write(chunk)
            if table == LOG:
                log = time.perf_counter() - table_begun
    return time.perf_counter() - begun, log


def wipe(owner: Any, own: int) -> None:
    """Takes the organisation's rows out and cleans up after them, so that both begin alike."""
    with owner.transaction():
        for table in reversed(TABLES):
            statement = sql.SQL("DELETE FROM {} WHERE organisation_id = {}")
            owner.execute(statement.format(sql.Identifier(table), sql.Literal(own)))
    for table in TABLES:
        owner.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
    with suppress(psycopg.errors.InsufficientPrivilege):  # asked for by a role that may not: later
        owner.execute("CHECKPOINT")


if __name__ == "__main__":
    main()
