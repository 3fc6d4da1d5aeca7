"""Going through the chain: which row of the log is not as it was when it was linked."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from musling.activity.chain import (
    BEGINNING,
    LOGS,
    PRINT_BYTES,
    Range,
    fingerprint,
    hash_of,
    in_gaps,
    merged,
    settled_until,
)
from musling.activity.models import Batch
from musling.foundation import clock

# What expired sooner after it was written did not expire by any rule that there is.
SHORTEST_LIFE = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was linked.

    ``what``: ``changed``, ``removed`` or ``inserted`` for a row; ``chain`` for a batch that is not
    itself any more or does not follow the one before it; ``head`` for a batch that was there with
    another hash, or is gone, when its hash was written down outside the database.
    """

    what: str
    batch: int | None = None
    log: str = ""
    row: int | None = None


def verify(heads: Mapping[int, str]) -> Iterator[Fault]:
    """All faults of the chain, in one pass with a few batches in memory at a time.

    ``heads``: hashes that were written down outside the database, by the number of their batch.
    """
    ranges: dict[str, list[Range]] = {log: [(0, 0)] for log in LOGS}
    expired: dict[str, list[Range]] = {log: [] for log in LOGS}
    left = {number: head for number, head in heads.items() if number}  # 0: before the first
    before, number = BEGINNING, 0
    for batch in Batch.objects.order_by("number").iterator(chunk_size=20):
        number += 1
        if batch.number != number or batch.before != before or batch.hash != hash_of(batch):
            yield Fault("chain", batch.number, batch.log)
        if left.pop(batch.number, batch.hash) != batch.hash:
            yield Fault("head", batch.number, batch.log)
        yield from _faults_in(batch)
        held = [(low, high) for low, high in batch.ids]
        _add(ranges[batch.log], held)
        if batch.expired_at:
            _add(expired[batch.log], held)
        before, number = batch.hash, batch.number
    for gone in sorted(left):
        yield Fault("head", gone)
    for log in LOGS:
        yield from _slipped_in(log, merged(ranges[log]), merged(expired[log]))


def _add(ranges: list[Range], held: list[Range]) -> None:
    """Adds a batch's ranges; those that follow the last one without a gap make it longer."""
    for low, high in held:
        if ranges and ranges[-1][1] + 1 == low:
            ranges[-1] = (ranges[-1][0], high)
        else:
            ranges.append((low, high))


def _faults_in(batch: Batch) -> Iterator[Fault]:
    """The rows of a batch that are changed or gone; where it expired, whether it was to."""
    if batch.expired_at:
        if not batch.last_at + SHORTEST_LIFE <= batch.expired_at <= clock.now():
            yield Fault("chain", batch.number, batch.log)
        return
    if hashlib.sha256(bytes(batch.prints)).hexdigest() != batch.prints_hash:
        yield Fault("chain", batch.number, batch.log)
        return
    linked = [pk for low, high in batch.ids for pk in range(low, high + 1)]
    rows = LOGS[batch.log]._base_manager.filter(pk__in=linked)  # noqa: SLF001 (nothing may hide)
    there = {row.pk: fingerprint(row) for row in rows}
    for place, pk in enumerate(linked):
        print_ = bytes(batch.prints[place * PRINT_BYTES : (place + 1) * PRINT_BYTES])
        if pk not in there:
            yield Fault("removed", batch.number, batch.log, pk)
        elif there[pk] != print_:
            yield Fault("changed", batch.number, batch.log, pk)


def _slipped_in(log: str, ranges: list[Range], expired: list[Range]) -> Iterator[Fault]:
    """Rows where no batch has any, or where those that were there have expired.

    What came in the last six hours may still wait for its batch.
    """
    rows = LOGS[log]._base_manager.order_by("pk")  # noqa: SLF001 (nothing may hide from it)
    for within in in_gaps(ranges):
        late = rows.filter(within, pk__lte=settled_until(log))
        for pk in late.values_list("pk", flat=True).iterator():
            yield Fault("inserted", None, log, pk)
    for pk in rows.filter(pk__lt=1).values_list("pk", flat=True).iterator():
        yield Fault("inserted", None, log, pk)  # no sequence gives such a number
    for low, high in expired:
        back = rows.filter(pk__range=(low, high)).values_list("pk", flat=True)
        for pk in back.iterator():
            yield Fault("inserted", None, log, pk)
