"""Fills a database with keys, or wraps them anew and lets plain SQL write as many: ``rotate.json``.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.wrapping fill SIZE`` and ``… measure SIZE ROUNDS``.
"""

import json
import os
import resource
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import django

AT_ONCE = 20_000  # keys in one transaction while filling
A_TENTH = 10
FAR = 1_000_000  # generations: where the reference moves the keys to, and back


def main() -> None:
    """Fills or measures."""
    django.setup()
    deed, *numbers = sys.argv[1:]
    _fill(int(numbers[0])) if deed == "fill" else _measure(*map(int, numbers))


def _fill(size: int) -> None:
    """So many keys, wrapped by the youngest generation."""
    from django.db import transaction

    from musling.foundation import bulk, clock
    from musling.foundation.public_ids import new_public_ids
    from musling.vault import keyring, keys
    from musling.vault.models import Key
    from musling.vault.sealing import Cipher

    generation = keyring.current()
    cipher = Cipher(generation.key)
    columns = ("public_id", "purpose", "wrapped", "generation", "made_at")
    for start in range(0, size, AT_ONCE):
        rows = (
            (
                public_id,
                "talk",
                cipher.seal(keys.binding(public_id), secrets.token_bytes(32)),
                generation.number,
                clock.now(),
            )
            for public_id in new_public_ids(min(AT_ONCE, size - start))
        )
        with transaction.atomic():
            bulk.insert(Key, columns, rows)


def _measure(size: int, rounds: int) -> None:
    from django.conf import settings

    ours: list[dict[str, Any]] = []
    plain, aes = [], []
    for _round in range(rounds):
        _clean()
        ours.append(_rewrapped(size))
        _clean()
        plain.append(_plain())
        aes.append(_timed(_bare, size))
    seconds = median(one["seconds"] for one in ours)
    document = {
        "seconds": round(seconds, 2),
        "reference_seconds": round(median(plain), 2),
        "ratio": round(
            median(one["seconds"] / bare for one, bare in zip(ours, plain, strict=True)), 2
        ),
        "per_second": round(size / seconds),
        "aes_seconds": round(median(aes), 2),
        # Of the first round: before the reference and anything else ran in this process.
        "rss_after_a_tenth_mb": ours[0]["early"],
        "peak_rss_mb": ours[0]["peak"],
        "queries": ours[0]["queries"],
    }
    (Path(settings.MUSLING_VAR) / "rotate.json").write_text(json.dumps(document))


def _rewrapped(size: int) -> dict[str, Any]:
    """A new generation, and all keys wrapped by it."""
    from django.db import connection

    from musling.vault import keyring, rotation

    keyring.begin()
    early, queries = 0.0, 0

    def told(done: int) -> None:
        nonlocal early
        if not early and done >= size // A_TENTH:
            early = _rss()

    def count(execute: Any, *given: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*given)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        done = rotation.rewrap(told=told)
    seconds = time.perf_counter() - begun
    if done != size:
        raise SystemExit(f"{done} keys were wrapped anew, not {size}.")
    return {"seconds": seconds, "early": early, "peak": _rss(), "queries": queries}


def _rss() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _timed(work: Callable[..., object], *given: object) -> float:
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def _plain() -> float:
    """One statement that writes as much into the same rows; seconds, to the commit."""
    from django.db import connection

    statement = "UPDATE vault_key SET wrapped = substr(wrapped, 1), generation = generation + %s"
    with connection.cursor() as cursor:
        seconds = _timed(cursor.execute, f"{statement} WHERE destroyed_at IS NULL", [FAR])
        cursor.execute("UPDATE vault_key SET generation = generation - %s", [FAR])
    return seconds


def _bare(size: int) -> None:
    """As many keys opened and sealed under two ciphers that are at hand."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    old, new = AESGCM(secrets.token_bytes(32)), AESGCM(secrets.token_bytes(32))
    place, nonce = b"vault_key|aaaaaaaaaaaa|wrapped", os.urandom(12)
    sealed = old.encrypt(nonce, secrets.token_bytes(32), place)
    for _key in range(size):
        new.encrypt(os.urandom(12), old.decrypt(nonce, sealed, place), place)


def _clean() -> None:
    """Clears up after the side before, so that both begin alike."""
    import psycopg
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    address = settings.DATABASE_OWNER_URL or os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE vault_key")
        with suppress(psycopg.errors.InsufficientPrivilege):
            owner.execute("CHECKPOINT")


if __name__ == "__main__":
    main()
