"""Starting and ending the servers that are measured, and what memory they take."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from musling.cli.bench.places import Place
from musling.foundation.problems import Refused

PROCESSES = 2
SECONDS_TO_START = 60
PROC = Path("/proc")


@dataclass(frozen=True)
class Server:
    """A running server: its port and the process that holds the others."""

    port: int
    process: subprocess.Popen[bytes]

    def peak_mb(self) -> float | None:
        """The largest resident memory (MB) that one of its processes had; Linux only."""
        peaks = [_peak_kb(pid) for pid in (self.process.pid, *_children(self.process.pid))]
        return round(max(peaks) / 1024, 1) if all(peaks) else None


@contextmanager
def musling(place: Place) -> Iterator[Server]:
    """Musling as ``musling serve`` starts it; without the worker, which serves nobody."""
    port = _free_port()
    own = ("--port", str(port), "--workers", str(PROCESSES), "--no-worker")
    with _running(place, port, "musling", "serve", *own) as server:
        yield server


@contextmanager
def reference(place: Place) -> Iterator[Server]:
    """The bare views, by the same server."""
    port = _free_port()
    own = (str(port), str(PROCESSES))
    with _running(place, port, "musling.cli.bench.reference", *own) as server:
        yield server


@contextmanager
def _running(place: Place, port: int, *command: str) -> Iterator[Server]:
    process = subprocess.Popen(  # noqa: S603 (our own modules)
        [sys.executable, "-m", *command],
        env=place.environment(),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise Refused("A server that was to be measured did not start; see above.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    """The processes whose parent this is."""
    found = []
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(after_name[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def _peak_kb(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
