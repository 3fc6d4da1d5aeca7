"""Fixtures that every part of the suite may ask for."""

from collections.abc import Generator

import pytest

from musling.foundation import clock
from musling.foundation.prepared import compare_again
from tests.cast import Cast
from tests.standing import standing_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The standing cast; see tests/cast.py."""
    return standing_cast()


@pytest.fixture(autouse=True)
def _clock_right_again() -> Generator[None, None, None]:
    """A test that moved the clock puts it right for the next."""
    yield
    clock.reset()


@pytest.fixture(autouse=True)
def _compared_anew() -> None:
    """Each test compares for itself what prepared queries ask; see musling.foundation.prepared."""
    compare_again()
