"""A PostgreSQL cluster of one's own for a while, for tests and benches: a socket, no port.

Two roles as in production: the owner makes the database and runs the migrations, the program's
role owns nothing. The cluster ends with whoever started it, also when that is killed.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "musling_owner"
PROGRAM = "musling_app"
SUPERUSER = "postgres"
SECONDS_TO_START = 30


class CannotStart(Exception):
    """PostgreSQL is missing or did not come up; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: the folder of its socket, and its process."""

    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop the process that ``start`` started and remove the folder; kept data stays."""
        self.process.send_signal(signal.SIGINT)  # "fast": disconnects clients, then ends
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def address(folder: Path | str, role: str, database: str = "musling") -> str:
    """The database address of a role in the cluster whose socket lies in the folder."""
    return f"postgresql://{role}@/{database}?host={folder}"


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: on the path, or the newest that Debian has."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


def start(options: Mapping[str, str], data: Path | None = None) -> Cluster:
    """Make and start a cluster with the two roles; ``options`` are PostgreSQL's settings.

    ``data`` is a folder that is kept afterwards and used again if it holds a cluster already.
    Raises CannotStart when PostgreSQL is not installed or does not come up.
    """
    where = programs()
    if where is None:
        raise CannotStart("PostgreSQL is not installed (Debian: apt-get install postgresql).")
    # Not below TMPDIR: a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="musling-pg-", dir="/tmp"))
    data = data or folder / "data"
    who = unprivileged()
    for own in (folder, data):
        own.mkdir(parents=True, exist_ok=True)
        if who:
            os.chown(own, who["user"], who["group"])
    fresh = not any(data.iterdir())
    if fresh:
        _make(where, data, who)
    cluster = Cluster(folder, serve(where, data, folder, options))
    try:
        connection = _connect(cluster)
        if fresh:
            _make_roles(connection)
        connection.close()
    except BaseException:
        cluster.stop()
        raise
    return cluster


def serve(
    where: Path, data: Path, folder: Path, options: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Begin the server of a cluster that was made, its socket and log in the folder."""
    settings = [f"-c{name}={value}" for name, value in options.items()]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 (PostgreSQL itself)
            [where / "postgres", "-D", data, "-k", folder, "-clisten_addresses=", *settings],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder,
            preexec_fn=_end_with_parent, **unprivileged(),  # noqa: PLW1509 no threads run yet
        )  # fmt: skip


def _make(where: Path, data: Path, who: dict[str, Any]) -> None:
    made = subprocess.run(  # noqa: S603 (PostgreSQL itself)
        [where / "initdb", "--pgdata", data, "--username", SUPERUSER, "--auth", "trust",
         "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        capture_output=True, text=True, check=False, cwd=data, **who,
    )  # fmt: skip
    if made.returncode:
        raise CannotStart(f"initdb failed:\n{made.stderr}")


def unprivileged() -> dict[str, Any]:
    """As root: the account to run as, since PostgreSQL refuses root. Else nothing."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise CannotStart("PostgreSQL cannot run as root, and there is no account postgres or nobody.")


def _end_with_parent() -> None:
    """In the child, on Linux: be interrupted when whoever started it dies, even if killed."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


def _connect(cluster: Cluster) -> psycopg.Connection[Any]:
    """A superuser's connection, as soon as the cluster answers."""
    wanted = address(cluster.folder, SUPERUSER, "template1")
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return psycopg.connect(wanted, autocommit=True)
        except psycopg.OperationalError as problem:
            if cluster.process.poll() is not None or time.monotonic() > until:
                log = (cluster.folder / "log").read_text(errors="replace")
                raise CannotStart(f"PostgreSQL did not start:\n{log}") from problem
            time.sleep(0.05)


def _make_roles(connection: psycopg.Connection[Any]) -> None:
    """The owner may make databases; the program's role may only log in."""
    # What PostgreSQL 15 does by itself: only the database's owner makes tables.
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role, rights in ((OWNER, "CREATEDB"), (PROGRAM, "NOCREATEDB")):
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {}").format(
                sql.Identifier(role), sql.SQL(rights)
            )
        )
