"""Opening keys."""

from musling.vault import keys
from musling.vault.models import Key
from musling.vault.sealing import OpenKey


def opened(key: Key) -> OpenKey:
    """The key as it lies in the database now, opened."""
    return keys.open_key(key.pk)
