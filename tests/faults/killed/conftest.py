"""An installation on a cluster that may be killed, made once and copied for each test."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from musling.cli import cluster
from tests.cli.installation import Installation
from tests.faults.mortal import Mortal
from tests.faults.places import FaultPlace

UNITS, EACH = 60, 1


@pytest.fixture(scope="session")
def mortal() -> Iterator[Mortal]:
    """The cluster; a test that kills it starts it again."""
    running = Mortal()
    try:
        yield running
    finally:
        running.stop()


def environment(running: Mortal, database: str, var: Path) -> dict[str, str]:
    """What an installation on that database reads."""
    return os.environ | {
        "MUSLING_VAR": str(var),
        "MUSLING_MODE": "test",
        "EMAIL_URL": "memory:",
        "DATABASE_URL": running.address(cluster.PROGRAM, database),
        "DATABASE_OWNER_URL": running.address(cluster.OWNER, database),
    }


@pytest.fixture(scope="session")
def ground(mortal: Mortal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with a planned round; its database is called ground."""
    var = tmp_path_factory.mktemp("ground") / "var"
    with mortal.connect("postgres") as owner:
        owner.execute(f"CREATE DATABASE ground OWNER {cluster.OWNER}")
    place = Installation(environment(mortal, "ground", var))
    made = place.run("migrate")
    assert made.returncode == 0, made.stderr
    place.inside(f"from tests.faults import town; town.fill({UNITS}, {EACH})")
    return var


@contextmanager
def copy(running: Mortal, ground: Path, var: Path) -> Iterator[FaultPlace]:
    """A copy of that installation; what the test began ends with it."""
    database = f"fault_{secrets.token_hex(4)}"
    with running.connect("postgres") as owner:
        owner.execute(f"CREATE DATABASE {database} TEMPLATE ground OWNER {cluster.OWNER}")
        # A copied sequence believes that its next numbers are logged, which they are in the
        # template alone; after a crash it would give them out again. A checkpoint ends that.
        owner.execute("CHECKPOINT")
    shutil.copytree(ground, var)
    found = FaultPlace(environment(running, database, var), running, database)
    try:
        yield found
    finally:
        found.end_all()
        sys.stdout.write(found.said()[-3000:])  # shown where the test failed


@pytest.fixture
def place(mortal: Mortal, ground: Path, tmp_path: Path) -> Iterator[FaultPlace]:
    """An installation of the test's own."""
    with copy(mortal, ground, tmp_path / "var") as found:
        yield found


@pytest.fixture
def another_place(mortal: Mortal, ground: Path, tmp_path: Path) -> Iterator[FaultPlace]:
    """A second one, to compare with."""
    with copy(mortal, ground, tmp_path / "another") as found:
        yield found
