"""Sealing and opening with AES-256-GCM. Table, row and field are authenticated with the text."""

import hashlib
import hmac
import json
import secrets
from os import urandom
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from orjson import dumps, loads

FORMAT = b"\x01"
NONCE = 12
BEGIN = len(FORMAT) + NONCE
# Lengths are rounded up, so that a copied database does not tell a tick from a sentence.
STEP = 64
PADDING = tuple(b" " * number for number in range(STEP))


class SealBroken(Exception):
    """The sealed text is damaged, or was moved here from another row or field."""


class Cipher:
    """Seals and opens bytes under one 32-byte key, each bound to a place."""

    __slots__ = ("_decrypt", "_encrypt")

    def __init__(self, key: bytes) -> None:
        cipher = AESGCM(key)
        self._encrypt, self._decrypt = cipher.encrypt, cipher.decrypt

    def seal(self, binding: str, data: bytes) -> bytes:
        """The bytes, sealed for the place."""
        nonce = urandom(NONCE)
        return FORMAT + nonce + self._encrypt(nonce, data, binding.encode())

    def open(self, binding: str, sealed: bytes) -> bytes:
        """What ``seal`` sealed for the same place. Raises SealBroken."""
        if sealed[:1] != FORMAT:
            raise SealBroken(binding)
        try:
            return self._decrypt(sealed[1:BEGIN], sealed[BEGIN:], binding.encode())
        except (InvalidTag, ValueError):  # the latter where it is too short to be one
            raise SealBroken(binding) from None


def seal_bytes(key: bytes, binding: str, data: bytes) -> bytes:
    """Seals bytes under a 32-byte key, bound to a place."""
    return Cipher(key).seal(binding, data)


def open_bytes(key: bytes, binding: str, sealed: bytes) -> bytes:
    """Opens what ``seal_bytes`` made for the same key and place. Raises SealBroken."""
    return Cipher(key).open(binding, sealed)


class OpenKey:
    """A content key, unwrapped, for the length of one request. Never stored, never printed."""

    __slots__ = ("_decrypt", "_encrypt", "_key", "id")

    def __init__(self, key_id: int, key: bytes) -> None:
        self.id = key_id
        self._key = key
        cipher = AESGCM(key)
        self._encrypt, self._decrypt = cipher.encrypt, cipher.decrypt

    def raw(self) -> bytes:
        """The key itself, for wrapping it anew and for nothing else."""
        return self._key

    def seal(self, binding: str, value: Any) -> bytes:
        """Seals a JSON value for one place (table, row, field)."""
        data = dumps(value)
        nonce = urandom(NONCE)
        padded = data + PADDING[-len(data) % STEP]
        return FORMAT + nonce + self._encrypt(nonce, padded, binding.encode())

    def open(self, binding: str, sealed: bytes | memoryview) -> Any:
        """Opens a JSON value; an empty field gives None. Raises SealBroken."""
        if not sealed:
            return None
        if sealed[:1] != FORMAT:
            raise SealBroken(binding)
        try:
            return loads(self._decrypt(sealed[1:BEGIN], sealed[BEGIN:], binding.encode()))
        except (InvalidTag, ValueError):
            raise SealBroken(binding) from None


def fix(salt: str, value: Any) -> str:
    """A keyed hash of what is signed.

    The salt is sealed under the talk's key: when that goes, the hash confirms no guess any more.
    """
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(bytes.fromhex(salt), data, hashlib.sha256).hexdigest()


def new_salt() -> str:
    """A salt for ``fix``, to be sealed with what it belongs to."""
    return secrets.token_hex(16)
