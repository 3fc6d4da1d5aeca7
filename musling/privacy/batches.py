"""Going through very many rows, a few in memory at a time."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

AT_ONCE = 200


def in_batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows by their ids, some at a time; those already given may change or go meanwhile."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = some[-1].pk
        yield some
