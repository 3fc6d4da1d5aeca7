"""The leader's own question, and an own help question."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from musling.frames.composing import TEAM_THEME, TEAM_TITLE
from musling.frames.document import ITEM, TITLE, FrameDocument, Item, text
from musling.frames.raw_table import Text
from musling.frames.team_changes import Added
from musling.web.forms import DkfdsForm

TYPES = (
    ("text", _("In words")),
    ("scale", _("On the scale from 0 to 5, and in words")),
    ("choice", _("By choosing one of several answers")),
    ("several", _("By choosing one or more answers")),
)
MOST_OPTIONS = 30  # to one question
WITH_OPTIONS = ("choice", "several")
PHASES = (
    ("back", _("It looks back")),
    ("now", _("It is about now")),
    ("ahead", _("It looks ahead")),
)


class HelpForm(DkfdsForm):
    """One help question."""

    help = forms.CharField(label=_("Your help question"), max_length=ITEM)


class OwnQuestionForm(DkfdsForm):
    """A question of the leader's own: its words, how it is answered, when it is asked, and help."""

    text = forms.CharField(
        label=_("Your question"), max_length=ITEM, widget=forms.Textarea(attrs={"rows": 2})
    )
    type = forms.ChoiceField(
        label=_("How is it answered?"), choices=TYPES, widget=forms.RadioSelect, initial="text"
    )
    options = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        help_text=_("One on each line. Only where answers are chosen."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phase = forms.ChoiceField(
        label=_("When in the talk?"), choices=PHASES, widget=forms.RadioSelect, initial="now"
    )
    theme = forms.ChoiceField(label=_("Under which theme?"), initial=TEAM_THEME)
    help = forms.CharField(
        label=_("Help questions"),
        required=False,
        help_text=_("One on each line. Whoever prepares can unfold them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *given: Any, base: FrameDocument, language: str, **options: Any) -> None:
        super().__init__(*given, **options)
        theme: Any = self.fields["theme"]
        theme.choices = [
            (one.id, text(one.title, language))
            for one in base.themes
            if one.kind == "questions" and len(one.for_parts) == 2
        ] + [(TEAM_THEME, text(TEAM_TITLE, language))]
        if base.scale is None:
            kind: Any = self.fields["type"]
            kind.choices = [pair for pair in TYPES if pair[0] != "scale"]

    def clean_options(self) -> str:
        """A few short answers: what is too much is said, and stays in the field."""
        words = str(self.cleaned_data["options"])
        found = lines(words)
        if len(found) > MOST_OPTIONS:
            raise forms.ValidationError(
                _("Write at most %(most)s answers to choose from.") % {"most": MOST_OPTIONS}
            )
        if any(len(line) > TITLE for line in found):
            raise forms.ValidationError(
                _("Write at most %(most)s characters in one answer.") % {"most": TITLE}
            )
        return words

    def item(self, before: Item | None = None) -> dict[str, Any]:
        """The item as raw data. What was there ``before`` and says the same keeps its translation,
        the leader's wording, and the ids of its answers.
        """
        said = self.cleaned_data
        same = before is not None and before.text["da"] == said["text"]
        made: dict[str, Any] = {
            "type": said["type"],
            "text": dict(before.text) if before and same else {"da": said["text"]},
            "phase": said["phase"],
            "help": _texts(lines(said["help"]), before.help if before else ()),
        }
        if before and same and before.text_leader:
            made["text_leader"] = dict(before.text_leader)
        if made["type"] in WITH_OPTIONS:
            made["options"] = _options(lines(said["options"]), before)
        return made


def _texts(words: list[str], before: Iterable[Text]) -> list[dict[str, str]]:
    """Each line as a text; one that was there keeps its translation."""
    known = {one["da"]: dict(one) for one in before}
    return [known.get(word, {"da": word}) for word in words]


def lines(words: str) -> list[str]:
    """What stands on each line, without empty ones."""
    return [line for row in words.splitlines() if (line := row.strip())]


def _options(words: list[str], before: Item | None) -> list[dict[str, Any]]:
    known = {one.text["da"]: one for one in before.options} if before else {}
    taken = {one.id for one in known.values()}
    fresh = (name for n in count(1) if (name := f"a{n}") not in taken)
    made = []
    for word in words:
        was = known.pop(word, None)
        text = dict(was.text) if was else {"da": word}
        made.append({"id": was.id if was else next(fresh), "text": text})
    return made


def initial_of(own: Added) -> dict[str, str]:
    """What stands in the form for a question that is there."""
    item = own.item
    return {
        "text": item.text["da"],
        "type": item.type,
        "phase": item.phase,
        "theme": own.theme,
        "options": "\n".join(one.text["da"] for one in item.options),
        "help": "\n".join(one["da"] for one in item.help),
    }
