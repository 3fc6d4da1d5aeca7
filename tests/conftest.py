"""What every test stands on: the two databases, no network, and names of rows that exist."""

import ipaddress
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from musling.cli.rights import grant_to_program, put_up_walls
from tests import postgres
from tests.emptying import empty
from tests.rows import ROWS, named_rows

pytest_plugins = ["tests.browser", "tests.fixtures"]

# Three processes share two cores in `make test`: how long an example takes says nothing there.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that names a row which the product does not have."""
    for item in items:
        for row in named_rows(item):
            if row not in ROWS:
                raise pytest.UsageError(f"{item.nodeid} names the row {row!r}; see tests/rows.py.")


# --- databases: the owner makes, flushes and removes them, the program's role does the rest -----


def connect_as(role: str) -> None:
    """On PostgreSQL: this thread's next connection is the role's; other threads keep theirs."""
    if connection.vendor == "postgresql":
        connection.close()
        connection.settings_dict = {**connections.settings["default"], "USER": role}


@contextmanager
def as_owner() -> Iterator[None]:
    """Be the owner of the tables for a while."""
    connect_as(postgres.OWNER)
    try:
        yield
    finally:
        connect_as(postgres.PROGRAM)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Name the database, and be its owner until django_db_setup has made it.

    SQLite in a file, as in production, so that each of several threads can have a connection.
    """
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        database["TEST"]["NAME"] = str(Path(database["NAME"]).with_name("test.sqlite3"))
    connect_as(postgres.OWNER)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Generator[None, None, None]:
    """Let the program's role in, and the owner again to remove the database."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            put_up_walls(connection.cursor())
            grant_to_program(connection.cursor(), postgres.PROGRAM)
        connect_as(postgres.PROGRAM)
    yield
    with django_db_blocker.unblock():
        connect_as(postgres.OWNER)


@pytest.fixture(scope="session", autouse=True)
def _emptied_as_owner() -> Generator[None, None, None]:
    """Tests with real transactions end in removing rows of the log, which the program may not."""

    def empty_as_owner(case: TransactionTestCase) -> None:
        with as_owner():
            empty()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_as_owner)
        yield


# --- the network -----------------------------------------------------------------------------


class NetworkReached(BaseException):
    """A test wanted to leave this machine; no ``except Exception`` may hide that."""


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Generator[None, None, None]:
    """Sockets connect to this machine only."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not is_here(address[0]):
            raise NetworkReached(f"to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


def is_here(host: str) -> bool:
    """Whether a host's name or number is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
