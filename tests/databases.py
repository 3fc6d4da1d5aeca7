"""The pytest plugin that gives each test process its surroundings before settings are read.

``MUSLING_TEST_DATABASE`` says which database: ``sqlite`` (default) or ``postgresql``. On
PostgreSQL the first process starts a cluster (tests/postgres.py); pytest-xdist's workers, which
inherit its environment, use the same one, each with a database of its own.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from setup import translations
from tests import postgres

HERE = Path(__file__).parent
ONLY_POSTGRESQL = {HERE / "postgresql", HERE / "faults" / "killed"}
IN_WORKER = "PYTEST_XDIST_WORKER"
CLUSTER_FOLDER = "MUSLING_TEST_CLUSTER"
WHICH = "MUSLING_TEST_DATABASE"
PART = "MUSLING_TEST_PART"
# Reads and writes files and documents: tests in there that ask for no database run in one process.
WITHOUT = ("documents", "frames", "people/import_files")

_cluster: postgres.Cluster | None = None
_var: Path | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None, object, object]:
    """Set the environment; a wrapper, since pytest-django reads the settings in this same hook."""
    global _cluster, _var  # noqa: PLW0603 one process, one run
    if IN_WORKER not in os.environ:
        translations.compile_catalogue()
        if needs_postgresql(early_config):
            _cluster = start_cluster()
            os.environ[CLUSTER_FOLDER] = str(_cluster.folder)
    _var = Path(tempfile.mkdtemp(prefix="musling-test-"))
    os.environ.update(surroundings(_var))
    (_var / "static").mkdir()  # WhiteNoise warns of a folder that is not there
    try:
        return (yield)
    except BaseException:
        pytest_unconfigure()  # pytest calls it only for a run that came to be configured
        raise


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what only PostgreSQL has where this process has none."""
    if collection_path in ONLY_POSTGRESQL and os.environ.get(WHICH) != "postgresql":
        return True
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the part that this process was asked for.

    ``MUSLING_TEST_PART`` is ``journeys`` (all that needs a browser), ``suite`` (the rest but for
    the long walks), ``database`` (the rest but for what asks for no database), or empty for all.
    """
    if part := os.environ.get(PART):
        items[:] = [item for item in items if belongs_to(item, part)]


def belongs_to(item: pytest.Item, part: str) -> bool:
    """Whether the test is in that part."""
    if part == "database":
        return not needs_browser(item) and not has_no_database(item)
    if part not in {"journeys", "suite"}:
        raise pytest.UsageError(f"{PART} is {part!r}; it must be journeys, suite or database.")
    if part == "suite" and item.get_closest_marker("long_walk"):
        return False
    return needs_browser(item) == (part == "journeys")


def has_no_database(item: pytest.Item) -> bool:
    """Whether the test is of a part of the program without a database, and asks for none.

    pytest-django lets such a test make no query.
    """
    path = item.path.relative_to(HERE)
    asks = {"db", "transactional_db", "django_db_blocker", "django_db_setup"}
    fixtures = asks.intersection(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db")
    return any(map(path.is_relative_to, WITHOUT)) and not fixtures and not marked


def needs_browser(item: pytest.Item) -> bool:
    """Whether the test drives Chromium, itself or by way of a fixture.

    Not by the name ``browser``: some modules call Django's client that.
    """
    return "playwright" in getattr(item, "fixturenames", ())


def start_cluster() -> postgres.Cluster:
    """Start PostgreSQL; a run that cannot have it ends with what to do, and no traceback."""
    try:
        return postgres.start()
    except postgres.CannotStart as problem:
        raise pytest.UsageError(str(problem)) from problem


def needs_postgresql(config: pytest.Config) -> bool:
    """Whether this process or any worker that it will start asks for PostgreSQL."""
    workers = getattr(config.known_args_namespace, "tx", None) or []
    return os.environ.get(WHICH) == "postgresql" or any(
        f"env:{WHICH}=postgresql" in worker for worker in workers
    )


def surroundings(var: Path) -> dict[str, str]:
    """The environment of one test process; ``var`` is its own empty folder."""
    which = os.environ.get(WHICH, "sqlite")
    if which not in {"sqlite", "postgresql"}:
        raise pytest.UsageError(f"{WHICH} is {which!r}; it must be sqlite or postgresql.")
    settings = {
        "MUSLING_MODE": "test",
        "MUSLING_VAR": str(var),
        "MUSLING_SECRET_KEY": "known-to-everybody-and-only-in-tests",
        "EMAIL_URL": "memory:",
        "DATABASE_URL": f"sqlite:///{var}/musling.sqlite3",
        "DATABASE_OWNER_URL": "",
        # Playwright's event loop runs in the test's own thread; Django would refuse queries there.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    if which == "postgresql":
        folder = os.environ[CLUSTER_FOLDER]
        settings["DATABASE_URL"] = postgres.address(folder, postgres.PROGRAM)
        settings["DATABASE_OWNER_URL"] = postgres.address(folder, postgres.OWNER)
    return settings


def pytest_report_header() -> str:
    """Name the database at the top of the run."""
    return f"database: {os.environ.get(WHICH, 'sqlite')}"


def pytest_unconfigure() -> None:
    """Stop the cluster that this process started, and remove its folder."""
    if _cluster:
        _cluster.stop()
        os.environ.pop(CLUSTER_FOLDER, None)
    if _var:
        shutil.rmtree(_var, ignore_errors=True)
