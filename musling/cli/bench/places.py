"""Where is measured: databases of the bench's own, each with a folder for keys and files."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from musling.cli import cluster
from musling.cli.output import note
from musling.foundation.problems import Refused

# As a small server would be set up; everything else, flushing to the disk too, is PostgreSQL's own.
OPTIONS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
FILLED = "filled.json"


@dataclass(frozen=True)
class Place:
    """A database under measurement: what it is, its address, its owner's, and its folder."""

    database: str
    url: str
    owner_url: str
    var: Path

    def environment(self) -> dict[str, str]:
        """What a process of Musling needs to know to work here, as in production."""
        own = {
            "MUSLING_MODE": "production",
            "MUSLING_VAR": str(self.var),
            "MUSLING_SECRET_KEY": self._secret(),
            "MUSLING_HOSTS": "127.0.0.1",
            "MUSLING_BASE_URL": "https://127.0.0.1",
            "MUSLING_SSL_REDIRECT": "0",  # the load generator speaks plain HTTP
            "DATABASE_URL": self.url,
            "DATABASE_OWNER_URL": self.owner_url,
            "DJANGO_SETTINGS_MODULE": "musling.config.settings",
        }
        foreign = ("MUSLING_", "DATABASE_")
        return {n: v for n, v in os.environ.items() if not n.startswith(foreign)} | own

    def _secret(self) -> str:
        """Sessions are signed with it, so it stays as long as the database."""
        file = self.var / "secret"
        if not file.exists():
            file.write_text(secrets.token_urlsafe(60))
        return file.read_text()

    def run(self, *command: str) -> None:
        """Runs a module of Python here; what it prints goes to standard error."""
        done = subprocess.run(  # noqa: S603 (our own modules)
            [sys.executable, "-m", *command],
            env=self.environment(),
            stdout=sys.stderr,
            check=False,
        )
        if done.returncode:
            raise Refused(f"{' '.join(command)} ended with {done.returncode}; see above.")

    def prepare(self, what: Mapping[str, int], *command: str) -> None:
        """Migrates and fills the database by ``command``, unless it holds just that already."""
        mark = self.var / FILLED
        self.run("musling", "migrate")
        if mark.exists():
            if json.loads(mark.read_text()) != dict(what):
                raise Refused(f"{self.var} holds something else. Remove it or choose another.")
            note(f"{self.database}: filled already")
            return
        self.run(*command)
        mark.write_text(json.dumps(dict(what)))


@contextmanager
def places(
    url: str | None, folder: Path | None, databases: tuple[str, ...]
) -> Iterator[list[Place]]:
    """The database at the address, or own ones of these kinds; removed at the end unless kept.

    Raises Refused for a database that holds anything, and CannotStart without PostgreSQL.
    """
    with ExitStack() as stack:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="musling-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder = folder.resolve()
        if url:
            yield [_given(url, folder)]
            return
        yield [stack.enter_context(_own(database, folder)) for database in databases]


def _given(url: str, folder: Path) -> Place:
    kind = "postgresql" if urlsplit(url).scheme.startswith("postgres") else "sqlite"
    var = _var(folder, "given")
    if not (var / FILLED).exists() and _holds_tables(kind, url):
        raise Refused(
            "This database is not empty. A bench fills one of its own: give an empty one."
        )
    return Place(kind, url, "", var)


def _holds_tables(kind: str, url: str) -> bool:
    if kind == "sqlite":
        file = Path(urlsplit(url).path[1:])
        return file.exists() and file.stat().st_size > 0
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")
        return found.fetchone() is not None


@contextmanager
def _own(database: str, folder: Path) -> Iterator[Place]:
    var = _var(folder, database)
    if database == "sqlite":
        yield Place(database, f"sqlite:///{var}/musling.sqlite3", "", var)
        return
    # As root PostgreSQL runs as somebody else, who may not enter a temporary folder of ours.
    server = cluster.start(OPTIONS, data=_open_way(folder / "cluster"))
    try:
        _make_database(server)
        yield Place(
            database,
            cluster.address(server.folder, cluster.PROGRAM),
            cluster.address(server.folder, cluster.OWNER),
            var,
        )
    finally:
        server.stop()


def _open_way(data: Path) -> Path:
    if cluster.unprivileged():
        data.parent.mkdir(parents=True, exist_ok=True)
        data.parent.chmod(data.parent.stat().st_mode | 0o011)
    return data


def _make_database(server: cluster.Cluster) -> None:
    owner = cluster.address(server.folder, cluster.OWNER, "postgres")
    with psycopg.connect(owner, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'musling'").fetchone():
            connection.execute("CREATE DATABASE musling")
    highest = cluster.address(server.folder, cluster.SUPERUSER, "postgres")
    with psycopg.connect(highest, autocommit=True) as connection:
        if connection.info.server_version >= 150000:  # so that both sides of the import begin alike
            connection.execute(f"GRANT pg_checkpoint TO {cluster.OWNER}")


def _var(folder: Path, name: str) -> Path:
    var = folder / name
    var.mkdir(parents=True, exist_ok=True)
    return var
