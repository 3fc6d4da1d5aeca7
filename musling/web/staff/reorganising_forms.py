"""The forms by which HR says what is to happen to a unit; nothing happens before the page after."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.foundation.alphabet import Folded, folded
from musling.organisations.models import Unit
from musling.people.access import readable_employments
from musling.people.models import Employment
from musling.people.queries import SEARCH_WORDS
from musling.reorganising.changes import CLOSE, MERGE, MOVE, SPLIT, Change, NewUnit
from musling.web.forms import DateField
from musling.web.staff.choosing import ChoosingForm
from musling.web.staff.forms import (
    BelowForm,
    SuggestedUnit,
    employment_among,
    unit_among,
    unit_label,
)
from musling.web.staff.saving import IS_PUBLIC_ID

MOST_LISTED = 300  # people to tick on one page; a post of more than a thousand fields is refused
LONGEST_SEARCH = 120
NAME_OR_NUMBER = gettext_lazy("Write the name or the number of the unit.")


class Ticks(forms.MultipleChoiceField):
    """Ticks among rows that may be gone meanwhile: those are passed over, and the page shows it."""

    def valid_value(self, value: str) -> bool:
        """Anything that can be one; what counts is looked up."""
        return bool(IS_PUBLIC_ID.fullmatch(value))


def _unit_field(label: Any, *, required: bool = True, help_text: Any = NAME_OR_NUMBER) -> Any:
    return forms.CharField(
        label=label,
        max_length=180,
        required=required,
        help_text=help_text,
        widget=SuggestedUnit,
    )


class ReorganisingForm(ChoosingForm):
    """What they have in common: ``change`` is what is meant, ``names`` where a refusal goes."""

    names: dict[str, str]

    def __init__(self, *args: Any, actor: Actor, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.unit = actor, unit
        self.names = {}

    def change(self) -> Change:
        """The change that is meant. Only of a form that is complete."""
        raise NotImplementedError


class MergeForm(ReorganisingForm):
    """Into which unit."""

    into = _unit_field(gettext_lazy("Merge into"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, among={"into": unit_among(actor)}, **options)

    def change(self) -> Change:
        """Everybody and every unit below goes there."""
        into = self.chosen["into"]
        return Change(MERGE, self.unit, self.actor.today, into=into, under=into)


class MoveForm(BelowForm):
    """Under which unit."""

    def __init__(self, *args: Any, actor: Actor, unit: Unit, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.actor, self.unit = actor, unit
        self.names = {"under": "parent"}

    def change(self) -> Change:
        """The unit with all below it lies there."""
        return Change(MOVE, self.unit, self.actor.today, under=self.chosen.get("parent"))


class CloseForm(ReorganisingForm):
    """Where people and units go, and from when it is closed."""

    into = _unit_field(
        gettext_lazy("Where the people go"),
        required=False,
        help_text=gettext_lazy("Leave it empty if nobody works here."),
    )
    under = _unit_field(
        gettext_lazy("Below which unit those go that lie below it"),
        required=False,
        help_text=gettext_lazy("Leave it empty to put them at the top, or if there are none."),
    )
    day = DateField(
        label=gettext_lazy("Closed from"),
        help_text=gettext_lazy("Today, where somebody or something moves: that happens at once."),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        among = {"into": unit_among(actor), "under": unit_among(actor)}
        super().__init__(*args, actor=actor, among=among, **options)

    def change(self) -> Change:
        """The unit is no more from that day on."""
        return Change(
            CLOSE,
            self.unit,
            self.actor.today,
            closed_from=self.cleaned_data["day"],
            into=self.chosen.get("into"),
            under=self.chosen.get("under"),
        )


class SplitForm(ReorganisingForm):
    """Who moves, to a unit that there is or to a new one."""

    q = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_SEARCH)
    who = Ticks(
        label=gettext_lazy("Who moves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    everybody = forms.BooleanField(required=False)
    into = _unit_field(
        gettext_lazy("To a unit that there is"),
        required=False,
        help_text=gettext_lazy("Write its name or number, or leave it empty and name a new one."),
    )
    name = forms.CharField(label=gettext_lazy("Name of a new unit"), max_length=120, required=False)
    number = forms.CharField(
        label=gettext_lazy("Number of the new unit"), max_length=40, required=False
    )
    parent = _unit_field(gettext_lazy("The new unit lies below"), required=False)
    leader = forms.CharField(
        label=gettext_lazy("Who leads the new unit"),
        max_length=240,
        required=False,
        help_text=gettext_lazy(
            "Write the name, the e-mail or the number. Left empty, the post is vacant."
        ),
    )

    def __init__(self, *args: Any, actor: Actor, unit: Unit, search: str, **options: Any) -> None:
        among = {
            "into": unit_among(actor),
            "parent": unit_among(actor),
            "leader": employment_among(actor),
        }
        super().__init__(*args, actor=actor, unit=unit, among=among, **options)
        for name in ("who", "everybody", "into", "name"):
            self.fields[name].belongs = True  # type: ignore[attr-defined]  # one of them is asked for
        self.found = people_at(actor, unit, search)
        self.most = MOST_LISTED
        shown = list(self.found[: MOST_LISTED + 1])
        self.count = len(shown) if len(shown) <= MOST_LISTED else self.found.count()
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            (row.public_id, _described(row)) for row in shown[:MOST_LISTED]
        ]
        if self.count > MOST_LISTED or search:
            self.fields["everybody"].label = _("All %(n)s that are found") % {"n": self.count}
        else:
            self.fields["everybody"].label = _("All %(n)s") % {"n": self.count}

    def clean(self) -> dict[str, Any]:
        """One place to go, and somebody who goes."""
        facts = super().clean()
        into, name = facts.get("into"), facts.get("name")
        if into and name:
            self.add_error("name", _("Choose one of the two: a unit that there is, or a new one."))
        elif not into and not name and "into" not in self.errors:
            self.add_error("into", _("Write a unit that there is, or the name of a new one."))
        if not facts.get("who") and not facts.get("everybody"):
            self.add_error("who", _("Choose who moves."))
        return facts

    def change(self) -> Change:
        """Those who are ticked and work here still, or all that the search finds."""
        rows = (
            self.found if self.cleaned_data["everybody"] else people_at(self.actor, self.unit, "")
        )
        if not self.cleaned_data["everybody"]:
            rows = rows.filter(public_id__in=self.cleaned_data["who"])
        new = None
        if self.cleaned_data["name"]:
            new = NewUnit(
                self.cleaned_data["name"],
                self.cleaned_data["number"],
                self.chosen.get("parent"),
                self.chosen.get("leader"),
            )
        return Change(
            SPLIT,
            self.unit,
            self.actor.today,
            into=None if new else self.chosen.get("into"),
            who=frozenset(rows.order_by().values_list("pk", flat=True)),
            new=new,
        )


def _described(row: Employment) -> str:
    return ", ".join(filter(None, (row.profile.name, row.title)))


def people_at(actor: Actor, unit: Unit, search: str) -> QuerySet[Employment]:
    """Who is employed at the unit now or later, by name; of whom the words say name or title."""
    rows = readable_employments(actor).filter(
        Q(ends_on=None) | Q(ends_on__gte=actor.today), unit=unit
    )
    rows = rows.alias(
        first=Folded("profile__first_name"), last=Folded("profile__last_name"), job=Folded("title")
    )
    for word in folded(search).split()[:SEARCH_WORDS]:
        words = Q(first__contains=word) | Q(last__contains=word) | Q(job__contains=word)
        rows = rows.filter(words)
    return rows.select_related("profile").order_by("first", "last", "pk")


def label_of(unit: Unit | None) -> str:
    """As it is written in a field; empty for the top."""
    return unit_label(unit) if unit else ""
