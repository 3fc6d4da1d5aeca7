"""Making, opening, re-wrapping and destroying content keys."""

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable
from itertools import pairwise
from typing import Any

from django.db import transaction

from musling.foundation import clock
from musling.vault import keyring, ledger
from musling.vault.models import Key, sealed_models
from musling.vault.sealing import OpenKey, SealBroken, open_bytes, seal_bytes

GENERATION_AGE = dt.timedelta(days=7)
BACKUP_HORIZON = dt.timedelta(days=30)
# A request that opened a key before it was destroyed is over long before.
LATE = dt.timedelta(days=3)
# How long a copy of the keyring that `musling backup` made may live.
KEYRING_COPY_LIFE = dt.timedelta(days=7)


Witness = Callable[[list[Key]], None]
_witnesses: list[Witness] = []


class KeyDestroyed(Exception):
    """The text was destroyed; nobody can open it."""


def new_keys(count: int, *, organisation_id: int | None, purpose: str) -> list[Key]:
    """Makes and saves so many keys in one statement."""
    generation = keyring.current()
    made = [
        Key(
            organisation_id=organisation_id,
            purpose=purpose,
            generation=generation.number,
            made_at=clock.now(),
        )
        for _ in range(count)
    ]
    for key in made:
        key.wrapped = seal_bytes(generation.key, _binding(key), secrets.token_bytes(32))
    return Key.objects.bulk_create(made, batch_size=2000)


def new_key(*, organisation_id: int | None, purpose: str) -> Key:
    """Makes and saves one key."""
    return new_keys(1, organisation_id=organisation_id, purpose=purpose)[0]


def unwrap(keys: Iterable[Key]) -> dict[int, OpenKey]:
    """Opens keys already loaded; those destroyed are left out.

    Raises KeyringProblem where the keyring lacks a generation or is not this database's.
    """
    generations: dict[int, keyring.Generation] = {}
    opened = {}
    for key in keys:
        if key.destroyed_at is not None:
            continue
        if key.generation not in generations:
            generations[key.generation] = keyring.generation(key.generation)
        try:
            raw = open_bytes(generations[key.generation].key, _binding(key), bytes(key.wrapped))
        except SealBroken:
            raise keyring.KeyringProblem(
                f"The keyring {keyring.folder()} does not belong to this database, or key "
                f"{key.public_id} is damaged. Put the right keyring back; nothing was changed."
            ) from None
        opened[key.pk] = OpenKey(key.pk, raw)
    return opened


def open_keys(ids: Collection[int]) -> dict[int, OpenKey]:
    """Opens keys by id with one query; those destroyed are left out."""
    return unwrap(Key.objects.filter(pk__in=ids))


def open_key(key_id: int) -> OpenKey:
    """Opens one key. Raises KeyDestroyed."""
    try:
        return open_keys([key_id])[key_id]
    except KeyError:
        raise KeyDestroyed(str(key_id)) from None


def when_destroyed(witness: Witness) -> Witness:
    """Has the function called with keys as they are destroyed, in the same transaction.

    So a receipt is written whoever destroys, and also when a crash is finished later.
    """
    _witnesses.append(witness)
    return witness


def destroy(keys: Collection[Key], *, reason: str) -> None:
    """Destroys keys and blanks what they sealed. ``reason`` names the rule, in few letters.

    First the ledger, flushed to the disk; then, in one transaction, the wrapped keys and the
    ciphertexts. A crash in between is finished by ``finish_destruction``.
    """
    living = [key for key in keys if key.destroyed_at is None]
    if living:
        ledger.write([key.public_id for key in living], reason)
        _forget([key.pk for key in living], reason)


def finish_destruction() -> int:
    """Does what the ledger says and the database has not done; returns how many keys that were."""
    done = 0
    for reason, listed in ledger.by_reason().items():
        for start in range(0, len(listed), 500):
            some = listed[start : start + 500]
            living = Key.objects.filter(public_id__in=some, destroyed_at=None)
            left = list(living.values_list("pk", flat=True))
            if left:
                _forget(left, reason)
            done += len(left)
    _blank_what_came_late()
    return done


