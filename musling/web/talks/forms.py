"""Forms on the way to a booked talk."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from musling.foundation.clock import COPENHAGEN
from musling.people.models import Employment
from musling.web.forms import DkfdsForm, within_reach


def moment_in_words(moment: dt.datetime) -> str:
    """Weekday, day and time in Denmark, in the language that is on."""
    local = moment.astimezone(COPENHAGEN)
    day = date_format(local, "WEEKDAY_FORMAT")
    words = _("%(day)s at %(time)s") % {
        "day": day[:1].upper() + day[1:],
        "time": date_format(local, "TIME_FORMAT"),
    }
    return str(words)


class MomentInput(forms.DateTimeInput):
    """The browser's own control for a date and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A moment in the organisation's time zone; also typed the Danish way."""

    widget = MomentInput
    default_validators = [within_reach]
    input_formats = ("%Y-%m-%dT%H:%M", "%d-%m-%Y %H:%M", "%d.%m.%Y %H.%M", "%d-%m-%Y %H.%M")

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=self.input_formats,
            error_messages={
                "invalid": _("Write a date and a time, such as 8-12-2026 10.00."),
                "required": _("Write a date and a time."),
            },
            **options,
        )

    def to_python(self, value: Any) -> dt.datetime | None:
        """The moment, in Copenhagen time."""
        try:
            moment: dt.datetime | None = super().to_python(value)
        except ValidationError as problem:
            if problem.code == "ambiguous_timezone":
                words = _("The clocks are changed in that hour. Choose another.")
                raise ValidationError(words, code=problem.code) from None
            raise
        return moment.astimezone(COPENHAGEN) if moment else None


class TimesForm(DkfdsForm):
    """One to three proposed times."""

    time_1 = MomentField(label=_("Time 1"))
    time_2 = MomentField(label=_("Time 2"), required=False)
    time_3 = MomentField(label=_("Time 3"), required=False)

    def times(self) -> list[dt.datetime]:
        """The times that were filled in, earliest first."""
        names = ("time_1", "time_2", "time_3")
        return sorted({self.cleaned_data[name] for name in names if self.cleaned_data.get(name)})


class OfferForm(TimesForm):
    """Times, how long, where."""

    minutes = forms.IntegerField(label=_("How many minutes"), min_value=10, max_value=480)
    place = forms.CharField(
        label=_("Where"),
        max_length=120,
        required=False,
        help_text=_("Both calendars show it. Write nothing about what you will talk about."),
    )


class MoveForm(DkfdsForm):
    """A new time for a booked talk: one of the free ones, or another."""

    slot = forms.ChoiceField(
        label=_("Free times"), widget=forms.RadioSelect, required=False, initial=""
    )
    time = MomentField(label=_("New time"), required=False)
    minutes = forms.IntegerField(label=_("How many minutes"), min_value=10, max_value=480)
    place = forms.CharField(label=_("Where"), max_length=120, required=False)

    def __init__(self, *args: Any, free: Sequence[dt.datetime] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if not free:
            del self.fields["slot"]
            return
        slot: Any = self.fields["slot"]
        slot.choices = [
            *((time.isoformat(), moment_in_words(time)) for time in free),
            ("", _("Another time, which I write below")),
        ]

    def clean(self) -> dict[str, Any]:
        """The chosen free time; else the one that was written."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        slot = cleaned.pop("slot", "")
        if slot:
            cleaned["time"] = dt.datetime.fromisoformat(slot)
            self.errors.pop("time", None)
        elif not cleaned.get("time") and "time" not in self.errors:
            self.add_error("time", _("Write a date and a time."))
        return cleaned


class DeputyForm(DkfdsForm):
    """Who leads this one talk instead."""

    employment = forms.ModelChoiceField(
        label=_("Who leads the talk"),
        queryset=Employment.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose"),
    )

    def __init__(self, *args: Any, choices: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["employment"]
        field.queryset = choices
        field.label_from_instance = lambda row: f"{row.profile.name}, {row.title}".strip(", ")
