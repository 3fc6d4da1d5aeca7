"""Trying the mail server step by step, with its own words: what HR and operators look at.

One mail goes to whoever asks, at the own address, by the settings that all mails use. Steps end at
the first that fails. The password is never among the words, whatever the server repeats.
"""

import base64
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.mail import failures
from musling.mail.models import LONGEST_PROBLEM

SECONDS = 10
WITHOUT_SERVER = "smtp.EmailBackend"

LABELS: dict[str, str | Promise] = {
    "connect": gettext_lazy("Connect to the server"),
    "greet": gettext_lazy("Greeting"),
    "tls": gettext_lazy("Encryption (STARTTLS)"),
    "log_in": gettext_lazy("Log in to the server"),
    "sender": gettext_lazy("Sender accepted"),
    "recipient": gettext_lazy("Recipient accepted"),
    "content": gettext_lazy("Mail accepted"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name in ``LABELS``, whether it went well, and what was said."""

    name: str
    well: bool
    words: str

    def as_dict(self) -> dict[str, Any]:
        """For a session."""
        return asdict(self)


def goes_to_a_server() -> bool:
    """Whether mails go to an SMTP server at all; else to a file or a screen."""
    return settings.EMAIL_BACKEND.endswith(WITHOUT_SERVER)


def server_name() -> str:
    """Host and port."""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def try_server(address: str) -> list[Step]:
    """Sends a test mail to the address; what came of each step. Takes seconds, writes nothing."""
    steps: list[Step] = []
    server: smtplib.SMTP | None = None
    try:
        for name, step in _steps(address):
            with _named(name, steps):
                answer, server = step(server)
                steps.append(Step(name, well=True, words=_hidden(answer)))
            if not steps[-1].well:
                break
    finally:
        if server:
            server.close()
    return steps


@contextmanager
def _named(name: str, steps: list[Step]) -> Iterator[None]:
    """What goes wrong is the outcome of that step."""
    try:
        yield
    except (OSError, smtplib.SMTPException, ValueError) as error:
        words = failures.words(error) if failures.is_of_server(error) else type(error).__name__
        steps.append(Step(name, well=False, words=_hidden(words)))


Answer = tuple[str, smtplib.SMTP]
Deed = Callable[[Any], Answer]


def _steps(address: str) -> list[tuple[str, Deed]]:
    steps: list[tuple[str, Deed]] = [("connect", _connect), ("greet", _greet)]
    if settings.EMAIL_USE_TLS:
        steps.append(("tls", _encrypt))
    if settings.EMAIL_HOST_USER:
        steps.append(("log_in", _log_in))
    return [
        *steps,
        ("sender", lambda server: _said(server, server.mail(_sender()))),
        ("recipient", lambda server: _said(server, server.rcpt(address))),
        ("content", lambda server: _said(server, server.data(_content(address)))),
    ]


def _connect(_none: None) -> Answer:
    if settings.EMAIL_USE_SSL:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(timeout=SECONDS)
    # What ``connect`` and STARTTLS check the certificate against.
    server._host = settings.EMAIL_HOST  # type: ignore[attr-defined]  # noqa: SLF001
    return _said(server, server.connect(settings.EMAIL_HOST, settings.EMAIL_PORT))


def _greet(server: smtplib.SMTP) -> Answer:
    return _said(server, server.ehlo())


def _encrypt(server: smtplib.SMTP) -> Answer:
    answer = server.starttls(context=ssl.create_default_context())
    server.ehlo()
    return _said(server, answer)


def _log_in(server: smtplib.SMTP) -> Answer:
    return _said(server, server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD))


def _said(server: smtplib.SMTP, answer: tuple[int, bytes]) -> Answer:
    code, text = answer
    if code >= 400:
        server.close()
        raise smtplib.SMTPResponseException(code, text)
    return f"{code} {text.decode(errors='replace')}", server


def _sender() -> str:
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return sender


def _content(address: str) -> bytes:
    message = EmailMessage(
        subject=_("A test from Musling"),
        body=_("This mail shows that Musling can send mail. There is nothing to do."),
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    content: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's
    return content


def _hidden(words: str) -> str:
    """Without the password, plain or as it goes over the wire; at most two lines long."""
    user, password = settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
    if password:
        for secret in (password, *(_base64(text) for text in (password, f"\0{user}\0{password}"))):
            words = words.replace(secret, "…")
    return " ".join(words.split())[:LONGEST_PROBLEM]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
