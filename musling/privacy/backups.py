"""Copies of everything, and bringing them back.

The content is copied with the database's own tool while the server runs; what is sealed in it opens
only with the keyring, which lies apart. A copy brought back forgets again what the ledgers say.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count

from musling.activity import heads
from musling.activity.chain import link
from musling.foundation import clock
from musling.vault import copies, keyring, keys, ledger
from musling.vault.models import Key

MANIFEST = "manifest.json"


class BackupProblem(Exception):
    """A copy cannot be made or brought back. Says what to do; nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is in a copy."""

    folder: Path
    engine: str
    made_at: str
    generations: dict[int, int]  # how many living keys each generation wraps
    checks: dict[int, str]  # what these are known by

    @property
    def content(self) -> Path:
        """The file with the database."""
        return self.folder / _file_of(self.engine)


def _file_of(engine: str) -> str:
    return "content.sqlite3" if engine == "sqlite" else "content.dump"


# --- making ---------------------------------------------------------------------------------------


def make(place: Path, keyring_place: Path | None = None) -> Copy:
    """Copies the database and the ledgers into a new folder in ``place``, for the owner alone.

    ``keyring_place``: also copies the keyring, into another folder. Where the keyring is that of
    this database, copies of it that are older than a week are destroyed. Raises BackupProblem, and
    KeyringProblem where the keyring is to be copied and cannot be, before anything is written.
    """
    if keyring_place and _one_in_the_other(place, keyring_place):
        raise BackupProblem(
            f"{keyring_place} and {place} lie in each other: whoever has both can open everything. "
            "Choose another disk for the keyring."
        )
    if keyring_place:
        keys.check_keyring()
    link()
    now = clock.now()
    folder = place / f"musling-{now.strftime(copies.STAMP)}"
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as problem:
        raise BackupProblem(f"{folder} cannot be made: {problem}") from problem
    engine = connection.vendor
    content = folder / _file_of(engine)
    generations = _generations()
    _dump_sqlite(content) if engine == "sqlite" else _dump_postgresql(content)
    content.chmod(0o600)
    # After the content: a key that is destroyed meanwhile stands in it.
    for file in (ledger.path(), heads.path()):
        twin = folder / file.name
        twin.write_text(file.read_text() if file.exists() else "")
        twin.chmod(0o600)
    # Keys may be wrapped anew meanwhile: it needs what wrapped them before or after.
    generations.update(_generations())
    document = {
        "format": 1,
        "engine": engine,
        "made_at": clock.now().isoformat(),
        "sha256": _sum_of(content),
        "generations": {str(number): count for number, count in generations.items()},
        "checks": _checks(generations),
    }
    (folder / MANIFEST).write_text(json.dumps(document, indent=2))
    if keyring_place:
        copies.make(keyring_place, now)
    if not keyring_problem():
        copies.sweep()
    return read(folder)


def keyring_problem() -> str:
    """What is wrong with the keyring; empty where it opens this database."""
    try:
        keys.check_keyring()
    except keyring.KeyringProblem as problem:
        return str(problem)
    return ""


def _checks(numbers: Iterable[int]) -> dict[str, str]:
    """What the generations are known by, so that a foreign keyring is told from the right one."""
    found = {}
    for number in numbers:
        with suppress(keyring.KeyringProblem):
            made = keyring.generation(number)
            found[str(number)] = keyring.check_of(number, made.key)
    return found


def _generations() -> dict[int, int]:
    """How many living keys each generation wraps."""
    living = Key.objects.filter(destroyed_at=None).order_by()
    return dict(living.values_list("generation").annotate(count=Count("pk")))


def _one_in_the_other(one: Path, other: Path) -> bool:
    first, second = one.resolve(), other.resolve()
    return first == second or first in second.parents or second in first.parents


def _dump_sqlite(content: Path) -> None:
    """One consistent copy, without what lies in free pages."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(content)])


def _dump_postgresql(content: Path) -> None:
    # A transaction that names no organisation reads all of them, also where policies hold.
    options = ("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security")
    _run("pg_dump", *options, f"--file={content}")


