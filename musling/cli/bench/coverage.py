"""Pages of coverage beside many talks against the same pages beside a thousand, on both databases.

The reference is the same page of an organisation with 1,000 talks, in a database of its own, served
at the same time by the same program. Of each the top's page is asked and that of one unit. How long
it takes to count everybody, and a thousand of whom there is something new, stands beside it.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from musling.cli.bench import servers
from musling.cli.bench.filling import TEAMS
from musling.cli.bench.load import Client, once, run
from musling.cli.bench.places import Place, places
from musling.cli.bench.servers import Server
from musling.cli.bench.visits import get
from musling.cli.output import note
from musling.foundation.problems import Refused

MOST_RATIO = 3.0
SECONDS = 2.0  # of a round
FEW_TALKS = 1000
DATABASES = ("postgresql", "sqlite")
MODULE = "musling.cli.bench.covered"
FILLED, QUERIES = "coverage.json", "coverage-queries.json"
PAGES = ("top", "unit")


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, counts, serves, asks both in turn. Returns the document of docs/contract.md.

    ``size``: talks in the large database.
    """
    if size <= FEW_TALKS:
        raise Refused(f"The reference holds {FEW_TALKS} talks: give a --size above that.")
    folder: Path | None = arguments.folder
    pages: list[dict[str, Any]] = []
    with places(arguments.database, folder, DATABASES) as many:
        kinds = tuple(place.database for place in many)
        with places(None, folder / "few" if folder else None, kinds) as few:
            for large, small in zip(many, few, strict=True):
                _fill(large, size)
                _fill(small, FEW_TALKS)
                pages += _Bench(
                    large, small, arguments.rounds, arguments.seconds or SECONDS
                ).pages()
    slowest = max(pages, key=lambda row: row["ratio"])
    return {"name": "coverage", "size": size, **slowest, "at_once": TEAMS, "pages": pages}


def _fill(place: Place, talks: int) -> None:
    place.prepare({"talks": talks}, MODULE, "fill", str(talks))
    place.run(MODULE, "queries")


@dataclass
class _Bench:
    """Two databases of one kind; both are served, and asked in turn."""

    large: Place
    small: Place
    rounds: int
    seconds: float

    def pages(self) -> list[dict[str, Any]]:
        """A row per page."""
        with servers.musling(self.large) as large, servers.musling(self.small) as small:
            rows = [self._page(page, large, small) for page in PAGES]
            peak = large.peak_mb()
        counting = {
            name: value for name, value in _read(self.large, FILLED).items() if "_count" in name
        }
        return [row | {"peak_rss_mb": peak} | counting for row in rows]

    def _page(self, page: str, large: Server, small: Server) -> dict[str, Any]:
        both = ((large, self.large), (small, self.small))
        clients = [(server, [_client(server, place, page)] * TEAMS) for server, place in both]
        queries = [_read(place, QUERIES)[page] for _server, place in both]
        if queries[0] != queries[1]:
            raise Refused(f"{page}: {queries[0]} queries, beside few talks {queries[1]}.")
        for server, its in clients:
            run(server.port, its, min(1.0, self.seconds))  # the first time is not counted
        taken = [
            [run(server.port, its, self.seconds).each for server, its in clients]
            for _round in range(self.rounds)
        ]
        mine, theirs = (median(column) for column in zip(*taken, strict=True))
        row = {
            "page": page,
            "database": self.large.database,
            "seconds": round(mine, 6),
            "reference_seconds": round(theirs, 6),
            "ratio": round(mine / theirs, 2),
            "queries": queries[0],
            "bytes": [_length(server, place, page) for server, place in both],
        }
        note(_line(row))
        return row


def _read(place: Place, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place.var / name).read_text())
    return found


def _request(place: Place, page: str) -> bytes:
    filled = _read(place, FILLED)
    return get(filled[page], filled["session"])


def _length(server: Server, place: Place, page: str) -> int:
    return len(once(server.port, _request(place, page))[1])


def _client(server: Server, place: Place, page: str) -> Client:
    request = _request(place, page)
    status, body = once(server.port, request)
    if status != 200 or b'<th scope="row">' not in body:
        raise Refused(f"{page} answered with {status} and shows no unit.")
    return Client(lambda: request, lambda answer: answer[0] == 200)


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    for row in document["pages"]:
        yield _line(row)
    for database in dict.fromkeys(row["database"] for row in document["pages"]):
        row = next(row for row in document["pages"] if row["database"] == database)
        yield (
            f"{database:11} everybody counted in {row['first_count_seconds']:.1f} s, "
            f"{row['changed_count']} of whom there is something new in "
            f"{row['changed_count_seconds']:.2f} s, nothing new in "
            f"{row['idle_count_seconds'] * 1000:.0f} ms"
        )
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Slowest: {document['ratio']:.2f} times (at most {MOST_RATIO:.0f}: {kept})."


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['database']:11} {row['page']:5} {row['seconds'] * 1000:6.2f} ms"
        f"   beside {FEW_TALKS} talks {row['reference_seconds'] * 1000:6.2f} ms"
        f"   ratio {row['ratio']:.2f}   {row['queries']} queries"
    )
