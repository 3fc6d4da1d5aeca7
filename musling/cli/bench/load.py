"""The load: sixteen clients that each ask again as soon as they are answered.

One process, asyncio, a kept connection per client, requests made beforehand. It takes its small
part of the machine from both sides alike.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from musling.foundation.problems import Refused

Answer = tuple[int, bytes]  # status and body


@dataclass
class Client:
    """What one client sends next, and what it makes of the answer (False: not what was asked)."""

    ask: Callable[[], bytes]
    take: Callable[[Answer], bool]


@dataclass(frozen=True)
class Round:
    """How many were answered in how many seconds."""

    answers: int
    seconds: float

    @property
    def each(self) -> float:
        """Seconds per answer, with all clients asking at once."""
        return self.seconds / self.answers


def run(port: int, clients: Sequence[Client], seconds: float) -> Round:
    """Has the clients ask for so long. Raises Refused at the first wrong answer."""
    return asyncio.run(_round(port, clients, seconds))


def once(port: int, request: bytes) -> Answer:
    """One request and its answer."""

    async def ask() -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await exchange(reader, writer, request)
        finally:
            writer.close()

    return asyncio.run(ask())


async def _round(port: int, clients: Sequence[Client], seconds: float) -> Round:
    begun = time.perf_counter()
    counts = await asyncio.gather(*(_client(port, client, begun + seconds) for client in clients))
    return Round(sum(counts), time.perf_counter() - begun)


async def _client(port: int, client: Client, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    try:
        while not answered or time.perf_counter() < until:
            answer = await exchange(reader, writer, client.ask())
            if not client.take(answer):
                status, body = answer
                raise Refused(f"Wrong answer, status {status}: {body[:300]!r}")
            answered += 1
    finally:
        writer.close()
    return answered


async def exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> Answer:
    """One request and its answer, over a connection that stays."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    if not length:
        raise Refused(f"An answer without a length: {head[:300]!r}")
    return int(head[9:12]), await reader.readexactly(int(length))
