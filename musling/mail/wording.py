"""Mails as bytes, most of them made once: filling in is joining.

A mail's text differs from reader to reader in a link, some dates and an address. So it is rendered
once per mail, language, organisation and shape (which of these there are) with marks where they go,
by Django's own templates and message classes, and kept for as long as the process lives. What is
kept holds no address, no link to a talk and no date.
"""

import re
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from musling.foundation import clock

Values = dict[str, object]

# Round a mark stand signs that are not ASCII, so that the form is made as 8bit whatever language
# it is in, and that no template uses.
MARK = "⟪{}⟫"
TO = "to.mark@musling.invalid"
ID = "<id.mark@musling.invalid>"
WHEN = "when-mark-musling"
KEPT = 2000  # forms; an organisation has at most a few dozen


class Form(EmailMultiAlternatives):
    """A message whose bytes are a kept form filled in; like any other to whoever sends it."""

    def __init__(self, form: bytes, marks: dict[str, str], **given: Any) -> None:
        super().__init__(**given)
        self.form, self.marks = form, marks

    def message(self, **_more: Any) -> Any:
        """What a backend asks for its bytes."""
        return self

    def get_charset(self) -> None:
        """Read by the backends that write to a file or a screen; they take UTF-8 then."""

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:  # noqa: ARG002
        """The message as it goes over the wire."""
        content = self.form
        for mark, value in self.marks.items():
            content = content.replace(mark.encode(), value.encode())
        return content if linesep == "\r\n" else content.replace(b"\r\n", linesep.encode())


def plain_message(
    name: str, subject: str, values: Values, *, to: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    """A mail without attachments from its template ``mail/<name>.txt``.

    ``values`` are texts, lists of texts, numbers and truth values. Where one of the texts is not on
    one line, or the address not ASCII, the message is made the long way.
    """
    shape, marks = _shape(values)
    text = _text(name, shape, translation.get_language())
    for mark, value in marks.items():
        text = text.replace(mark, value)
    given: dict[str, Any] = {"subject": subject, "body": text, "to": [to], "headers": headers}
    if not to.isascii() or any("\n" in value for value in marks.values()):
        return EmailMultiAlternatives(**given)
    others = tuple((key, value) for key, value in headers.items() if key != "Message-ID")
    form = _form(name, shape, translation.get_language(), subject, others, _sender())
    when = formatdate(clock.now().timestamp(), localtime=settings.EMAIL_USE_LOCALTIME)
    marks = {**marks, TO: to, ID: headers["Message-ID"], WHEN: when}
    return Form(form, marks, **given)


def filled_in(name: str, values: Values) -> str:
    """The text of a mail from its template, without runs of empty lines."""
    text = render_to_string(f"mail/{name}.txt", values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


Shape = tuple[tuple[str, object], ...]


def _shape(values: Values) -> tuple[Shape, dict[str, str]]:
    """The values with marks for what differs from reader to reader, and what the marks stand for.

    Whatever is empty stays so: templates ask for it.
    """
    shape: list[tuple[str, object]] = []
    marks: dict[str, str] = {}

    def marked(name: str, text: str) -> str:
        mark = MARK.format(name)
        marks[mark] = text
        return mark

    for name, value in values.items():
        if isinstance(value, list):
            shape.append((name, tuple(marked(f"{name}{n}", one) for n, one in enumerate(value))))
        elif name in MARKED and value:
            shape.append((name, marked(name, str(value))))
        else:
            shape.append((name, value))
    return tuple(shape), marks


# Texts that differ from reader to reader; lists are marked line by line.
MARKED = {"link", "settings_link", "starts", "due", "goes_on"}


@lru_cache(KEPT)
def _text(name: str, shape: Shape, _language: str | None) -> str:
    return filled_in(name, dict(shape))


def _sender() -> str:
    return str(settings.DEFAULT_FROM_EMAIL)


@lru_cache(KEPT)
def _form(
    name: str,
    shape: Shape,
    language: str | None,
    subject: str,
    headers: tuple[tuple[str, str], ...],
    sender: str,
) -> bytes:
    message = EmailMultiAlternatives(
        subject=subject,
        body=MARK.format("begin") + _text(name, shape, language),
        from_email=sender,
        to=[TO],
        headers={**dict(headers), "Message-ID": ID, "Date": WHEN},
    )
    made: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's
    return made.replace(MARK.format("begin").encode(), b"")
