"""Wrapping all living keys anew, against the bare engine, on PostgreSQL and on SQLite.

Ours is ``rotation.rewrap``: in batches that each commit, resumable. The reference is one statement
that gives the same rows another generation and bytes of the same length, in the same table with the
same indexes. Beside it: how long bare AES-GCM takes to open and seal as many keys, without a
database. Memory is looked at after a tenth and at the end.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from musling.cli.bench.places import places
from musling.cli.output import note

DATABASES = ("postgresql", "sqlite")
MEASURED = "rotate.json"
MODULE = "musling.cli.bench.wrapping"


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills and measures. Returns the document of docs/contract.md; ``size``: living keys."""
    rows: list[dict[str, Any]] = []
    with places(arguments.database, arguments.folder, DATABASES) as found:
        for place in found:
            place.prepare({"keys": size}, MODULE, "fill", str(size))
            place.run(MODULE, "measure", str(size), str(arguments.rounds))
            measured = json.loads((place.var / MEASURED).read_text())
            rows.append({"database": place.database, **measured})
            note(_line(rows[-1]))
    slowest = max(rows, key=lambda row: row["ratio"])
    return {"name": "rotate", "size": size, **slowest, "databases": rows}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    for row in document["databases"]:
        yield _line(row)
        yield (
            f"  Memory {row['rss_after_a_tenth_mb']:.0f} MB after a tenth, "
            f"{row['peak_rss_mb']:.0f} MB at most; {row['queries']} queries."
        )


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['database']}: {row['per_second']:.0f} keys a second, {row['seconds']:.1f} s; "
        f"one statement {row['reference_seconds']:.1f} s; ratio {row['ratio']:.2f}; "
        f"AES-GCM alone {row['aes_seconds']:.1f} s"
    )
