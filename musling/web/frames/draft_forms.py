"""The forms of the editor: a question, a theme, and what stands round them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from musling.conversations.kinds import KINDS
from musling.conversations.models import Reveal
from musling.frames import document
from musling.frames.editing import new_id
from musling.frames.raw_table import LONGEST_ID, is_id
from musling.web.forms import DkfdsForm
from musling.web.frames import draft_texts
from musling.web.frames.draft_texts import (
    ALONE_LINE,
    ALONE_PARAGRAPH,
    LANGUAGES,
    of_field,
    of_lines,
    of_paragraphs,
)
from musling.web.frames.seen import SEEN
from musling.web.frames.words import ITEM_TYPES, PARTS, PHASES, THEME_KINDS, TOPICS

IN_ENGLISH = _("in English")
ROWS_OF_POINTS, ROWS_OF_AIMS, ROWS_OF_PHASES = 4, 6, 8
MOST_SHOWN = 20  # aims or life phases in the form; a frame that has more keeps the others
STORED = "stored"  # in a form's initial data: what it shows, as it is stored
BOTH, TOGETHER = "both", "together"


class TwoLanguages(DkfdsForm):
    """A form whose texts have a field per language: the Danish first, the others folded away."""

    # Names of the texts that are lists: one a line, or with an empty line between them.
    lists: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def add_text(
        self,
        name: str,
        label: Any,
        *,
        rows: int = 1,
        hint: Any = "",
        required: bool = False,
        belongs: bool = False,
    ) -> None:
        """The field of a text in each language. ``rows`` 1: one line.

        ``belongs``: with what is chosen elsewhere it must be there, so it is not called optional.
        """
        for code in LANGUAGES:
            widget: forms.Widget = forms.TextInput(attrs={"lang": code})
            if rows > 1:
                widget = forms.Textarea(attrs={"rows": rows, "lang": code})
            field = self.fields[f"{name}_{code}"] = forms.CharField(
                label=label, required=required and code == "da", widget=widget, help_text=hint
            )
            field.belongs = belongs and code == "da"  # type: ignore[attr-defined]
            # An empty line at the top says which Danish line the first English one belongs to.
            field.strip = name not in (*self.lists, *self.paragraphs)

    def clean(self) -> dict[str, Any]:
        """Line by line they belong together: none stands in English alone."""
        said = super().clean() or {}
        for names, split, words in (
            (self.lists, draft_texts.lines, ALONE_LINE),
            (self.paragraphs, draft_texts.paragraphs, ALONE_PARAGRAPH),
        ):
            for name in names:
                columns = (split(said.get(f"{name}_{code}")) for code in LANGUAGES)
                if alone := draft_texts.alone_in_english(*columns):
                    self.add_error(f"{name}_en", words % {"n": alone})
        return said

    def in_danish(self) -> Iterator[BoundField]:
        """What is shown at once: everything but the other languages, in order."""
        return (field for field in self.visible_fields() if not field.name.endswith("_en"))

    def in_english(self) -> Iterator[BoundField]:
        """The same in English."""
        return (field for field in self.visible_fields() if field.name.endswith("_en"))

    @property
    def english_is_wrong(self) -> bool:
        """Whether something in English has to be put right, so that it is unfolded."""
        return any(field.errors for field in self.in_english())

    def take_faults(
        self, faults: Any, *, of_item: bool = False, told: Callable[[Any], str] = str
    ) -> None:
        """Puts the faults of a document at the fields that they belong to.

        ``told``: what is said of one that belongs to none.
        """
        for fault in faults:
            found = draft_texts.PLACE.match(fault.place)
            name = found["field"] if found and bool(found["item"]) == of_item else ""
            field = next((one for one in (f"{name}_da", name) if one in self.fields), None)
            self.add_error(field, fault.problem if field else told(fault))


def parts_from(value: str) -> list[str] | None:
    """Who prepares it, from the one choice of the form."""
    return {BOTH: ["employee", "leader"], TOGETHER: []}.get(value, [value] if value else None)


def parts_shown(parts: Any) -> str:
    """The same the other way round."""
    if not parts:
        return TOGETHER
    return BOTH if len(parts) > 1 else str(parts[0])


class ItemForm(TwoLanguages):
    """One statement or question."""

    lists = ("help", "options", "columns")
    type = forms.ChoiceField(label=_("How it is answered"), choices=ITEM_TYPES)
    for_parts = forms.ChoiceField(label=_("Who answers"), choices=PARTS, initial=BOTH)
    phase = forms.ChoiceField(label=_("Back, now or ahead"), choices=PHASES)
    mandatory = forms.BooleanField(
        label=_("Mandatory"), required=False, help_text=_("No leader can leave it out.")
    )
    short = forms.BooleanField(
        label=_("In the short version"),
        required=False,
        help_text=_("What is mandatory always is."),
    )
    rows = forms.IntegerField(
        label=_("Rows of the table"),
        required=False,
        min_value=1,
        max_value=document.MOST_TABLE_ROWS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_a_line = _("One a line.")
        self.add_text("text", _("Question or statement"), rows=2, required=True)
        self.add_text(
            "text_leader",
            _("The same to the leader"),
            rows=2,
            hint=_("When the leader answers about the employee. Empty: the same words."),
        )
        self.add_text("help", _("Help questions"), rows=3, hint=one_a_line)
        self.add_text("explanation", _("Explanation"), rows=2)
        self.add_text("explanation_leader", _("Explanation to the leader"), rows=2)
        self.add_text("options", _("Answers to choose from"), rows=4, hint=one_a_line, belongs=True)
        self.add_text("columns", _("Columns of the table"), rows=4, hint=one_a_line, belongs=True)
        order = [f"{name}_{code}" for name in ("text", "text_leader", "help") for code in LANGUAGES]
        self.order_fields(["seen", *order[:2], "type", "options_da", "columns_da", "rows", *order])

    def fields_of_item(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What the form says, as ``editing`` takes it. ``before``: the item as it stands."""
        said, kind = self.cleaned_data, self.cleaned_data["type"]
        has_options, is_table = kind in ("choice", "several"), kind == "table"
        return {
            "type": kind,
            "text": of_field(said, "text", before.get("text")),
            "text_leader": of_field(said, "text_leader", before.get("text_leader")),
            "phase": said["phase"],
            "for_parts": parts_from(said["for_parts"]),
            "mandatory": said["mandatory"],
            "short": said["short"] or said["mandatory"],
            "explanation": of_field(said, "explanation", before.get("explanation")),
            "explanation_leader": of_field(
                said, "explanation_leader", before.get("explanation_leader")
            ),
            "help": of_lines(said, "help", before.get("help", [])),
            "options": draft_texts.named(of_lines(said, "options"), before.get("options", []))
            if has_options
            else None,
            "columns": draft_texts.named(of_lines(said, "columns"), before.get("columns", []))
            if is_table
            else None,
            "rows": said["rows"] if is_table else None,
        }


