"""The keyring: generations of wrapping keys, in a folder outside the database and its backups.

Each generation is a small file. The youngest wraps; older ones only unwrap, until every living key
has been re-wrapped and the backup horizon has passed. Then the file is destroyed, and no copy of
what it wrapped can be opened by anybody.
"""

import base64
import datetime as dt
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from musling.foundation import clock


class KeyringProblem(Exception):
    """The keyring is missing, damaged or not the one of this database. Says what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Generation:
    """A wrapping key with its number and the moment it was made."""

    number: int
    made_at: dt.datetime
    key: bytes


def folder() -> Path:
    """Where the keyring lies (``MUSLING_KEYRING``)."""
    return Path(settings.MUSLING_KEYRING)


def folders() -> list[Path]:
    """The keyring and, where ``MUSLING_KEYRING_COPY`` names one, its twin on another disk.

    The twin is written before anything is wrapped by a new generation, and forgets with it.
    """
    twin = settings.MUSLING_KEYRING_COPY
    return [folder(), Path(twin)] if twin else [folder()]


def _path(number: int) -> Path:
    return folder() / name_of(number)


def name_of(number: int) -> str:
    """The name of a generation's file."""
    return f"generation-{number:06d}.json"


def numbers() -> list[int]:
    """The generations that there are, oldest first."""
    return numbers_in(folder())


def numbers_in(place: Path) -> list[int]:
    """The generations in a folder, oldest first."""
    found = (path.stem.removeprefix("generation-") for path in place.glob("generation-*.json"))
    return sorted(int(number) for number in found if number.isdigit())


def generation(number: int) -> Generation:
    """Reads one generation. Raises KeyringProblem where it is missing or damaged."""
    try:
        data = json.loads(_path(number).read_bytes())
        key = base64.b64decode(data["key"], validate=True)
        made_at = dt.datetime.fromisoformat(data["made_at"])
        sound = secrets.compare_digest(data["check"], _check(number, key)) and len(key) == 32
    except FileNotFoundError:
        raise KeyringProblem(
            f"Generation {number} is not in the keyring {folder()}. Put the keyring of this "
            "database there (MUSLING_KEYRING); nothing has been changed."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise KeyringProblem(
            f"{_path(number)} is damaged. Restore it from the keyring's own backup; nothing has "
            "been changed."
        ) from error
    if not sound:
        raise KeyringProblem(f"{_path(number)} does not match its check sum. Restore it.")
    return Generation(number, made_at, key)


def current() -> Generation:
    """The youngest generation. Raises KeyringProblem where there is none (see ``begin``)."""
    there = numbers()
    if not there:
        raise KeyringProblem(
            f"There is no keyring in {folder()}. A new installation makes one with "
            "'musling migrate'; an old one needs its own back."
        )
    return generation(there[-1])


def begin() -> Generation:
    """Makes the next generation and returns it; the file is on the disk before this returns."""
    number = (numbers() or [0])[-1] + 1
    key = secrets.token_bytes(32)
    made_at = clock.now()
    content = {
        "generation": number,
        "made_at": made_at.isoformat(),
        "key": base64.b64encode(key).decode(),
        "check": _check(number, key),
    }
    for place in reversed(folders()):
        write_file(place, number, json.dumps(content))
    return Generation(number, made_at, key)


def write_file(place: Path, number: int, content: str) -> None:
    """Puts a generation's file into a folder; on the disk, whole, before this returns.

    Raises KeyringProblem where that cannot be done.
    """
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place / f".draft-{number:06d}-{os.getpid()}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place / name_of(number))
        _flush(place)
    except OSError as error:
        raise KeyringProblem(
            f"The keyring {place} cannot be written ({error}); nothing was wrapped anew."
        ) from error


def destroy(number: int) -> None:
    """Overwrites and removes one generation; what it wrapped is final from now on."""
    for place in folders():
        shred(place / name_of(number))


def shred(path: Path) -> None:
    """Overwrites a file and removes it. Where it is not there, nothing is done."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _flush(path.parent)


def _check(number: int, key: bytes) -> str:
    return hashlib.sha256(b"musling-keyring|%d|" % number + key).hexdigest()


def _flush(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
