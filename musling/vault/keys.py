"""Making, opening and destroying content keys. Wrapping them anew: see ``rotation``."""

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
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
AT_ONCE = 500  # keys of the ledger
SAMPLES = 3  # keys of a generation that are tried; one that is damaged is not the keyring's fault


Witness = Callable[[list[Key]], None]
_witnesses: list[Witness] = []


class KeyDestroyed(Exception):
    """The text was destroyed; nobody can open it."""


def new_keys(count: int, *, organisation_id: int | None, purpose: str) -> list[Key]:
    """Makes and saves so many keys in one statement."""
    generation = keyring.to_wrap_with()
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
        key.wrapped = seal_bytes(generation.key, binding(key.public_id), secrets.token_bytes(32))
    return Key.objects.bulk_create(made, batch_size=2000)


def new_key(*, organisation_id: int | None, purpose: str) -> Key:
    """Makes and saves one key."""
    return new_keys(1, organisation_id=organisation_id, purpose=purpose)[0]


def unwrap(keys: Iterable[Key | None]) -> dict[int | None, OpenKey]:
    """Opens keys already loaded; those destroyed, and those not made yet, are left out.

    Raises KeyringProblem where the keyring lacks a generation or is not this database's.
    """
    generations: dict[int, keyring.Generation] = {}
    opened: dict[int | None, OpenKey] = {}
    for key in keys:
        if key is None or key.destroyed_at is not None:
            continue
        if key.generation not in generations:
            generations[key.generation] = keyring.generation(key.generation)
        try:
            raw = open_bytes(
                generations[key.generation].key, binding(key.public_id), bytes(key.wrapped)
            )
        except SealBroken:
            raise _foreign(key) from None
        opened[key.pk] = OpenKey(key.pk, raw)
    return opened


def open_keys(ids: Collection[int]) -> dict[int | None, OpenKey]:
    """Opens keys by id with one query; those destroyed are left out."""
    return unwrap(Key.objects.filter(pk__in=ids))


def open_key(key_id: int | None) -> OpenKey:
    """Opens one key. Raises KeyDestroyed, also where none was made yet: nothing was sealed."""
    try:
        return open_keys([key_id] if key_id else [])[key_id]
    except KeyError:
        raise KeyDestroyed(str(key_id)) from None


def when_destroyed(witness: Witness) -> Witness:
    """Has the function called with keys as they are destroyed, in the same transaction.

    So a receipt is written whoever destroys, and also when a crash is finished later.
    """
    _witnesses.append(witness)
    return witness


def generations_in_use() -> Iterator[int]:
    """The generations that wrap living keys, oldest first; one query each."""
    living = Key.objects.filter(destroyed_at=None).order_by("generation", "pk")
    last: int | None = 0
    while last is not None:
        numbers = living.filter(generation__gt=last).values_list("generation", flat=True)
        last = numbers.first()
        if last is not None:
            yield last


def generation_of_living(number: int) -> keyring.Generation | None:
    """A generation that wraps living keys; None where another process has since wrapped them anew.

    Raises KeyringProblem where they are still there and it is missing or damaged.
    """
    try:
        return keyring.generation(number)
    except keyring.KeyringProblem:
        if Key.objects.filter(generation=number, destroyed_at=None).exists():
            raise
        return None


def check_keyring() -> None:
    """Raises KeyringProblem unless the keyring is whole and is that of this database."""
    keyring.current()
    used = list(generations_in_use())
    for number in used:
        generation_of_living(number)
    tried = [key for number in used for key in _samples(number)]
    if tried and not any(map(_opens, tried)):
        raise _foreign(tried[-1])


def _samples(number: int) -> list[Key]:
    return list(Key.objects.filter(generation=number, destroyed_at=None).order_by("pk")[:SAMPLES])


def _opens(key: Key) -> bool:
    try:
        unwrap([key])
    except keyring.KeyringProblem:
        return False
    return True


def _foreign(key: Key) -> keyring.KeyringProblem:
    return keyring.KeyringProblem(
        f"The keyring {keyring.folder()} does not belong to this database, or key "
        f"{key.public_id} is damaged. Put the right keyring back; nothing was changed."
    )


def destroy(keys: Collection[Key], *, reason: str) -> None:
    """Destroys keys and blanks what they sealed. ``reason`` names the rule, in few letters.

    First the ledger, flushed to the disk; then, in one transaction, the wrapped keys and the
    ciphertexts. A crash in between is finished by ``finish_destruction``. Raises LedgerProblem and
    KeyringProblem, and then nothing has been destroyed.
    """
    living = [key for key in keys if key.destroyed_at is None]
    for number in {key.generation for key in living}:
        final_from(number)  # raises where there is no keyring: before anything is written
    if living:
        ledger.write([key.public_id for key in living], reason)
        _forget([key.pk for key in living], reason)


def finish_destruction() -> int:
    """Does what the ledger says and the database has not done; returns how many keys that were."""
    done = 0
    for reason, some in ledger.by_reason(AT_ONCE):
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
        going = list(living.order_by("pk"))  # in the order in which they are wrapped anew
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


def binding(public_id: str) -> str:
    """What a wrapped key is bound to: its own row."""
    return f"vault_key|{public_id}|wrapped"
