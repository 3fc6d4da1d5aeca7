"""Starting, stepping and resuming long work.

A step is a function ``(run) -> bool`` registered by name; it does one portion, moves ``run.cursor``
and ``run.done``, and says whether more is left. Its changes and the cursor commit together. What a
dead worker left is taken up by ``sweep`` when the lease has run out. While a step goes on, the lock
on its run says so; the lease stands only for the moment between two steps.
"""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django_tasks import task

from musling.foundation import clock
from musling.work.models import Run

LEASE = dt.timedelta(seconds=20)
MOST_TRIES = 12  # of a step that the database breaks off: two hours
LONGEST_PAUSE = dt.timedelta(minutes=15)
STEPS: dict[str, Callable[[Run], bool]] = {}
log = logging.getLogger("musling.work")


def step(name: str) -> Callable[[Callable[[Run], bool]], Callable[[Run], bool]]:
    """Registers the function that does one portion of the work of that name."""

    def register(function: Callable[[Run], bool]) -> Callable[[Run], bool]:
        STEPS[name] = function
        return function

    return register


def start(
    name: str, *, organisation_id: int | None = None, by: int | None = None, **arguments: Any
) -> Run:
    """Writes the run down and has it begun when the transaction commits. Arguments are ids only."""
    run = Run.objects.create(
        name=name,
        organisation_id=organisation_id,
        started_by_id=by,
        arguments=arguments,
        made_at=clock.now(),
    )
    transaction.on_commit(lambda: carry_out.enqueue(run.public_id))
    return run


@task()
def carry_out(public_id: str) -> None:
    """Does a run from its cursor to its end, unless somebody else holds it."""
    while (run := _one_step(public_id)) and run.state == Run.State.RUNNING:
        pass


def _one_step(public_id: str) -> Run | None:
    try:
        with transaction.atomic():
            return _step(public_id)
    except OperationalError as error:
        # No fault of the work: a deadlock, a full disk. From the cursor again, after a pause. Where
        # the database is gone, that cannot be noted either, and the old lease runs out.
        _put_off(public_id, error)
        return None


def _step(public_id: str) -> Run | None:
    run = _take(public_id)
    if run is None:
        return None
    before = run.cursor, run.done
    try:
        with transaction.atomic():
            more = STEPS[run.name](run)
    except OperationalError:
        raise
    except Exception as error:  # the run says so, whatever it was; ids only
        log.exception("run %s failed", public_id)
        run.cursor, run.done = before
        run.state, run.problem = Run.State.FAILED, type(error).__name__
        run.ended_at = clock.now()
    else:
        run.state = Run.State.RUNNING if more else Run.State.DONE
        run.ended_at = None if more else clock.now()
        run.tries, run.problem = 0, ""
    run.lease_until = clock.now() + LEASE
    run.save()
    return run


@transaction.atomic
def _put_off(public_id: str, error: OperationalError) -> None:
    """Tried again when ``sweep`` comes by after a growing pause; failed after too many times."""
    kind = type(error.__cause__ or error).__name__
    log.warning("run %s was broken off by the database: %s", public_id, kind)
    run = _take(public_id)
    if run is None:
        return
    run.tries, run.problem, run.state = run.tries + 1, kind, Run.State.RUNNING
    run.lease_until = clock.now() + min(LEASE * 2 ** (run.tries - 1), LONGEST_PAUSE)
    if run.tries >= MOST_TRIES:
        run.state, run.ended_at = Run.State.FAILED, clock.now()
    run.save()


def again(run: Run) -> None:
    """Has a run that failed go on from its cursor. The caller holds what it is about."""
    run.state, run.tries, run.ended_at, run.lease_until = Run.State.WAITING, 0, None, None
    run.made_at = clock.now()
    run.save()
    transaction.on_commit(lambda: carry_out.enqueue(run.public_id))


def _take(public_id: str) -> Run | None:
    """The run, locked for this step; None where it is over or another process is at it."""
    return (
        Run.objects.select_for_update(skip_locked=_can_skip())
        .filter(public_id=public_id, state__in=[Run.State.WAITING, Run.State.RUNNING])
        .first()
    )


def _can_skip() -> bool:
    return connection.features.has_select_for_update_skip_locked


def sweep() -> int:
    """Takes up runs whose lease has run out and that nobody is at; returns how many."""
    now = clock.now()
    late = Q(lease_until__lt=now) | Q(lease_until=None, made_at__lt=now - LEASE)
    with transaction.atomic():
        runs = list(
            Run.objects.select_for_update(skip_locked=_can_skip())
            .filter(late, state__in=[Run.State.WAITING, Run.State.RUNNING])
            .order_by("pk")[:100]
        )
        # Whoever has it next is given as long: no second entry in the queue in the meantime.
        Run.objects.filter(pk__in=[run.pk for run in runs]).update(lease_until=now + LEASE)
        for run in runs:
            carry_out.enqueue(run.public_id)
    return len(runs)
