"""Mails rendered and handed to an SMTP server on this machine, against a bare loop of smtplib.

Ours is everything from the notes in the log to the last delivery marked as sent: planning, loading,
rendering, sending and marking, as the worker does it. The reference sends exactly these bytes over
one connection and does nothing else.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from musling.cli.bench.places import places

MOST_RATIO = 3.0
MEASURED = "mail.json"


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, then sends. Returns the document of docs/contract.md; ``size``: how many mails."""
    talks = max(arguments.talks, 5 * size + 1000)  # a fifth of them is this year's
    with places(arguments.database, arguments.folder, ("postgresql",)) as found:
        place = found[0]
        what = {"size": 30, "talks": talks}
        place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
        place.run("musling.cli.bench.posting", str(size), str(arguments.rounds))
        measured = json.loads((place.var / MEASURED).read_text())
    return {"name": "mail", "size": size, "talks": talks, "database": place.database, **measured}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    yield (
        f"{document['size']} mails in {document['seconds']:.2f} s, "
        f"{document['queries']} queries, {document['peak_rss_mb']:.0f} MB at most"
    )
    yield f"smtplib alone, the same bytes: {document['reference_seconds']:.2f} s"
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Ratio {document['ratio']:.2f} (at most {MOST_RATIO}: {kept})."
