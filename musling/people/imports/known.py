"""What is known of an organisation's last list of people: the prints of the rows that stand.

It lies in a file under ``MUSLING_VAR``: should it be lost, the next list is read whole. It holds
keyed hashes and no number, name or address. It is worth what the log is worth: whatever changed
people since then is found there, so a print of a row that somebody changed by hand is not trusted,
nor any print where the log is not the one that was seen then (a backup that was restored).
"""

import datetime as dt
import json
import os
import secrets
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from musling.activity.chain import SLOWEST_TRANSACTION
from musling.activity.models import Activity
from musling.foundation import clock
from musling.people.import_files.again import PRINT

VERSION = 1  # grows when a row comes to mean something else
LONGEST = dt.timedelta(days=7)  # then a list is read whole, whatever is known
# Families of deeds that change what an import compares with.
PEOPLE = ("person.", "employment.", "leadership.", "activation.")
UNIT = "unit."


@dataclass(frozen=True, slots=True)
class Known:
    """What was known when a list had been brought in.

    ``noted_at`` are the moments that its own deeds have in the log, and those of imports shortly
    before; ``last`` is the newest row of the log then, with its moment.
    """

    begun_at: str
    noted_at: list[str]
    last: int
    last_at: str
    version: int = VERSION
    prints: frozenset[bytes] = frozenset()

    def touched(self, organisation_id: int) -> set[int] | None:
        """The profiles that something was changed about since; None where that does not tell."""
        begun = dt.datetime.fromisoformat(self.begun_at)
        if self.version != VERSION or not begun <= clock.now() <= begun + LONGEST:
            return None
        last = Activity.objects.filter(pk=self.last).values_list("at", flat=True).first()
        if last is None or last.isoformat() != self.last_at:
            return None
        # A transaction that had begun before may have committed since. Imports wait for each other.
        changes = Q(verb__startswith=UNIT)
        for family in PEOPLE:
            changes |= Q(verb__startswith=family)
        about = (
            Activity.objects.filter(
                changes, organisation_id=organisation_id, at__gte=begun - SLOWEST_TRANSACTION
            )
            .exclude(at__in=[dt.datetime.fromisoformat(moment) for moment in self.noted_at])
            .values_list("about_id", flat=True)
        )
        found = set(about)
        # Units, and whatever names nobody.
        return None if None in found else {profile for profile in found if profile}

    def noted_lately(self, now: dt.datetime) -> list[str]:
        """The moments that a look at the log may still come upon."""
        since = (now - SLOWEST_TRANSACTION).isoformat()
        return [moment for moment in self.noted_at if moment >= since]


def secret(organisation_id: int) -> bytes:
    """What the prints of an organisation are keyed with."""
    return sha256(f"import|{organisation_id}|{settings.SECRET_KEY}".encode()).digest()


def load(organisation_id: int) -> Known | None:
    """What is known; None where nothing is, or it cannot be read."""
    try:
        head, _newline, prints = _file(organisation_id).read_bytes().partition(b"\n")
        kept = json.loads(head)
        kept["prints"] = frozenset(one for (one,) in struct.iter_unpack(f"{PRINT}s", prints))
        return Known(**kept)
    except (OSError, ValueError, TypeError, struct.error):
        return None


def keep(organisation_id: int, known: Known, prints: Iterable[bytes]) -> None:
    """Keeps it in place of what was known before."""
    file = _file(organisation_id)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = {name: value for name, value in asdict(known).items() if name != "prints"}
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(json.dumps(head).encode() + b"\n" + b"".join(prints))
    draft.replace(file)


def forget(organisation_id: int) -> None:
    """The next list is read whole."""
    _file(organisation_id).unlink(missing_ok=True)


def last_deed() -> tuple[int, str]:
    """The newest row of the log, with its moment; 0 where there is none."""
    row = Activity.objects.order_by("-pk").values_list("pk", "at").first()
    return (row[0], row[1].isoformat()) if row else (0, "")


def _file(organisation_id: int) -> Path:
    return Path(settings.MUSLING_VAR) / "lists" / str(organisation_id)
