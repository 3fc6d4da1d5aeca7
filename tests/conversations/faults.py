"""A fault between any two steps: the statement with that number never reaches the database."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

MOST = 200


class Crash(BaseException):
    """The program dies here; no ``except Exception`` may hide that."""


def _dies_at(number: int) -> Callable[..., Any]:
    left = [number]

    def execute(run: Callable[..., Any], *given: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Crash
        return run(*given)

    return execute


def crashes(act: Callable[[], Any]) -> Iterator[int]:
    """Runs the deed with a fault at its first statement, its second … until it gets through.

    Yields after each crash, so that the caller looks at what is left behind.
    """
    for number in range(1, MOST):
        try:
            with connection.execute_wrapper(_dies_at(number)):
                act()
        except Crash:
            yield number
        else:
            assert number > 1, "the deed asks the database nothing"
            return
    raise AssertionError("the deed never got through")
