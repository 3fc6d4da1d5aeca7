"""What a mail server said when it took a mail not: its own words, for HR and operators."""

import smtplib
import traceback

from musling.mail.invitations import one_line
from musling.mail.models import LONGEST_PROBLEM


class NotTaken(Exception):
    """The server took no mail and gave no reason."""


def is_of_server(error: Exception) -> bool:
    """Whether the server or the way to it said so; else the fault is ours."""
    return isinstance(error, OSError | NotTaken)  # smtplib's errors are OSErrors


def is_on_the_way(error: Exception) -> bool:
    """Whether the server was not reached or hung up: that says nothing about any address."""
    said = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
    return isinstance(error, OSError) and not said


def is_final(error: Exception) -> bool:
    """Whether trying again is of no use: the server knows no such address (RFC 5321: 5yz)."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _words in error.recipients.values()
    )


def words(error: Exception) -> str:
    """The server's own words on one line, at most 300 characters; else only the kind of error."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(_said(*answer) for answer in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = _said(error.smtp_code, error.smtp_error)
    elif is_of_server(error):
        said = str(error)
    else:
        said = ""
    text: str = one_line(said or type(error).__name__)
    return text[:LONGEST_PROBLEM]


def place(error: Exception) -> str:
    """The kind of error and where it arose, without its words: they could hold an address (T31)."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].filename}, line {frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
