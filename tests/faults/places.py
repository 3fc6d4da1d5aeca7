"""An installation whose processes a test kills."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cli.installation import ROOT, SETTINGS, Installation
from tests.faults.mortal import Mortal

# The real command; only its portions are small, so that a kill finds it between two of them.
WORKER = """
import sys, time
from musling.mail import outbox
from musling.people.import_folder import ImportFolder
from musling.people.imports import writing
from musling.rounds import looking
looking.PEOPLE_AT_ONCE, outbox.LOAD, writing.EACH = 3, 10, 5
noted = ImportFolder.progress
def slowly(self, done, total):
    noted(self, done, total)
    time.sleep(0.02)
ImportFolder.progress = slowly
from musling.cli.main import main
sys.exit(main(["worker"]))
"""
SECONDS = 120


@dataclass(frozen=True)
class FaultPlace(Installation):
    """The installation, its cluster, and every process that was begun in it."""

    mortal: Mortal
    database: str
    begun_here: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def worker(self, **environment: str) -> "subprocess.Popen[bytes]":
        """A worker; what it says goes to ``said``."""
        return self.begin(self.program(WORKER), environment)

    def command(self, *words: str, **environment: str) -> "subprocess.Popen[bytes]":
        """``musling`` with these words, left to itself."""
        return self.begin([sys.executable, "-m", "musling", *words], environment)

    def begin(
        self, command: list[str], environment: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """The command, left to itself; what it says goes to ``said``."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self.environment | SETTINGS | (environment or {}),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        self.begun_here.append(process)
        return process

    @property
    def log(self) -> Path:
        """What its processes said."""
        return self.var / "said"

    def said(self) -> str:
        """The same, as text."""
        return self.log.read_text() if self.log.exists() else ""

    def end_all(self) -> None:
        """Ends what was begun and still runs."""
        for process in self.begun_here:
            if process.poll() is None:
                process.kill()
                process.wait(10)

    def asked(self, question: str, *values: Any) -> Any:
        """The one value that the database answers, past its walls."""
        with self.mortal.connect(self.database) as connection:
            row = connection.execute(question, values).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def later(self, seconds: float) -> None:
        """Moves the clock of all its processes on."""
        clock = self.var / "clock"
        draft = self.var / "clock.new"
        draft.write_text(str(float(clock.read_text()) + seconds))
        draft.replace(clock)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL, and gone."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_until(so: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
    """Asks again and again; what was answered, once it is true."""
    until = time.monotonic() + seconds
    while not (answer := so()):
        assert time.monotonic() < until, f"not within {seconds} seconds: {what}"
        time.sleep(0.02)
    return answer


def chance() -> tuple[int, random.Random]:
    """Random moments, and the seed that a failure prints; MUSLING_SEED repeats them."""
    seed = int(os.environ.get("MUSLING_SEED") or random.randrange(2**32))  # noqa: S311 (no secret)
    sys.stdout.write(f"MUSLING_SEED={seed}\n")
    return seed, random.Random(seed)  # noqa: S311 (no secret)
