"""What the bench of two hundred people makes of its answers; how long they take is no test."""

import json
from collections import Counter

import pytest

from musling.cli.bench import crowded, loading
from musling.cli.bench.loading import _Day, _document, _Person


def day(**taken: list[float]) -> _Day:
    """A day on which the pages took so long."""
    found = _Day(0, seconds=2.0)
    found.taken.update(taken)
    return found


def test_percentiles_are_those_of_the_page_or_of_all() -> None:
    found = day(start=[n / 100 for n in range(100)], team=[5.0])
    assert [found.percentile(n, "start") for n in (50, 95, 99)] == [0.5, 0.95, 0.99]
    assert found.percentile(99) == 0.99
    assert found.percentile(100) == 5.0
    assert day().percentile(95) == 0.0
    assert found.answers == 101


def test_the_ratio_is_that_of_the_worst_page_and_every_fault_counts() -> None:
    together = day(start=[0.2] * 10, team=[0.9] * 10)
    together.wrong.append("start: status 500")
    document = _document(20, 1000, 60.0, together, day(start=[0.1] * 10, team=[0.1] * 10))
    assert document["ratio"] == 9.0
    assert document["errors"] == 1
    assert document["answers_a_second"] == 10.0
    assert [row["page"] for row in document["pages"]] == ["start", "team"]
    json.dumps(document)
    said = list(loading.lines(document))
    assert "start: status 500" in said
    assert "not kept" in said[-1]


def test_groups_are_spread_over_the_whole() -> None:
    groups = [[{"part": name}] * count for name, count in (("hr", 4), ("leader", 16), ("e", 180))]
    mixed = [one["part"] for one in crowded._mixed(*groups)]
    assert Counter(mixed) == {"hr": 4, "leader": 16, "e": 180}
    for place in range(0, 200, 50):
        assert Counter(mixed[place : place + 50])["hr"] == 1


@pytest.mark.parametrize(("part", "pages"), loading.DOES.items())
def test_everybody_asks_for_pages_that_there_are(part: str, pages: dict[str, int]) -> None:
    one = {"part": part, "session": "s", **{page: f"/{page}/" for page in pages}}
    person = _Person(one)
    assert set(person.clients) == set(pages) <= set(loading.PAGES)
    assert sum(person.weights) == 10
    for page, client in person.clients.items():
        assert f" /{page}/ HTTP/1.1\r\n".encode() in client.ask()
