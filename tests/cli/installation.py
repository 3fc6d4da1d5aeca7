"""A whole installation of its own, driven by the real command in processes of its own."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from tests import postgres
from tests.databases import CLUSTER_FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 60
SETTINGS = {"DJANGO_SETTINGS_MODULE": "musling.config.settings"}


@dataclass(frozen=True)
class Installation:
    """A folder, a database and the environment that names both."""

    environment: dict[str, str]

    @property
    def var(self) -> Path:
        """Its folder."""
        return Path(self.environment["MUSLING_VAR"])

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs ``musling`` with these words and waits for its end."""
        return subprocess.run(
            [sys.executable, "-m", "musling", *words],
            env=self.environment | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *words: str, **environment: str) -> Any:
        """The one JSON document that a command prints."""
        return json.loads(self.run(*words, "--json", **environment).stdout)

    def program(self, code: str) -> list[str]:
        """The command line that runs code as its program would."""
        start = "import django; django.setup()\n"
        return [sys.executable, "-c", start + code]

    def inside(self, code: str) -> str:
        """Runs code as its program and returns what it printed."""
        done = subprocess.run(
            self.program(code),
            env=self.environment | SETTINGS,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def begun(self, *words: str) -> subprocess.Popen[str]:
        """A command that goes on by itself; whoever began it hears what it says."""
        return subprocess.Popen(
            [sys.executable, "-m", "musling", *words],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def started(self, *words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """A command that runs until it is stopped; it is ended at the latest here."""
        process = subprocess.Popen(
            [sys.executable, "-m", "musling", *words],
            env=self.environment | environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def installation(folder: Path, name: str, **more: str) -> Installation:
    """An installation in a folder, its database empty, of the kind that this run is about."""
    made = _in_folder(folder, name, more)
    return _with_database(made, "template1") if connection.vendor == "postgresql" else made


def migrated(folder: Path, name: str, **more: str) -> Installation:
    """The same as ``musling migrate`` leaves it, with a keyring and a certificate of its own.

    Tables and static files come from one that began empty, which takes that command nine tenths of
    its time; tests/cli/test_installation.py sees it do all from the beginning.
    """
    made, first = _in_folder(folder, name, more), _first()
    made.var.mkdir(parents=True, mode=0o700)
    shutil.copytree(first.var / "static", made.var / "static")
    if connection.vendor == "postgresql":
        made = _with_database(made, first.environment["MUSLING_TEST_NAME"])
    else:
        shutil.copy(first.var / "musling.sqlite3", made.var)
    done = made.json("migrate")
    assert (done["migrations"], done["static_files"], done["keyring"]) == (0, 0, "made"), done
    return made


@cache
def _first() -> Installation:
    """One per process, whose keyring and certificate nobody else gets."""
    made = installation(Path(os.environ["MUSLING_VAR"]), "musling_first")
    result = made.run("migrate")
    assert result.returncode == 0, result.stderr
    assert not list(made.var.glob("musling.sqlite3-*")), "somebody has the database open"
    return made


def _in_folder(folder: Path, name: str, more: dict[str, str]) -> Installation:
    return Installation(
        os.environ
        | {
            "MUSLING_VAR": str(folder / name),
            "MUSLING_MODE": "test",
            "EMAIL_URL": "memory:",
            "PYTHONWARNINGS": "default",
            "DATABASE_URL": f"sqlite:///{folder}/{name}/musling.sqlite3",
            **more,
        }
    )


def _with_database(made: Installation, template: str) -> Installation:
    """The installation with a database of its own in the cluster, a copy of that one."""
    cluster = os.environ[CLUSTER_FOLDER]
    # Its own name, so that two tests may call their installations the same.
    database = f"{made.var.name}_{secrets.token_hex(4)}"
    with psycopg.connect(
        postgres.address(cluster, postgres.OWNER, "postgres"), autocommit=True
    ) as owner:
        owner.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    return Installation(
        made.environment
        | {
            "DATABASE_URL": postgres.address(cluster, postgres.PROGRAM, database),
            "DATABASE_OWNER_URL": postgres.address(cluster, postgres.OWNER, database),
            "MUSLING_TEST_NAME": database,
        }
    )


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_served(port: int) -> None:
    """Waits until something answers at the port."""
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            answer(port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def answer(port: int, path: str = "/static/missing") -> int:
    """The status of a page, or of a refusal."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there and not only its name in the table."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pids: list[int], seconds: float = 15) -> list[int]:
    """Waits for processes to end; those that have not."""
    until = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    return left
