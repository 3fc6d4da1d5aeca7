"""Sessions in the database, so kept that a copy of it opens none and tells nothing.

Django writes a session's key as it stands in the cookie, and its content for anybody to read. A
copied database would let its holder into every session that is still alive; and a session can hold
the code that log-in has just mailed, or the secret of a second step that is being set up. So the
table knows a session by a fingerprint of its key, and the content is sealed. Both hang on
``SECRET_KEY``, which lies outside the database. Another ``SECRET_KEY`` ends all sessions.
"""

import base64
import functools
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.crypto import salted_hmac

SALT = "musling.identity.session_store"
COLUMN = 40  # characters that Django's column for the key holds


class SessionStore(DatabaseStore):
    """Django's, but for what stands in the table. Musling serves by WSGI: no async methods."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The content, sealed."""
        return _box(settings.SECRET_KEY).encrypt(json.dumps(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What ``encode`` sealed; of anything else nothing, as of a session that has ended."""
        try:
            content: dict[str, Any] = json.loads(_box(settings.SECRET_KEY).decrypt(session_data))
        except InvalidToken:
            return {}
        return content

    def exists(self, session_key: str) -> bool:
        """Whether the table holds the session of this cookie."""
        return bool(super().exists(fingerprint(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row, under the fingerprint."""
        row = super().create_model_instance(data)
        row.session_key = fingerprint(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Takes the session of this cookie out of the table, else this one."""
        session_key = session_key or self.session_key
        if session_key:
            super().delete(fingerprint(session_key))

    def _get_session_from_db(self) -> Any:
        now = timezone.now()  # noqa: TID251 (Django writes the date of expiry by this clock)
        key = fingerprint(self.session_key or "")
        try:
            return self.model.objects.get(session_key=key, expire_date__gt=now)
        except self.model.DoesNotExist:
            self._session_key = None
            return None


def fingerprint(session_key: str) -> str:
    """What the table holds in place of the cookie."""
    return salted_hmac(f"{SALT}.key", session_key, algorithm="sha256").hexdigest()[:COLUMN]


@functools.lru_cache(maxsize=4)
def _box(secret_key: str) -> Fernet:
    key = salted_hmac(f"{SALT}.content", "", secret=secret_key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
