"""``musling worker``: long work and the schedule. Any number, on any number of machines."""

import argparse
import logging
import signal
import sys
import time
from types import FrameType

from django.db import InterfaceError, OperationalError, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from musling.cli.output import note
from musling.cli.starting import end_with_starter, refuse_unready_start
from musling.schedule.loop import Ticker

NAME = "worker"
HELP = "do the long work and what runs by itself, until stopped"
SECONDS_TO_FINISH = 10
SECONDS_WITHOUT_DATABASE = 2  # before it is asked again
log = logging.getLogger("musling.worker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(_arguments: argparse.Namespace) -> int:
    """Works until SIGTERM or SIGINT, then ends what it is at or leaves it to the next worker.

    A database that is away is waited for: what was begun is taken up when it is back.
    """
    refuse_unready_start()
    end_with_starter()
    worker = Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    )
    _heed_signals(worker)
    ticker = Ticker()
    ticker.start()
    note("The worker is running.")
    try:
        _work(worker)
    except SystemExit:
        pass
    finally:
        ticker.stop()
        connections.close_all()
    return 0


def _work(worker: Worker) -> None:
    """Works until told to stop; the library itself would end with the database."""
    while worker.running:
        try:
            worker.run()
        except (OperationalError, InterfaceError) as error:
            # Not its words: those of a statement that failed could quote somebody (T31).
            kind = type(error.__cause__ or error).__name__
            log.error(  # noqa: TRY400
                "The database does not answer (%s). The worker waits for it and goes on by itself; "
                "'musling doctor' says more.",
                kind,
            )
            connections.close_all()
            time.sleep(SECONDS_WITHOUT_DATABASE)


def _heed_signals(worker: Worker) -> None:
    """The first signal lets a task finish for ten seconds; after that, or at a second, it is cut.

    That is safe: each step of long work commits with its cursor, and is taken up from there.
    """

    def cut(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not (worker.running and worker.running_task):
            sys.exit(0)
        worker.running = False
        signal.signal(signal.SIGALRM, cut)
        signal.alarm(SECONDS_TO_FINISH)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
