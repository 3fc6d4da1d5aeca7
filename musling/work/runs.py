"""Starting, stepping and resuming long work.

A step is a function ``(run) -> bool`` registered by name; it does one portion, moves ``run.cursor``
and ``run.done``, and says whether more is left. Its changes and the cursor commit together. What a
dead worker left is taken up by ``sweep`` when the lease has run out.
"""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django_tasks import task

from musling.foundation import clock
from musling.work.models import Run

LEASE = dt.timedelta(seconds=40)
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
    with transaction.atomic():
        run = _take(public_id)
        if run is None:
            return None
        try:
            with transaction.atomic():
                more = STEPS[run.name](run)
        except Exception as error:  # the run says so, whatever it was; ids only
            log.exception("run %s failed", public_id)
            run.state, run.problem = Run.State.FAILED, type(error).__name__
            run.ended_at = clock.now()
        else:
            run.state = Run.State.RUNNING if more else Run.State.DONE
            run.ended_at = None if more else clock.now()
        run.lease_until = clock.now() + LEASE
        run.save()
    return run


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
    """Takes up runs whose lease has run out; returns how many."""
    late = Run.objects.filter(
        Q(lease_until__lt=clock.now()) | Q(lease_until=None, made_at__lt=clock.now() - LEASE),
        state__in=[Run.State.WAITING, Run.State.RUNNING],
    ).values_list("public_id", flat=True)[:100]
    for public_id in late:
        carry_out.enqueue(public_id)
    return len(late)
