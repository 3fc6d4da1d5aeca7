"""A keyring and a ledger of each test's own."""

import pytest

from musling.vault import keyring, keys


@pytest.fixture
def own_keyring(settings, tmp_path):
    """A keyring and a ledger of this test's own."""
    settings.MUSLING_KEYRING = tmp_path / "keyring"
    settings.MUSLING_LEDGER = tmp_path / "ledger"
    keyring.begin()
    return tmp_path


@pytest.fixture
def key(own_keyring, db):
    return keys.new_key(organisation_id=None, purpose="test")
