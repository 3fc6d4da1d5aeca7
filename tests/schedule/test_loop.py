"""Each job runs when its turn comes, once, however many workers there are."""

import datetime as dt
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from musling.foundation import clock
from musling.schedule import loop
from musling.schedule.jobs import Job
from musling.schedule.models import Turn

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    """Nobody's clock is moved before or after."""
    clock.reset()
    yield
    clock.reset()


class Counted:
    """A job that counts its runs."""

    def __init__(self, **more: object) -> None:
        self.runs = 0
        self.job = Job("counted", self, **{"every": MINUTE, **more})

    def __call__(self) -> None:
        self.runs += 1


@pytest.mark.django_db
def test_a_job_runs_at_once_and_then_after_its_time() -> None:
    counted = Counted()
    assert loop.tick([counted.job]) == ["counted"]
    assert loop.tick([counted.job]) == []
    clock.move(MINUTE)
    assert loop.tick([counted.job]) == ["counted"]
    assert counted.runs == 2


@pytest.mark.django_db
def test_a_year_that_passes_in_a_moment_brings_every_job_its_turn_once() -> None:
    counted = Counted(every=dt.timedelta(days=1), hour=3)
    loop.tick([counted.job])
    clock.move(dt.timedelta(days=365))
    loop.tick([counted.job])
    loop.tick([counted.job])
    assert counted.runs == 2


@pytest.mark.django_db
def test_a_clock_that_is_put_right_again_stops_no_job() -> None:
    counted = Counted()
    clock.move(dt.timedelta(days=365))
    loop.tick([counted.job])
    clock.reset()
    assert loop.tick([counted.job]) == ["counted"]


@pytest.mark.django_db
def test_a_job_that_fails_is_tried_again_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise RuntimeError("what Signe wrote")

    counted = Counted()
    failing = Job("failing", fail, dt.timedelta(days=1), hour=3)
    assert loop.tick([failing, counted.job]) == ["failing", "counted"]
    turn = Turn.objects.get(job="failing")
    assert turn.problem == "RuntimeError"
    assert turn.next_at - clock.now() <= loop.AFTER_A_FAULT
    assert turn.lease_until is None
    assert "what Signe wrote" not in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.django_db
def test_a_turn_whose_worker_died_is_taken_up_after_its_lease() -> None:
    counted = Counted()
    now = clock.now()
    lease = counted.job.lease
    Turn.objects.create(job="counted", next_at=now - MINUTE, lease_until=now + lease)
    assert loop.tick([counted.job]) == []
    clock.move(lease)
    assert loop.tick([counted.job]) == ["counted"]


@pytest.mark.django_db
def test_a_worker_that_was_too_slow_does_not_end_anothers_turn() -> None:
    counted = Counted()
    loop.tick([counted.job])
    turn = Turn.objects.get()
    lease = clock.now() + counted.job.lease
    Turn.objects.update(lease_until=lease)
    loop._run(counted.job, turn, lease - MINUTE)
    assert Turn.objects.get().lease_until == lease


@pytest.mark.django_db(transaction=True)
def test_several_workers_run_a_job_once() -> None:
    running, most = threading.Semaphore(0), []

    def slow() -> None:
        most.append(1)
        time.sleep(0.2)

    job = Job("slow", slow, MINUTE)
    Turn.objects.create(job="slow", next_at=clock.now())

    def work() -> None:
        try:
            loop.tick([job])
        finally:
            connection.close()
            running.release()

    for _worker in range(5):
        threading.Thread(target=work).start()
    for _worker in range(5):
        running.acquire()
    assert len(most) == 1


@pytest.mark.django_db(transaction=True)
def test_the_ticker_stops_when_it_is_told_to() -> None:
    counted = Counted(every=dt.timedelta(0))
    ticker = loop.Ticker([counted.job], seconds=0.01)
    ticker.start()
    until = time.monotonic() + 10
    while counted.runs < 3 and time.monotonic() < until:
        time.sleep(0.01)
    ticker.stop()
    assert not ticker.is_alive()
    seen = counted.runs
    time.sleep(0.1)
    assert counted.runs == seen >= 3
