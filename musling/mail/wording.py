"""Mails as bytes, most of them made once: filling in is joining.

A mail's text differs from reader to reader in a link, some dates and an address. So it is rendered
once per mail, language, organisation and shape (which of these there are) with marks where they go,
by Django's own templates and message classes, and kept for as long as the process lives. What is
kept holds no address, no link to a talk and no date.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from email.utils import formatdate
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from musling.foundation import clock

Values = dict[str, object]
Varying = Mapping[str, str | list[str]]
Make = Callable[[], tuple[str, str, Values]]

# Round a mark stand signs that are not ASCII, so that the form is made as 8bit whatever language
# it is in, and that no template uses.
MARK = "⟪{}⟫"
BEGIN = MARK.format("begin")
TO = "to.mark@musling.invalid"
ID = "<id.mark@musling.invalid>"
WHEN = "when-mark-musling"
KEPT = 2000  # forms; an organisation has at most a few dozen


class Form:
    """A mail as text and as bytes, in pieces: every other one is the name of what goes there."""

    def __init__(self, subject: str, text: str, whole: str, marks: Mapping[str, str]) -> None:
        self.subject = subject
        marked = re.compile("(" + "|".join(map(re.escape, marks)) + ")")
        self.text = marked.split(text)
        self.text[1::2] = [marks[mark] for mark in self.text[1::2]]
        pieces = marked.split(whole)
        self.whole = [piece.encode() for piece in pieces[0::2]]
        self.names = [marks[mark] for mark in pieces[1::2]]

    def body(self, values: Mapping[str, str]) -> str:
        """The text, with the values in their places."""
        pieces = self.text.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)

    def as_bytes(self, values: Mapping[str, str]) -> bytes:
        """The whole mail, with the values in their places."""
        pieces = [b""] * (2 * len(self.names) + 1)
        pieces[0::2] = self.whole
        pieces[1::2] = [values[name].encode() for name in self.names]
        return b"".join(pieces)


class FilledIn(EmailMultiAlternatives):
    """A message whose bytes are a kept form filled in; like any other to whoever sends it."""

    def __init__(self, form: Form, values: dict[str, str], headers: dict[str, str]) -> None:
        super().__init__(subject=form.subject, to=[values[TO]], headers=headers)
        self.form, self.values = form, values

    @property
    def body(self) -> str:
        """The text; nobody asks for it on the way to the mail server."""
        return self.form.body(self.values)

    @body.setter
    def body(self, _text: str) -> None:
        """Set by Django."""

    def message(self, **_more: Any) -> Any:
        """What a backend asks for its bytes."""
        return self

    def get_charset(self) -> None:
        """Read by the backends that write to a file or a screen; they take UTF-8 then."""

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:  # noqa: ARG002
        """The message as it goes over the wire."""
        content = self.form.as_bytes(self.values)
        return content if linesep == "\r\n" else content.replace(b"\r\n", linesep.encode())


_forms: dict[Hashable, Form | None] = {}


def plain_message(
    kind: Hashable,
    make: Make,
    varying: Varying,
    *,
    language: str,
    to: str,
    headers: dict[str, str],
) -> EmailMultiAlternatives:
    """A mail without attachments: the form that is kept for ``kind`` and language, filled in.

    ``varying`` are the texts that differ from reader to reader, and lists of such; whatever is
    empty is a different form, since templates ask for it. ``make`` gives the name of the template,
    the subject and the other values, and is only called where there is no form yet. ``kind`` holds
    everything that these depend on. Where a text is not on one line, or the address not ASCII, the
    message is made the long way.
    """
    values, shape = _spread(varying)
    form = None
    if to.isascii() and "\n" not in "".join(values.values()):
        key = (kind, shape, language, str(settings.DEFAULT_FROM_EMAIL))
        form = _kept(key, make, varying, headers)
    if form is None:
        with translation.override(language):
            name, subject, others = make()
            body = filled_in(name, {**others, **varying})
        return EmailMultiAlternatives(subject, body, to=[to], headers=headers)
    values[TO], values[ID] = to, headers["Message-ID"]
    values[WHEN] = formatdate(clock.now().timestamp(), localtime=settings.EMAIL_USE_LOCALTIME)
    return FilledIn(form, values, headers)


def filled_in(name: str, values: Values) -> str:
    """The text of a mail from its template, without runs of empty lines."""
    text = render_to_string(f"mail/{name}.txt", values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _spread(varying: Varying) -> tuple[dict[str, str], tuple[int, ...]]:
    """The texts one by one, and which of these there are."""
    values: dict[str, str] = {}
    shape: list[int] = []
    for name, value in varying.items():
        if isinstance(value, str):
            values[name] = value
            shape.append(value != "")
        else:
            values.update((f"{name}{n}", one) for n, one in enumerate(value))
            shape.append(len(value))
    return values, tuple(shape)


def _kept(
    key: tuple[Hashable, Hashable, str, str], make: Make, varying: Varying, headers: dict[str, str]
) -> Form | None:
    if key not in _forms:
        if len(_forms) >= KEPT:
            _forms.clear()
        with translation.override(key[2]):
            _forms[key] = _form(*make(), varying, headers)
    return _forms[key]


def _form(
    name: str, subject: str, others: Values, varying: Varying, headers: dict[str, str]
) -> Form | None:
    """None where Django would encode the text, because of a very long line: marks would be lost."""
    marked: Values = {}
    marks = {TO: TO, ID: ID, WHEN: WHEN}
    for key, value in varying.items():
        names = [key] if isinstance(value, str) else [f"{key}{n}" for n in range(len(value))]
        own = [MARK.format(one) for one in names] if value else []
        marks.update(zip(own, names, strict=False))
        marked[key] = "".join(own) if isinstance(value, str) else own
    text = filled_in(name, {**others, **marked})
    message = EmailMultiAlternatives(
        subject=subject,
        body=BEGIN + text,
        to=[TO],
        headers={**headers, "Message-ID": ID, "Date": WHEN},
    ).message()
    if message["Content-Transfer-Encoding"] != "8bit":
        return None
    whole: str = message.as_bytes(linesep="\r\n").decode()  # type: ignore[call-arg]  # Django's
    return Form(subject, text, whole.replace(BEGIN, ""), marks)
