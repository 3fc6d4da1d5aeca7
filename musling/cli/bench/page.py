"""Four pages against bare views that send the same bytes, on PostgreSQL and on SQLite."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from musling.cli.bench import servers, slow
from musling.cli.bench.counting import QUERIES
from musling.cli.bench.filling import TEAMS, VISITS
from musling.cli.bench.load import once, run
from musling.cli.bench.places import Place, places
from musling.cli.bench.reference import FLAT
from musling.cli.bench.servers import Server
from musling.cli.bench.visits import PAGES, Visit, controls, flat, get, visits_of
from musling.cli.output import note
from musling.foundation.problems import Refused

MOST_RATIO, MOST_MB = 3.0, 150
SECONDS = 2.0  # of a round
DATABASES = ("postgresql", "sqlite")
TOKENS = 400  # bytes by which tokens and names of two clients may differ


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, serves, and asks both sides in turn. Returns the document of docs/contract.md."""
    pages: list[dict[str, Any]] = []
    hanging: list[dict[str, Any]] = []
    with places(arguments.database, arguments.folder, DATABASES) as found:
        for place in found:
            what = {"size": size, "talks": arguments.talks}
            place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
            place.run("musling.cli.bench.counting")
            bench = _Bench(place, arguments.rounds, arguments.seconds or SECONDS)
            pages += bench.pages()
            hanging.append(bench.hanging)
    slowest = max(pages, key=lambda row: row["ratio"])
    return {
        "name": "page",
        "size": size,
        "talks": arguments.talks,
        **{name: value for name, value in slowest.items() if name != "peak_rss_mb"},
        "peak_rss_mb": max((row["peak_rss_mb"] or 0 for row in pages), default=0) or None,
        "at_once": TEAMS,
        "pages": pages,
        "slow_clients": hanging,
    }


@dataclass
class _Bench:
    """One database: both servers run, and are asked in turn."""

    place: Place
    rounds: int
    seconds: float

    def __post_init__(self) -> None:
        self.filled = json.loads((self.place.var / VISITS).read_text())
        self.queries = json.loads((self.place.var / QUERIES).read_text())
        self.hanging: dict[str, Any] = {}

    def pages(self) -> list[dict[str, Any]]:
        """A row per page; then 64 clients hang on to Musling alone."""
        with servers.musling(self.place) as ours:
            bytes_of = {page: self._flatten(ours, page) for page in PAGES if page != "saving"}
            with servers.reference(self.place) as bare:
                rows = [self._page(page, ours, bare, bytes_of) for page in PAGES]
            self.hanging = self._hang_on(ours)
            peak = ours.peak_mb()
        return [row | {"peak_rss_mb": peak} for row in rows]

    def _flatten(self, ours: Server, page: str) -> int:
        """Writes the page as the reference's template; its length in bytes."""
        visit = self._visits(page)[0]
        status, body = once(ours.port, get(visit.path, visit.session))
        if status != 200:
            raise Refused(f"{visit.path} answered with {status}.")
        folder = self.place.var / FLAT
        folder.mkdir(exist_ok=True)
        (folder / f"{page}.html").write_text(flat(body.decode()))
        return len(body)

    def _visits(self, page: str) -> list[Visit]:
        return visits_of(page, self.filled)

    def _page(
        self, page: str, ours: Server, bare: Server, bytes_of: dict[str, int]
    ) -> dict[str, Any]:
        least = bytes_of.get(page, 0) - TOKENS
        sides = [
            (
                server,
                [visit.client(bare=server is bare, least=least) for visit in self._visits(page)],
            )
            for server in (ours, bare)
        ]
        if page != "saving":
            self._compare(page, ours, bare)
        for server, clients in sides:
            run(server.port, clients, min(1.0, self.seconds))  # the first time is not counted
        taken = [[run(server.port, clients, self.seconds).each for server, clients in sides]
                 for _round in range(self.rounds)]  # fmt: skip
        mine, theirs = (median(column) for column in zip(*taken, strict=True))
        row = {
            "page": page,
            "database": self.place.database,
            "seconds": round(mine, 6),
            "reference_seconds": round(theirs, 6),
            "ratio": round(mine / theirs, 2),
            "queries": self.queries[page],
            "bytes": bytes_of.get(page),
        }
        note(
            f"{self.place.database:11} {page:12} {mine * 1000:6.2f} ms"
            f"  bare {theirs * 1000:6.2f} ms  ratio {mine / theirs:.2f}"
        )
        return row

    def _compare(self, page: str, ours: Server, bare: Server) -> None:
        """Refuses to compare pages that differ in controls or in more than tokens."""
        visit = self._visits(page)[0]
        mine = once(ours.port, get(visit.path, visit.session))[1]
        theirs = once(bare.port, get(f"/{page}/", visit.session))[1]
        if controls(mine) != controls(theirs) or abs(len(mine) - len(theirs)) > TOKENS:
            raise Refused(
                f"{page}: {controls(mine)} controls in {len(mine)} bytes, "
                f"the reference {controls(theirs)} in {len(theirs)}. They cannot be compared."
            )

    def _hang_on(self, ours: Server) -> dict[str, Any]:
        """The start page alone, and while 64 slow clients hang on."""
        visits = self._visits("start")
        clients = [visit.client(bare=False, least=1) for visit in visits]
        alone = run(ours.port, clients, self.seconds)
        with slow.hanging_on(ours.port, visits[0].session, visits[0].path):
            beside = run(ours.port, clients, 2 * self.seconds)
        note(
            f"{self.place.database:11} {slow.HANGING} slow clients: "
            f"{1 / alone.each:.0f} answers a second alone, {1 / beside.each:.0f} beside them"
        )
        return {
            "database": self.place.database,
            "hanging": slow.HANGING,
            "answered": beside.answers,
            "seconds": round(beside.each, 6),
            "seconds_alone": round(alone.each, 6),
        }


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    for row in document["pages"]:
        yield (
            f"{row['database']:11} {row['page']:12} {row['seconds'] * 1000:6.2f} ms"
            f"   bare {row['reference_seconds'] * 1000:6.2f} ms   ratio {row['ratio']:.2f}"
            f"   {row['queries']} queries"
        )
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Slowest: {document['ratio']:.2f} times a bare page (at most {MOST_RATIO:.0f}: {kept})."
    if document["peak_rss_mb"]:
        kept = "kept" if document["peak_rss_mb"] < MOST_MB else "not kept"
        yield f"Peak memory of a process: {document['peak_rss_mb']} MB (below {MOST_MB}: {kept})."
