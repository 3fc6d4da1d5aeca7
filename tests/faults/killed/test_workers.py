"""Workers and the database are killed while a round opens and its mails leave (issue 5).

A lease is real; the clock of the installation is moved over it, which it may outside production.
"""

import json
from time import sleep

from tests.cli.installation import free_port
from tests.faults.killed.conftest import EACH, UNITS
from tests.faults.places import FaultPlace, chance, kill, wait_until
from tests.mail.post_office import Counting, post_office

KILLS = 3
PEOPLE = 3 + UNITS * (1 + EACH)  # with the one at the top, and two in HR
DONE = "SELECT coalesce(max(done), 0) FROM work_run WHERE name = 'rounds.open'"
STATE = "SELECT state FROM work_run WHERE name = 'rounds.open'"
SENT = "SELECT count(*) FROM mail_delivery WHERE state = 'sent'"
UNSENT = "SELECT count(*) FROM mail_delivery WHERE state IN ('waiting', 'failed', 'sending')"
UNTOLD = (
    "SELECT count(*) FROM activity_activity WHERE verb = 'conversation.offered_in_round'"
    " AND id NOT IN (SELECT activity_id FROM mail_delivery)"
)
# What is moved on at once: with the seconds that are waited then, less than a minute.
OVER_THE_LEASE, SECONDS_TO_TAKE_UP = 40, 15


def taken_up(place: FaultPlace) -> None:
    """Waits until somebody takes the opening further, or to its end."""
    before = place.asked(DONE)
    place.later(OVER_THE_LEASE)
    wait_until(
        lambda: place.asked(STATE) == "done" or place.asked(DONE) > before,
        "it is taken up",
        SECONDS_TO_TAKE_UP,
    )


def all_told(place: FaultPlace) -> bool:
    """Whether no mail is left; half a minute passes in a second, so leases of the dead run out."""
    sleep(1)
    place.later(30)
    return bool(
        place.asked(STATE) == "done" and not place.asked(UNTOLD) and not place.asked(UNSENT)
    )


def look_at(place: FaultPlace, counting: Counting, seed: int, most_again: int) -> None:
    """Nothing is lost and nothing is there twice."""
    found = json.loads(place.inside("from tests.faults import town; town.opened()"))
    message_ids = set(found.pop("message_ids"))
    talks = PEOPLE - 1  # nobody leads the one at the top
    assert found == {
        "round": "open",
        "runs": ["done"],
        "people": PEOPLE,
        "places": PEOPLE,
        "places_of": PEOPLE,
        "talks": talks,
        "offers": talks,
        "offered": talks,
        "two_seats": [2],
        "most_talks_of_one": 1,
        "wrong_leader": 0,
        "told": talks,
        "opened_noted": 1,
        "mails": [["round-offered sent", talks]],
        "told_twice": 0,
    }, seed
    ids = counting.ids()
    assert len(ids) == talks, seed
    assert {len(one) for one in ids.values()} == {1}, ("told twice", seed)
    # Every mail that arrived is one that is noted, and the other way round.
    assert set().union(*ids.values()) == message_ids, seed
    assert counting.again() <= most_again, seed


def test_killed_workers_lose_nothing_and_double_nothing(place: FaultPlace) -> None:
    seed, random = chance()
    port = free_port()
    at = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    with post_office(port) as counting:
        workers = [place.worker(**at) for _worker in range(2)]
        place.inside("from tests.faults import town; town.open_round()")
        wait_until(lambda: place.asked(DONE), "the opening begins")
        opening_was_cut = 0
        for _kill in range(KILLS):
            kill(workers.pop(random.randrange(2)))
            workers.append(place.worker(**at))
            opening_was_cut += place.asked(STATE) != "done"
            taken_up(place)
        wait_until(lambda: all_told(place), "all is told")
    assert opening_was_cut, seed
    look_at(place, counting, seed, most_again=KILLS)


def test_the_database_killed_twice_stops_no_worker_and_loses_nothing(place: FaultPlace) -> None:
    seed, random = chance()
    port = free_port()
    with post_office(port) as counting:
        workers = [place.worker(EMAIL_URL=f"smtp://127.0.0.1:{port}") for _worker in range(2)]
        # One that begins while the database is away refuses to, and says why.
        wait_until(lambda: place.said().count("The worker is running.") == 2, "both run")
        place.inside("from tests.faults import town; town.open_round()")
        for what, question in (("the opening", DONE), ("the mails", SENT)):
            wait_until(lambda question=question: place.asked(question), f"{what} begin")
            sleep(random.uniform(0, 0.4))
            place.mortal.kill()
            sleep(random.uniform(0.5, 2))
            place.mortal.start()
            place.later(OVER_THE_LEASE)
        wait_until(lambda: all_told(place), "all is told")
        assert [worker.poll() for worker in workers] == [None, None], place.said()
    assert "database does not answer" in place.said()
    # The last marks of a server that dies are not on its disk yet: see musling.mail.marking.
    look_at(place, counting, seed, most_again=PEOPLE)
