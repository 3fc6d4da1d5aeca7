"""What the yearly talk is called, and whether an employee may say no thanks: HR decides."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.gate import rules
from musling.people.actions.declining import name_talk, organisation_of, set_may_decline
from musling.web.forms import DkfdsForm
from musling.web.staff.saving import saved

CHOICES = {"": None, "yes": True, "no": False}


class DeclineForm(DkfdsForm):
    """Its name; and as the sector has it, yes, or no."""

    talk_name = forms.CharField(
        label=gettext_lazy("What do you call the yearly talk?"),
        max_length=40,
        help_text=gettext_lazy("MUS, PUS, PU, medarbejdersamtale … Every page and mail says so."),
    )
    may_decline = forms.ChoiceField(
        label=gettext_lazy("May an employee say no thanks to the yearly talk?"),
        widget=forms.RadioSelect,
        required=False,
        choices=[
            ("", gettext_lazy("As usual in our sector: no where the talk is a right by agreement")),
            ("yes", gettext_lazy("Yes, with one press and without a reason")),
            ("no", gettext_lazy("No: another time, another form, or later")),
        ],
    )


@rules.role("hr", methods=("GET", "POST"))
def declining(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows and sets it."""
    now = organisation_of(actor)
    chosen = next(name for name, value in CHOICES.items() if value is now.may_decline)
    form = DeclineForm(
        request.POST if request.method == "POST" else None,
        initial={"may_decline": chosen, "talk_name": now.talk_name},
    )

    def deed() -> None:
        name_talk(actor, talk_name=form.cleaned_data["talk_name"])
        set_may_decline(actor, may_decline=CHOICES[form.cleaned_data["may_decline"]])

    if form.is_bound and saved(form, deed):
        messages.success(request, _("Saved."))
        return redirect("coverage", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request, "staff/declining.html", {"form": form}, status=422 if form.errors else 200
    )
