"""Whether an employee may say no thanks to the yearly talk: HR decides."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.gate import rules
from musling.people.actions.declining import organisation_of, set_may_decline
from musling.web.forms import DkfdsForm

CHOICES = {"": None, "yes": True, "no": False}


class DeclineForm(DkfdsForm):
    """As the sector has it, yes, or no."""

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
    now = organisation_of(actor).may_decline
    chosen = next(name for name, value in CHOICES.items() if value is now)
    form = DeclineForm(
        request.POST if request.method == "POST" else None, initial={"may_decline": chosen}
    )
    if form.is_bound and form.is_valid():
        set_may_decline(actor, may_decline=CHOICES[form.cleaned_data["may_decline"]])
        messages.success(request, _("Saved."))
        return redirect("coverage", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request, "staff/declining.html", {"form": form}, status=422 if form.errors else 200
    )