def _blank_what_came_late() -> None:
    """Blanks what a request that had opened a key wrote while or after that key was destroyed."""
    lately = Key.objects.filter(destroyed_at__gte=clock.now() - LATE).values("pk")
    for model in sealed_models():
        rows = model._base_manager.filter(**{f"{model.sealed_by}__in": lately})  # noqa: SLF001
        for field in model.sealed_fields():
            rows.exclude(**{field: b""}).update(**{field: b""})


def final_from(generation: int) -> dt.datetime:
    """From when nobody can open what a key of that generation sealed, should it go now.

    The nightly job destroys a generation in the night after the backup horizon has passed since its
    successor was made; while it is the youngest, the successor comes when it is a week old. A copy
    of the keyring may live a week longer.
    """
    later = [number for number in keyring.numbers() if number > generation]
    if later:
        successor = keyring.generation(later[0]).made_at
    else:
        successor = max(keyring.generation(generation).made_at + GENERATION_AGE, clock.now())
    return successor + BACKUP_HORIZON + KEYRING_COPY_LIFE + dt.timedelta(days=1)


def _forget(ids: list[int], reason: str) -> None:
    with transaction.atomic():
        living = Key.objects.select_for_update(of=("self",)).filter(pk__in=ids, destroyed_at=None)
        going = list(living)
        for model in sealed_models():
            blank = dict.fromkeys(model.sealed_fields(), b"")
            model._base_manager.filter(  # noqa: SLF001 (Django's own name; nothing may hide from it)
                **{f"{model.sealed_by}__in": ids}
            ).update(**blank)
        for number in {key.generation for key in going}:
            some = [key for key in going if key.generation == number]
            receipt: dict[str, Any] = {
                "wrapped": b"",
                "destroyed_at": clock.now(),
                "reason": reason,
                "final_from": final_from(number),
            }
            Key.objects.filter(pk__in=[key.pk for key in some]).update(**receipt)
            for key in some:
                vars(key).update(receipt)
        for witness in _witnesses:
            witness(going)


def rewrap(batch: int = 2000, told: Callable[[int], None] = lambda _done: None) -> int:
    """Wraps all living keys anew under the youngest generation; returns how many.

    Each batch commits by itself and a key that is already under the youngest is passed over, so a
    run that was cut off is simply begun again.
    """
    target = keyring.current()
    done = 0
    while moved := _rewrap_batch(target, batch):
        done += moved
        told(done)
    return done


def _rewrap_batch(target: keyring.Generation, batch: int) -> int:
    with transaction.atomic():
        keys = list(
            Key.objects.select_for_update(skip_locked=False, of=("self",))
            .filter(generation__lt=target.number, destroyed_at=None)
            .order_by("generation", "id")[:batch]
        )
        opened = unwrap(keys)
        for key in keys:
            key.wrapped = seal_bytes(target.key, _binding(key), opened[key.pk].raw())
            key.generation = target.number
        Key.objects.bulk_update(keys, ["wrapped", "generation"], batch_size=200)
    return len(keys)


def rotate(told: Callable[[int], None] = lambda _done: None) -> dict[str, int]:
    """Begins a new generation when the youngest is a week old, re-wraps, and destroys the old.

    A generation is destroyed once no living key uses it and its successor is older than the backup
    horizon: until then a backup may hold a key that it wrapped.
    """
    begun = 0
    if clock.now() - keyring.current().made_at >= GENERATION_AGE:
        keyring.begin()
        begun = 1
    rewrapped = rewrap(told=told)
    return {"begun": begun, "rewrapped": rewrapped, "destroyed": _destroy_old_generations()}


def _destroy_old_generations() -> int:
    numbers = keyring.numbers()
    gone = 0
    for number, successor in pairwise(numbers):
        used = Key.objects.filter(generation=number, destroyed_at=None).exists()
        if not used and clock.now() - keyring.generation(successor).made_at > BACKUP_HORIZON:
            keyring.destroy(number)
            gone += 1
    return gone


def _binding(key: Key) -> str:
    return f"vault_key|{key.public_id}|wrapped"
