"""An import is killed in the middle, with its worker and with the database, and is taken up."""

import json
from pathlib import Path
from time import sleep
from typing import Any

from tests.faults.places import FaultPlace, chance, kill, wait_until

STATE = "SELECT state FROM work_run WHERE name = 'people.apply_import'"
TOWN = "from tests.faults import town; town."
A_QUARTER = 0.25  # of the rows, before the first kill


def how_far(place: FaultPlace) -> float:
    """How much of the list is written, as the page shows it."""
    for file in Path(place.var / "imports").glob("*/progress.json"):
        noted = json.loads(file.read_text())
        return float(noted["done"] / noted["total"])
    return 0.0


def began_anew(place: FaultPlace) -> bool:
    """Whether another worker is at it: it begins with the first rows."""
    return place.asked(STATE) == "done" or 0 < how_far(place) < A_QUARTER


def looked_at(place: FaultPlace) -> Any:
    """What the import has left."""
    return json.loads(place.inside(f"{TOWN}imported()"))


def unbroken(place: FaultPlace) -> Any:
    """The outcome of the same import in one go."""
    place.inside(f"{TOWN}begin_import()")
    worker = place.worker()
    wait_until(lambda: place.asked(STATE) == "done", "the import is done")
    kill(worker)
    return looked_at(place)


def test_a_killed_import_ends_as_one_that_was_not(
    place: FaultPlace, another_place: FaultPlace
) -> None:
    _seed, random = chance()
    wanted = unbroken(another_place)
    before = looked_at(place)
    assert dict(wanted["deeds"])["import.done"] == 1
    place.inside(f"{TOWN}begin_import()")
    worker = place.worker()
    wait_until(lambda: how_far(place) > A_QUARTER, "the import begins")
    sleep(random.uniform(0, 0.4))
    kill(worker)
    assert looked_at(place)["profiles"] == before["profiles"], "half of a list is in"
    worker = place.worker()
    place.later(40)
    wait_until(lambda: began_anew(place), "the import is taken up", 20)
    wait_until(lambda: how_far(place) > A_QUARTER, "the import goes on")
    sleep(random.uniform(0, 0.4))
    place.mortal.kill()
    sleep(random.uniform(0.2, 1))
    place.mortal.start()
    assert looked_at(place)["profiles"] == before["profiles"], "half of a list is in"
    place.later(40)
    wait_until(lambda: place.asked(STATE) == "done", "the import is taken up again")
    assert worker.poll() is None, place.said()
    found = looked_at(place)
    assert found == wanted
    # That a former leader's sessions end (T22) is counted elsewhere: once, as in one go.
    for what in ("log_ins", "who", "addresses"):
        assert found[what] == before[what], what
    assert before["log_ins"]
    assert not list((place.var / "imports").glob("*/people")), "the list is kept though it is in"
