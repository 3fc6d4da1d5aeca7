"""The forms in which a committee makes something mandatory in its units."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from musling.conversations.kinds import KINDS
from musling.foundation.actor import Actor
from musling.frames.access import Area
from musling.frames.document import BODY, ITEM, text
from musling.frames.queries import document_of, in_use
from musling.frames.required_actions import OwnWords, can_be_required
from musling.organisations.models import Unit
from musling.people.queries import units_to_choose
from musling.web.committee.theme_form import TYPES, check_help, help_lines, long_text, pairs
from musling.web.staff.choosing import ChoosingForm, OneOf
from musling.web.staff.forms import SuggestedUnit, unit_label


class WhereForm(ChoosingForm):
    """In which units, and in which kinds of talk."""

    unit = forms.CharField(
        label=_("In which unit, with all below it"), max_length=180, widget=SuggestedUnit
    )
    kinds = forms.MultipleChoiceField(
        label=_("In which kinds of talk"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, area: Area, kinds: list[str]) -> None:
        super().__init__(*args, among={"unit": _unit_in(actor, area)})
        self.fields["unit"].required = not area.everywhere
        self.fields["unit"].help_text = (
            _("Write the name or the number of the unit. Left empty, it holds everywhere.")
            if area.everywhere
            else _("Write the name or the number of one of your committee's units.")
        )
        self.fields["kinds"].choices = kind_choices(kinds)  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kinds"].initial = kinds

    @property
    def where(self) -> Unit | None:
        """The unit; None for everywhere."""
        return self.chosen.get("unit")


def kind_choices(kinds: list[str]) -> list[tuple[str, str]]:
    """The kinds of talk in use, with whom each is for."""
    rows = [KINDS[name] for name in kinds if name in KINDS]
    return [(row.id, f"{row.name} ({row.employee})") for row in rows]


def _unit_in(actor: Actor, area: Area) -> OneOf[Unit]:
    """Choosing an open unit of the committee's own."""
    return OneOf(
        find=lambda words: [row for row in units_to_choose(actor, words) if area.holds(row)],
        label=unit_label,
        describe=unit_label,
        key=lambda unit: unit.public_id,
    )


class PickForm(WhereForm):
    """A question of the frame that becomes mandatory."""

    item = forms.ChoiceField(label=_("Which question or statement"))
    field_order = ("item", "kinds", "unit")

    def __init__(self, *args: Any, actor: Actor, area: Area, kinds: list[str]) -> None:
        super().__init__(*args, actor=actor, area=area, kinds=kinds)
        self.fields["item"].choices = [("", "…"), *items_to_pick(actor, kinds)]  # type: ignore[attr-defined]


def items_to_pick(actor: Actor, kinds: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What each frame in use asks that is not mandatory yet, under the kind and the theme."""
    found = []
    for name in kinds:
        version = in_use(actor.organisation_id, name)
        if version is None or name not in KINDS:
            continue
        for theme in document_of(version.content).themes:
            rows = [
                (item.id, text(item.text, actor.language))
                for item in theme.items
                if can_be_required(item) and theme.kind != "organisation"
            ]
            title = f"{KINDS[name].name} ({KINDS[name].employee}): "
            found += [(title + text(theme.title, actor.language), rows)] if rows else []
    return found


class WordForm(WhereForm):
    """A question of the committee's own."""

    text_da = long_text(_("The question or statement"), ITEM, 2)
    type = forms.ChoiceField(
        label=_("How it is answered"), choices=TYPES, widget=forms.RadioSelect, initial="text"
    )
    explanation_da = long_text(_("What it means"), BODY, required=False)
    help_da = help_lines(_("Help questions"), help_text=_("One on each line."))
    text_en = long_text(_("The question or statement, in English"), ITEM, 2, required=False)
    explanation_en = long_text(_("What it means, in English"), BODY, required=False)
    help_en = help_lines(_("Help questions, in English"))
    field_order = ("text_da", "type", "explanation_da", "help_da", "kinds", "unit")
    ENGLISH = ("text_en", "explanation_en", "help_en")

    @property
    def danish(self) -> list[Any]:
        """The fields that stand open."""
        return [field for field in self if field.name not in self.ENGLISH]

    @property
    def english(self) -> list[Any]:
        """The fields that may be folded away."""
        return [self[name] for name in self.ENGLISH]

    @property
    def has_english(self) -> bool:
        """Whether any of them holds something."""
        return any(field.value() or field.errors for field in self.english)

    def clean(self) -> dict[str, Any]:
        """Help questions are paired by their lines."""
        check_help(self, "help_da", "help_en")
        return super().clean()

    def words(self) -> OwnWords:
        """What was written, for the action."""
        facts = self.cleaned_data
        return OwnWords(
            facts["type"],
            {"da": facts["text_da"], "en": facts["text_en"]},
            {"da": facts["explanation_da"], "en": facts["explanation_en"]}
            if facts["explanation_da"]
            else {},
            pairs(facts["help_da"], facts["help_en"]),
        )
