"""The hash chain of the log: whoever changes, removes or slips in a row leaves a fault behind.

Writing never waits for it: a job links what it finds without a batch, as ``mail`` finds what it has
not told. A batch holds the ids of its rows as ranges, a fingerprint of each row, and a hash over
these and over the batch before. The newest hash, the head, is also written to a file outside the
database (``activity.heads``): a chain that was made anew as a whole does not match it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q

from musling.activity.models import Activity, Batch, Reading
from musling.foundation import clock

# No transaction of ours lasts anywhere near as long. The rows of one that does come too late for
# the chain: ``verify`` names them.
SLOWEST_TRANSACTION = dt.timedelta(hours=6)
MOST_ROWS = 5000
MOST_GAPS = 200  # asked for in one query
BEGINNING = "0" * 64
LOGS: dict[str, type[models.Model]] = {"activity": Activity, "reading": Reading}

Range = tuple[int, int]  # from and to, both within


def link() -> int:
    """Links all rows that no batch holds yet; returns how many.

    Each batch commits by itself. Of two workers at once, the slower one leaves it to the other.
    """
    return sum(_link_log(log) for log in LOGS)


def _link_log(log: str) -> int:
    linked = 0
    try:
        while rows := _link_some(log):
            linked += rows
    except IntegrityError:
        # Another worker made the batch of that number; what is left is found at the next look.
        return linked
    return linked


@transaction.atomic
def _link_some(log: str) -> int:
    last = Batch.objects.order_by("-number").first()
    rows = _unlinked(log, _linked_lately(log))
    if not rows:
        return 0
    moments = [_moment(row) for row in rows]
    prints = b"".join(map(fingerprint, rows))
    batch = Batch(
        number=last.number + 1 if last else 1,
        log=log,
        made_at=clock.now(),
        ids=as_ranges(row.pk for row in rows),
        prints=prints,
        prints_hash=hashlib.sha256(prints).hexdigest(),
        highest=rows[-1].pk,
        first_at=min(moments),
        last_at=max(moments),
        before=last.hash if last else BEGINNING,
    )
    batch.hash = hash_of(batch)
    batch.save(force_insert=True)
    return len(rows)


def _linked_lately(log: str) -> list[Range]:
    """The ids that are linked; below the ones of six hours ago nothing new is looked for."""
    batches = Batch.objects.filter(log=log)
    lately = batches.filter(made_at__gte=clock.now() - SLOWEST_TRANSACTION)
    ranges = [(low, high) for ids in lately.values_list("ids", flat=True) for low, high in ids]
    return merged([(0, settled_until(log)), *ranges])


def settled_until(log: str) -> int:
    """Up to which id the log is linked and takes nothing more."""
    before = Batch.objects.filter(log=log, made_at__lt=clock.now() - SLOWEST_TRANSACTION)
    highest: int | None = before.aggregate(highest=Max("highest"))["highest"]
    return highest or 0


def _unlinked(log: str, linked: list[Range]) -> list[Any]:
    """The first rows outside these ranges, the lowest first."""
    rows = LOGS[log]._base_manager.order_by("pk")  # noqa: SLF001 (nothing may hide from it)
    found: list[Any] = []
    for within in (*in_gaps(linked), Q(pk__gt=linked[-1][1])):
        found.extend(rows.filter(within)[: MOST_ROWS - len(found)])
        if len(found) == MOST_ROWS:
            break
    return found


def in_gaps(ranges: list[Range]) -> Iterator[Q]:
    """What finds the rows that lie between merged ranges, in as many queries as that takes."""
    gaps = list(_gaps(ranges))
    for start in range(0, len(gaps), MOST_GAPS):
        within = Q()
        for gap in gaps[start : start + MOST_GAPS]:
            within |= Q(pk__range=gap)
        yield within


def _gaps(ranges: list[Range]) -> Iterator[Range]:
    """What lies between merged ranges."""
    for (_low, high), (low, _high) in pairwise(ranges):
        yield high + 1, low - 1


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same ids in as few ranges as they fit into, the lowest first."""
    result: list[Range] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return result


def as_ranges(ids: Iterable[int]) -> list[Range]:
    """Ids as ranges, the lowest first."""
    return merged((pk, pk) for pk in ids)


# --- fingerprints ---------------------------------------------------------------------------------

PRINT_BYTES = 16


def fingerprint(row: models.Model) -> bytes:
    """The fingerprint of a row of the log: over every column, the same on both databases."""
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}  # noqa: SLF001
    return hashlib.sha256(_canonical(columns)).digest()[:PRINT_BYTES]


def hash_of(batch: Batch) -> str:
    """The hash of a batch: over its rows, and over the hash of the batch before."""
    columns = (
        *("number", "log", "made_at", "ids", "highest", "prints_hash"),
        *("first_at", "last_at", "before"),
    )
    return hashlib.sha256(_canonical({name: getattr(batch, name) for name in columns})).hexdigest()


def _canonical(value: Any) -> bytes:
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_iso
    )
    return text.encode()


def _iso(value: dt.datetime | dt.date) -> str:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else str(value)


def _moment(row: Any) -> dt.datetime:
    moment: dt.datetime = row.first_at if isinstance(row, Reading) else row.at
    return moment