def item_shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of an item."""
    texts = ("text", "text_leader", "explanation", "explanation_leader")
    shown: dict[str, Any] = {
        "type": item.get("type", "text"),
        "phase": item.get("phase"),
        "for_parts": parts_shown(item.get("for_parts", [])),
        "mandatory": item.get("mandatory", False),
        "short": item.get("short", False),
        "rows": item.get("rows"),
    }
    for name in texts:
        shown |= draft_texts.shown(item.get(name), name)
    shown |= draft_texts.shown_lines(item.get("help", []), "help")
    for name in ("options", "columns"):
        shown |= draft_texts.shown_lines([one["text"] for one in item.get(name, [])], name)
    return shown


class ThemeForm(TwoLanguages):
    """A theme, without its items."""

    lists = ("help",)
    kind = forms.ChoiceField(label=_("What it is"), choices=THEME_KINDS, initial="questions")
    for_parts = forms.ChoiceField(label=_("Who answers"), choices=PARTS, initial=BOTH)
    phase = forms.ChoiceField(label=_("Back, now or ahead"), choices=PHASES, initial="now")
    minutes = forms.IntegerField(
        label=_("Minutes to talk about it"),
        required=False,
        min_value=1,
        max_value=document.MOST_MINUTES,
    )
    covers = forms.MultipleChoiceField(
        label=_("Which required topics it covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_text("title", _("Name of the theme"), required=True)
        self.add_text("intro", _("Introduction"), rows=2)
        self.add_text("help", _("Help questions for the theme"), rows=3, hint=_("One a line."))
        topics = KINDS[kind].topics
        self.fields["covers"].choices = [(one, TOPICS[one]) for one in topics]  # type: ignore[attr-defined]
        if not topics:
            del self.fields["covers"]
        self.order_fields(["seen", "title_da", "intro_da", "help_da", "phase", "for_parts"])

    def fields_of_theme(self) -> dict[str, Any]:
        """What the form says, as ``editing`` takes it."""
        said, before = self.cleaned_data, self.initial.get(STORED, {})
        fixed = said["kind"] in ("feedback", "goals")  # the kind says who answers
        ours = {code for code, _name in getattr(self.fields.get("covers"), "choices", ())}
        return {
            "kind": said["kind"],
            "title": of_field(said, "title", before.get("title")),
            "intro": of_field(said, "intro", before.get("intro")),
            "help": of_lines(said, "help", before.get("help", [])),
            "phase": said["phase"],
            "for_parts": None if fixed else parts_from(said["for_parts"]),
            "minutes": said["minutes"],
            # A topic of another kind of talk has no box here.
            "covers": [one for one in before.get("covers", []) if one not in ours]
            + said.get("covers", []),
        }


def theme_shown(theme: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a theme."""
    return {
        STORED: theme,
        "kind": theme.get("kind", "questions"),
        "phase": theme.get("phase"),
        "for_parts": parts_shown(theme.get("for_parts", [])),
        "minutes": theme.get("minutes"),
        "covers": theme.get("covers", []),
        **draft_texts.shown(theme.get("title"), "title"),
        **draft_texts.shown(theme.get("intro"), "intro"),
        **draft_texts.shown_lines(theme.get("help", []), "help"),
    }


