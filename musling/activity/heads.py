"""The heads of the chain, written down outside the database: one line a day.

Beside the ledger, whose folder has copies on other disks and none of the database's backups.
"""

import json
from pathlib import Path

from django.conf import settings

from musling.activity.chain import BEGINNING, link
from musling.activity.models import Batch
from musling.foundation import clock
from musling.foundation.append_only import append_line


class HeadsProblem(Exception):
    """The file of heads cannot be read. Says what to do."""


def path() -> Path:
    """The file that this installation writes to."""
    return Path(settings.MUSLING_LEDGER) / "heads.jsonl"


def write_head() -> None:
    """Links what waits and writes the newest hash down, on the disk before this returns."""
    link()
    _write(restored=False)


def write_restored() -> None:
    """Writes down that the database is a restored copy, whose chain ends earlier."""
    _write(restored=True)


def _write(*, restored: bool) -> None:
    last = Batch.objects.order_by("-number").first()
    if last is None and not restored:
        return
    line = {
        "at": clock.now().isoformat(),
        "batch": last.number if last else 0,
        "hash": last.hash if last else BEGINNING,
        **({"restored": True} if restored else {}),
    }
    append_line(path(), json.dumps(line))


def written_heads() -> dict[int, str]:
    """The hashes that were written down, by the number of their batch. Raises HeadsProblem."""
    try:
        lines = path().read_text().splitlines()
    except FileNotFoundError:
        return {}
    heads: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        try:
            head = json.loads(line)
            if head.get("restored"):  # what came after it is gone with the database that held it
                heads = {batch: one for batch, one in heads.items() if batch <= head["batch"]}
            heads[int(head["batch"])] = str(head["hash"])
        except (ValueError, KeyError, TypeError) as error:
            if line.startswith('{"at": ') and not line.endswith("}"):
                continue  # cut off by a crash
            raise HeadsProblem(
                f"{path()}, line {number}, is damaged. Restore the file from its copy."
            ) from error
    return heads
