"""Opening a round against a bare ``INSERT … SELECT`` of the rows that it writes, on PostgreSQL.

Both go into the same tables with the same indexes and constraints, beside 500,000 talks of another
organisation. Ours runs as a worker runs it: unit by unit, each step its own transaction.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from musling.cli.bench.places import places
from musling.foundation.problems import Refused

MOST_RATIO = 2.0
MEASURED = "open-round.json"


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, opens and copies in turn. Returns the document of docs/contract.md."""
    with places(arguments.database, arguments.folder, ("postgresql",)) as found:
        place = found[0]
        if place.database != "postgresql":
            raise Refused("The reference is PostgreSQL's: give the address of such a database.")
        what = {"size": 30, "talks": arguments.talks}
        place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
        place.run("musling.cli.bench.opened", str(size), "0")
        place.run("musling.cli.bench.opened", str(size), str(arguments.rounds))
        measured = json.loads((place.var / MEASURED).read_text())
    return {"name": "open-round", "size": size, "talks": arguments.talks, **measured}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    rows = sum(document["rows"].values())
    yield (
        f"{document['size']} people in {document['units']} units opened in "
        f"{document['seconds']:.1f} s, {document['queries']} queries"
    )
    yield f"INSERT … SELECT of the same {rows} rows: {document['reference_seconds']:.1f} s"
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Ratio {document['ratio']:.2f} (at most {MOST_RATIO}: {kept})."
    early, late = document["rss_after_a_tenth_mb"], document["peak_rss_mb"]
    yield f"Memory {early:.0f} MB after a tenth, {late:.0f} MB at most."
