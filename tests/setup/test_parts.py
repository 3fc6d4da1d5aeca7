"""Which tests each process of ``make test`` runs: none is left out."""

import pytest

from tests.databases import WITHOUT, belongs_to, has_no_database

PARTS = ("journeys", "suite", "database")


@pytest.fixture(scope="session")
def items(request: pytest.FixtureRequest) -> list[pytest.Item]:
    """What this very run was asked for."""
    return request.session.items


def test_every_test_is_in_the_suite_or_a_journey_and_both_databases_get_all_that_ask_for_one(items):
    for item in items:
        of = {part for part in PARTS if belongs_to(item, part)}
        wanted = {"suite"} if has_no_database(item) else {"suite", "database"}
        if item.get_closest_marker("long_walk"):
            wanted = {"database"}
        assert of in ({"journeys"}, wanted), item.nodeid


def test_only_what_asks_for_no_database_runs_once(items):
    for item in filter(has_no_database, items):
        assert not item.get_closest_marker("django_db"), item.nodeid
        assert "db" not in item.fixturenames, item.nodeid
        assert item.nodeid.startswith(tuple(f"tests/{folder}/" for folder in WITHOUT))


def test_another_part_is_refused(request: pytest.FixtureRequest):
    with pytest.raises(pytest.UsageError, match="must be journeys, suite or database"):
        belongs_to(request.node, "jouneys")
