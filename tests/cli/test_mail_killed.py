"""Workers killed at random moments while a real mail server counts what it gets.

At least once is what a mail can be (see ``mail.outbox``): whoever is killed between the server's
yes and the mark leaves one mail that goes out again. So there are at most as many second copies as
workers that were killed, each under the Message-ID of the first; and nothing is lost.
"""

import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installation import ROOT, SETTINGS, Installation, free_port, migrated
from tests.mail.post_office import Counting, post_office

PEOPLE, ROUNDS, WORKERS = 60, 3, 2
FILL = f"""
import datetime as dt
from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import program
from musling.mail import outbox
from musling.organisations.models import Organisation
from musling.people.models import Profile
ten = dt.datetime(2027, 9, 7, 10, tzinfo=clock.COPENHAGEN)  # a Tuesday
clock.move(ten - clock.now())
place = Organisation.objects.create(
    slug="havneby", name="Havneby", sector="municipal", made_at=clock.now()
)
people = Profile.objects.bulk_create(
    Profile(
        organisation=place, number=str(n), first_name=f"P{{n}}", email=f"p{{n}}@havneby.example"
    )
    for n in range({PEOPLE})
)
outbox.plan()
# One mail for half of them, two for the others, which leave as one.
for n, one in enumerate(people):
    for _time in range(1 + n % 2):
        log.note(program(place.pk), "core_task.told", about=one.pk, on="2027-01-01")
"""
WORK = """
from musling.mail import outbox
outbox.LOAD = 10
print("ready", flush=True)
while True:
    outbox.deliver()
"""
LATER = """
import datetime as dt
from musling.foundation import clock
from musling.mail import outbox
clock.move(outbox.LEASE + dt.timedelta(seconds=1))
"""
FINISH = """
from musling.mail import outbox
from musling.mail.models import Delivery
while outbox.deliver():
    pass
print(sorted(set(Delivery.objects.values_list("state", flat=True))), Delivery.objects.count())
"""


@pytest.fixture
def office() -> Iterator[tuple[Counting, int]]:
    """The server and its port."""
    port = free_port()
    with post_office(port) as counting:
        yield counting, port


def begun(place: Installation) -> "subprocess.Popen[str]":
    """A worker that has said that it is ready."""
    worker = subprocess.Popen(
        place.program(WORK),
        env=place.environment | SETTINGS,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert worker.stdout
    assert worker.stdout.readline() == "ready\n"
    return worker


def killed(worker: "subprocess.Popen[str]") -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert worker.stdout
    worker.stdout.close()


def wait_for_some(counting: Counting, before: int) -> None:
    """Waits until mails flow again, or until there is nothing left to send."""
    until = time.monotonic() + 5
    while len(counting.taken) == before and time.monotonic() < until:
        time.sleep(0.01)


def test_killed_workers_lose_nothing_and_repeat_no_more_than_one_mail_each(
    tmp_path: Path, office: tuple[Counting, int]
) -> None:
    counting, port = office
    place = migrated(tmp_path, "musling_post", EMAIL_URL=f"smtp://127.0.0.1:{port}")
    place.inside(FILL)
    seed = random.randrange(2**32)  # noqa: S311 (no secret)
    chance = random.Random(seed)  # noqa: S311 (no secret)
    for _round in range(ROUNDS):
        workers = [begun(place) for _worker in range(WORKERS)]
        for worker in workers:
            wait_for_some(counting, len(counting.taken))
            time.sleep(chance.uniform(0, 0.15))
            killed(worker)
        place.inside(LATER)  # the leases of the dead are over
    cut_off = len(counting.taken)
    left = place.inside(FINISH)
    assert re.fullmatch(rf"\['sent'\] {PEOPLE * 3 // 2}\n", left), (left, seed)
    assert cut_off, "no worker sent anything before it was killed"
    ids = counting.ids()
    assert set(ids) == {f"p{n}@havneby.example" for n in range(PEOPLE)}, seed
    assert {len(one) for one in ids.values()} == {1}, "the same matter under two ids"
    assert counting.again() <= ROUNDS * WORKERS, (counting.again(), seed)
