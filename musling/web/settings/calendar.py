"""Own working hours, the own calendar that is read for busy times, and the feed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.calendars import actions
from musling.calendars.queries import OwnHours, hours_of, own_calendar, own_feed
from musling.calendars.slots import Hours
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.web.forms import DkfdsForm, TimeField
from musling.web.settings.feed import feed_address


class HoursForm(DkfdsForm):
    """From when to when on each weekday; both empty: a day off."""

    def __init__(self, data: Any, own: OwnHours) -> None:
        super().__init__(data)
        for number, day in enumerate(own.hours):
            words = {"day": WEEKDAYS[number]}
            for field, label, at in (
                ("from", gettext_lazy("%(day)s from"), 0),
                ("to", gettext_lazy("%(day)s to"), 1),
            ):
                self.fields[f"{field}-{number}"] = TimeField(
                    label=label % words, required=False, initial=day[at] if day else None
                )
        self.fields["pause"] = forms.IntegerField(
            label=gettext_lazy("Pause between two talks, in minutes"),
            min_value=0,
            max_value=actions.MOST_PAUSE,
            initial=own.pause,
        )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Each weekday with its two fields, for the page."""
        return [
            (WEEKDAYS[number], self[f"from-{number}"], self[f"to-{number}"]) for number in range(7)
        ]

    def clean(self) -> dict[str, Any]:
        """One of the two alone says nothing."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(7):
            names = f"from-{number}", f"to-{number}"
            if set(names) & set(self.errors):
                continue
            for name, other in (names, names[::-1]):
                if not cleaned.get(name) and cleaned.get(other):
                    self.add_error(name, _("Write both times, or leave both empty for a day off."))
        return cleaned

    def hours(self) -> Hours:
        """Seven entries from Monday."""
        given = self.cleaned_data
        pairs = [(given[f"from-{number}"], given[f"to-{number}"]) for number in range(7)]
        return [(begins, ends) if begins else None for begins, ends in pairs]


class AddressForm(DkfdsForm):
    """The secret address of the own calendar. It is never shown again."""

    address = forms.CharField(
        label=gettext_lazy("The address of your calendar (iCal)"),
        help_text=gettext_lazy(
            "It begins with https:// or webcal://. The guide says where your calendar has it."
        ),
    )


@rules.member("GET", "POST")
def my_calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows all three and changes one of them; a new feed's address is shown this once."""
    pressed = request.POST.get("do", "")
    hours = HoursForm(request.POST if pressed == "hours" else None, hours_of(actor))
    address = AddressForm(request.POST if pressed == "keep" else None)
    made = ""
    done = False
    if pressed == "hours" and hours.is_valid():
        done = _keep_hours(actor, hours)
    elif pressed == "keep" and address.is_valid():
        done = _keep_address(actor, address)
    elif pressed == "feed":
        made = feed_address(actions.make_feed(actor))
    elif pressed in {"forget", "end"}:
        (actions.forget_calendar if pressed == "forget" else actions.end_feed)(actor)
        done = True
    if done:
        messages.success(request, _SAID[pressed]())
        return redirect("my-calendar", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request,
        "settings/calendar.html",
        {
            "hours": hours,
            "address": address,
            "calendar": own_calendar(actor),
            "feed": own_feed(actor),
            "made": made,
        },
        status=422 if hours.errors or address.errors else 200,
    )


_SAID = {
    "hours": lambda: _("Saved. Free times follow your hours from now on."),
    "keep": lambda: _("Kept. Your calendar is read within a minute or two, and every hour."),
    "forget": lambda: _("Forgotten: the address and everything that was read there."),
    "end": lambda: _("Ended. The old address leads nowhere any more."),
}


def _keep_hours(actor: Actor, form: HoursForm) -> bool:
    try:
        actions.keep_hours(actor, hours=form.hours(), pause=form.cleaned_data["pause"])
    except Refused as refused:
        name = refused.field.replace("day-", "to-")
        form.add_error(name if name in form.fields else None, refused.message)
        return False
    return True


def _keep_address(actor: Actor, form: AddressForm) -> bool:
    try:
        actions.keep_calendar(actor, address=form.cleaned_data["address"])
    except Refused as refused:
        form.add_error("address", refused.message)
        return False
    return True
