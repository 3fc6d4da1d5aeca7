"""Ids that may stand in an address: random, short, and known before the row is saved."""

import secrets
from typing import Any

from django.db import models

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 12
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"


def new_public_id() -> str:
    """Twelve characters without look-alikes, 59 bits of chance: not to be guessed or counted."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


# Bytes that would make some characters likelier than others, and what the rest stand for.
_EVEN = 256 - 256 % len(ALPHABET)
_UNEVEN = bytes(range(_EVEN, 256))
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))


def new_public_ids(count: int) -> list[str]:
    """As many new ids at once, from the same source of chance; ten times as fast as one by one."""
    wanted, letters = count * LENGTH, b""
    while len(letters) < wanted:
        letters += secrets.token_bytes(wanted).translate(_LETTERS, _UNEVEN)
    text = letters[:wanted].decode("ascii")
    return [text[place : place + LENGTH] for place in range(0, wanted, LENGTH)]


class PublicIdField(models.CharField):  # type: ignore[type-arg]  # generic in the stubs only
    """The field ``public_id``: unique, made before saving, so that sealed text is bound to it."""

    def __init__(self, **options: Any) -> None:
        options.update(max_length=LENGTH, unique=True, editable=False, default=new_public_id)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Leaves out what never differs, so that migrations stay short."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "unique", "editable", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs


class PublicIdConverter:
    """``<public:talk>`` in a URL pattern: nothing else reaches the database."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        """The id as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The id as it stands."""
        return value
