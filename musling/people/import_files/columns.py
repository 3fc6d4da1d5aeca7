"""Which column is which: the headings that people and systems write, in Danish and English."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from musling.people.import_files import values
from musling.people.import_files.unreadable import Cell, UnreadableFile

ASIDE = re.compile(r"\([^)]*\)")
NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the contract: its name there, the field it fills, how a cell is read.

    ``empty`` is the value of an empty cell; ``required`` columns have no such value.
    """

    name: str
    read: values.Reader
    headings: str = ""
    field: str = ""
    empty: Any = ""
    required: bool = False

    @property
    def target(self) -> str:
        """The field of the row that the column fills."""
        return self.field or self.name

    @property
    def danish(self) -> str:
        """The Danish heading that the pages name: the first of those that are understood."""
        return self.headings.split()[0]


# The lengths are those of the tables.
PEOPLE = (
    Column(
        "employment_id",
        values.number(40),
        "ansættelsesnummer ansættelsesnr ansættelsesid ansættelse tjenestenummer tjenestenr",
        required=True,
    ),
    Column(
        "person_id",
        values.number(40),
        "medarbejdernummer medarbejdernr medarbejderid lønnummer lønnr employeeid",
        required=True,
    ),
    Column("first_name", values.text(80), "fornavn fornavne", required=True),
    Column("last_name", values.text(80), "efternavn efternavne surname"),
    Column("email", values.email, "mail emailadresse mailadresse epost arbejdsmail workemail"),
    Column("mobile", values.phone, "mobil mobilnummer mobilnr mobiltelefon mobiltlf mobilephone"),
    Column("title", values.text(120), "stilling stillingsbetegnelse titel jobtitle"),
    Column(
        "unit_id", values.number(40), "enhedsnummer enhed enhedsnr enhedsid unit", required=True
    ),
    Column("is_leader", values.yes_or_no, "leder erleder leader", empty=False),
    Column(
        "from",
        values.date,
        "fra startdato ansatfra ansættelsesdato tiltrædelsesdato startdate",
        field="starts",
        empty=None,
    ),
    Column(
        "to",
        values.date,
        "til slutdato ansattil fratrædelsesdato enddate",
        field="ends",
        empty=None,
    ),
    Column("pay", values.pay, "løn lønform lønnet aflønning aflønningsform"),
    Column("leave_from", values.date, "orlovfra orlovstart", empty=None),
    Column("leave_until", values.date, "orlovtil orlovslut leaveto", empty=None),
    Column("agreement", values.text(80), "overenskomst"),
    Column("language", values.language, "sprog"),
)
UNITS = (
    Column(
        "unit_id", values.number(40), "enhedsnummer enhed enhedsnr enhedsid unit", required=True
    ),
    Column("name", values.text(120), "navn enhedsnavn betegnelse unitname", required=True),
    Column(
        "parent_id",
        values.number(40),
        "overenhed overenhedsnummer overenhedsnr overenhedsid overordnetenhed parent",
    ),
    Column(
        "leader_employment_id",
        values.number(40),
        "lederansættelsesnummer lederansættelsesnr lederansættelsesid lederensansættelsesnummer"
        " leder lederid leader",
    ),
    Column("closed", values.closed, "lukket nedlagt lukketden", empty=(False, None)),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands in one file, and which headings nobody asked for."""

    places: tuple[tuple[int, Column], ...]
    width: int
    ignored: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """The columns of the contract that the file has."""
        return frozenset(column.name for _place, column in self.places)


def folded(heading: Cell) -> str:
    """The heading in small letters only: case, blanks, dashes and asides make no difference."""
    plain = unicodedata.normalize("NFC", str(heading)).casefold()
    return NO_LETTER.sub("", ASIDE.sub("", plain))


def layout(headings: Sequence[Cell], columns: tuple[Column, ...]) -> Layout:
    """Finds the columns by their headings, in any order.

    Raises UnreadableFile where one is there twice or a required one is missing.
    """
    known = {folded(word): column for column in columns for word in _words(column)}
    places = [(place, known.get(folded(heading))) for place, heading in enumerate(headings)]
    found = tuple((place, column) for place, column in places if column is not None)
    names = [column.name for _place, column in found]
    _refuse_missing(
        [f"{one.name} ({one.danish})" for one in columns if one.required and one.name not in names]
    )
    _refuse_twice([name for name in dict.fromkeys(names) if names.count(name) > 1])
    ignored = (str(headings[place]).strip() for place, column in places if column is None)
    return Layout(found, len(headings), tuple(filter(None, ignored)))


def _words(column: Column) -> list[str]:
    return [column.name, *column.headings.split()]


def _refuse_missing(names: list[str]) -> None:
    if names:
        raise UnreadableFile(
            _("The first row must name the columns. These are missing: %(names)s.")
            % {"names": ", ".join(names)}
        )


def _refuse_twice(names: list[str]) -> None:
    if names:
        raise UnreadableFile(
            _("These columns are there twice: %(names)s. Remove one of each.")
            % {"names": ", ".join(names)}
        )
