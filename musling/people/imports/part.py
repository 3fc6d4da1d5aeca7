"""The part of what stands that a list with little changed is compared with."""

import datetime as dt
from collections.abc import Collection

from django.db import connection
from django.db.models import Q

from musling.foundation.among import Among
from musling.people.import_files import ReadUnits
from musling.people.import_files.again import PeopleAgain
from musling.people.imports.standing import EmploymentNow, ProfileNow, Standing
from musling.people.models import Employment, Leadership, Profile

MOST = 0.2  # of the employments; beyond it loading everything is no slower


class TooMuch(Exception):
    """So much has changed that a part would be most of it."""


class Part(Standing):
    """Units and leaderships as always; of people those whom a row that is read is about.

    With each employment come all others of the same person, and their rows are read, too: what a
    profile becomes is decided by all rows of a person. ``unseen`` is how many other employments
    from imports are in force. Raises TooMuch.
    """

    def __init__(
        self,
        organisation_id: int,
        day: dt.date,
        people: PeopleAgain,
        units: ReadUnits | None,
        touched: Collection[int],
    ) -> None:
        self.own = {"organisation_id": organisation_id}
        self.people, self.units_say = people, units is not None
        in_force = _in_force(organisation_id, day)
        numbers = people.looked_at | people.missing(in_force) | _named(units) | self._leaving(day)
        self._refuse_much(numbers, in_force)
        self.wanted = self._persons(numbers, touched)
        self._refuse_much(self.wanted, in_force)
        super().__init__(organisation_id, day)
        self.unseen = len(in_force.difference(self.employments))

    @staticmethod
    def _refuse_much(part: Collection[object], whole: Collection[object]) -> None:
        if len(part) > MOST * len(whole):
            raise TooMuch

    def _leaving(self, day: dt.date) -> set[str]:
        """Whose leadership an old row may end: by its last day, or since it says "no leader"."""
        leading = Leadership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), **self.own)
        rows = Employment.objects.filter(pk__in=leading.values("employment"), **self.own)
        if self.people.leader is None:
            rows = rows.filter(ends_on__lte=day)
        return set(rows.values_list("number", flat=True))

    def _persons(self, numbers: set[str], touched: Collection[int]) -> set[int]:
        """The profiles that the rows of these employments, and these numbers, are about."""
        employed = Employment.objects.filter(Among("number", numbers), **self.own)
        rows = self.people.reading.rows
        named = Profile.objects.filter(Among("number", {row.person_id for row in rows}), **self.own)
        found = {*touched, *named.values_list("pk", flat=True)}
        found.update(employed.values_list("profile_id", flat=True))
        same = Employment.objects.filter(Among("profile_id", found), **self.own)
        self.people.read(set(same.values_list("number", flat=True)))
        return found

    def _load_people(self) -> None:
        """Those, and whoever leads, where the lists say anything of that."""
        says = self.people.leader is not None or self.units_say
        leading = {one.employment_id for one in self.leaderships} if says else set()
        employments = Employment.objects.filter(
            Q(Among("profile_id", self.wanted)) | Q(Among("pk", leading)), **self.own
        )
        rows = employments.values_list(*EmploymentNow._fields)
        self.employments = {row[1]: EmploymentNow._make(row) for row in rows}
        wanted = self.wanted | {one.profile_id for one in self.employments.values()}
        profiles = Profile.objects.filter(Among("pk", wanted), **self.own)
        found = profiles.values_list(*ProfileNow._fields)
        self.profiles = {row[1]: ProfileNow._make(row) for row in found}


def _named(units: ReadUnits | None) -> set[str]:
    """Whom the list of units names as leaders."""
    return {row.leader_employment_id for row in units.rows} - {""} if units else set()


def _in_force(organisation_id: int, day: dt.date) -> set[str]:
    """The numbers of the employments from imports that have not ended; as one text, which is
    ten times as fast as row by row. No number holds what stands between them.
    """
    both = {"postgresql": "string_agg(number, chr(31))", "sqlite": "group_concat(number, char(31))"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {both[connection.vendor]} FROM people_employment"  # noqa: S608 (our own)
            " WHERE organisation_id = %s AND imported AND (ends_on IS NULL OR ends_on > %s)",
            [organisation_id, connection.ops.adapt_datefield_value(day)],
        )
        (numbers,) = cursor.fetchone()
    return set(numbers.split("\x1f")) if numbers else set()