def _run(program: str, *options: str) -> None:
    """One of PostgreSQL's own tools, as the owner of the tables where there is one."""
    who = {**connection.settings_dict, **(settings.DATABASE_OWNER or {})}
    environment = {
        **os.environ,
        "PGUSER": str(who["USER"]),
        "PGPASSWORD": str(who["PASSWORD"]),
        "PGDATABASE": str(connection.settings_dict["NAME"]),
        **({"PGHOST": str(who["HOST"])} if who["HOST"] else {}),
        **({"PGPORT": str(who["PORT"])} if who["PORT"] else {}),
    }
    try:
        done = subprocess.run(  # noqa: S603 (one of our own two command lines)
            [program, *options], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as problem:
        raise BackupProblem(
            f"{program} is not installed. It comes with PostgreSQL's client programs."
        ) from problem
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise BackupProblem(f"{program} says: {said[0]}")


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- bringing back --------------------------------------------------------------------------------


def read(folder: Path) -> Copy:
    """What a copy says of itself. Raises BackupProblem where it is none, or damaged."""
    try:
        document = json.loads((folder / MANIFEST).read_text())
        copy = Copy(
            folder,
            str(document["engine"]),
            str(document["made_at"]),
            {int(number): int(count) for number, count in document["generations"].items()},
            {int(number): str(check) for number, check in document["checks"].items()},
        )
        whole = _sum_of(copy.content) == document["sha256"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BackupProblem(f"{folder} is not a copy that 'musling backup' made.") from problem
    if not whole:
        raise BackupProblem(
            f"{copy.content} is damaged: its check sum is another. Take an older copy."
        )
    return copy


def bring_keyring_back(place: Path) -> list[int]:
    """Puts the generations of a copy of the keyring where there is none; returns them.

    Where there is one in use, nothing is done: a generation that is not in it was destroyed on
    purpose. One that a new installation has just made gives way.
    ``place``: one copy, or the folder with the copies, of which the newest is taken.
    """
    own = keyring.numbers()
    if own and _keys_in_use():
        return []
    if any(_one_in_the_other(place, folder) for folder in keyring.folders()):
        raise BackupProblem(f"{place} is the keyring itself, or its twin. Copy the files by hand.")
    if len(own) > 1:
        # An empty database says nothing of what this keyring opens elsewhere: it is never touched.
        raise BackupProblem(
            f"The keyring {keyring.folder()} holds {len(own)} generations and stays as it is. "
            "If it is not the one you need, move it away yourself."
        )
    contents = copies.newest(place)
    if not contents:
        raise BackupProblem(f"There is no copy of a keyring in {place}.")
    _move_aside(own)
    for number, content in contents.items():
        for folder in reversed(keyring.folders()):
            keyring.write_file(folder, number, content)
    return list(contents)


def _move_aside(numbers: list[int]) -> None:
    for folder in keyring.folders():
        for file in (folder / keyring.name_of(number) for number in numbers):
            if file.exists():
                file.rename(file.with_suffix(".replaced"))


def _keys_in_use() -> bool:
    there = connection.introspection.table_names()
    return Key._meta.db_table in there and Key.objects.exists()  # noqa: SLF001


def check(copy: Copy, ledgers: list[Path]) -> list[Path]:
    """Whether the copy can be brought back here; returns every ledger to go by.

    Raises BackupProblem or KeyringProblem, before anything is changed: without a ledger that knows
    what was destroyed after the copy was made; with a keyring that is damaged, of another
    installation, or lacks what the copy needs; into another engine.
    """
    if copy.engine != connection.vendor:
        raise BackupProblem(
            f"The copy is of {copy.engine}; DATABASE_URL names {connection.vendor}."
        )
    _check_keyring(copy)
    missing = [path for path in ledgers if not path.is_file()]
    if missing:
        raise BackupProblem(f"{missing[0]} is not there.")
    own = [ledger.path()] if ledger.path().exists() else []
    if not own and not ledgers:
        raise BackupProblem(
            f"There is no ledger in {ledger.path().parent}. Without it what was destroyed since "
            "the copy was made would come back. Give the newest copy of it with --ledger FILE."
        )
    others = [*ledgers, copy.folder / ledger.path().name]
    for path in [*own, *others]:
        list(ledger.lines_of(path))  # raises where it is damaged
    return others


def _check_keyring(copy: Copy) -> None:
    """Whether the keyring opens what is in the copy. Raises BackupProblem and KeyringProblem."""
    if copy.generations:
        keyring.current()
    lacking = sorted(set(copy.generations) - set(keyring.numbers()))
    if lacking:
        count = sum(copy.generations[number] for number in lacking)
        raise BackupProblem(
            f"The keyring {keyring.folder()} lacks generation {lacking[0]}, which wraps {count} "
            "keys of this copy: it is older than the backup horizon, or of another installation. "
            "Nobody can open it."
        )
    for number, check in copy.checks.items():
        if keyring.check_of(number, keyring.generation(number).key) != check:
            raise BackupProblem(
                f"Generation {number} in the keyring {keyring.folder()} is of another installation "
                "than this copy. Put the right keyring there (MUSLING_KEYRING)."
            )


def put_back(copy: Copy) -> None:
    """Replaces the database by the copy's. Raises BackupProblem, and then it is as it was."""
    if copy.engine == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        connection.close()
        draft = target.with_name(target.name + ".restoring")
        shutil.copy(copy.content, draft)
        draft.chmod(0o600)
        for tail in ("-wal", "-shm"):
            target.with_name(target.name + tail).unlink(missing_ok=True)
        draft.replace(target)
        return
    connection.close()
    _run(
        *("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges"),
        *("--single-transaction", "--exit-on-error", "--enable-row-security"),
        f"--dbname={connection.settings_dict['NAME']}",
        str(copy.content),
    )


def take_ledgers_over(ledgers: list[Path]) -> int:
    """Adds to this installation's ledger what the others list; how many lines.

    Before the database comes back: should anything stop then, the next start destroys again.
    """
    return sum(ledger.take_over(path) for path in ledgers)


def forget_again() -> dict[str, int]:
    """Destroys in the copy what the ledger says was destroyed; ends sessions; marks the chain."""
    destroyed = keys.finish_destruction()
    sessions, _kinds = Session.objects.all().delete()
    heads.write_restored()
    return {"destroyed_again": destroyed, "sessions_ended": sessions}


def facts(copy: Copy) -> dict[str, Any]:
    """The copy for the command's answer."""
    return {
        "folder": str(copy.folder),
        "engine": copy.engine,
        "made_at": copy.made_at,
        "bytes": copy.content.stat().st_size,
        "keys": sum(copy.generations.values()),
    }
