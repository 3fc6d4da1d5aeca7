"""Running the jobs whose turn it is, in any number of workers at once."""

import datetime as dt
import logging
import threading
import traceback
from collections.abc import Iterable

from django.db import close_old_connections, connection

from musling.foundation import clock
from musling.schedule.jobs import JOBS, Job
from musling.schedule.models import Turn

AFTER_A_FAULT = dt.timedelta(minutes=10)
SECONDS_BETWEEN_TICKS = 5
log = logging.getLogger("musling.schedule")


def tick(jobs: Iterable[Job] = JOBS) -> list[str]:
    """Runs every job whose turn it is and that nobody else is at; returns their names."""
    turns = {turn.job: turn for turn in Turn.objects.all()}
    ran = []
    for job in jobs:
        turn = turns.get(job.name) or _first_turn(job)
        if _is_due(turn, job) and (lease := _take(turn, job)):
            _run(job, turn, lease)
            ran.append(job.name)
    return ran


def _first_turn(job: Job) -> Turn:
    turn, _made = Turn.objects.get_or_create(job=job.name, defaults={"next_at": clock.now()})
    return turn


def _is_due(turn: Turn, job: Job) -> bool:
    """Whether it is time and nobody is at it. Times too far ahead are from a clock moved back."""
    now = clock.now()
    free = turn.lease_until is None or not now < turn.lease_until <= now + job.lease
    time = turn.next_at <= now or turn.next_at > now + 2 * job.every + AFTER_A_FAULT
    return free and time


def _take(turn: Turn, job: Job) -> dt.datetime | None:
    """Holds the turn until the moment returned; None where another worker was quicker."""
    lease = clock.now() + job.lease
    as_it_was = Turn.objects.filter(pk=turn.pk, next_at=turn.next_at, lease_until=turn.lease_until)
    return lease if as_it_was.update(lease_until=lease) else None


def _run(job: Job, turn: Turn, lease: dt.datetime) -> None:
    try:
        job.function()
    except Exception as error:  # noqa: BLE001  (one job's fault stops no other)
        problem = type(error).__name__
        where = traceback.extract_tb(error.__traceback__)[-1]
        # Not the traceback: the words of an error could hold what somebody wrote (T31).
        log.error(  # noqa: TRY400
            "%s failed: %s in %s, line %s", job.name, problem, where.filename, where.lineno
        )
        next_at = clock.now() + min(job.every, AFTER_A_FAULT)
    else:
        problem = ""
        next_at = job.next_after(clock.now())
    Turn.objects.filter(pk=turn.pk, lease_until=lease).update(
        next_at=next_at, lease_until=None, ended_at=clock.now(), problem=problem
    )


class Ticker(threading.Thread):
    """Ticks beside a worker until it is told to stop; finishes the job that it is at."""

    def __init__(self, jobs: Iterable[Job] = JOBS, seconds: float = SECONDS_BETWEEN_TICKS) -> None:
        super().__init__(name="schedule", daemon=True)
        self.jobs = tuple(jobs)
        self.seconds = seconds
        self.stopping = threading.Event()

    def run(self) -> None:
        """Ticks, rests, ticks. A database that is away is asked again at the next tick."""
        while not self.stopping.is_set():
            try:
                close_old_connections()
                tick(self.jobs)
            except Exception as error:  # noqa: BLE001
                log.error("no tick: %s", type(error).__name__)  # noqa: TRY400
            self.stopping.wait(self.seconds)
        connection.close()

    def stop(self, seconds: float = 30) -> None:
        """Ends the thread, waiting at most so long for the job that it is at."""
        self.stopping.set()
        self.join(seconds)
