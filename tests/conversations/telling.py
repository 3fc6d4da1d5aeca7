"""What the log says, and the shapes of a no."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from musling.activity.models import Activity
from musling.foundation.problems import Refused


def verbs() -> list[str]:
    """Every deed in the log, in order."""
    return list(Activity.objects.order_by("pk").values_list("verb", flat=True))


def count(verb: str) -> int:
    """How often that deed was done."""
    return Activity.objects.filter(verb=verb).count()


@contextmanager
def refused(words: str, field: str | None = None) -> Iterator[None]:
    """What is done inside is refused with a message that holds these words."""
    with pytest.raises(Refused) as caught:
        yield
    assert words in caught.value.message
    if field is not None:
        assert caught.value.field == field
