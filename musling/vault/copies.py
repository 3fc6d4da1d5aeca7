"""Copies of the keyring: its twin, and those that ``musling backup`` makes, which live a week.

Beside the ledger lies ``keyring.jsonl``: which generations were destroyed, and where copies were
put. So a disk that was away forgets when it is back, and ``musling doctor`` names those that are
away for too long.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from musling.foundation import clock
from musling.foundation.append_only import append_line
from musling.foundation.public_ids import new_public_id
from musling.vault import keyring
from musling.vault.keys import KEYRING_COPY_LIFE

PREFIX = "keyring-"
STAMP = "%Y%m%dT%H%M%SZ"
# Stands in a folder with copies, so that a missing disk is not taken for an empty folder.
MARK = ".keyring-copies"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made and, as far as is known, not yet destroyed."""

    folder: Path
    disk: str

    @property
    def made_at(self) -> dt.datetime:
        """When it was made."""
        return _made_at(self.folder) or dt.datetime.max.replace(tzinfo=dt.UTC)

    def is_away(self) -> bool:
        """Whether the disk that it lies on is not there now."""
        return _disk_of(self.folder.parent) != self.disk

    def is_old(self, more: dt.timedelta = dt.timedelta()) -> bool:
        """Whether it should have been destroyed, so much ago."""
        return clock.now() - self.made_at > KEYRING_COPY_LIFE + more


# --- making ---------------------------------------------------------------------------------------


def make(place: Path, made_at: dt.datetime) -> Path:
    """Copies the keyring into a new folder there. Raises KeyringProblem, before it writes."""
    files = {
        number: _sound_text(keyring.folder() / keyring.name_of(number))
        for number in keyring.numbers()
    }
    folder = place.resolve() / f"{PREFIX}{made_at.strftime(STAMP)}"
    _note({"copied": str(folder), "disk": _marked(folder.parent)})
    for number, text in files.items():
        keyring.write_file(folder, number, text)
    return folder


def _sound_text(path: Path) -> str:
    keyring.read_file(path)
    return path.read_text()


def newest(place: Path) -> dict[int, str]:
    """The files of the newest copy in a folder, or of the folder itself, by generation.

    Without those that were destroyed on purpose. Empty where there is none. Raises KeyringProblem
    where one is damaged.
    """
    folders = [place, *sorted(place.glob(f"{PREFIX}*"), reverse=True)]
    found = next((folder for folder in folders if keyring.numbers_in(folder)), place)
    burnt = destroyed()
    files = {number: found / keyring.name_of(number) for number in keyring.numbers_in(found)}
    texts = {number: _sound_text(file) for number, file in files.items()}
    return {number: text for number, text in texts.items() if _check_in(files[number]) not in burnt}


def _marked(place: Path) -> str:
    """The mark of the folder's disk, made where there is none. Raises KeyringProblem."""
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = place / MARK
        if not mark.exists():
            mark.write_text(new_public_id())
        return mark.read_text()
    except OSError as error:
        raise keyring.KeyringProblem(
            f"{place} cannot be written ({error.strerror}); the keyring was not copied."
        ) from error


def _disk_of(place: Path) -> str:
    try:
        return (place / MARK).read_text()
    except OSError:
        return ""


# --- what is known of them ------------------------------------------------------------------------


def path() -> Path:
    """The file beside the ledger."""
    return Path(settings.MUSLING_LEDGER) / "keyring.jsonl"


def destroyed() -> set[str]:
    """What the generations that were destroyed are known by. Raises KeyringProblem."""
    return {str(line["destroyed"]) for line in _lines() if "destroyed" in line}


def note_destroyed(generation: keyring.Generation) -> None:
    """Writes down that a generation goes, so that each copy of it can be known and go too."""
    _note({"destroyed": keyring.check_of(generation.number, generation.key)})


def _note(what: dict[str, str]) -> None:
    try:
        append_line(path(), json.dumps({"at": clock.now().isoformat(), **what}))
    except OSError as error:
        raise keyring.KeyringProblem(
            f"{path()} cannot be written ({error.strerror}); nothing was copied or destroyed."
        ) from error


