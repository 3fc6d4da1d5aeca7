"""A nightly list of people with one row in a hundred changed, on PostgreSQL.

Ours is everything from the bytes of the file to the committed transaction, beside what the list of
the day before brought in. The reference reads the same bytes with ``csv.reader`` and hashes each
row: the least that one must do to find out which rows are new.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from musling.cli.bench.places import places
from musling.foundation.problems import Refused

MOST_RATIO = 3.0
MEASURED = "reimport.json"


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, imports once, then again and again. Returns the document of docs/contract.md."""
    with places(arguments.database, arguments.folder, ("postgresql",)) as found:
        place = found[0]
        if place.database != "postgresql":
            raise Refused("This is measured on PostgreSQL: give the address of such a database.")
        what = {"size": 30, "talks": arguments.talks}
        place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
        place.run("musling.cli.bench.nightly", str(size), str(arguments.rounds))
        measured = json.loads((place.var / MEASURED).read_text())
    return {"name": "reimport", "size": size, "talks": arguments.talks, **measured}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    yield (
        f"{document['size']} people, {document['updated']} of them changed, in "
        f"{document['seconds']:.2f} s, {document['queries']} queries, "
        f"{document['peak_rss_mb']:.0f} MB at most"
    )
    yield f"Reading and hashing each row: {document['reference_seconds']:.2f} s"
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Ratio {document['ratio']:.2f} (at most {MOST_RATIO}: {kept})."
