"""Texts between forms and what is stored."""

import datetime as dt

from django.utils.formats import time_format

from musling.foundation.clock import COPENHAGEN


def plain(value: str) -> str:
    """What was typed, with plain line ends (browsers send CRLF) and no blanks around it."""
    return value.replace("\r\n", "\n").strip()


def clock_text(moment: dt.datetime | None) -> str:
    """The time of day where the organisation is, as "10.42"; empty for None."""
    return time_format(moment.astimezone(COPENHAGEN)) if moment else ""


def number(value: str) -> int:
    """A version from a hidden field; 0 for anything else."""
    return int(value) if value.isdecimal() and len(value) < 10 else 0
