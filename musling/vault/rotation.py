"""Wrapping all living keys anew each week, and ending the generations that are done."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from django.db import connection, transaction

from musling.foundation import bulk, clock
from musling.vault import copies, keyring, keys
from musling.vault.keyring import Generation, KeyringProblem
from musling.vault.keys import BACKUP_HORIZON, GENERATION_AGE
from musling.vault.models import Key
from musling.vault.sealing import Cipher, SealBroken

BATCH = 5000
# The nightly job does not run at the same second each week: without this it would be 8 days.
EARLY = dt.timedelta(hours=12)
LOCK = 0x6D75736C  # of PostgreSQL's advisory locks
Told = Callable[[int], None]
Row = tuple[int, str, bytes | memoryview]


def rotate(told: Told = lambda _done: None) -> dict[str, int]:
    """Begins a new generation when the youngest is a week old, re-wraps, and destroys the old.

    A generation is destroyed once no living key uses it and its successor is older than the backup
    horizon: until then a backup may hold a key that it wrapped. What it destroys goes from the
    copies of the keyring too. Cut off anywhere, or twice at once, it goes on where it is. Raises
    KeyringProblem: before anything is changed where the keyring is not that of this database, at
    the end where a single key could not be opened.
    """
    keys.check_keyring()
    begun = begin_if_due()
    done, broken = _rewrap_all(BATCH, told)
    destroyed = _destroy_old_generations()
    swept = copies.sweep()
    _tell(broken)
    return {"begun": begun, "rewrapped": done, "destroyed": destroyed, "copies_destroyed": swept}


def begin_if_due() -> int:
    """Begins a generation when the youngest is a week old; returns how many, 0 or 1.

    Two at once begin one: a second would write over what the first has wrapped with.
    """
    with alone():
        if clock.now() - keyring.current().made_at < GENERATION_AGE - EARLY:
            return 0
        keyring.begin()
        return 1


@contextmanager
def alone() -> Iterator[None]:
    """Waits until nobody else, on any machine, begins or ends a generation of this keyring."""
    with transaction.atomic():  # on SQLite only one writes at a time
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def to_rewrap() -> int:
    """How many living keys an older generation than the youngest wraps."""
    youngest = keyring.current().number
    return Key.objects.filter(generation__lt=youngest, destroyed_at=None).count()


def rewrap(batch: int = BATCH, told: Told = lambda _done: None) -> int:
    """Wraps all living keys anew under the youngest generation; returns how many.

    Each batch commits by itself and a key that is already under the youngest is passed over, so a
    run that was cut off is simply begun again. Raises KeyringProblem at the end where a key could
    not be opened.
    """
    done, broken = _rewrap_all(batch, told)
    _tell(broken)
    return done


def _rewrap_all(batch: int, told: Told) -> tuple[int, list[str]]:
    """How many, and the public ids of those that do not open with their generation."""
    target = keyring.current()
    done, broken = 0, []
    for number in keys.generations_in_use():
        if number >= target.number:
            break
        old = keys.generation_of_living(number)
        for moved, damaged in _batches(old, target, batch) if old else ():
            done += moved
            broken += damaged
            told(done)
    return done, broken


def _tell(broken: list[str]) -> None:
    if broken:
        raise KeyringProblem(
            f"{len(broken)} keys, the first of them {broken[0]}, do not open with the generation "
            "that wrapped them: damaged in the database, or the keyring's file is not its own. The "
            "generation stays. All other keys are wrapped anew."
        )


def _batches(old: Generation, new: Generation, batch: int) -> Iterator[tuple[int, list[str]]]:
    """One after the other, each in a transaction: how many moved, and which were damaged."""
    opening, closing = Cipher(old.key), Cipher(new.key)
    last = 0
    while True:
        with transaction.atomic():
            rows = _next(old.number, last, batch)
            if not rows:
                return
            wrapped, broken = _wrapped_anew(rows, opening, closing)
            _write(wrapped, new.number)
        last = rows[-1][0]
        yield len(wrapped), broken


def _next(number: int, last: int, batch: int) -> list[Row]:
    """Some living keys of a generation, by their ids, held until the transaction ends.

    Two at once wait for each other and share the work.
    """
    living = Key.objects.filter(generation=number, destroyed_at=None, pk__gt=last)
    rows = living.select_for_update(no_key=True).order_by("pk")
    return list(rows.values_list("pk", "public_id", "wrapped")[:batch])


def _wrapped_anew(
    rows: list[Row], opening: Cipher, closing: Cipher
) -> tuple[list[tuple[int, bytes]], list[str]]:
    """The keys by their ids, and the public ids of those that did not open."""
    wrapped, broken = [], []
    for pk, public_id, sealed in rows:
        place = keys.binding(public_id)
        try:
            wrapped.append((pk, closing.seal(place, opening.open(place, bytes(sealed)))))
        except SealBroken:
            broken.append(public_id)
    return wrapped, broken


def _write(wrapped: list[tuple[int, bytes]], number: int) -> None:
    if not wrapped:
        return
    if connection.vendor != "postgresql":
        rows = ((pk, sealed, number) for pk, sealed in wrapped)
        bulk.update(Key, ("id", "wrapped", "generation"), rows)
        return
    ids, sealed = zip(*wrapped, strict=True)
    with connection.cursor() as cursor:
        # The first and last id keep PostgreSQL from reading the whole table for each batch.
        cursor.execute(
            "UPDATE vault_key SET wrapped = new.wrapped, generation = %s"
            " FROM unnest(%s::bigint[], %s::bytea[]) AS new (id, wrapped)"
            " WHERE vault_key.id = new.id AND vault_key.id BETWEEN %s AND %s",
            [number, list(ids), list(sealed), ids[0], ids[-1]],
        )


def _destroy_old_generations() -> int:
    """Those that are done. A database without keys says nothing of what opens elsewhere."""
    with alone():  # two at once would each look for what the other has just removed
        if not Key.objects.exists():
            return 0
        used = set(keys.generations_in_use())
        done = [
            number
            for number, successor in pairwise(keyring.numbers())
            if number not in used
            and clock.now() - keyring.generation(successor).made_at > BACKUP_HORIZON
        ]
        for number in done:
            copies.note_destroyed(keyring.generation(number))
            keyring.destroy(number)
        return len(done)
