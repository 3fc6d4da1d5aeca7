"""Between the server and Django: a request is taken in whole before a thread works on it.

A client that sends its form slowly would otherwise hold one of the few threads for as long as it
likes (measured: 64 of them stopped a plain WSGI server at once). Here it holds a socket and some
memory. The answer, too, is handed to the server whole, which feeds it to a slow reader by itself.
"""

import asyncio
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

THREADS = 4  # Python works on one request at a time; the others wait for the database
LARGEST_BODY = 60_000_000  # bytes; more than the two files of an import, so that its page answers
IN_MEMORY = 200_000  # bytes of a body; more goes to a temporary file
SECONDS_BETWEEN_CHUNKS = 30
Headers = list[tuple[str, str]]
log = logging.getLogger("musling.server")


class Refusal(Exception):
    """A request that is not taken in, with the status that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


# Without an announced length, half a form could not be told from a whole one. Browsers announce it.
LENGTH_UNKNOWN = 411
CUT_OFF = 400  # the client went away in the middle: half a form must not be saved
TOO_LARGE = 413
TOO_SLOW = 408
NO_ROOM = 507  # for the body on this machine's disk; what was sent is still in the browser


class Buffered:
    """An application for Granian's own interface (RSGI) around a WSGI application."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], threads: int = THREADS) -> None:
        self.wsgi = wsgi
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Takes one request in, has it answered in a thread, and hands the answer over."""
        if scope.proto != "http":
            return
        try:
            await self._serve(scope, protocol)
        except Exception:
            # The server itself would log the words of the error, which may quote somebody (T31).
            log.exception("a request came to no answer")
            protocol.response_empty(500, [("connection", "close")])

    async def _serve(self, scope: Any, protocol: Any) -> None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                size = await _take_in(scope, protocol, body)
            except Refusal as refusal:
                protocol.response_empty(refusal.status, [("connection", "close")])
                return
            environ = _environ(scope, body, size)
            loop = asyncio.get_running_loop()
            status, headers, content = await loop.run_in_executor(self.pool, self._answer, environ)
        protocol.response_bytes(status, headers, content)

    def _answer(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        start = _Start()
        answer = self.wsgi(environ, start)
        try:
            content = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return start.status, start.headers, content


class _Start:
    """Keeps what WSGI's ``start_response`` is told."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, _exc_info: Any = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower(), value) for name, value in headers]


async def _take_in(scope: Any, protocol: Any, body: IO[bytes]) -> int:
    """Writes the request's body into the file; its size. Raises Refusal."""
    announced = _announced(scope.headers)
    size = 0
    if announced:
        async for chunk in _chunks(protocol):
            size += len(chunk)
            try:
                body.write(chunk)
            except OSError as full:
                log.error("no room for a request: %s", full.strerror)  # noqa: TRY400 (says it all)
                raise Refusal(NO_ROOM) from full
    if size != announced:
        raise Refusal(CUT_OFF)
    body.seek(0)
    return size


def _announced(headers: Any) -> int:
    """How many bytes the client says that it will send."""
    if "transfer-encoding" in headers:
        raise Refusal(LENGTH_UNKNOWN)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        raise Refusal(TOO_LARGE)
    return int(length)


async def _chunks(protocol: Any) -> AsyncIterator[bytes]:
    chunks = aiter(protocol)
    while True:
        try:
            yield await asyncio.wait_for(anext(chunks), SECONDS_BETWEEN_CHUNKS)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Refusal(TOO_SLOW) from None


def _environ(scope: Any, body: IO[bytes], size: int) -> dict[str, Any]:
    """The request as WSGI (PEP 3333) describes it."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        _add_header(environ, name, value)
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    """Adds a header; one with an underscore could pass for another and is left out."""
    if "_" in name or name in {"content-length", "transfer-encoding"}:
        return
    key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
    joint = ";" if key == "HTTP_COOKIE" else ","
    environ[key] = environ[key] + joint + value if key in environ else value


def application() -> Buffered:
    """What each server process runs; called in it. It ends when whoever serves ends."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    from musling.cli.starting import end_with_starter
    from musling.vault import keyring
    from musling.vault.keyring import KeyringProblem

    end_with_starter()
    with suppress(KeyringProblem):  # the pages say so
        keyring.to_wrap_with()  # from now on no other keyring wraps anything here
    return Buffered(import_string(settings.WSGI_APPLICATION))
