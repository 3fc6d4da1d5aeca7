"""The form in which the main committee words a theme: a few statements, English if one likes."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.frames.document import BODY, ITEM, TITLE
from musling.frames.raw_table import Text
from musling.frames.theme_actions import MOST_STATEMENTS, Statement, ThemeWords
from musling.web.forms import DkfdsForm
from musling.web.frames import draft_texts

TYPES = (
    ("scale", gettext_lazy("A statement, answered from 0 to 5")),
    ("text", gettext_lazy("A question, answered in words")),
)
SHOWN_AT_FIRST = 2
MOST_HELP = 10


def lines(text: str) -> list[str]:
    """The lines that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def help_lines(label: Any, **more: Any) -> forms.CharField:
    """A field of help questions, one a line; an empty line at the top keeps its place."""
    return long_text(label, MOST_HELP * ITEM, 4, strip=False, required=False, **more)


def long_text(label: Any, most: int, rows: int = 3, **more: Any) -> forms.CharField:
    """A field of some lines."""
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, **more)


def check_help(form: forms.Form, *names: str) -> None:
    """Help questions stand one to a line: few, short, and as many in English as in Danish."""
    for name in names:
        found = lines(form.cleaned_data.get(name, ""))
        if len(found) > MOST_HELP:
            form.add_error(name, _("At most %(most)s help questions.") % {"most": MOST_HELP})
        if any(len(line) > ITEM for line in found):
            form.add_error(name, _("At most %(most)s characters in a line.") % {"most": ITEM})
    danish, *others = [draft_texts.lines(form.cleaned_data.get(name, "")) for name in names]
    for name, found in zip(names[1:], others, strict=True):
        if alone := draft_texts.alone_in_english(danish, found):
            form.add_error(name, draft_texts.ALONE_LINE % {"n": alone})


def pairs(danish: str, english: str) -> list[Text]:
    """Lines in both languages, each beside the one of its place: an empty line keeps one."""
    rows = zip_longest(draft_texts.lines(danish), draft_texts.lines(english), fillvalue="")
    return [{"da": da, "en": en} for da, en in rows if da]


class StatementForm(DkfdsForm):
    """One statement or question of the theme; an empty one is left out."""

    id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    type = forms.ChoiceField(
        label=gettext_lazy("How it is answered"), choices=TYPES, widget=forms.RadioSelect
    )
    text_da = long_text(gettext_lazy("In the employee's words"), ITEM, 2, required=False)
    leader_da = long_text(
        gettext_lazy("The same in the leader's words"),
        ITEM,
        2,
        required=False,
        help_text=gettext_lazy("Left empty, the leader reads the employee's words."),
    )
    explanation_da = long_text(
        gettext_lazy("What it means"),
        BODY,
        required=False,
        help_text=gettext_lazy("Stands below the statement, for both."),
    )
    text_en = long_text(gettext_lazy("In the employee's words, in English"), ITEM, 2)
    leader_en = long_text(gettext_lazy("In the leader's words, in English"), ITEM, 2)
    explanation_en = long_text(gettext_lazy("What it means, in English"), BODY)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("text_en", "leader_en", "explanation_en"):
            self.fields[name].required = False

    @property
    def english(self) -> list[Any]:
        """The fields that may be folded away."""
        return [self["text_en"], self["leader_en"], self["explanation_en"]]

    @property
    def has_english(self) -> bool:
        """Whether any of them holds something."""
        return any(field.value() or field.errors for field in self.english)

    def clean(self) -> dict[str, Any]:
        """Nothing may hang on a statement that is not there."""
        facts = self.cleaned_data
        others = [name for name in facts if name not in {"id", "type", "text_da"}]
        if not facts.get("text_da") and any(facts[name] for name in others):
            self.add_error("text_da", _("Write the question or statement in Danish."))
        return facts

    def statement(self) -> Statement | None:
        """What was written; None for an empty one."""
        facts = self.cleaned_data
        if not facts.get("text_da"):
            return None
        return Statement(
            facts["type"],
            {"da": facts["text_da"], "en": facts["text_en"]},
            {"da": facts["leader_da"], "en": facts["leader_en"]} if facts["leader_da"] else {},
            {"da": facts["explanation_da"], "en": facts["explanation_en"]}
            if facts["explanation_da"]
            else {},
            facts["id"],
        )


