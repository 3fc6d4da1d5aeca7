"""Two people in HR, or one and the command, open the same round at the same moment."""

import json
import threading
from pathlib import Path

import pytest

from tests.cli.installation import free_port, wait_until_served
from tests.faults.places import FaultPlace, wait_until
from tests.faults.visits import Visitor

TOWN = "from tests.faults import town; town."
EMPLOYEES = 2  # the step that opens the round
BY_COMMAND = """
import sys, time
from pathlib import Path
from musling.cli.main import main
Path(sys.argv[1]).with_name("ready").touch()
while not Path(sys.argv[1]).exists():
    time.sleep(0.001)
sys.exit(main(["rounds", "open", "--organisation", "havneby", sys.argv[2]]))
"""
OPENINGS = "SELECT count(*) FROM work_run WHERE name = 'rounds.open'"
NOTED = "SELECT count(*) FROM activity_activity WHERE verb = 'round.opening'"
STEPS = "SELECT count(*) FROM activity_activity WHERE verb = 'round.step_done'"
ROUND = "SELECT public_id FROM rounds_round"
FIRST = "Gjort: "
SECOND = "Det var gjort allerede, af "


@pytest.fixture
def port(place: FaultPlace) -> int:
    """The port of a server that runs, without a worker: what was begun stays to be looked at."""
    found = free_port()
    place.command("serve", "--no-worker", "--port", str(found))
    wait_until_served(found)
    return found


def press(visitor: Visitor, round_id: str, told: list[list[str]]) -> None:
    """Presses "Do it now", and notes what the next page says."""
    answer = visitor.post(f"/havneby/rounds/{round_id}/steps/{EMPLOYEES}/do/")
    assert answer.status == 302
    page = visitor.get(f"/havneby/rounds/{round_id}/").text
    told.append([words for words in (FIRST, SECOND) if words in page])


@pytest.mark.parametrize("time", range(3))
def test_of_two_who_press_at_once_one_opens_it_and_the_other_is_told(
    place: FaultPlace, port: int, time: int
) -> None:
    round_id = place.asked(ROUND)
    told: list[list[str]] = []
    visitors = [Visitor(port, place.inside(f"{TOWN}session('{who}')")) for who in ("Hanne", "Hugo")]
    threads = [
        threading.Thread(target=press, args=(visitor, round_id, told)) for visitor in visitors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [FIRST] in told
    assert [SECOND] in told
    assert [place.asked(question) for question in (OPENINGS, NOTED, STEPS)] == [1, 1, 1]


def test_the_page_and_the_command_at_once_open_it_once_and_the_later_is_told(
    place: FaultPlace, port: int, tmp_path: Path
) -> None:
    round_id, go = place.asked(ROUND), tmp_path / "go"
    visitor = Visitor(port, place.inside(f"{TOWN}session('Hanne')"))
    command = place.begin([*place.program(BY_COMMAND), str(go), round_id])
    wait_until((tmp_path / "ready").exists, "the command is ready")
    told: list[list[str]] = []
    go.touch()
    press(visitor, round_id, told)
    assert command.wait(60) == 0
    first_by_command = "Opening;" in place.said()
    assert ("Somebody has opened this round before" in place.said()) != first_by_command
    assert told == [[SECOND if first_by_command else FIRST]]
    assert [place.asked(question) for question in (OPENINGS, NOTED, STEPS)] == [1, 1, 1]
    found = json.loads(place.inside(f"{TOWN}opened()"))
    assert (found["round"], found["runs"]) == ("open", ["done"]), "the command does the work"
    assert found["talks"] == found["offers"] == found["people"] - 1
