"""The actions' refusals are compared in English, the language of the message ids."""

from collections.abc import Generator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Generator[None, None, None]:
    """Speak English."""
    with translation.override("en"):
        yield
