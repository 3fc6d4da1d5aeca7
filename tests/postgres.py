"""A PostgreSQL cluster of its own for one test run: a temporary folder, a socket, no port.

Two roles as in production: the owner makes the database and runs the migrations, the program's
role owns nothing. The cluster ends with the test run, also when that is killed.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from setup.system import postgresql_programs

OWNER = "musling_owner"
PROGRAM = "musling_app"
SUPERUSER = "postgres"
SECONDS_TO_START = 30
# Nothing in a test cluster outlives the run, so nothing needs to reach the disk.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "1h",
}


class CannotStart(Exception):
    """PostgreSQL is missing or did not come up; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its folder, which holds the socket too, and its process."""

    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop the process that ``start`` started and remove the folder."""
        self.process.send_signal(signal.SIGINT)  # "fast": disconnects clients, then ends
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def address(folder: Path | str, role: str, database: str = "musling") -> str:
    """The database address of a role in the cluster that lives in the folder."""
    return f"postgresql://{role}@/{database}?host={folder}"


def start() -> Cluster:
    """Make and start a cluster with the two roles.

    Raises CannotStart when PostgreSQL is not installed or does not come up.
    """
    programs = postgresql_programs()
    if programs is None:
        raise CannotStart("PostgreSQL is not installed (Debian: apt-get install postgresql).")
    # Not below TMPDIR: a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="musling-pg-", dir="/tmp"))
    who = unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    data = folder / "data"
    made = subprocess.run(
        [programs / "initdb", "--pgdata", data, "--username", SUPERUSER, "--auth", "trust",
         "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        capture_output=True, text=True, check=False, cwd=folder, **who,
    )  # fmt: skip
    if made.returncode:
        raise CannotStart(f"initdb failed:\n{made.stderr}")
    settings = [f"-c{name}={value}" for name, value in OPTIONS.items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *settings],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder,
            preexec_fn=_end_with_parent, **who,  # noqa: PLW1509 no threads run yet
        )  # fmt: skip
    cluster = Cluster(folder, process)
    try:
        _make_roles(_connect(cluster))
    except BaseException:
        cluster.stop()
        raise
    return cluster


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
    """In the child, on Linux: be interrupted when the test run dies, even if it was killed."""
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
    with connection:
        # What PostgreSQL 15 does by itself: only the database's owner makes tables.
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        for role, rights in ((OWNER, "CREATEDB"), (PROGRAM, "NOCREATEDB")):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {}").format(
                    sql.Identifier(role), sql.SQL(rights)
                )
            )
