"""Choosing one among many by writing a name: works with 3 units and with 5,000, without a script.

Where what was written fits several, the form comes back with them to choose from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.utils.translation import gettext as _

from musling.people.queries import CANDIDATES
from musling.web.forms import DkfdsForm

T = TypeVar("T")
SEPARATOR = " · "
LONGEST = 240
SUGGESTED = 200  # more make the page heavy; whoever has more writes the name


def label(name: str, number: str) -> str:
    """How somebody or something is written in the field: name and number."""
    return f"{name}{SEPARATOR}{number}"


@dataclass(frozen=True, slots=True)
class OneOf(Generic[T]):
    """What a field chooses among: ``find`` gives those that the words may mean."""

    find: Callable[[str], list[T]]
    label: Callable[[T], str]  # unique
    describe: Callable[[T], str]  # what tells several apart
    key: Callable[[T], str]


class ChoosingForm(DkfdsForm):
    """A form with fields in which a name is written; ``chosen`` holds what was meant."""

    def __init__(self, *args: Any, among: dict[str, OneOf[Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.among = among
        self.chosen: dict[str, Any] = {}
        if self.is_bound:
            self._found = {name: self._look(name) for name in among}
            for name, found in self._found.items():
                if 1 < len(found) <= CANDIDATES:
                    self._offer(name, found)

    def _look(self, name: str) -> list[Any]:
        words = str(self.data.get(self.add_prefix(name), "")).strip()
        one_of = self.among[name]
        if not words or "\0" in words or len(words) > LONGEST:
            return []  # the field itself says what is wrong
        name_part, _dot, number = words.rpartition(SEPARATOR)
        exact = [row for row in one_of.find(number) if one_of.label(row) == words]
        return exact or one_of.find(name_part or words)

    def _offer(self, name: str, found: list[Any]) -> None:
        """Puts the ones that fit right below the field."""
        one_of = self.among[name]
        choice = forms.ChoiceField(
            label=_("Which one do you mean?"),
            choices=[(one_of.key(row), one_of.describe(row)) for row in found],
            widget=forms.RadioSelect,
            required=False,
        )
        names = list(self.fields)
        self.fields[f"{name}_choice"] = choice
        names.insert(names.index(name) + 1, f"{name}_choice")
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        """Finds out what each field means, or says what to write."""
        for name in self.among:
            if self.cleaned_data.get(name):
                self._settle(name)
        return self.cleaned_data

    def _settle(self, name: str) -> None:
        found = self._found[name]
        key = self.data.get(self.add_prefix(f"{name}_choice"), "")
        meant = [row for row in found if self.among[name].key(row) == key] or found
        self.errors.pop(f"{name}_choice", None)  # chosen among those of other words
        if len(meant) == 1:
            self.chosen[name] = meant[0]
        elif not found:
            self.add_error(
                name, _("Nothing is called so. Check the spelling, or write less of it.")
            )
        elif len(found) > CANDIDATES:
            self.add_error(
                name, _("Very many are called so. Write more of the name or the number.")
            )
        else:
            self.add_error(name, _("Several are called so. Choose one of them below."))
