"""What an organisation has now, loaded once: four queries, and no model is built."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Q

from musling.organisations.models import Unit
from musling.people.models import Employment, Leadership, Profile


class UnitNow(NamedTuple):
    """A unit as it stands."""

    id: int
    number: str
    name: str
    parent_id: int | None
    path: str
    closed_on: dt.date | None


class ProfileNow(NamedTuple):
    """A profile as it stands; ``person_id`` is its log-in."""

    id: int
    number: str
    first_name: str
    last_name: str
    email: str
    mobile: str
    language: str
    person_id: int | None
    disabled_at: dt.datetime | None
    imported: bool


class EmploymentNow(NamedTuple):
    """An employment as it stands."""

    id: int
    number: str
    profile_id: int
    unit_id: int
    title: str
    starts_on: dt.date
    ends_on: dt.date | None
    pay: str
    leave_from: dt.date | None
    leave_until: dt.date | None
    agreement: str
    imported: bool

    def has_ended(self, day: dt.date) -> bool:
        """Whether the employment's last day is here or has been."""
        return self.ends_on is not None and self.ends_on <= day


class LeadershipNow(NamedTuple):
    """A leadership that lasts, or that is still to begin."""

    id: int
    unit_id: int
    employment_id: int
    kind: str
    starts_on: dt.date
    ends_on: dt.date | None


class Standing:
    """Everything of one organisation that an import compares with.

    ``unseen``: employments from imports that are in force and were not loaded (see ``part``).
    """

    unseen = 0

    def __init__(self, organisation_id: int, day: dt.date) -> None:
        self.own = {"organisation_id": organisation_id}
        units = Unit.objects.filter(**self.own).values_list(*UnitNow._fields)
        held = Leadership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), **self.own)
        self.day = day
        self.units = {row[1]: UnitNow._make(row) for row in units.iterator()}
        self.leaderships = [
            LeadershipNow._make(row)
            for row in held.order_by("pk").values_list(*LeadershipNow._fields)
        ]
        self.profiles: dict[str, ProfileNow] = {}
        self.employments: dict[str, EmploymentNow] = {}
        self._load_people()
        self.unit_numbers = {unit.id: unit.number for unit in self.units.values()}
        self.profile_numbers = {one.id: one.number for one in self.profiles.values()}
        self.employment_numbers = {one.id: one.number for one in self.employments.values()}

    def _load_people(self) -> None:
        profiles = Profile.objects.filter(**self.own).values_list(*ProfileNow._fields)
        employments = Employment.objects.filter(**self.own).values_list(*EmploymentNow._fields)
        self.profiles = {row[1]: ProfileNow._make(row) for row in profiles.iterator()}
        self.employments = {row[1]: EmploymentNow._make(row) for row in employments.iterator()}
