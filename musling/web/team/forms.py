"""Inviting a team and moving its talks: a row per person with a tick and times."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from musling.conversations.queries.team import TeamRow
from musling.conversations.queries.times import Appointment, Period
from musling.web.forms import DateField, DkfdsForm
from musling.web.talks.forms import MomentField, moment_in_words

LONGEST_PERIOD = dt.timedelta(days=184)
# How a time comes about, in the order of the page: what it is called, how many fields each has.
EACH, PICK, THREE = "each", "pick", "three"
FIELDS_OF = {EACH: ("time",), PICK: (), THREE: ("time", "time2", "time3")}


class PeriodForm(DkfdsForm):
    """Among which days, how long, where."""

    from_on = DateField(label=_("From which day?"), required=False)
    to_on = DateField(label=_("To which day?"), required=False)
    minutes = forms.IntegerField(label=_("How many minutes"), min_value=10, max_value=300)
    place = forms.CharField(
        label=_("Where"),
        max_length=120,
        required=False,
        help_text=_("Both calendars show it. Write nothing about what you will talk about."),
    )

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first, and not a year later."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and not first <= last <= first + LONGEST_PERIOD:
            self.add_error("to_on", _("Choose a last day after the first, at most half a year on."))
        return cleaned

    def period(self, usual: Period) -> Period:
        """The days that were chosen; where one is left out, as usual."""
        first = self.cleaned_data.get("from_on") or usual.first
        last = self.cleaned_data.get("to_on") or max(usual.last, first)
        return Period(first, last)


@dataclass(frozen=True, slots=True)
class Offered:
    """One line of the page: the person, the tick and the times."""

    row: TeamRow
    tick: BoundField
    times: list[BoundField]


class InviteForm(PeriodForm):
    """Length and place for all; per person a tick and times, or times for all to pick from."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        people: Sequence[TeamRow],
        way: str,
        free: Sequence[dt.datetime],
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.people, self.way = people, way
        count = len(people)
        names = _told_apart(people)
        for number, row in enumerate(people):
            key, name = row.employment.public_id, names[number]
            self.fields[f"invite-{key}"] = forms.BooleanField(
                label=name, required=False, initial=True
            )
            for place, field in enumerate(FIELDS_OF[way]):
                # One after the other; the second and third times lie later, on other days.
                at = number + place * count
                self.fields[f"{field}-{key}"] = MomentField(
                    label=_("Time for %(name)s") % {"name": name}
                    if len(FIELDS_OF[way]) == 1
                    else _("Time %(number)d for %(name)s") % {"number": place + 1, "name": name},
                    required=False,
                    initial=free[at] if at < len(free) else None,
                )
        if way == PICK:
            self.fields["times"] = _times_field(free)

    def rows(self) -> list[Offered]:
        """Each person with the tick and the times, for the page."""
        return [
            Offered(
                row,
                self[f"invite-{row.employment.public_id}"],
                [self[f"{field}-{row.employment.public_id}"] for field in FIELDS_OF[self.way]],
            )
            for row in self.people
        ]

    def clean(self) -> dict[str, Any]:
        """Whoever is ticked needs a time."""
        cleaned = super().clean()
        if self.way == PICK:
            return cleaned
        for key in self.chosen():
            missing = not self._times_of(key) and f"time-{key}" not in self.errors
            if missing:
                self.add_error(f"time-{key}", _("Write a date and a time."))
        return cleaned

    def chosen(self) -> list[str]:
        """Who is ticked: the employments' public ids."""
        keys = [row.employment.public_id for row in self.people]
        return [key for key in keys if self.cleaned_data.get(f"invite-{key}")]

    def times(self) -> dict[str, list[dt.datetime]]:
        """The ticked persons' times, by the employment's public id."""
        return {key: self._times_of(key) for key in self.chosen()}

    def picked(self) -> list[dt.datetime]:
        """The times that are put out for all."""
        return [dt.datetime.fromisoformat(text) for text in self.cleaned_data["times"]]

    def _times_of(self, key: str) -> list[dt.datetime]:
        names = [f"{field}-{key}" for field in FIELDS_OF[self.way]]
        return sorted({self.cleaned_data[name] for name in names if self.cleaned_data.get(name)})

    def field_of(self, key: str) -> str | None:
        """The field that a refusal belongs to, or none."""
        return next((name for name in (key, f"time-{key}") if name in self.fields), None)


def _told_apart(people: Sequence[TeamRow]) -> list[str]:
    """Their names; with the title where two have the same, or one person has two employments."""
    names = [row.employment.profile.name for row in people]
    often = Counter(names)
    return [
        f"{name}, {row.employment.title or row.employment.number}" if often[name] > 1 else name
        for name, row in zip(names, people, strict=True)
    ]


def _times_field(free: Sequence[dt.datetime]) -> forms.MultipleChoiceField:
    """A tick per time; all are ticked to begin with."""
    return forms.MultipleChoiceField(
        label=_("Which times do you put out?"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(time.isoformat(), moment_in_words(time)) for time in free],
        initial=[time.isoformat() for time in free],
        error_messages={
            "required": _("Choose at least as many times as people."),
            "invalid_choice": _("One of the times is no longer free. Look at the times again."),
        },
    )


class WhichForm(DkfdsForm):
    """Among which days the talks lie that are to be moved."""

    from_on = DateField(label=_("From which day?"))
    to_on = DateField(label=_("To which day?"))

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first, and not a year later."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and not first <= last <= first + LONGEST_PERIOD:
            self.add_error("to_on", _("Choose a last day after the first, at most half a year on."))
        return cleaned


class MoveManyForm(DkfdsForm):
    """Per booked talk a tick and a new time."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        talks: Sequence[Appointment],
        free: Sequence[dt.datetime],
    ) -> None:
        super().__init__(data)
        self.talks = talks
        for number, talk in enumerate(talks):
            self.fields[f"talk-{talk.public_id}"] = forms.BooleanField(
                label=f"{talk.name}, {moment_in_words(talk.starts_at)}",
                required=False,
                initial=True,
            )
            self.fields[f"time-{talk.public_id}"] = MomentField(
                label=_("New time for %(name)s") % {"name": talk.name},
                required=False,
                initial=free[number] if number < len(free) else None,
            )

    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """The tick and the time of each talk, for the page."""
        return [
            (self[f"talk-{talk.public_id}"], self[f"time-{talk.public_id}"]) for talk in self.talks
        ]

    def chosen(self) -> list[str]:
        """The public ids of the talks that are ticked."""
        keys = [talk.public_id for talk in self.talks]
        return [key for key in keys if self.cleaned_data.get(f"talk-{key}")]

    def times(self) -> dict[str, dt.datetime]:
        """The new times of those that are ticked. Adds an error where one is missing."""
        found = {}
        for key in self.chosen():
            if time := cast("dt.datetime | None", self.cleaned_data.get(f"time-{key}")):
                found[key] = time
            elif f"time-{key}" not in self.errors:
                self.add_error(f"time-{key}", _("Write a date and a time."))
        return found
