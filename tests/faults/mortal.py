"""A PostgreSQL cluster that a test may kill and start again where it was.

Commits wait for their own line in the log of the server, as in production; only the disk is not
waited for, since what dies here is a process and never the machine.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from musling.cli import cluster
from tests.cli.installation import children, wait_until_gone

OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
}
SECONDS_TO_RECOVER = 30


class Mortal:
    """The cluster. Its socket stays in one folder, so that its address survives it."""

    def __init__(self) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="musling-mortal-", dir="/tmp"))
        self.running = cluster.start(OPTIONS, self.data)
        self.folder = self.running.folder
        self.process = self.running.process

    def kill(self) -> None:
        """SIGKILL for the server and each of its processes, all of them its own children."""
        own = [self.process.pid, *children(self.process.pid)]
        for pid in own:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        assert wait_until_gone(own) == []

    def start(self) -> None:
        """Starts it again on the same data; returns when it answers."""
        where = cluster.programs()
        assert where
        self.process = cluster.serve(where, self.data, self.folder, OPTIONS)
        until = time.monotonic() + SECONDS_TO_RECOVER
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Ends it and removes all of it."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        for folder in (self.folder, self.data):
            shutil.rmtree(folder, ignore_errors=True)

    def address(self, role: str, database: str) -> str:
        """The address of one of its databases."""
        return cluster.address(self.folder, role, database)

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection: row-level security hides nothing from it."""
        return psycopg.connect(self.address(cluster.SUPERUSER, database), autocommit=True)
