"""A small workplace made row by row: for tests of who leads whom and what HR does."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import Any

from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Leadership, Person, Profile, Role

LONG_AGO = dt.date(2020, 1, 1)
_numbers = itertools.count(1)


def day(offset: int = 0) -> dt.date:
    """Today, or so many days from it."""
    return clock.today() + dt.timedelta(days=offset)


@dataclass
class Workplace:
    """One organisation; everything it makes belongs to it."""

    slug: str = "havneby"
    organisation: Organisation = field(init=False)

    def __post_init__(self) -> None:
        self.organisation = Organisation.objects.create(
            slug=self.slug,
            name=self.slug.title(),
            sector="municipal",
            may_decline=True,
            made_at=clock.now(),
        )

    def unit(self, name: str, parent: Unit | None = None, **more: Any) -> Unit:
        """An open unit, at the top or below another."""
        unit = Unit.objects.create(
            organisation=self.organisation,
            number=more.pop("number", f"u{next(_numbers)}"),
            name=name,
            parent=parent,
            **more,
        )
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save()
        return unit

    def profile(self, name: str, *, log_in: bool = False, **more: Any) -> Profile:
        """A profile, on wish with a log-in whose password is ``password-of-first-name``."""
        first, _blank, last = name.partition(" ")
        address = f"{first.lower()}@{self.slug}.example"
        person = None
        if log_in:
            person = Person.objects.create_user(address, f"password-of-{first.lower()}")
        return Profile.objects.create(
            organisation=self.organisation,
            person=person,
            linked_at=clock.now() if log_in else None,
            number=more.pop("number", f"p{next(_numbers)}"),
            first_name=first,
            last_name=last,
            email=more.pop("email", address),
            **more,
        )

    def employ(self, who: Profile | str, unit: Unit, **more: Any) -> Employment:
        """An employment from long ago on; a name makes the profile too."""
        profile = who if isinstance(who, Profile) else self.profile(who)
        return Employment.objects.create(
            organisation=self.organisation,
            profile=profile,
            unit=unit,
            number=more.pop("number", f"e{next(_numbers)}"),
            starts_on=more.pop("starts_on", LONG_AGO),
            **more,
        )

    def lead(self, employment: Employment, unit: Unit, **more: Any) -> Leadership:
        """The employment leads the unit from long ago on."""
        return Leadership.objects.create(
            organisation=self.organisation,
            employment=employment,
            unit=unit,
            starts_on=more.pop("starts_on", LONG_AGO),
            **more,
        )

    def role(self, profile: Profile, name: str = "hr", **more: Any) -> Role:
        """The profile holds the role from long ago on."""
        return Role.objects.create(
            organisation=self.organisation, profile=profile, name=name, starts_on=LONG_AGO, **more
        )

    def hr(self, name: str = "Helle Riis", **more: Any) -> Actor:
        """Somebody in HR who can log in, as actor."""
        profile = self.profile(name, log_in=True, **more)
        self.role(profile)
        return self.actor(profile)

    def actor(self, profile: Profile) -> Actor:
        """The profile acting now."""
        return Actor(profile.person_id, profile.pk, self.organisation.pk, clock.now())
