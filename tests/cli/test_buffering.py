"""A request is taken in whole, described as WSGI says, and answered whole."""

import asyncio
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from musling.cli import buffering
from musling.cli.buffering import Buffered
from musling.gate.log_lines import LineFormatter


class Headers:
    """Header lines as the server keeps them."""

    def __init__(self, *lines: tuple[str, str]) -> None:
        self.lines = lines

    def __contains__(self, name: str) -> bool:
        return any(line[0] == name for line in self.lines)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of that name."""
        return next((value for key, value in self.lines if key == name), default)

    def items(self) -> tuple[tuple[str, str], ...]:
        """All lines."""
        return self.lines


class Protocol:
    """One connection: chunks come in, an answer goes out."""

    def __init__(self, *chunks: bytes, pause: float = 0) -> None:
        self.chunks = chunks
        self.pause = pause
        self.answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    async def __aiter__(self) -> Any:
        for chunk in self.chunks:
            await asyncio.sleep(self.pause)
            yield chunk

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """What the server would send."""
        self.answer = (status, headers, body)

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """The same without a body."""
        self.answer = (status, headers, b"")


def scope(*headers: tuple[str, str], method: str = "POST", path: str = "/æ b/%41") -> Any:
    """A request line; the server has decoded the path already."""
    return SimpleNamespace(
        proto="http",
        http_version="1.1",
        server="127.0.0.1:8000",
        client="[::1]:5000",
        scheme="http",
        method=method,
        path=path,
        query_string="q=%C3%A6",
        headers=Headers(*headers),
    )


def run(wsgi: Callable[..., Any], request: Any, protocol: Protocol) -> Any:
    """Has the request answered; the answer."""
    asyncio.run(Buffered(wsgi).__rsgi__(request, protocol))
    return protocol.answer


def seen_by(request: Any, *chunks: bytes) -> dict[str, Any]:
    """What the application is told of a request."""
    seen: dict[str, Any] = {}

    def look(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start("204 No Content", [])
        return []

    assert run(look, request, Protocol(*chunks))[0] == 204
    return seen


def test_the_request_is_described_as_wsgi_says() -> None:
    seen = seen_by(
        scope(("host", "localhost:8000"), ("content-type", "text/plain"), ("content-length", "4")),
        b"mu",
        b"sl",
    )
    assert seen["REQUEST_METHOD"] == "POST"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/æ b/%41"
    assert seen["QUERY_STRING"] == "q=%C3%A6"
    assert seen["HTTP_HOST"] == "localhost:8000"
    assert seen["CONTENT_TYPE"] == "text/plain"
    assert seen["REMOTE_ADDR"] == "::1"
    assert (seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert seen["CONTENT_LENGTH"] == "4"
    assert seen["body"] == b"musl"


def test_headers_that_come_twice_are_joined_and_disguised_ones_left_out() -> None:
    seen = seen_by(
        scope(("cookie", "a=1"), ("cookie", "b=2"), ("accept", "a"), ("accept", "b"),
              ("x_forwarded_proto", "https"))
    )  # fmt: skip
    assert seen["HTTP_COOKIE"] == "a=1;b=2"
    assert seen["HTTP_ACCEPT"] == "a,b"
    assert "HTTP_X_FORWARDED_PROTO" not in seen


def test_what_breaks_outside_django_is_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        raise ValueError("Jeg kan ikke sove")

    assert run(breaks, scope(), Protocol()) == (500, [("connection", "close")], b"")
    (record,) = caplog.records
    line = LineFormatter("%(message)s").format(record)
    assert line.startswith("a request came to no answer")
    assert "ValueError" in line
    assert "sove" not in line


def test_a_long_body_arrives_whole() -> None:
    seen = seen_by(scope(("content-length", "300000")), b"x" * 200_000, b"y" * 100_000)
    assert seen["CONTENT_LENGTH"] == "300000"
    assert seen["body"] == b"x" * 200_000 + b"y" * 100_000


def test_a_body_of_unknown_length_is_not_taken_in() -> None:
    """Half of it could not be told from the whole."""
    answer = run(unreachable, scope(("transfer-encoding", "chunked")), Protocol(b"abc"))
    assert answer == (411, [("connection", "close")], b"")


@pytest.mark.parametrize("length", ["101", "-5", "1e2", ""])
def test_what_is_too_large_or_no_number_never_reaches_the_application(
    length: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffering, "LARGEST_BODY", 100)
    request = scope(("content-length", length))
    answer = run(unreachable, request, Protocol(b"x" * 60, b"x" * 60))
    assert answer == (413, [("connection", "close")], b"")


def test_a_client_that_falls_silent_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "SECONDS_BETWEEN_CHUNKS", 0.01)
    request = scope(("content-length", "5"))
    answer = run(unreachable, request, Protocol(b"x", pause=5))
    assert answer == (408, [("connection", "close")], b"")


def unreachable(*_arguments: Any) -> list[bytes]:
    """No request may come here."""
    raise AssertionError


class Answer:
    """An iterable answer that must be closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b"mus"
        yield b"ling"

    def close(self) -> None:
        """Django ends its request here."""
        type(self).closed = True


def test_the_answer_goes_out_whole_and_is_closed() -> None:
    def application(_environ: Any, start: Callable[..., Any]) -> Answer:
        start("200 OK", [("Content-Type", "text/plain")])
        return Answer()

    answer = run(application, scope(method="GET"), Protocol())
    assert answer == (200, [("content-type", "text/plain")], b"musling")
    assert Answer.closed
