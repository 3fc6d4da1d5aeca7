"""Every test of mail meets a server that counts, and a clock that shows working hours."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from musling.foundation import clock
from tests.mail.post import BACKEND, Post, Server, working_hours


@pytest.fixture(autouse=True)
def _server(settings: Settings) -> Iterator[None]:
    """The counting server, empty, at a time when mails leave."""
    settings.EMAIL_BACKEND = BACKEND
    settings.MUSLING_BASE_URL = "https://musling.havneby.example"
    settings.DEFAULT_FROM_EMAIL = "Musling <musling@havneby.example>"
    Server.reset()
    working_hours()
    yield
    clock.reset()


@pytest.fixture
def post(db: None) -> Post:
    """A talk between two people."""
    return Post()
