"""The forms of HR: people, employments, posts, roles, units."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.organisations.models import Unit
from musling.people.models import Employment, Leadership, Role
from musling.people.queries import StaffState, employments_to_choose, units_to_choose
from musling.web.forms import DateField, DkfdsForm
from musling.web.staff.choosing import ChoosingForm, OneOf, label

LANGUAGES = (("da", _("Danish")), ("en", _("English")))


class SuggestedUnit(forms.TextInput):
    """A field in which the browser suggests units; see staff/_suggestions.html."""

    def __init__(self) -> None:
        super().__init__({"list": "unit-names"})


class SearchForm(DkfdsForm):
    """Narrows the list of people down. Everything may be left out."""

    q = forms.CharField(label=_("Name, e-mail or number"), required=False, max_length=120)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=120)
    state = forms.ChoiceField(label=_("Who"), choices=StaffState.CHOICES, required=False)


class SeenForm(DkfdsForm):
    """A form that carries a mark of what its reader saw; see foundation.fingerprints."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)


class PersonForm(SeenForm):
    """What the organisation knows of a person."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    email = forms.CharField(
        label=_("Work e-mail"),
        max_length=254,
        required=False,
        help_text=_("Leave it empty for who has none: then print a slip for the first log-in."),
    )
    mobile = forms.CharField(label=_("Mobile"), max_length=30, required=False)
    number = forms.CharField(
        label=_("Employee number"),
        max_length=40,
        required=False,
        help_text=_("From the payroll system. Never a CPR number."),
    )
    language = forms.ChoiceField(label=_("Language of mails"), choices=LANGUAGES, initial="da")


def unit_among(actor: Actor) -> OneOf[Unit]:
    """Choosing an open unit."""
    return OneOf(
        find=lambda words: units_to_choose(actor, words),
        label=unit_label,
        describe=unit_label,
        key=lambda unit: unit.public_id,
    )


def unit_label(unit: Unit) -> str:
    """``Hjemmeplejen Øst · 12``."""
    return label(unit.name, unit.number)


def employment_among(actor: Actor) -> OneOf[Employment]:
    """Choosing an employment that holds today, by its holder."""
    return OneOf(
        find=lambda words: employments_to_choose(actor, words, actor.today),
        label=lambda row: label(row.profile.name, row.number),
        describe=_described,
        key=lambda row: row.public_id,
    )


def _described(row: Employment) -> str:
    parts = (row.profile.name, row.title, row.unit.name, row.number)
    return ", ".join(part for part in parts if part)


class JobForm(ChoosingForm, SeenForm):
    """One employment of a person."""

    unit = forms.CharField(
        label=_("Unit"),
        max_length=180,
        help_text=_("Write the name or the number of the unit."),
        widget=SuggestedUnit,
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    starts_on = DateField(label=_("First day"))
    ends_on = DateField(label=_("Last day"), required=False)
    pay = forms.ChoiceField(label=_("Pay"), choices=Employment.Pay.choices)
    agreement = forms.CharField(label=_("Collective agreement"), max_length=80, required=False)
    number = forms.CharField(label=_("Employment number"), max_length=40, required=False)
    leave_from = DateField(label=_("Leave from"), required=False)
    leave_until = DateField(label=_("Leave until, the last day"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, among={"unit": unit_among(actor)}, **options)


class NewPersonForm(PersonForm, JobForm):
    """A person together with the first employment: one page, one press."""

    field_order = (
        *("first_name", "last_name", "email", "mobile", "number", "language", "unit"),
        *("unit_choice", "title", "starts_on", "pay"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("ends_on", "agreement", "leave_from", "leave_until", "seen"):
            del self.fields[name]


class LastDayForm(DkfdsForm):
    """The last day of something; a role or a post that ends now needs none."""

    last_day = DateField(label=_("Last day"))

    def __init__(self, *args: Any, may_be_now: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if may_be_now:
            self.fields["last_day"].required = False
            self.fields["last_day"].help_text = _("Leave it empty to end it now.")


class PostForm(ChoosingForm):
    """Who leads a unit, or stands in, from when."""

    employment = forms.CharField(
        label=_("Who"),
        max_length=240,
        help_text=_("Write the name, the e-mail or the number. It may be somebody from elsewhere."),
    )
    kind = forms.ChoiceField(
        label=_("As what"), choices=Leadership.Kind.choices, widget=forms.RadioSelect
    )
    starts_on = DateField(label=_("First day"))
    ends_on = DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, among={"employment": employment_among(actor)}, **options)


class RoleForm(ChoosingForm):
    """A role for a person, from when; a local committee's for a unit."""

    name = forms.ChoiceField(label=_("Role"), choices=Role.Name.choices, widget=forms.RadioSelect)
    unit = forms.CharField(
        label=_("Unit of a local committee"),
        max_length=180,
        required=False,
        help_text=_(
            "Only for a MED committee: write the name or the number of its unit. Left empty, it is "
            "the main committee."
        ),
        widget=SuggestedUnit,
    )
    starts_on = DateField(label=_("First day"))
    ends_on = DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, among={"unit": unit_among(actor)}, **options)


class UnitForm(SeenForm):
    """Name and number of a unit."""

    name = forms.CharField(label=_("Name"), max_length=120)
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        required=False,
        help_text=_("Your own number of the unit, as in lists that you import."),
    )


class BelowForm(ChoosingForm):
    """Below which unit; empty: at the top."""

    parent = forms.CharField(
        label=_("Below which unit"),
        max_length=180,
        required=False,
        help_text=_("Write the name or the number. Leave it empty to put it at the top."),
        widget=SuggestedUnit,
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, among={"parent": unit_among(actor)}, **options)


class NewUnitForm(BelowForm, UnitForm):
    """A unit and its place."""

    field_order = ("name", "number", "parent", "parent_choice")
