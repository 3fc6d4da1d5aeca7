"""An empty installation begins here: the organisation and its first person."""

from typing import Any

from django import forms
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from musling.conversations.kinds import KINDS
from musling.foundation.problems import Refused
from musling.frames.actions import adopt_standard
from musling.frames.core_task_actions import word_core_task
from musling.gate import rules
from musling.organisations import setup_code
from musling.organisations.actions import wait_for_others_who_found
from musling.organisations.models import Organisation
from musling.organisations.queries import is_empty
from musling.people.actions import Founded, found_organisation
from musling.people.models import Person
from musling.web.forms import DkfdsForm
from musling.web.staff.saving import posted, saved

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
PERSON = ("first_name", "last_name", "email", "password", "leads")


class CreateForm(DkfdsForm):
    """The organisation, what the talk is called, and who is there first."""

    autocomplete = {
        "name": "organization",
        "first_name": "given-name",
        "last_name": "family-name",
        "email": "email",
        "password": "new-password",
    }
    setup_code = forms.CharField(
        label=gettext_lazy("Setup code"),
        max_length=40,
        help_text=gettext_lazy("Whoever runs the server finds it with: musling migrate"),
    )
    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "A short word in the address of every page, such as havneby. "
            "Leave it empty to have it made from the name."
        ),
    )
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), choices=Organisation.Sector.choices)
    talk_name = forms.CharField(
        label=gettext_lazy("What do you call the yearly talk?"),
        max_length=40,
        initial="MUS",
        help_text=gettext_lazy("MUS, PUS, PU, medarbejdersamtale … Every page and mail says so."),
    )
    core_task = forms.CharField(
        label=gettext_lazy("Your core task"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "What you are there for, in a sentence or two. It heads every talk."
        ),
    )
    first_name = forms.CharField(label=gettext_lazy("Your first name"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Your last name"), max_length=80, required=False)
    email = forms.EmailField(label=gettext_lazy("Your e-mail"))
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput,
        help_text=gettext_lazy(
            "At least ten characters. A few words in a row are easy to remember."
        ),
    )
    leads = forms.BooleanField(
        label=gettext_lazy("I lead the employees myself"),
        required=False,
        help_text=gettext_lazy(
            "As somebody with own helpers does, or the leader of a small workplace."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not setup_code.needed():
            del self.fields["setup_code"]

    def clean_setup_code(self) -> str:
        """Only somebody on the server can know it."""
        typed = str(self.cleaned_data["setup_code"])
        if not setup_code.fits(typed):
            raise ValidationError(_("This is not the code. Run: musling migrate"))
        return typed

    def clean(self) -> dict[str, Any]:
        """Makes the address where none was typed, and weighs the password."""
        facts = self.cleaned_data
        if not facts.get("slug") and facts.get("name"):
            facts["slug"] = proposed_slug(facts["name"])
            if not facts["slug"]:
                self.add_error("slug", _("Choose an address of letters and digits."))
        if facts.get("password"):
            try:
                password_validation.validate_password(
                    facts["password"], Person(email=facts.get("email", ""))
                )
            except ValidationError as weak:
                self.add_error("password", weak)
        return facts


def proposed_slug(name: str) -> str:
    """``Ærø Kommune`` becomes ``aeroe-kommune``."""
    return slugify(name.translate(LETTERS))[:40].strip("-_")


@rules.public("GET", "POST")
def create_organisation(request: HttpRequest) -> HttpResponse:
    """Creates the first organisation; not there once one exists."""
    if not is_empty():
        raise Http404
    form = CreateForm(posted(request))
    made: list[Founded] = []
    if request.method == "POST" and saved(form, lambda: made.append(_found(form))):
        setup_code.forget()
        login(request, made[0].person, backend=BACKEND)
        return redirect("start", made[0].organisation.slug)
    return render(request, "staff/create.html", {"form": form})


@transaction.atomic
def _found(form: CreateForm) -> Founded:
    """All of it or nothing; whoever pressed a moment later finds that there is one already."""
    wait_for_others_who_found()
    if not is_empty():
        raise Refused(_("Somebody else created the organisation a moment ago. Log in instead."))
    facts = form.cleaned_data
    founded = found_organisation(
        name=facts["name"],
        slug=facts["slug"],
        sector=facts["sector"],
        talk_name=facts["talk_name"],
        language=get_language() or "da",
        **{name: facts[name] for name in PERSON},
    )
    for kind in KINDS.values():
        adopt_standard(founded.actor, name=kind.standard_frame, kind=kind.id)
    if facts["core_task"].strip():
        word_core_task(founded.actor, words=facts["core_task"])
    return founded
