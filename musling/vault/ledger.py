"""The ledger: an append-only file outside the database that says which keys were destroyed.

The line is on the disk before the database is touched. So what the ledger says and the database has
not done can be finished after a crash, and a restored backup can be made to forget again.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from musling.foundation import clock
from musling.foundation.append_only import append_line


class LedgerProblem(Exception):
    """The ledger cannot be read or written. Says what to do."""


def path() -> Path:
    """The file that this installation writes to."""
    return Path(settings.MUSLING_LEDGER) / "destroyed.jsonl"


def write(key_ids: list[str], reason: str) -> None:
    """Writes one line for these keys' public ids and waits until it is on the disk."""
    line = json.dumps({"at": clock.now().isoformat(), "keys": key_ids, "reason": reason})
    try:
        append_line(path(), line)
    except OSError as error:
        raise LedgerProblem(
            f"The ledger {path()} cannot be written ({error}); nothing was destroyed."
        ) from error


def destroyed() -> Iterator[str]:
    """The public ids of all keys that the ledger says are destroyed. Raises LedgerProblem."""
    for line in _lines():
        yield from line["keys"]


def by_reason() -> dict[str, list[str]]:
    """The same, by the reason that stands in the line. Raises LedgerProblem."""
    found: dict[str, list[str]] = {}
    for line in _lines():
        found.setdefault(str(line.get("reason", "")), []).extend(line["keys"])
    return found


def _lines() -> Iterator[dict[str, Any]]:
    """What was written, line by line.

    A line that was cut off by a crash counts as not written: its destruction never began. Any other
    damage raises LedgerProblem.
    """
    try:
        lines = path().read_text().splitlines()
    except FileNotFoundError:
        return
    for number, line in enumerate(lines, 1):
        try:
            document = json.loads(line)
            list(document["keys"])
        except (ValueError, KeyError, TypeError) as error:
            if line.startswith('{"at": ') and not line.endswith("}"):
                continue
            raise LedgerProblem(
                f"{path()}, line {number}, is damaged. Restore the file."
            ) from error
        yield document
