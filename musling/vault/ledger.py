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
    for line in lines_of(path()):
        yield from line["keys"]


def by_reason(at_once: int) -> Iterator[tuple[str, list[str]]]:
    """The same, so many of one reason at a time, without holding them all. Raises LedgerProblem."""
    waiting: dict[str, list[str]] = {}
    for line in lines_of(path()):
        reason = str(line.get("reason", ""))
        listed = waiting.setdefault(reason, [])
        listed.extend(line["keys"])
        while len(listed) >= at_once:
            yield reason, listed[:at_once]
            del listed[:at_once]
    yield from ((reason, listed) for reason, listed in waiting.items() if listed)


def take_over(other: Path) -> int:
    """Adds the lines of another ledger that this one lacks; returns how many."""
    there = {json.dumps(line, sort_keys=True) for line in lines_of(path())}
    added = 0
    for line in lines_of(other):
        if json.dumps(line, sort_keys=True) not in there:
            append_line(path(), json.dumps(line))
            added += 1
    return added


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """What was written to a ledger, line by line; nothing where the file is not there.

    A line that was cut off by a crash counts as not written: its destruction never began. Any other
    damage raises LedgerProblem.
    """
    try:
        with file.open() as lines:
            for number, line in enumerate(lines, 1):
                document = _document(line.rstrip("\n"))
                if document is None:
                    raise LedgerProblem(f"{file}, line {number}, is damaged. Restore the file.")
                if document:
                    yield document
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerProblem(f"The ledger {file} cannot be read ({error}).") from error


def _document(line: str) -> dict[str, Any] | None:
    """What a line says; nothing for one that a crash cut off, None for one that is damaged."""
    try:
        document: dict[str, Any] = json.loads(line)
        list(document["keys"])
    except (ValueError, KeyError, TypeError):
        return {} if line.startswith('{"at": ') and not line.endswith("}") else None
    return document
