"""The draft of a frame that reading gives: everything correctable, every line accounted for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

Kind = Literal["MUS", "GRUS", "TUS", "LUS", "SENIOR", "OTHER"]
QuestionType = Literal["text", "scale", "table", "choice"]
Reason = Literal[
    "prose", "form field", "legend", "title", "heading", "label", "mark", "table", "page", "number"
]


Doubt = Literal["", "no-heading", "topic", "star", "long", "help", "scale"]
"""Why a place should be looked at; ``told`` says it to people."""


def told(doubt: Doubt) -> str:
    """The doubt in a sentence that says what to look at; empty for none."""
    sentences = {
        "no-heading": _("No heading stands over these items. Give them one."),
        "topic": _("This does not ask anything. Is it an item?"),
        "star": _("A star that nothing explains was taken for “mandatory”."),
        "long": _("This is very long. Is it one item?"),
        "scale": _("The form has a scale. Is this answered on it?"),
        "help": _("Some of these help questions may be items of their own."),
    }
    return sentences.get(doubt, "")


@dataclass(slots=True)
class LeftOut:
    """Text of the original that is no part of the frame, its lines, and why."""

    text: str
    reason: Reason
    lines: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {"text": self.text, "reason": self.reason, "lines": list(self.lines)}


@dataclass(slots=True)
class DraftQuestion:
    """One item. ``mandatory`` is None where the form never speaks of it.

    ``options`` are the answers to pick from, or the words of a scale as far as the form gives them;
    ``uncertain`` says what to look at, or is empty; ``lines`` are the numbers of the original's
    lines, ``help_lines`` those among them that became help.
    """

    text: str
    type: QuestionType = "text"
    mandatory: bool | None = None
    help: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    lines: tuple[int, ...] = ()
    help_lines: tuple[int, ...] = ()
    uncertain: Doubt = ""

    def to_json(self) -> dict[str, Any]:
        """As the contract fixes it, with ``lines`` and ``uncertain`` beside."""
        return {
            "text": self.text,
            "type": self.type,
            "mandatory": self.mandatory,
            "help": self.help,
            "options": self.options,
            "columns": self.columns,
            "lines": list(self.lines),
            "uncertain": self.uncertain,
        }


@dataclass(slots=True)
class DraftTheme:
    """A heading with its items. ``intro`` is what it says of itself, ``minutes`` how long it takes.

    ``lines`` are the heading's own, ``intro_lines`` and ``help_lines`` those of what it says and of
    its help.
    """

    title: str
    questions: list[DraftQuestion] = field(default_factory=list)
    help: list[str] = field(default_factory=list)
    intro: list[str] = field(default_factory=list)
    lines: tuple[int, ...] = ()
    intro_lines: tuple[int, ...] = ()
    help_lines: tuple[int, ...] = ()
    uncertain: Doubt = ""
    minutes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As the contract fixes it, with what the reader knows beside."""
        return {
            "title": self.title,
            "questions": [one.to_json() for one in self.questions],
            "help": self.help,
            "intro": self.intro,
            "lines": list(self.lines),
            "uncertain": self.uncertain,
            "minutes": self.minutes,
        }


@dataclass(slots=True)
class Draft:
    """What the reader made of a form. ``minutes``: how long the talk takes, where it says so."""

    title: str = ""
    language: str = "da"
    kind: Kind = "MUS"
    themes: list[DraftTheme] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    minutes: int | None = None

    @property
    def questions(self) -> Iterable[DraftQuestion]:
        """All items in order."""
        return (one for theme in self.themes for one in theme.questions)

    def to_json(self) -> dict[str, Any]:
        """The document of docs/contract.md, with ``left_out`` beside it."""
        return {
            "title": self.title,
            "language": self.language,
            "kind": self.kind,
            "minutes": self.minutes,
            "themes": [theme.to_json() for theme in self.themes],
            "left_out": [one.to_json() for one in self.left_out],
        }
