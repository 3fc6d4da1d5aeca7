"""The import of people against COPY of the rows that it writes, on PostgreSQL.

Both go into the same tables with the same indexes and constraints, beside 500,000 talks of another
organisation. Ours is everything from the bytes of the file to the committed transaction.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from musling.cli.bench.places import places
from musling.foundation.problems import Refused

MOST_RATIO = 2.5
MEASURED = "import.json"


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, imports and copies in turn. Returns the document of docs/contract.md."""
    with places(arguments.database, arguments.folder, ("postgresql",)) as found:
        place = found[0]
        if place.database != "postgresql":
            raise Refused("COPY is PostgreSQL's: give the address of a PostgreSQL database.")
        what = {"size": 30, "talks": arguments.talks}
        place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
        place.run("musling.cli.bench.bringing_in", str(size), str(arguments.rounds))
        measured = json.loads((place.var / MEASURED).read_text())
    return {"name": "import", "size": size, "talks": arguments.talks, **measured}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    rows = sum(document["rows"].values())
    yield f"{document['size']} people in {document['seconds']:.2f} s, {document['queries']} queries"
    yield f"COPY of the same {rows} rows: {document['reference_seconds']:.2f} s"
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Ratio {document['ratio']:.2f} (at most {MOST_RATIO}: {kept})."
