"""A file that cannot be read at all: one clear error, and how much a file may hold."""

import datetime as dt
from typing import NamedTuple

from django.utils.translation import gettext as _

from musling.foundation.problems import Refused

MAX_FILE = 100_000_000  # bytes
MAX_ROWS = 600_000  # ten times the largest employer of the country
MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters; what a spreadsheet itself allows

Cell = str | dt.date


class SourceRow(NamedTuple):
    """One row of a file: its number as a spreadsheet shows it, and its cells.

    ``broken`` says why the cells could not be told apart, or is empty.
    """

    number: int
    cells: list[Cell]
    broken: str = ""


class UnreadableFile(Refused):
    """The file is not what its name says, or no row of it can be trusted.

    The message is for the person and says what to do.
    """


def too_large() -> UnreadableFile:
    """The file is larger than any list of staff."""
    return UnreadableFile(
        _("The file is too large. Split it, or save it again without pictures and formatting.")
    )
