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
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from musling.foundation import clock

# By folder: the youngest generation that this process wrapped with, and what it is known by.
_seen: dict[Path, tuple[int, str]] = {}
NAME = re.compile(r"generation-(\d{6,})\.json")


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
    """The generations in a folder, oldest first; none where it is not there.

    Raises KeyringProblem where it cannot be looked into: that is not the same as empty.
    """
    try:
        names = [path.name for path in place.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise KeyringProblem(
            f"The keyring {place} cannot be read ({error.strerror}). It must be a folder of its "
            "own that the program may read; nothing has been changed."
        ) from error
    found = (NAME.fullmatch(name) for name in names)
    return sorted(int(match[1]) for match in found if match)


def is_gone(number: int) -> bool:
    """Whether a generation was destroyed. A keyring that is missing has destroyed none."""
    there = numbers()
    return bool(there) and number < there[-1] and number not in there


def generation(number: int) -> Generation:
    """Reads one generation. Raises KeyringProblem where it is missing or damaged."""
    try:
        return read_file(_path(number))
    except FileNotFoundError:
        raise KeyringProblem(
            f"Generation {number} is not in the keyring {folder()}. Put the keyring of this "
            "database there (MUSLING_KEYRING); nothing has been changed."
        ) from None


def read_file(path: Path) -> Generation:
    """Reads a generation's file in any folder.

    Raises FileNotFoundError, and KeyringProblem where it cannot be read or is damaged.
    """
    try:
        number = _number_of(path)
        data = json.loads(path.read_bytes())
        key = base64.b64decode(data["key"], validate=True)
        made_at = dt.datetime.fromisoformat(data["made_at"])
        sound = secrets.compare_digest(data["check"], check_of(number, key)) and len(key) == 32
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyringProblem(
            f"{path} cannot be read ({error.strerror}). Let the program read it; nothing has "
            "been changed."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeyringProblem(_damaged(path)) from error
    if not sound or made_at.tzinfo is None:
        raise KeyringProblem(_damaged(path))
    return Generation(number, made_at, key)


def _damaged(path: Path) -> str:
    return (
        f"{path} is damaged. Take it from the keyring's twin or its own backup; nothing has been "
        "changed."
    )


def _number_of(path: Path) -> int:
    match = NAME.fullmatch(path.name)
    if match is None:
        raise ValueError(path.name)
    return int(match[1])


def current() -> Generation:
    """The youngest generation. Raises KeyringProblem where there is none (see ``begin``)."""
    there = numbers()
    if not there:
        raise KeyringProblem(
            f"There is no keyring in {folder()}. A new installation makes one with "
            "'musling migrate'; an old one needs its own back."
        )
    return generation(there[-1])


def to_wrap_with() -> Generation:
    """The youngest generation, for new keys. Raises KeyringProblem, see ``current``.

    Also where another keyring has come into its place since this process began: what it wrapped
    would be lost once the right one is back.
    """
    youngest = current()
    number, check = _seen.get(folder(), (youngest.number, ""))
    there = youngest if number == youngest.number else None
    if there is None and number in numbers():
        there = generation(number)
    if number > youngest.number or (check and there and check != _check(there)):
        raise KeyringProblem(
            f"The keyring {folder()} is another one than when this process began. Put the "
            "right one back, or start Musling anew; nothing was changed."
        )
    _seen[folder()] = (youngest.number, _check(youngest))
    return youngest


def _check(made: Generation) -> str:
    return check_of(made.number, made.key)


def begin() -> Generation:
    """Makes the next generation and returns it; the file is on the disk before this returns.

    One that stands in the twin alone, as a crash between the two leaves it, is taken into use and
    never written over. One at a time: see ``rotation.begin_if_due``. Raises KeyringProblem.
    """
    number = (numbers() or [0])[-1] + 1
    left = [place for place in folders()[1:] if numbers_in(place)]
    if number == 1 and left:
        raise KeyringProblem(
            f"There is no keyring in {folder()}, but its twin {left[0]} holds one. Copy it back, "
            "or name another twin (MUSLING_KEYRING_COPY)."
        )
    waiting = [place / name_of(number) for place in left if number in numbers_in(place)]
    made = read_file(waiting[0]) if waiting else _new(number)
    for place in reversed(folders()):
        if not (place / name_of(number)).exists():
            write_file(place, number, _content(made))
    return made


def _new(number: int) -> Generation:
    return Generation(number, clock.now(), secrets.token_bytes(32))


def _content(made: Generation) -> str:
    return json.dumps(
        {
            "generation": made.number,
            "made_at": made.made_at.isoformat(),
            "key": base64.b64encode(made.key).decode(),
            "check": _check(made),
        }
    )


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


def check_of(number: int, key: bytes) -> str:
    """What a generation is known by; it tells nothing of the key."""
    return hashlib.sha256(b"musling-keyring|%d|" % number + key).hexdigest()


def _flush(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
