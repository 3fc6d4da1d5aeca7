"""Opens a round, and inserts the same rows from a copy, in turn: ``open-round.json``.

Run in processes of their own, with the settings of that database, so that the memory of bringing
people in does not count: ``python -m musling.cli.bench.opened SIZE 0`` brings them in, then
``python -m musling.cli.bench.opened SIZE ROUNDS`` measures.
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

SLUG = "rounds"
PER_UNIT = 20
# In the order in which their rows point to each other.
TABLES = (
    "conversations_conversation",
    "conversations_participant",
    "conversations_offer",
    "rounds_place",
    "activity_activity",
)


def main() -> None:
    """Measures so many rounds of both and writes the medians."""
    django.setup()
    from django.conf import settings

    from musling.cli.output import note

    size, rounds = int(sys.argv[1]), int(sys.argv[2])
    own = _organisation(size)
    if not rounds:
        return
    address = settings.DATABASE_OWNER_URL or os.environ["DATABASE_URL"]
    ours, bare = [], []
    rows: dict[str, int] = {}
    queries, early, units = 0, 0.0, 0
    with psycopg.connect(address, autocommit=True) as owner:
        for table in TABLES:
            # The reference goes without the second wall; ours goes through it as always.
            owner.execute(
                sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table))
            )
        for _round in range(rounds):
            _wipe(owner, own)
            seconds, queries, early, units = _open(own)
            ours.append(seconds)
            rows = _set_aside(owner, own)
            _wipe(owner, own)
            bare.append(_insert(owner))
            note(f"  opened {ours[-1]:.2f} s, INSERT … SELECT {bare[-1]:.2f} s")
        _wipe(owner, own)
    mine, theirs = median(ours), median(bare)
    document = {
        "seconds": round(mine, 3),
        "reference_seconds": round(theirs, 3),
        "ratio": round(mine / theirs, 2),
        "peak_rss_mb": _peak(),
        "rss_after_a_tenth_mb": early,
        "queries": queries,
        "rows": rows,
        "units": units,
    }
    (Path(settings.MUSLING_VAR) / "open-round.json").write_text(json.dumps(document))


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _organisation(size: int) -> int:
    """An organisation with so many people in units of twenty, brought in once."""
    from musling.cli.bench.bringing_in import files
    from musling.cli.bench.measured import adopt_frame
    from musling.foundation import clock
    from musling.foundation.actor import Actor
    from musling.organisations.models import Organisation
    from musling.people.import_files import read_people, read_units
    from musling.people.imports import apply_import
    from musling.people.models import Employment

    slug = f"{SLUG}-{size}"
    found, _made = Organisation.objects.get_or_create(
        slug=slug, defaults={"name": "Runde", "sector": "municipal", "made_at": clock.now()}
    )
    if not Employment.objects.filter(organisation=found).exists():
        people, units = files(size, PER_UNIT)
        actor = Actor(None, 0, found.pk, clock.now())
        apply_import(actor, read_people("p.csv", people), read_units("u.csv", units))
        adopt_frame(found)
    return found.pk


def _open(own: int) -> tuple[float, int, float, int]:
    """Seconds, queries, the memory after a tenth, and units: from the start to the last commit."""
    from django.db import connection

    from musling.foundation import clock
    from musling.organisations.models import Unit
    from musling.rounds.actions.opening import OPEN
    from musling.rounds.models import Place, Round
    from musling.work.models import Run
    from musling.work.runs import carry_out

    Round.objects.filter(organisation_id=own).delete()
    today = clock.today()
    row = Round.objects.create(
        organisation_id=own,
        kind="mus",
        name="MUS",
        year=today.year,
        starts_on=today,
        ends_on=today.replace(month=12, day=31),
        state="opening",
        made_at=clock.now(),
    )
    run = Run.objects.create(
        name=OPEN, organisation_id=own, arguments={"round": row.pk}, made_at=clock.now()
    )
    units = Unit.objects.filter(organisation_id=own).count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_employment, organisations_unit, people_leadership")
    queries, memory = 0, []

    def count(execute: Any, *given: Any) -> Any:
        nonlocal queries
        queries += 1
        if queries % 100 == 0:
            memory.append(_peak())
        return execute(*given)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        carry_out.func(run.public_id)
    taken = time.perf_counter() - begun
    run.refresh_from_db()
    if run.state != Run.State.DONE:
        raise ValueError(f"The round was not opened: {run.state} {run.problem}")
    if Place.objects.filter(round=row).count() < 1:
        raise ValueError("The round has no places.")
    return taken, queries, memory[len(memory) // 10] if memory else _peak(), units


def _set_aside(owner: Any, own: int) -> dict[str, int]:
    """Copies of what was written, as tables without any index; how many rows each holds."""
    counts = {}
    for table in TABLES:
        aside = sql.Identifier(f"aside_{table}")
        owner.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(aside))
        owner.execute(
            sql.SQL(
                "CREATE TABLE {} AS SELECT * FROM {} WHERE organisation_id = {} {} ORDER BY id"
            ).format(
                aside,
                sql.Identifier(table),
                sql.Literal(own),
                sql.SQL("AND verb LIKE 'conversation.%'" if table == TABLES[-1] else ""),
            )
        )
        found = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(aside)).fetchone()
        counts[table] = found[0]
        owner.execute(sql.SQL("ANALYZE {}").format(aside))
    return counts


def _insert(owner: Any) -> float:
    """Seconds of the bare statements, all tables in one transaction."""
    begun = time.perf_counter()
    with owner.transaction():
        for table in TABLES:
            owner.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {}").format(
                    sql.Identifier(table), sql.Identifier(f"aside_{table}")
                )
            )
    return time.perf_counter() - begun


def _wipe(owner: Any, own: int) -> None:
    """Takes the round's rows out and cleans up after them, so that both begin alike."""
    with owner.transaction():
        for table in reversed(TABLES):
            statement = sql.SQL("DELETE FROM {} WHERE organisation_id = {} {}")
            kept = sql.SQL("AND verb NOT LIKE 'employment.%'" if table == TABLES[-1] else "")
            owner.execute(statement.format(sql.Identifier(table), sql.Literal(own), kept))
    for table in TABLES:
        owner.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
    with suppress(psycopg.errors.InsufficientPrivilege):  # asked for by a role that may not: later
        owner.execute("CHECKPOINT")


if __name__ == "__main__":
    main()
