"""A draft → the raw data that ``musling.frames.parsing`` reads: the one place that knows both.

Limits of the document are met by moving what is too long, never by dropping it: the rest of an
item goes to its explanation, the rest of a title to the theme's introduction.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from musling.frames.document import BODY, ITEM, TITLE
from musling.frames.editing import new_id
from musling.frames.raw_table import MOST_ROWS
from musling.frames.reading.draft import Draft, DraftQuestion, DraftTheme, Kind
from musling.frames.reading.words import Words, of

# A form that names no kind of talk that Musling knows is most often one for MUS.
_KINDS: dict[Kind, str] = {
    "MUS": "mus", "GRUS": "grus", "TUS": "tus", "LUS": "lus", "SENIOR": "senior", "OTHER": "mus",
}  # fmt: skip
_ENDS = {
    "da": ("I meget lav grad", "I meget høj grad"),
    "nb": ("I svært liten grad", "I svært stor grad"),
    "sv": ("I mycket låg grad", "I mycket hög grad"),
    "de": ("In sehr geringem Maße", "In sehr hohem Maße"),
    "en": ("To a very low degree", "To a very high degree"),
}
_STEPS = {
    "da": "Skemaets trin", "nb": "Skjemaets trinn", "sv": "Formulärets steg",
    "de": "Stufen des Formulars", "en": "The form's steps",
}  # fmt: skip
_UNNAMED = {
    "da": "Spørgsmål", "nb": "Spørsmål", "sv": "Frågor", "de": "Fragen", "en": "Questions",
}  # fmt: skip

Raw = dict[str, Any]


def fitted(draft: Draft) -> Draft:
    """The draft with no theme of more items than a frame's theme has room for.

    The longer ones are split into "… (1)", "… (2)": the limit is that of every list in a frame, and
    nobody can work with a page of more. What was left unsplit is the same as before.
    """
    return replace(draft, themes=[part for theme in draft.themes for part in _parts(theme)])


def _parts(theme: DraftTheme) -> Iterator[DraftTheme]:
    count = -(-len(theme.questions) // MOST_ROWS)
    if count < 2:
        yield theme
        return
    size = -(-len(theme.questions) // count)
    for n in range(count):
        part = replace(
            theme,
            title=f"{theme.title} ({n + 1})".strip(),
            questions=theme.questions[n * size : (n + 1) * size],
        )
        # What is said of the theme as a whole is said once.
        yield (
            part
            if n == 0
            else replace(
                part,
                help=[],
                intro=[],
                lines=(),
                intro_lines=(),
                help_lines=(),
                uncertain="",
                minutes=None,
            )
        )


def raw_document(draft: Draft) -> Raw:
    """The raw frame of a draft, in the shape of ``docs/frames.md``, its themes as ``fitted``.

    Ids are made here and are no other frame's: what a team hides in one is not hidden in another. A
    talk's phase is guessed from words such as "siden sidst"; what nobody called mandatory is not.
    """
    making = _Making(fitted(draft))
    title, rest = cut(draft.title or _UNNAMED[draft.language], TITLE)
    raw: Raw = {
        "kind": _KINDS[draft.kind],
        "title": making.text(title),
        "preparation": "handed_in",
        "themes": [making.theme(theme) for theme in making.draft.themes],
    }
    if draft.minutes:
        raw["minutes"] = draft.minutes
    if rest:
        raw["purpose"] = {"paragraphs": [making.text(part) for part in pieces(rest, BODY)]}
    if any(question.type == "scale" for question in draft.questions):
        raw["scale"] = making.scale()
    return raw


class _Making:
    """Knows the draft's language and how texts are written in it."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.words: Words = of(draft.language)
        named = [q.options for q in draft.questions if q.type == "scale" and len(q.options) > 1]
        self.steps: list[str] = named[0] if named else []

    def text(self, text: str) -> Raw:
        """The text as Danish, which every text of a frame must have, and in its own language."""
        tidy = " ".join(text.split())
        return {"da": tidy} | ({} if self.draft.language == "da" else {self.draft.language: tidy})

    def scale(self) -> Raw:
        """The ends of the first scale that the form puts into words, else the usual ones.

        A frame's scale has no words for its middle steps: the form's own are explained with it.
        """
        low, high = (self.steps[0], self.steps[-1]) if self.steps else _ENDS[self.draft.language]
        raw: Raw = {"low": self.text(low[:TITLE]), "high": self.text(high[:TITLE])}
        told = self.told_steps(self.steps)
        return raw | ({"explanation": self.text(told)} if told else {})

    def told_steps(self, steps: list[str]) -> str:
        """The steps in a line, where there are more than the two ends, or an end is too long."""
        if len(steps) < 3 and all(len(step) <= TITLE for step in steps):
            return ""
        return f"{_STEPS[self.draft.language]}: {' · '.join(steps)}"[:BODY]

    def theme(self, theme: DraftTheme) -> Raw:
        """A theme with its items; the rest of too long a title comes first in the introduction."""
        title, rest = cut(theme.title or _UNNAMED[self.draft.language], TITLE)
        intro, more = cut("\n".join(part for part in (rest, *theme.intro) if part), BODY)
        help_lines = [part for line in (*theme.help, more) for part in pieces(line, ITEM)]
        phase = self.phase(theme.title, *theme.intro)
        items = [self.item(question, phase) for question in theme.questions]
        raw: Raw = {
            "id": new_id("theme"),
            "title": self.text(title),
            "phase": phase or "now",
            "items": items,
        }
        return raw | _filled(
            minutes=theme.minutes,
            intro=self.text(intro) if intro else None,
            help=[self.text(line) for line in help_lines],
        )

    def phase(self, *texts: str) -> str:
        """What the words look at: ``back``, ``ahead``, or nothing where they do not say."""
        whole = " ".join(texts)
        back, ahead = self.words.holds("back", whole), self.words.holds("ahead", whole)
        return "back" if back else "ahead" if ahead else ""

    def item(self, question: DraftQuestion, phase: str) -> Raw:
        """An item; one that lacks what its type needs becomes a question with words as answer."""
        text, rest = cut(question.text, ITEM)
        named, more = self.named(question)
        explanation, unexplained = cut("\n".join(part for part in (rest, more) if part), BODY)
        help_lines = [part for line in (*question.help, unexplained) for part in pieces(line, ITEM)]
        own = "" if phase else self.phase(question.text)
        raw: Raw = {"id": new_id("item"), "type": _type(question), "text": self.text(text)}
        return raw | _filled(
            phase=own,
            mandatory=question.mandatory,
            explanation=self.text(explanation) if explanation else None,
            help=[self.text(line) for line in help_lines],
            **named,
        )

    def named(self, question: DraftQuestion) -> tuple[Raw, str]:
        """Options or columns with ids, and what they have no room for."""
        key = {"choice": "options", "table": "columns"}.get(_type(question))
        texts = question.options if key == "options" else question.columns
        if key is None and question.type == "scale":
            # Steps other than those of the frame's one scale are explained with their item.
            other = len(question.options) > 1 and question.options != self.steps
            line = f"{_STEPS[self.draft.language]}: {' · '.join(question.options)}"
            return {}, line if other else ""
        if key is None:  # words that the type has no place for must not be lost
            return {}, "\n".join(question.options + texts)
        halves = [cut(text, TITLE) for text in texts]
        rows = [{"id": new_id("o"), "text": self.text(text)} for text, _rest in halves]
        return {key: rows}, "\n".join(rest for _text, rest in halves if rest)


def _type(question: DraftQuestion) -> str:
    if question.type == "choice" and len(question.options) < 2:
        return "text"
    return "text" if question.type == "table" and not question.columns else question.type


def _filled(**values: Any) -> Raw:
    return {name: value for name, value in values.items() if value}


def cut(text: str, longest: int) -> tuple[str, str]:
    """The text up to the last space before so many characters, and the rest."""
    text = text.strip()
    if len(text) <= longest:
        return text, ""
    place = text.rfind(" ", 0, longest + 1)
    place = place if place > 0 else longest
    return text[:place].strip(), text[place:].strip()


def pieces(text: str, longest: int) -> Iterator[str]:
    """The text in pieces of at most so many characters; nothing for an empty one."""
    while text:
        piece, text = cut(text, longest)
        yield piece
