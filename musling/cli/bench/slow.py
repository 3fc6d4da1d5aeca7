"""Clients that hang on: they send a byte now and then, or do not read what they asked for."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from musling.cli.bench.visits import SESSION

HANGING = 64
SECONDS_BETWEEN = 0.5


@contextmanager
def hanging_on(port: int, session: str, path: str) -> Iterator[None]:
    """Sixty-four of them for a while: a third each with headers, a form, a page left unread."""
    sockets = [_begin(port, n % 3, session, path) for n in range(HANGING)]
    stop = threading.Event()
    drip = threading.Thread(target=_drip, args=(sockets, stop), daemon=True)
    drip.start()
    try:
        yield
    finally:
        stop.set()
        drip.join()
        for one in sockets:
            one.close()


def _begin(port: int, kind: int, session: str, path: str) -> socket.socket:
    client = socket.socket()
    if kind == 2:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect(("127.0.0.1", port))
    head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {SESSION}={session}\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\na="
    client.sendall(
        (f"GET {path} {head}X-Slow: ", f"POST {path} {head}{form}", f"GET {path} {head}\r\n")[
            kind
        ].encode()
    )
    return client


def _drip(sockets: list[socket.socket], stop: threading.Event) -> None:
    """A byte more from each that still has something to say; whom the server left is left."""
    while not stop.wait(SECONDS_BETWEEN):
        for n, client in enumerate(sockets):
            if n % 3 != 2:
                try:
                    client.send(b"x")
                except OSError:
                    continue
