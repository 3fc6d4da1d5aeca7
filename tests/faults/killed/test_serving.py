"""The server and its database are killed while somebody writes."""

import html
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from time import sleep

import pytest

from tests.cli.installation import children, free_port, wait_until_gone, wait_until_served
from tests.faults.places import FaultPlace, chance, kill
from tests.faults.visits import Visitor

TOWN = "from tests.faults import town; town."
FIELD = "t.wellbeing.general"
LONG = "Glad for vagterne. " * 300  # larger than one page of the database
SAVES = 400


@pytest.fixture
def port(place: FaultPlace) -> Iterator[int]:
    """The port of a server that runs."""
    found = free_port()
    serve(place, found)
    return found


def serve(place: FaultPlace, port: int) -> None:
    """Starts the server; it answers when this returns."""
    place.command("serve", "--no-worker", "--port", str(port))
    wait_until_served(port)


def text_number(n: int) -> str:
    """A text that shows whether all of it is there."""
    return f"begynder {n} {LONG} slutter {n}"


def on_the_page(visitor: Visitor, page: str) -> tuple[str, str]:
    """The text that stands in the field, and its version."""
    answer = visitor.get(page)
    assert answer.status == 200
    box = rf'<textarea[^>]*name="{FIELD}"[^>]*>\s*(.*?)</textarea>'
    area = re.search(box, answer.text, re.DOTALL)
    version = re.search(rf'name="version\.{FIELD}" value="(\d+)"', answer.text)
    assert area
    assert version
    return html.unescape(area[1]).strip(), version[1]


def test_what_was_answered_as_saved_is_there_and_nothing_is_half(
    place: FaultPlace, port: int
) -> None:
    seed, random = chance()
    talk = place.inside(f"{TOWN}talk()")
    visitor = Visitor(port, place.inside(f"{TOWN}session('Hanne')"))
    page = f"/havneby/talks/{talk}/prepare/wellbeing/"
    saved: list[int] = []

    def write() -> None:
        with suppress(OSError, HTTPException):
            for n in range(1, SAVES):
                fields = {FIELD: text_number(n), f"version.{FIELD}": str(n - 1)}
                if visitor.post(f"/havneby/talks/{talk}/prepare/save/", **fields).status != 200:
                    return
                saved.append(n)

    assert visitor.post(f"/havneby/talks/{talk}/prepare/", length="all").status == 302
    writing = threading.Thread(target=write)
    writing.start()
    while not saved:
        sleep(0.01)
    sleep(random.uniform(0.1, 0.8))
    (server,) = place.begun_here
    started = children(server.pid)
    kill(server)
    for pid in started:
        with suppress(ProcessLookupError):
            kill_pid(pid)
    assert wait_until_gone(started) == []
    writing.join(60)
    assert len(saved) < SAVES - 1, "nothing was killed in the middle"
    serve(place, port)
    text, version = on_the_page(visitor, page)
    last = saved[-1]
    assert (text, version) in {(text_number(n).strip(), str(n)) for n in (last, last + 1)}, (
        version,
        last,
        seed,
    )
    # What was not answered is still in the browser and is sent again from there.
    again = {FIELD: text_number(last + 1), f"version.{FIELD}": version}
    assert visitor.post(f"/havneby/talks/{talk}/prepare/save/", **again).status == 200
    assert on_the_page(visitor, page)[0] == text_number(last + 1).strip()


def kill_pid(pid: int) -> None:
    """SIGKILL for a process of the server that was begun here."""
    os.kill(pid, signal.SIGKILL)


def test_a_database_that_is_away_is_told_of_and_its_return_noticed(
    place: FaultPlace, port: int
) -> None:
    talk = place.inside(f"{TOWN}talk()")
    visitor = Visitor(port, place.inside(f"{TOWN}session('Hanne')"))
    page = f"/havneby/talks/{talk}/prepare/wellbeing/"
    save = f"/havneby/talks/{talk}/prepare/save/"
    visitor.post(f"/havneby/talks/{talk}/prepare/", length="all")
    # Each of the two processes has four threads, each with a connection of its own.
    together(visitor, page, 24)
    place.mortal.kill()
    try:
        away = visitor.get(page)
        unsaved = visitor.post(save, **{FIELD: "mens den er væk", f"version.{FIELD}": "0"})
    finally:
        place.mortal.start()
    for answer in (away, unsaved):
        assert (answer.status, answer.retry_after) == (503, "10")
        assert "musling doctor" in answer.text
    # The page says that it is not saved, and where it still stands.
    assert "Gå tilbage i din browser" in away.text
    assert together(visitor, page, 24) == {200}, "a connection of before was used"
    assert on_the_page(visitor, page) == ("", "0")
    again = visitor.post(save, **{FIELD: "mens den er væk", f"version.{FIELD}": "0"})
    assert again.status == 200


def together(visitor: Visitor, page: str, times: int) -> set[int]:
    """Asks for the page so often at once; the statuses."""
    found: set[int] = set()
    threads = [
        threading.Thread(target=lambda: found.add(visitor.get(page).status))
        for _time in range(times)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found