class FrameForm(TwoLanguages):
    """What stands round the themes: name, time, purpose, guidance, scale, points, life phases."""

    paragraphs = ("purpose",)
    minutes = forms.IntegerField(
        label=_("Length of the talk in minutes"),
        required=False,
        min_value=1,
        max_value=document.MOST_MINUTES,
        help_text=_("Empty: no clock."),
    )
    preparation = forms.ChoiceField(label=_("How preparation is handled"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = list(Reveal) if KINDS[kind].hands_in else [Reveal.NEVER]
        self.fields["preparation"].choices = [(one.value, SEEN[one]) for one in ways]  # type: ignore[attr-defined]
        stored = self.initial.get(STORED, {})
        aims, phases = stored.get("purpose", {}).get("aims", []), stored.get("life_phases", [])
        self.aims, self.phases = _how_many(aims, ROWS_OF_AIMS), _how_many(phases, ROWS_OF_PHASES)
        own_help = (f"life{n}_help" for n in range(self.phases))
        self.lists = ("guidance_employee", "guidance_leader", *own_help)
        self.add_text("title", _("Name of the frame"), required=True)
        self.add_text("purpose", _("What the talk is for"), rows=6, hint=EMPTY_LINE)
        for n in range(self.aims):
            self._point("aim", n, _("Aim %(n)s") % {"n": n + 1})
        self.add_text("guidance_employee", _("Advice to the employee"), rows=4, hint=ONE_A_LINE)
        self.add_text("guidance_leader", _("Advice to the leader"), rows=4, hint=ONE_A_LINE)
        self.add_text("scale_low", _("0 means"), belongs=True)
        self.add_text("scale_high", _("5 means"), belongs=True)
        self.add_text("scale_explanation", _("How numbers are used"), rows=2)
        for n in range(ROWS_OF_POINTS):
            self._point("point", n, _("Point %(n)s") % {"n": n + 1})
        for n in range(self.phases):
            self._phase(n)
        self.add_text("core_task_example", _("An example of a core task"), rows=2)
        self._ids("aim", self.aims, aims)
        self._ids("point", ROWS_OF_POINTS, stored.get("four_points", []))
        self._ids("life", self.phases, phases)
        self.order_fields(["seen", "title_da", "title_en"])

    def _point(self, name: str, n: int, label: Any) -> None:
        self.add_text(f"{name}{n}_title", label)
        self.add_text(f"{name}{n}_text", _("%(what)s: what it says") % {"what": label}, rows=2)

    def _ids(self, name: str, rows: int, stored: Any) -> None:
        """Each row carries its id; an empty one that of what may be written in it.

        So a row keeps its id whatever becomes of those above it, however often it is sent.
        """
        for n in range(rows):
            self.fields[f"{name}{n}_id"] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=LONGEST_ID
            )
            own = str(stored[n]["id"]) if n < len(stored) else new_id(name)
            self.initial[f"{name}{n}_id"] = own

    def _id(self, name: str, n: int, taken: set[str]) -> str:
        field = f"{name}{n}_id"
        one = str(self.cleaned_data[field] or self.initial[field])
        if not is_id(one) or one in taken:
            one = new_id(name)
        taken.add(one)
        return one

    def _phase(self, n: int) -> None:
        label = _("Life phase %(n)s") % {"n": n + 1}
        self.add_text(f"life{n}_title", label)
        self.add_text(f"life{n}_explanation", _("%(what)s: explanation") % {"what": label}, rows=2)
        self.add_text(f"life{n}_help", _("%(what)s: help questions") % {"what": label}, rows=3)

    def groups(self) -> Iterator[tuple[Any, list[BoundField], list[BoundField], bool]]:
        """Heading, Danish fields, English fields, and whether the group is open from the start."""
        for number, (heading, beginnings) in enumerate(GROUPS):
            fields = [one for one in self.visible_fields() if one.name.startswith(beginnings)]
            danish = [one for one in fields if not one.name.endswith("_en")]
            english = [one for one in fields if one.name.endswith("_en")]
            wrong = any(one.errors for one in fields)
            yield heading, danish, english, number == 0 or wrong

    def fields_of_frame(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What the form says, as ``editing`` takes it; what it does not show stays."""
        said, was = self.cleaned_data, before.get
        old_purpose, old_guidance = was("purpose", {}), was("guidance", {})
        purpose = {
            "paragraphs": of_paragraphs(said, "purpose", old_purpose.get("paragraphs", [])),
            "aims": self._points("aim", old_purpose.get("aims", []), self.aims),
        }
        guidance = {
            part: of_lines(said, f"guidance_{part}", old_guidance.get(part, []))
            for part in ("employee", "leader")
        }
        scale = {
            name: of_field(said, f"scale_{name}", was("scale", {}).get(name))
            for name in ("low", "high", "explanation")
        }
        return {
            "title": _named(of_field(said, "title", was("title"))),
            "minutes": said["minutes"],
            "preparation": said["preparation"],
            "purpose": _kept(purpose),
            "guidance": _kept(guidance),
            "scale": _kept(scale),
            "four_points": self._points("point", was("four_points", []), ROWS_OF_POINTS),
            "life_phases": self._phases(was("life_phases", [])),
            "core_task_example": of_field(said, "core_task_example", was("core_task_example")),
        }

    def _points(self, name: str, before: Any, most: int) -> list[dict[str, Any]]:
        known = {row["id"]: row for row in before}
        rows, taken = [], {row["id"] for row in before[most:]}
        for n in range(most):
            one = self._id(name, n, taken)
            was = known.get(one, {})
            title = of_field(self.cleaned_data, f"{name}{n}_title", was.get("title"))
            text = of_field(self.cleaned_data, f"{name}{n}_text", was.get("text"))
            if title or text:
                rows.append(_kept({"id": one, "title": title, "text": text}))
        return [*rows, *before[most:]]

    def _phases(self, before: Any) -> list[dict[str, Any]]:
        known = {row["id"]: row for row in before}
        said, most = self.cleaned_data, self.phases
        rows, taken = [], {row["id"] for row in before[most:]}
        for n in range(most):
            one = self._id("life", n, taken)
            was = known.get(one, {})
            row = {
                "title": of_field(said, f"life{n}_title", was.get("title")),
                "explanation": of_field(said, f"life{n}_explanation", was.get("explanation")),
                "help": of_lines(said, f"life{n}_help", was.get("help", [])),
            }
            if any(row.values()):
                rows.append(_kept({"id": one, **row}))
        return [*rows, *before[most:]]


def _how_many(stored: Any, usual: int) -> int:
    """How many rows the form shows: all and an empty one, and never very many."""
    return min(max(usual, len(stored) + 1), MOST_SHOWN)


def _named(title: dict[str, str] | None) -> dict[str, str] | None:
    """The frame's name. An English one that the empty frame had is no translation of a new one."""
    if title and title.get("da") != BLANK_TITLE["da"] and title.get("en") == BLANK_TITLE["en"]:
        return {code: words for code, words in title.items() if code != "en"}
    return title


# What an empty frame is called until somebody names it.
BLANK_TITLE = {"da": "Ny spørgeramme", "en": "New frame"}
ONE_A_LINE = _("One a line.")
EMPTY_LINE = _("An empty line begins a new paragraph.")
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Name, time and preparation"), ("title", "minutes", "preparation")),
    (_("What the talk is for"), ("purpose", "aim")),
    (_("Advice for preparing"), ("guidance",)),
    (_("The scale from 0 to 5"), ("scale",)),
    (_("Four points that you both see alike"), ("point",)),
    (_("Life phases"), ("life",)),
    (_("Core task"), ("core",)),
)


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value}