def _lines() -> Iterator[dict[str, Any]]:
    try:
        lines = path().read_text().splitlines()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise keyring.KeyringProblem(f"{path()} cannot be read ({error}).") from error
    for number, line in enumerate(lines, 1):
        try:
            yield dict(json.loads(line))
        except (ValueError, TypeError) as error:
            if line.startswith('{"at": ') and not line.endswith("}"):
                continue  # cut off by a crash
            raise keyring.KeyringProblem(
                f"{path()}, line {number}, is damaged. Mend it, or take the line out."
            ) from error


def known() -> list[Copy]:
    """The copies that are not known to be destroyed. Raises KeyringProblem."""
    found: dict[str, Copy] = {}
    for line in _lines():
        if folder := line.get("copied"):
            found[folder] = Copy(Path(folder), str(line.get("disk")))
        found.pop(line.get("gone", ""), None)
    return list(found.values())


def strays() -> list[Path]:
    """Folders beside the keyring, its twin and the copies that hold generations unfollowed."""
    own = [place.resolve() for place in keyring.folders()]
    followed = {*own, *(copy.folder for copy in known())}
    beside = {folder.parent for folder in followed} | {*own}
    beside |= {copy.folder.parent.parent for copy in known()}
    found = {file.parent for place in beside for file in place.glob("*/generation-*")}
    return sorted(found - followed)


# --- destroying -----------------------------------------------------------------------------------


def sweep() -> int:
    """Destroys copies that are older than a week, and everywhere what the keyring has destroyed.

    Copies of another installation stay. Returns how many files went. Raises KeyringProblem, at the
    end, where one could not. To be called only with the right keyring in place
    (``keys.check_keyring``): else the last copy goes.
    """
    burnt = destroyed()
    here = [copy for copy in known() if not copy.is_away()]
    swept = _Swept(burnt, set(keyring.numbers()))
    for folder in keyring.folders()[1:]:
        swept.look_into(folder)
    old = {copy.folder for copy in here if copy.is_old()}
    for place in sorted({copy.folder.parent for copy in here}):
        for folder in sorted(place.glob(f"{PREFIX}*")):
            swept.look_into(folder, old=folder in old)
    for copy in here:
        if not copy.folder.exists():
            _note({"gone": str(copy.folder)})
    if swept.problems:
        raise keyring.KeyringProblem(
            f"Copies of the keyring could not be destroyed: {'; '.join(swept.problems)}. Until "
            "they are, what is destroyed is not final."
        )
    return swept.files


def _made_at(folder: Path) -> dt.datetime | None:
    try:
        stamp = folder.name.removeprefix(PREFIX)
        return dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


class _Swept:
    """What went, and what could not."""

    def __init__(self, burnt: set[str], own: set[int]) -> None:
        self.burnt, self.own = burnt, own
        self.files = 0
        self.problems: list[str] = []

    def look_into(self, folder: Path, *, old: bool = False) -> None:
        """Shreds all in it where it is old, else what was destroyed in the keyring."""
        try:
            for file in sorted(folder.iterdir()) if old else self._burnt_in(folder):
                keyring.shred(file)
                self.files += 1
            if old:
                folder.rmdir()
        except FileNotFoundError:
            return  # another worker was quicker, or the disk is away
        except OSError as error:
            self.problems.append(f"{folder} ({error.strerror})")
        except keyring.KeyringProblem as problem:
            self.problems.append(str(problem))

    def _burnt_in(self, folder: Path) -> Iterator[Path]:
        for number in keyring.numbers_in(folder):
            file = folder / keyring.name_of(number)
            if number not in self.own and _check_in(file) in self.burnt:
                yield file


def _check_in(file: Path) -> str:
    """What a generation in a file is known by; empty where the file is damaged."""
    try:
        made = keyring.read_file(file)
    except keyring.KeyringProblem as problem:
        if isinstance(problem.__cause__, OSError):
            raise
        return ""
    return keyring.check_of(made.number, made.key)
