"""The files of one import between upload and result: a folder of its own, for a day at most.

They hold names and addresses, so the folder has a name nobody can guess and the program alone may
read it. Several machines that work on one installation share ``MUSLING_VAR``.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from musling.foundation.public_ids import LENGTH, new_public_id
from musling.people.import_files import (
    ReadPeople,
    ReadUnits,
    UnreadableFile,
    read_people,
    read_units,
)

MAX_UPLOAD = 25_000_000  # bytes of one file; 100,000 people are about 15 million
LIFETIME = 24 * 3600  # seconds
ZIP = b"PK\x03\x04"
LONGEST_NAME = 80
PEOPLE, UNITS = "people", "units"


@dataclass(frozen=True, slots=True)
class ImportFolder:
    """One import's folder, by its token."""

    token: str

    @classmethod
    def make(cls) -> "ImportFolder":
        """A new, empty folder; those of yesterday go."""
        sweep()
        folder = cls(new_public_id())
        folder.path.mkdir(parents=True, mode=0o700)
        return folder

    @property
    def path(self) -> Path:
        """Where it lies. Raises ValueError for a token that is none: nothing leads elsewhere."""
        if len(self.token) != LENGTH or not self.token.isalnum():
            raise ValueError("no token of an import")
        return _root() / self.token

    def keep(self, kind: str, name: str, chunks: Iterable[bytes]) -> None:
        """Keeps an uploaded file. Raises UnreadableFile for one that is too large or no list.

        OSError where the disk is full: the caller removes the folder.
        """
        target = self.path / kind
        size = 0
        with os.fdopen(_create(target), "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_UPLOAD:
                    raise UnreadableFile(
                        _("The file is too large: at most 25 MB. Split it, or save it as CSV."),
                        kind,
                    )
                out.write(chunk)
        with target.open("rb") as file:
            self._write(f"{kind}.json", {"name": _reading_name(name, file.read(4096), kind)})

    def read(self) -> tuple[ReadPeople | None, ReadUnits | None]:
        """The lists in the files that were kept. Raises UnreadableFile."""
        people, units = self._kept(PEOPLE), self._kept(UNITS)
        if people is None and units is None:
            raise UnreadableFile(_("The files are not kept any more. Upload them again."))
        return (
            read_people(*people) if people else None,
            read_units(*units) if units else None,
        )

    def names(self) -> list[str]:
        """What the files were called."""
        kept = (self._load(f"{kind}.json") for kind in (PEOPLE, UNITS))
        return [str(one["name"]) for one in kept if one]

    def tell(self, step: str, outcome: dict[str, Any]) -> None:
        """Keeps what a step found, for the page that shows it."""
        self._write(f"{step}.outcome.json", outcome)

    def told(self, step: str) -> dict[str, Any] | None:
        """What a step found; None where it is not (or no longer) there."""
        return self._load(f"{step}.outcome.json")

    def progress(self, done: int, total: int) -> None:
        """Notes how far the writing is: outside the database, whose transaction is still open."""
        self._write("progress.json", {"done": done, "total": total})

    def how_far(self) -> tuple[int, int]:
        """How many rows are written, and of how many."""
        noted = self._load("progress.json") or {}
        return int(noted.get("done", 0)), int(noted.get("total", 0))

    def forget_files(self) -> None:
        """Removes the lists; what was found stays until the folder goes."""
        for kind in (PEOPLE, UNITS):
            (self.path / kind).unlink(missing_ok=True)

    def remove(self) -> None:
        """Removes all of it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _kept(self, kind: str) -> tuple[str, bytes] | None:
        about = self._load(f"{kind}.json")
        try:
            return (str(about["name"]), (self.path / kind).read_bytes()) if about else None
        except FileNotFoundError:
            return None

    def _load(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return None
        return found

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Whoever reads at the same time finds the old content or the new, never half of it."""
        draft = self.path / f"{name}.{os.getpid()}"
        draft.unlink(missing_ok=True)
        with os.fdopen(_create(draft), "w") as out:
            json.dump(content, out)
        draft.replace(self.path / name)


def sweep() -> int:
    """Removes the folders that are older than a day; returns how many. For the schedule too."""
    if not _root().exists():
        return 0
    # Not the program's clock: this is the age of a file on this machine's disk.
    old = [one for one in _root().iterdir() if one.stat().st_mtime < time.time() - LIFETIME]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _root() -> Path:
    return Path(settings.MUSLING_VAR) / "imports"


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _reading_name(name: str, beginning: bytes, kind: str) -> str:
    """The file's own name with the ending that its content has: names say anything (T12)."""
    stem = PurePath(name.replace("\\", "/")).stem[:LONGEST_NAME] or kind
    if beginning.startswith(ZIP):
        return f"{stem}.xlsx"
    if b"\0" in beginning or beginning.lstrip().startswith((b"<", b"%PDF")):
        raise UnreadableFile(_("Choose a .csv or an .xlsx file."), kind)
    return f"{stem}.csv"
