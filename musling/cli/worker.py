"""``musling worker``: long work and the schedule. Any number, on any number of machines."""

import argparse
import signal
import sys
from types import FrameType

from django.db import connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from musling.cli.output import note
from musling.cli.starting import end_with_starter, refuse_unready_start
from musling.schedule.loop import Ticker

NAME = "worker"
HELP = "do the long work and what runs by itself, until stopped"
SECONDS_TO_FINISH = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(_arguments: argparse.Namespace) -> int:
    """Works until SIGTERM or SIGINT, then ends what it is at or leaves it to the next worker."""
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
        worker.run()
    except SystemExit:
        pass
    finally:
        ticker.stop()
        connections.close_all()
    return 0


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
