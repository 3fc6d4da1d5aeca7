"""A draft → the raw data that ``musling.frames.parsing`` reads: the one place that knows both.

Limits of the document are met by moving what is too long, never by dropping it: the rest of an
item goes to its explanation, the rest of a title to the theme's introduction.
"""

from collections.abc import Iterator
from typing import Any

from musling.frames.document import BODY, ITEM, TITLE
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
_UNNAMED = {
    "da": "Spørgsmål", "nb": "Spørsmål", "sv": "Frågor", "de": "Fragen", "en": "Questions",
}  # fmt: skip

Raw = dict[str, Any]


def raw_document(draft: Draft) -> Raw:
    """The raw frame of a draft, in the shape of ``docs/frames.md``; ids are made here.

    A talk's phase is guessed from words such as "siden sidst"; what nobody called mandatory is not.
    """
    making = _Making(draft)
    title, rest = cut(draft.title or _UNNAMED[draft.language], TITLE)
    raw: Raw = {
        "kind": _KINDS[draft.kind],
        "title": making.text(title),
        "preparation": "handed_in",
        "themes": [making.theme(theme, n) for n, theme in enumerate(draft.themes, 1)],
    }
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

    def text(self, text: str) -> Raw:
        """The text as Danish, which every text of a frame must have, and in its own language."""
        tidy = " ".join(text.split())
        return {"da": tidy} | ({} if self.draft.language == "da" else {self.draft.language: tidy})

    def scale(self) -> Raw:
        """The ends of the first scale that the form puts into words, else the usual ones."""
        steps = [
            q.options for q in self.draft.questions if q.type == "scale" and len(q.options) > 1
        ]
        low, high = (steps[0][0], steps[0][-1]) if steps else _ENDS[self.draft.language]
        return {"low": self.text(low[:TITLE]), "high": self.text(high[:TITLE])}

    def theme(self, theme: DraftTheme, number: int) -> Raw:
        """A theme with its items; the rest of too long a title comes first in the introduction."""
        name = f"theme-{number}"
        title, rest = cut(theme.title or _UNNAMED[self.draft.language], TITLE)
        intro, more = cut("\n".join(part for part in (rest, *theme.intro) if part), BODY)
        help_lines = [part for line in (*theme.help, more) for part in pieces(line, ITEM)]
        phase = self.phase(theme.title, *theme.intro)
        items = [self.item(q, f"{name}.{n}", phase) for n, q in enumerate(theme.questions, 1)]
        raw: Raw = {"id": name, "title": self.text(title), "phase": phase or "now", "items": items}
        return raw | _filled(
            intro=self.text(intro) if intro else None,
            help=[self.text(line) for line in help_lines],
        )

    def phase(self, *texts: str) -> str:
        """What the words look at: ``back``, ``ahead``, or nothing where they do not say."""
        whole = " ".join(texts)
        back, ahead = self.words.holds("back", whole), self.words.holds("ahead", whole)
        return "back" if back else "ahead" if ahead else ""

    def item(self, question: DraftQuestion, name: str, phase: str) -> Raw:
        """An item; one that lacks what its type needs becomes a question with words as answer."""
        text, rest = cut(question.text, ITEM)
        named, more = self.named(question)
        explanation, unexplained = cut("\n".join(part for part in (rest, more) if part), BODY)
        help_lines = [part for line in (*question.help, unexplained) for part in pieces(line, ITEM)]
        own = "" if phase else self.phase(question.text)
        raw: Raw = {"id": name, "type": _type(question), "text": self.text(text)}
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
        if key is None:
            # A scale's own steps stand in the frame's scale; other words must not be lost.
            return {}, "" if question.type == "scale" else "\n".join(question.options + texts)
        halves = [cut(text, TITLE) for text in texts]
        rows = [
            {"id": f"o{n}", "text": self.text(text)} for n, (text, _rest) in enumerate(halves, 1)
        ]
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
