"""One's own mail: which mails to get of those that are not mandatory, and own quiet hours."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.gate import rules
from musling.mail.catalogue import OPTIONAL
from musling.mail.choices import Chosen, choose, my_choices
from musling.mail.hours import NIGHT
from musling.web.forms import DkfdsForm
from musling.web.staff.saving import posted, saved, slug_of

HOURS = ("quiet_from", "quiet_until")


class MailForm(DkfdsForm):
    """A tick for each mail that may be turned down, and the quiet hours."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for name, mail in OPTIONAL.items():
            self.fields[name] = forms.BooleanField(
                label=str(mail.label), help_text=str(mail.why), required=False
            )

    @property
    def turned_down(self) -> list[str]:
        """The names of the mails without a tick."""
        return [name for name in OPTIONAL if not self.cleaned_data[name]]

    def ticks(self) -> list[forms.BoundField]:
        """The mails, in the order of the catalogue."""
        return [self[name] for name in OPTIONAL]

    def hours(self) -> list[forms.BoundField]:
        """From and until."""
        return [self[name] for name in HOURS]


@rules.member("GET", "POST")
def mail_choices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows and changes them."""
    form = MailForm(posted(request), initial=_initial(my_choices(actor)))
    if request.method == "POST" and saved(form, lambda: _choose(actor, form)):
        messages.success(request, _("Saved."))
        return redirect("mail-choices", slug_of(request))
    return render(
        request,
        "settings/mail.html",
        {"form": form, "night": NIGHT},
        status=422 if form.errors else 200,
    )


def _initial(choice: Chosen) -> dict[str, object]:
    ticks: dict[str, object] = {name: name not in choice.turned_down for name in OPTIONAL}
    if choice.own_hours:
        ticks |= dict(zip(HOURS, (choice.quiet.start, choice.quiet.end), strict=True))
    return ticks


def _choose(actor: Actor, form: MailForm) -> None:
    choose(
        actor,
        turned_down=form.turned_down,
        quiet_from=form.cleaned_data["quiet_from"],
        quiet_until=form.cleaned_data["quiet_until"],
    )
