"""A real https server on this machine that the fetching of calendars may be led to in a test."""

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from musling.calendars import fetching

HOST = "kalender.example"
Answer = Callable[[BaseHTTPRequestHandler], None]


def certificate(folder: Path) -> Path:
    """A certificate for HOST with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 (a certificate is checked by the machine's time)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def serving(
    monkeypatch: pytest.MonkeyPatch, folder: Path, answer: Answer
) -> Iterator[list[tuple[str, str]]]:
    """Answers at https://kalender.example/; yields the host and path of whatever was asked for.

    Only what a test cannot have is put in place of the real thing: the name's number counts as
    public, the port is a free one, and the certificate is trusted.
    """
    asked: list[tuple[str, str]] = []
    file = certificate(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.headers["Host"], self.path))
            answer(self)

        def log_message(self, *_more: object) -> None:
            """Says nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_more: object) -> None:
            """A caller that hangs up is what is tried here."""

    server = Quiet(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(fetching, "PORT", server.server_port)
    monkeypatch.setattr(fetching, "is_public", lambda number: number == "127.0.0.1")
    monkeypatch.setattr(fetching, "resolve", lambda host, deadline: "127.0.0.1")
    monkeypatch.setattr(
        ssl, "create_default_context", lambda: _trusting(ssl.PROTOCOL_TLS_CLIENT, file)
    )
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _trusting(protocol: int, file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.load_verify_locations(file)
    return context


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer with that body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer
