"""Inviting a team: a row per person with a tick and a time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from musling.conversations.queries.team import TeamRow
from musling.web.forms import DkfdsForm
from musling.web.talks.forms import MomentField

DAY_BEGINS, DAY_ENDS = 9, 15
PAUSE = 15  # minutes between two talks


def proposed_times(first: dt.datetime, minutes: int, count: int) -> list[dt.datetime]:
    """So many times one after the other, within working days from nine to fifteen."""
    times: list[dt.datetime] = []
    moment = first
    while len(times) < count:
        end = moment + dt.timedelta(minutes=minutes)
        if end.hour + end.minute / 60 > DAY_ENDS or end.date() != moment.date():
            moment = (moment + dt.timedelta(days=1)).replace(hour=DAY_BEGINS, minute=0)
            while moment.weekday() > 4:
                moment += dt.timedelta(days=1)
            continue
        times.append(moment)
        moment = end + dt.timedelta(minutes=PAUSE)
    return times


class InviteForm(DkfdsForm):
    """Length and place for all; per person a tick and a time, proposed beforehand."""

    minutes = forms.IntegerField(label=_("How many minutes"), min_value=10, max_value=300)
    place = forms.CharField(
        label=_("Where"),
        max_length=120,
        required=False,
        help_text=_("Both calendars show it. Write nothing about what you will talk about."),
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[TeamRow],
        first: dt.datetime,
        minutes: int,
        **options: Any,
    ) -> None:
        super().__init__(*args, **{**options, "initial": {"minutes": minutes}})
        self.people = people
        for row, time in zip(people, proposed_times(first, minutes, len(people)), strict=True):
            key, name = row.employment.public_id, row.employment.profile.name
            self.fields[f"invite-{key}"] = forms.BooleanField(
                label=name, required=False, initial=True
            )
            self.fields[f"time-{key}"] = MomentField(
                label=_("Time for %(name)s") % {"name": name}, required=False, initial=time
            )

    def rows(self) -> list[tuple[TeamRow, Any, Any]]:
        """Each person with the tick and the time, for the page."""
        return [
            (
                row,
                self[f"invite-{row.employment.public_id}"],
                self[f"time-{row.employment.public_id}"],
            )
            for row in self.people
        ]

    def clean(self) -> dict[str, Any]:
        """Whoever is ticked needs a time."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for row in self.people:
            key = row.employment.public_id
            missing = cleaned.get(f"invite-{key}") and not cleaned.get(f"time-{key}")
            if missing and f"time-{key}" not in self.errors:
                self.add_error(f"time-{key}", _("Write a date and a time."))
        return cleaned

    def times(self) -> dict[str, dt.datetime]:
        """The ticked persons' times, by the employment's public id."""
        keys = [row.employment.public_id for row in self.people]
        return {
            key: self.cleaned_data[f"time-{key}"]
            for key in keys
            if self.cleaned_data.get(f"invite-{key}")
        }

    def field_of(self, key: str) -> str | None:
        """The field that a refusal belongs to, or none."""
        return next((name for name in (key, f"time-{key}") if name in self.fields), None)
