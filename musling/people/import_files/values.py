"""Reading one cell: text, dates, choices, addresses, numbers of people and units.

Each reader takes what a file holds and returns the value, or raises ``Unusable`` with a sentence
that says what to do. A sentence never repeats the value: it is shown, logged and handed on.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from musling.people.import_files.unreadable import Cell

Reader = Callable[[Cell], Any]

# Payroll systems write the end of what has none as a date in a far year.
NO_END_FROM = 2900
EARLIEST = 1900

DAY_FIRST = re.compile(r"(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
MIDNIGHT = re.compile(r"[T ]00[:.]00([:.]00(\.0+)?)?Z?$")
NUMBERED = re.compile(r"\s*\d\S")
CPR = re.compile(r"(\d\d)(\d\d)(\d\d)[ -]?\d{4}")
PHONE = re.compile(r"\+?\d{6,15}")
PHONE_SPACING = str.maketrans("", "", " ().-/\u2011\u2013")

# Seen by nobody: marks of byte order, soft hyphens, joiners; left behind by copying.
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u00ad\u200b\u200c\u200d\u2060"))

is_email = EmailValidator()


class Unusable(Exception):
    """The cell cannot be used; the message says what to do about it."""


def text(longest: int) -> Reader:
    """A reader of text on one line, of at most so many characters.

    What looks like a formula or markup is text like any other; it is escaped where it leaves.
    """

    def read(cell: Cell) -> str:
        value = one_line(cell)
        if len(value) > longest:
            raise Unusable(_("This is too long: at most %(n)s characters.") % {"n": longest})
        return value

    return read


def one_line(cell: Cell) -> str:
    """The cell as text, without blanks around it and with single ones inside.

    Raises Unusable for line breaks, control characters and marks that turn the direction of text.
    """
    value = cell.isoformat() if isinstance(cell, dt.date) else cell.strip()
    if not value.isprintable():
        value = _printable(value)
    if "  " in value:
        value = " ".join(value.split())
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _printable(value: str) -> str:
    shown = value.translate(INVISIBLE)
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in shown)
    if not spaced.isprintable():
        raise Unusable(_("This holds a line break or a control character. Write it on one line."))
    return spaced.strip()


def number(longest: int) -> Reader:
    """A reader of an organisation's own number of a person, an employment or a unit.

    A CPR number is refused: it must not be stored here, and it would show in lists.
    """
    as_text = text(longest)

    def read(cell: Cell) -> str:
        value: str = as_text(cell)
        if looks_like_cpr(value):
            raise Unusable(
                _("This looks like a CPR number. Use the number from the payroll system instead.")
            )
        return value

    return read


def looks_like_cpr(value: str) -> bool:
    """Whether it is ten digits that start with a date: ddmmyy-xxxx, with or without the dash.

    Replacement numbers (the day plus 60) count too. The check digit does not: numbers given out
    since 2007 need not have it (cpr.dk, "Personnumre uden kontrolciffer").
    """
    found = CPR.fullmatch(value)
    if not found:
        return False
    day, month, year = (int(part) for part in found.groups())
    # The century stands in a later digit; a leap day in either one counts.
    return any(_is_date(century + year, month, day % 60 or day) for century in (1900, 2000))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def date(cell: Cell) -> dt.date | None:
    """A date in the Danish or the ISO way; None for the far years that mean "no end"."""
    value = cell if isinstance(cell, dt.date) else _written_date(cell)
    if value.year >= NO_END_FROM:
        return None
    if value.year < EARLIEST:
        raise Unusable(_("This date is too long ago. Write the year with four digits."))
    return value


@lru_cache(maxsize=4096)
def _written_date(cell: str) -> dt.date:
    written = MIDNIGHT.sub("", cell.strip())
    found = DAY_FIRST.fullmatch(written)
    parts = found.groups()[::-1] if found else ()
    if not found and (found := YEAR_FIRST.fullmatch(written)):
        parts = found.groups()
    try:
        year, month, day = (int(part) for part in parts)
        return dt.date(year, month, day)
    except ValueError:
        raise Unusable(_("This is no date. Write it like 31-12-2026.")) from None


def email(cell: Cell) -> str:
    """An e-mail address of one person, the domain in small letters."""
    value = one_line(cell)
    local, _at, domain = value.rpartition("@")
    if len(value) > 254 or value.startswith("-") or '"' in local:
        raise Unusable(_no_email())
    try:
        is_email(value)
    except ValidationError:
        raise Unusable(_no_email()) from None
    return f"{local}@{domain.lower()}"


def _no_email() -> str:
    return _("This is no e-mail address. Write one like name@example.dk, or leave it empty.")


def phone(cell: Cell) -> str:
    """A telephone number without its spaces."""
    value = one_line(cell).translate(PHONE_SPACING)
    value = f"+{value[2:]}" if value.startswith("00") else value
    if not PHONE.fullmatch(value):
        raise Unusable(_("This is no telephone number. Write digits only, or leave it empty."))
    return value


def choice(meanings: Mapping[str, Any], allowed: Callable[[], str]) -> Reader:
    """A reader of one of a few words; ``allowed`` names them for the person."""

    def read(cell: Cell) -> Any:
        word = one_line(cell).casefold()
        if word not in meanings:
            raise Unusable(_("This value is not known. Write %(words)s.") % {"words": allowed()})
        return meanings[word]

    return read


YES = dict.fromkeys(("ja", "j", "yes", "y", "true", "sand", "sandt", "1", "x"), True)
NO = dict.fromkeys(("nej", "n", "no", "false", "falsk", "0", "-"), False)
yes_or_no = choice(YES | NO, lambda: _("yes or no"))

MONTHLY = ("monthly", "month", "månedsløn", "månedslønnet", "måned", "m")
HOURLY = ("hourly", "hour", "timeløn", "timelønnet", "time", "t")
pay = choice(
    dict.fromkeys(MONTHLY, "monthly") | dict.fromkeys(HOURLY, "hourly"),
    lambda: _("monthly or hourly"),
)

language = choice(
    dict.fromkeys(("da", "dansk", "danish", "da-dk"), "da")
    | dict.fromkeys(("en", "engelsk", "english", "en-gb", "en-us"), "en"),
    lambda: _("da or en"),
)


def closed(cell: Cell) -> tuple[bool, dt.date | None]:
    """Whether a unit is closed, and since when if the file says so: yes, no or a date."""
    if isinstance(cell, dt.date) or NUMBERED.match(cell):
        since = date(cell)
        return since is not None, since
    return bool(yes_or_no(cell)), None
