"""Two hundred people at once, each as one works: a page, some seconds of reading, the next.

Employees write their preparation, which saves itself every few seconds, and look at their start
page; leaders look at their teams, HR at the coverage. The reference is one person of each kind who
does the same alone, without a pause. On PostgreSQL, served as in production by two processes.
"""

import argparse
import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from musling.cli.bench import servers
from musling.cli.bench.counting import QUERIES
from musling.cli.bench.crowded import CROWD
from musling.cli.bench.load import Client, exchange
from musling.cli.bench.places import places
from musling.cli.bench.visits import Visit
from musling.cli.output import note

MOST_RATIO = 10.0
TEAM = 30
SECONDS = 60.0
PAUSE = (3.0, 7.0)  # seconds that one reads or writes before the next page, evenly spread
# What each does, and how often of ten times.
DOES = {
    "employee": {"saving": 7, "preparation": 1, "start": 2},
    "leader": {"team": 7, "start": 3},
    "hr": {"coverage": 7, "start": 3},
}
PAGES = ("start", "preparation", "saving", "team", "coverage")
TOLD = 5  # wrong answers that are told
WARM = 6  # answers of each page that are not counted: each process puts its queries together once
LEAST = 1000  # bytes of the shortest page


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Fills, serves, and lets them come. Returns the document of docs/contract.md.

    ``size``: how many people.
    """
    with places(arguments.database, arguments.folder, ("postgresql",)) as found:
        place = found[0]
        what = {"size": TEAM, "talks": arguments.talks}
        place.prepare(what, "musling.cli.bench.filling", *map(str, what.values()))
        place.run("musling.cli.bench.crowded", str(size))
        place.run("musling.cli.bench.counting")
        crowd = json.loads((place.var / CROWD).read_text())[:size]
        queries = json.loads((place.var / QUERIES).read_text())
        seconds = arguments.seconds or SECONDS
        with servers.musling(place) as server:
            alone = _Day(server.port).alone(_one_of_each(crowd), seconds / 2)
            note(_said("alone", alone))
            day = _Day(server.port).together(crowd, seconds)
            note(_said(f"{size} people", day))
            peak = server.peak_mb()
    return _document(size, arguments.talks, seconds, day, alone) | {
        "peak_rss_mb": peak,
        "queries": sum(queries.values()),
    }


def _one_of_each(crowd: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["part"]: one for one in crowd}.values())


@dataclass
class _Day:
    """What was answered, and how long each page took (seconds)."""

    port: int
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def alone(self, crowd: list[dict[str, Any]], seconds: float) -> "_Day":
        """One after the other, each page in turn, without a pause."""
        asyncio.run(self._alone([_Person(one) for one in crowd], seconds))
        return self

    async def _alone(self, people: list["_Person"], seconds: float) -> None:
        begun = time.perf_counter()
        while time.perf_counter() < begun + seconds:
            for one in people:
                for page in one.clients:
                    await one.ask(self, page)
        for one in people:
            one.leave()
        self.taken = {page: taken[WARM:] for page, taken in self.taken.items()}
        self.seconds = time.perf_counter() - begun

    def together(self, crowd: list[dict[str, Any]], seconds: float) -> "_Day":
        """All of them at once."""
        asyncio.run(self._together([_Person(one) for one in crowd], seconds))
        return self

    async def _together(self, people: list["_Person"], seconds: float) -> None:
        begun = time.perf_counter()
        await asyncio.gather(*(one.work(self, begun + seconds) for one in people))
        self.seconds = time.perf_counter() - begun

    @property
    def answers(self) -> int:
        """How many were right."""
        return sum(map(len, self.taken.values()))

    def percentile(self, percent: int, page: str | None = None) -> float:
        """So many of a hundred answers, of one page or all, took no longer (seconds)."""
        pages = [page] if page else list(self.taken)
        taken = sorted(one for each in pages for one in self.taken[each])
        return taken[min(len(taken) - 1, len(taken) * percent // 100)] if taken else 0.0


class _Person:
    """One at a desk: a log-in, a connection that is kept, and what she or he does."""

    def __init__(self, one: dict[str, Any]) -> None:
        does = DOES[one["part"]]
        self.pages, self.weights = list(does), list(does.values())
        self.clients: dict[str, Client] = {
            page: Visit(page, one["session"], one[page], one.get("item", "")).client(
                bare=False, least=LEAST
            )
            for page in does
        }
        self.chance = random.Random(one["session"])  # noqa: S311 (no secret)
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def work(self, day: _Day, until: float) -> None:
        """Comes within the first pause, and goes on until then."""
        await asyncio.sleep(self.chance.uniform(0, PAUSE[1]))
        while time.perf_counter() < until:
            (page,) = self.chance.choices(self.pages, self.weights)
            await self.ask(day, page)
            await asyncio.sleep(self.chance.uniform(*PAUSE))
        self.leave()

    async def ask(self, day: _Day, page: str) -> None:
        """One request; what goes wrong is noted, and the day goes on."""
        client = self.clients[page]
        request = client.ask()
        begun = time.perf_counter()
        try:
            if self.line is None:
                self.line = await asyncio.open_connection("127.0.0.1", day.port)
            answer = await exchange(*self.line, request)
        except (OSError, EOFError) as problem:
            day.wrong.append(f"{page}: {problem!r}")
            self.leave()
            return
        if client.take(answer):
            day.taken[page].append(time.perf_counter() - begun)
        else:
            day.wrong.append(f"{page}: status {answer[0]}, {answer[1][:120]!r}")

    def leave(self) -> None:
        """Hangs up."""
        if self.line:
            with suppress(OSError):
                self.line[1].close()
        self.line = None


def _document(size: int, talks: int, seconds: float, day: _Day, alone: _Day) -> dict[str, Any]:
    pages = [_page(page, day, alone) for page in PAGES if day.taken.get(page)]
    mine, theirs = day.percentile(95), alone.percentile(95)
    return {
        "name": "load",
        "size": size,
        "talks": talks,
        "database": "postgresql",
        "for_seconds": seconds,
        "seconds": round(mine, 4),
        "reference_seconds": round(theirs, 4),
        "ratio": round(max((row["ratio"] for row in pages), default=0.0), 2),
        "ratio_of_all": round(mine / theirs, 2) if theirs else 0.0,
        "answers_a_second": round(day.answers / day.seconds, 1),
        "errors": len(day.wrong) + len(alone.wrong),
        "wrong": (alone.wrong + day.wrong)[:TOLD],
        "pages": pages,
    }


def _page(page: str, day: _Day, alone: _Day) -> dict[str, Any]:
    p95, p95_alone = day.percentile(95, page), alone.percentile(95, page)
    return {
        "page": page,
        "answers": len(day.taken[page]),
        **{f"p{n}_ms": round(day.percentile(n, page) * 1000, 1) for n in (50, 95, 99)},
        "p95_alone_ms": round(p95_alone * 1000, 1),
        "ratio": round(p95 / p95_alone, 2) if p95_alone else 0.0,
    }


def _said(who: str, day: _Day) -> str:
    return (
        f"{who}: {day.answers / day.seconds:.1f} answers a second, {len(day.wrong)} wrong, "
        f"p95 {day.percentile(95) * 1000:.0f} ms"
    )


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    yield (
        f"{document['size']} people for {document['for_seconds']:.0f} s: "
        f"{document['answers_a_second']:.1f} answers a second, {document['errors']} errors"
    )
    for row in document["pages"]:
        yield (
            f"{row['page']:12} {row['answers']:6} answers   p50 {row['p50_ms']:7.1f} ms"
            f"   p95 {row['p95_ms']:7.1f}   p99 {row['p99_ms']:7.1f}"
            f"   alone {row['p95_alone_ms']:6.1f}   ratio {row['ratio']:.2f}"
        )
    yield from document["wrong"]
    kept = document["ratio"] <= MOST_RATIO and not document["errors"]
    yield (
        f"Slowest: {document['ratio']:.2f} times one person alone (at most {MOST_RATIO:.0f}, and "
        f"no error: {'kept' if kept else 'not kept'})."
    )
