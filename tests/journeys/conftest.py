"""What all journeys stand on."""

import pytest
from django.contrib.auth.hashers import make_password

from tests import cast

QUICK = "django.contrib.auth.hashers.MD5PasswordHasher"


@pytest.fixture(autouse=True)
def _quick_passwords(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every log-in of a journey would take a quarter second of scrypt and prove nothing by it.

    The hashes of the program are tried in tests/gate/test_headers.py, in production's settings.
    """
    settings.PASSWORD_HASHERS = [QUICK]
    quick = make_password(cast.PASSWORD)
    monkeypatch.setattr(cast, "hashed_password", lambda: quick)
