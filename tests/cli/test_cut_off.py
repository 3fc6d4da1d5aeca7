"""A client that goes away in the middle of a form changes nothing: half a text is not saved."""

import asyncio
from types import SimpleNamespace
from typing import Any

from musling.cli.buffering import Buffered


class Gone:
    """A connection that ends before all that was announced has come."""

    status = 0

    async def __aiter__(self) -> Any:
        yield b"t.item=Jeg vil gerne ha"

    def response_empty(self, status: int, _headers: list[tuple[str, str]]) -> None:
        """What the server would say, if anybody still listened."""
        self.status = status


def test_half_a_form_never_reaches_the_site() -> None:
    headers = {"content-length": "100", "content-type": "application/x-www-form-urlencoded"}
    request = SimpleNamespace(proto="http", headers=headers)

    def site(_environ: Any, _start: Any) -> list[bytes]:
        raise AssertionError("Half a form was taken for a whole one.")

    connection = Gone()
    asyncio.run(Buffered(site).__rsgi__(request, connection))
    assert connection.status == 400