def frame_shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of the frame."""
    purpose, guidance = raw.get("purpose", {}), raw.get("guidance", {})
    shown: dict[str, Any] = {
        STORED: raw,
        "minutes": raw.get("minutes"),
        "preparation": raw.get("preparation"),
        **draft_texts.shown(raw.get("title"), "title"),
        **draft_texts.shown_lines(purpose.get("paragraphs", []), "purpose", "\n\n"),
        **draft_texts.shown(raw.get("core_task_example"), "core_task_example"),
    }
    for part in ("employee", "leader"):
        shown |= draft_texts.shown_lines(guidance.get(part, []), f"guidance_{part}")
    for name in ("low", "high", "explanation"):
        shown |= draft_texts.shown(raw.get("scale", {}).get(name), f"scale_{name}")
    for name, rows in (("aim", purpose.get("aims", [])), ("point", raw.get("four_points", []))):
        for n, row in enumerate(rows):
            shown |= draft_texts.shown(row["title"], f"{name}{n}_title")
            shown |= draft_texts.shown(row["text"], f"{name}{n}_text")
    for n, row in enumerate(raw.get("life_phases", [])):
        shown |= draft_texts.shown(row["title"], f"life{n}_title")
        shown |= draft_texts.shown(row.get("explanation"), f"life{n}_explanation")
        shown |= draft_texts.shown_lines(row.get("help", []), f"life{n}_help")
    return shown


class PublishForm(DkfdsForm):
    """What is said of a new version, and whether it is taken into use."""

    note = forms.CharField(
        label=_("What is new, in a sentence"),
        required=False,
        max_length=300,
        help_text=_("Stands in the history of versions."),
    )
    take = forms.BooleanField(
        label=_("Take it into use for talks that begin from now on"), required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        is_used: bool = False,
        newer: int = 0,
        replaces: tuple[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        """``is_used``: the frame is in use; ``replaces``: name and number of the one that is.

        ``newer``: the number of a version that came after the draft was begun, if one did.
        """
        super().__init__(*args, **kwargs)
        self.newer = newer
        if replaces:
            words = _(
                "It replaces “%(name)s”, version %(n)s, from then on. Talks that have begun keep "
                "theirs."
            )
            self.fields["take"].help_text = words % {"name": replaces[0], "n": replaces[1]}
        if is_used:  # the next version of the frame in use is in use
            del self.fields["take"]
        if newer:
            known = {"n": newer}
            # Its name holds the number: a tick for one version is none for the next.
            self.fields[f"over_{newer}"] = forms.BooleanField(
                label=_("Mine replaces version %(n)s") % known,
                error_messages={
                    "required": _(
                        "Look at what version %(n)s changed, and tick this if yours is to replace "
                        "it."
                    )
                    % known
                },
            )
