"""Rows as mails need them: few columns, as tuples.

A round's mails come by the ten thousand, and a model object for each row that a mail is made from
took longer than making and sending it. Where a mail needs another column, it is named here.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet

from musling.foundation.among import Among
from musling.mail.models import Delivery
from musling.organisations.models import Organisation
from musling.people.models import Profile, full_name

Row = TypeVar("Row", bound="NamedTuple")


class Deed(NamedTuple):
    """A row of the log."""

    pk: int
    organisation_id: int | None
    at: dt.datetime
    actor_id: int | None
    verb: str
    object_id: int | None
    about_id: int | None
    more: dict[str, Any]


class Talk(NamedTuple):
    """A conversation."""

    pk: int
    public_id: str
    kind: str
    state: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    place: str
    calendar_sequence: int
    minute_taker_id: int | None


class Seat(NamedTuple):
    """A participant."""

    pk: int
    conversation_id: int
    profile_id: int
    part: str
    ended_at: dt.datetime | None
    goes_along: str


class OfferedTimes(NamedTuple):
    """An offer."""

    pk: int
    times: list[str]
    answer: str
    shared_id: int | None


@dataclass(slots=True)
class Reader:
    """A profile that gets mail; ``language`` is that of the log-in where there is one."""

    pk: int
    person_id: int | None
    first_name: str
    last_name: str
    email: str
    disabled_at: dt.datetime | None
    language: str
    organisation: Organisation

    @property
    def name(self) -> str:
        """First and last name."""
        return full_name(self.first_name, self.last_name)


@dataclass(slots=True)
class Due:
    """A delivery that is being sent."""

    pk: int
    public_id: str
    organisation_id: int
    activity_id: int
    recipient_id: int | None
    mail: str
    state: str
    attempts: int
    again: int
    digest_id: int | None
    next_try_at: dt.datetime | None


DUE = tuple(field.name for field in fields(Due))


def read(kind: type[Row], rows: QuerySet[Any]) -> Iterator[Row]:
    """The rows as tuples of that kind; one query."""
    return map(kind._make, rows.values_list(*kind._fields))


def read_due(rows: QuerySet[Delivery]) -> list[Due]:
    """Those deliveries; one query."""
    return [Due(*row) for row in rows.values_list(*DUE)]


def read_readers(profiles: Collection[int]) -> dict[int, Reader]:
    """Those profiles; two queries."""
    columns = (*READER, "person__language", "organisation_id")
    rows = list(Profile.objects.filter(Among("pk", profiles)).values_list(*columns))
    places = Organisation.objects.in_bulk({row[-1] for row in rows})
    return {row[0]: _reader(row, places) for row in rows}


READER = ("pk", "person_id", "first_name", "last_name", "email", "disabled_at", "language")


def _reader(row: Sequence[Any], places: Mapping[int, Organisation]) -> Reader:
    *own, language, of_log_in, place = row
    return Reader(*own, of_log_in or language, places[place])  # type: ignore[call-arg]  # as READER