class ThemeForm(DkfdsForm):
    """A theme; ``statements`` are forms of their own."""

    seen = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    title_da = forms.CharField(label=gettext_lazy("What the theme is called"), max_length=TITLE)
    intro_da = long_text(
        gettext_lazy("Introduction"),
        BODY,
        4,
        required=False,
        help_text=gettext_lazy("Why this theme, in a few sentences. Both read it first."),
    )
    help_da = help_lines(
        gettext_lazy("Help questions"),
        help_text=gettext_lazy("One on each line. They help to talk about the whole theme."),
    )
    title_en = forms.CharField(
        label=gettext_lazy("What the theme is called, in English"), max_length=TITLE, required=False
    )
    intro_en = long_text(gettext_lazy("Introduction, in English"), BODY, 4, required=False)
    help_en = help_lines(gettext_lazy("Help questions, in English"))
    change_now = forms.BooleanField(
        label=gettext_lazy(
            "Talks planned from now on shall ask the new words. Talks that have begun keep theirs."
        ),
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        before: Mapping[str, Any],
        seen: str,
        has_begun: bool,
        typed: QueryDict | None = None,
    ) -> None:
        """``typed``: what stands in a form that asks for one more statement; it is not checked."""
        sent = data if data is not None else typed
        initial = _initial(before) | {"seen": seen}
        super().__init__(data, initial={**initial, **typed.dict()} if typed else initial)
        if not has_begun:
            del self.fields["change_now"]
        stored: Sequence[Mapping[str, Any]] = before.get("items", ())
        count = _sent(sent) if sent is not None else max(SHOWN_AT_FIRST, len(stored))
        self.statements = [
            StatementForm(
                data,
                prefix=f"s{number}",
                initial=_typed(typed, number)
                if typed
                else _initial_of(stored[number] if number < len(stored) else {}),
            )
            for number in range(min(MOST_STATEMENTS, count + (1 if typed else 0)))
        ]

    @property
    def may_have_more(self) -> bool:
        """Whether another statement fits."""
        return len(self.statements) < MOST_STATEMENTS

    @property
    def main(self) -> list[Any]:
        """The Danish fields of the theme itself."""
        return [self["title_da"], self["intro_da"], self["help_da"]]

    @property
    def english(self) -> list[Any]:
        """The fields that may be folded away."""
        return [self["title_en"], self["intro_en"], self["help_en"]]

    @property
    def has_english(self) -> bool:
        """Whether any of them holds something."""
        return any(field.value() or field.errors for field in self.english)

    @property
    def all_errors(self) -> list[dict[str, str]]:
        """The errors of the theme and of its statements, with the ids that they belong to."""
        found = list(self.error_list)
        for number, form in enumerate(self.statements, 1):
            for error in form.error_list:
                label = _("Statement %(n)s") % {"n": number}
                found.append({**error, "label": f"{label}, {error['label']}"})
        return found

    def is_complete(self) -> bool:
        """Whether the theme and each of its statements can be read."""
        return all([self.is_valid(), *[form.is_valid() for form in self.statements]])

    def clean(self) -> dict[str, Any]:
        """Help questions are paired by their lines."""
        check_help(self, "help_da", "help_en")
        return self.cleaned_data

    def words(self) -> ThemeWords:
        """What was written, for the action."""
        facts = self.cleaned_data
        found = [form.statement() for form in self.statements]
        return ThemeWords(
            title={"da": facts["title_da"], "en": facts["title_en"]},
            intro={"da": facts["intro_da"], "en": facts["intro_en"]} if facts["intro_da"] else {},
            help=pairs(facts["help_da"], facts["help_en"]),
            statements=[one for one in found if one],
        )


def _sent(data: QueryDict) -> int:
    """How many statements stood in the form that was sent."""
    found = [number for number in range(MOST_STATEMENTS) if f"s{number}-type" in data]
    return max(found, default=-1) + 1


def _typed(data: QueryDict, number: int) -> dict[str, str]:
    names = StatementForm.base_fields
    found = {name: data.get(f"s{number}-{name}", "") for name in names}
    return found | {"type": found["type"] or TYPES[0][0]}


def _initial(before: Mapping[str, Any]) -> dict[str, str]:
    title, intro = before.get("title", {}), before.get("intro", {})
    helping = before.get("help", ())
    return {
        **{f"title_{language}": title.get(language, "") for language in ("da", "en")},
        **{f"intro_{language}": intro.get(language, "") for language in ("da", "en")},
        "help_da": "\n".join(line["da"] for line in helping),
        "help_en": "\n".join(line.get("en", "") for line in helping).rstrip("\n"),
    }


def _initial_of(item: Mapping[str, Any]) -> dict[str, str]:
    fields = {"text": "text", "leader": "text_leader", "explanation": "explanation"}
    return {"id": item.get("id", ""), "type": item.get("type", "scale")} | {
        f"{name}_{language}": item.get(stored, {}).get(language, "")
        for name, stored in fields.items()
        for language in ("da", "en")
    }
