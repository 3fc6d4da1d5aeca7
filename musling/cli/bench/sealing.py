"""Sealing and opening texts against bare AES-GCM of the same bytes; no database.

As a talk does it: a key for each 30 texts, wrapped and unwrapped, each text bound to its row and
field and rounded up in length. The reference enciphers and deciphers exactly these bytes.
"""

import argparse
import gc
import os
import resource
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from musling.foundation.public_ids import new_public_ids
from musling.vault.sealing import BEGIN, OpenKey, open_bytes, seal_bytes

MOST_RATIO = 2.0
TEXTS_OF_A_KEY = 30
TAG = 16  # bytes that GCM adds
WORDS = "Jeg er glad for de nye vagter, men weekenderne er hårde, når vi mangler en på holdet. "

Sealed = list[tuple[str, bytes]]


def measure(arguments: argparse.Namespace, size: int) -> dict[str, Any]:
    """Measures in turn. Returns the document of docs/contract.md; ``size``: how many texts."""
    places = [f"conversations_answer|{one}|content" for one in new_public_ids(size)]
    # From a tick to ten lines, as people write.
    texts = [{"score": n % 6, "text": WORDS * (n % 8)} for n in range(size)]
    generation = secrets.token_bytes(32)
    pieces = _sealed(generation, places, texts)
    payload = [b"x" * (len(sealed) - BEGIN - TAG) for _place, sealed in pieces]
    ours, bare = [], []
    for _round in range(arguments.rounds):
        gc.collect()
        ours.append(_timed(_ours, generation, places, texts))
        gc.collect()
        bare.append(_timed(_bare, payload))
    return {
        "name": "seal",
        "size": size,
        "seconds": statistics.median(ours),
        "reference_seconds": statistics.median(bare),
        "ratio": statistics.median(o / b for o, b in zip(ours, bare, strict=True)),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "queries": 0,
    }


def _timed(work: Callable[..., object], *given: object) -> float:
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def _ours(generation: bytes, places: list[str], texts: list[dict[str, Any]]) -> None:
    """A key for each 30 texts, made and wrapped; all sealed; the keys unwrapped; all opened."""
    sealed = _sealed(generation, places, texts)
    for start in range(0, len(sealed), TEXTS_OF_A_KEY):
        some = sealed[start : start + TEXTS_OF_A_KEY]
        wrapped = some[0][1]
        key = OpenKey(start, open_bytes(generation, _key_place(start), wrapped))
        for place, data in some[1:]:
            key.open(place, data)


def _sealed(generation: bytes, places: list[str], texts: list[dict[str, Any]]) -> Sealed:
    found: Sealed = []
    for start in range(0, len(texts), TEXTS_OF_A_KEY - 1):
        raw = secrets.token_bytes(32)
        place = _key_place(len(found))
        found.append((place, seal_bytes(generation, place, raw)))
        key = OpenKey(start, raw)
        for n in range(start, min(start + TEXTS_OF_A_KEY - 1, len(texts))):
            found.append((places[n], key.seal(places[n], texts[n])))
    return found


def _key_place(start: int) -> str:
    return f"vault_key|{start}|wrapped"


def _bare(payload: list[bytes]) -> None:
    """The same number of bytes in as many pieces, under as many keys."""
    sealed = []
    for start in range(0, len(payload), TEXTS_OF_A_KEY):
        cipher = AESGCM(secrets.token_bytes(32))
        some = []
        for data in payload[start : start + TEXTS_OF_A_KEY]:
            nonce = os.urandom(12)
            some.append((nonce, cipher.encrypt(nonce, data, None)))
        sealed.append((cipher, some))
    for cipher, some in sealed:
        for nonce, data in some:
            cipher.decrypt(nonce, data, None)


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    yield f"{document['size']} texts sealed and opened in {document['seconds'] * 1000:.0f} ms"
    yield f"Bare AES-GCM of the same bytes: {document['reference_seconds'] * 1000:.0f} ms"
    kept = "kept" if document["ratio"] <= MOST_RATIO else "not kept"
    yield f"Ratio {document['ratio']:.2f} (at most {MOST_RATIO}: {kept})."
