"""How many talks a second are destroyed, against plain SQL that blanks the same rows.

Beside 500,000 talks: the talk's key, both preparations' keys and everything under them, a line in
the ledger for each batch, receipts in the log. The reference blanks as many others with one
statement a table, in one transaction. Ours runs in a process that does nothing else; its memory is
looked at after a tenth and at the end.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from musling.cli.bench.places import places

MODULE = "musling.cli.bench.forgetting"
PARTS = ("choose", "destroy", "plain")


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills and destroys. Returns the document of docs/contract.md; ``size``: talks destroyed."""
    talks = max(arguments.talks, 2 * size + 2000)
    with places(arguments.database, arguments.folder, ("postgresql",)) as found:
        place = found[0]
        what = {"size": 30, "talks": talks}
        place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
        for part in PARTS:
            place.run(MODULE, part, str(size))
        ours, plain = (
            json.loads((place.var / f"retention-{part}.json").read_text()) for part in PARTS[1:]
        )
    ratio = round(ours["seconds"] / plain["reference_seconds"], 2)
    return {"name": "retention", "size": size, "talks": talks, **ours, **plain, "ratio": ratio}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    yield f"{document['size']} talks destroyed in {document['seconds']:.1f} s"
    yield f"{document['per_second']:.0f} talks a second, {document['queries']} queries"
    yield f"Plain SQL, one statement a table: {document['reference_seconds']:.1f} s"
    yield f"Ratio {document['ratio']:.2f}."
    yield (
        f"Memory {document['rss_after_a_tenth_mb']:.0f} MB after a tenth, "
        f"{document['peak_rss_mb']:.0f} MB at most."
    )
