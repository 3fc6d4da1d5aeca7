"""The catalogue of questions to pick from (row E6): data files in our own wording, one per theme.

A question's id is for ever: a text may be changed, an id never, since picked questions carry it
into frames. What stands in a file once (``kinds``, ``covers``) holds for each of its questions
that does not say otherwise.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from django.utils.translation import gettext as _

from musling.frames.document import PHASES, TOPICS, FrameFault, Phase, Topic, text
from musling.frames.raw_table import Fault, RawTable, Text

CatalogueKind = Literal["mus", "grus", "tus", "lus", "senior", "one_to_one", "mus_bpa"]
QuestionType = Literal["text", "scale", "choice", "several"]
Value = TypeVar("Value", str, int)

KINDS: tuple[CatalogueKind, ...] = get_args(CatalogueKind)
TYPES: tuple[QuestionType, ...] = get_args(QuestionType)
LANGUAGES = ("da", "en")
PREFIX = "catalogue."
LONGEST = 300  # characters; what an item of a frame may hold as well

_FOLDER = Path(__file__).parent
_LONGEST_ID = 60 - len(PREFIX)  # an item's id may have 60
_MOST_THEMES = 100
# Danish letters as they are written where the keyboard has none; other accents are dropped.
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@dataclass(frozen=True, slots=True)
class CatalogueQuestion:
    """One question. ``theme``: its theme's id. ``kinds``: the talks that it suits.

    ``covers`` names the required topics (row E1) that it answers; ``text_leader`` is the mirror
    wording for the leader; ``options`` are what a ``choice`` (one) or ``several`` lets one pick.
    """

    id: str
    theme: str
    type: QuestionType
    text: Text
    phase: Phase
    kinds: tuple[CatalogueKind, ...]
    covers: tuple[Topic, ...] = ()
    text_leader: Text | None = None
    help: tuple[Text, ...] = ()
    options: tuple[Text, ...] = ()

    @property
    def texts(self) -> tuple[Text, ...]:
        """Everything that can be read in it."""
        mirror = (self.text_leader,) if self.text_leader else ()
        return (self.text, *mirror, *self.help, *self.options)


@dataclass(frozen=True, slots=True)
class CatalogueTheme:
    """The questions of one theme, in their order. ``position``: where it stands, from 1."""

    id: str
    position: int
    title: Text
    questions: tuple[CatalogueQuestion, ...]


@cache
def load() -> tuple[CatalogueTheme, ...]:
    """The whole catalogue in its order. Raises FrameFault when a shipped file is wrong."""
    files = sorted(_FOLDER.glob("*.toml"))
    return parse((file.stem, tomllib.loads(file.read_text("utf-8"))) for file in files)


def find(question_id: str) -> CatalogueQuestion:
    """The question with this id. Raises KeyError when there is none."""
    return _by_id()[question_id]


def search(
    words: str = "",
    *,
    kind: str | None = None,
    phase: str | None = None,
    theme: str | None = None,
    language: str = "da",
) -> tuple[CatalogueQuestion, ...]:
    """The questions that hold every word somewhere, in the catalogue's order.

    Words match anywhere in what can be read in ``language``, parts of words too; upper case and
    accents do not count, and æ, ø and å may be written ae, oe and aa. What is left out does not
    narrow; a kind, phase or theme that there is not finds nothing.
    """
    wanted = _fold(words).split()
    return tuple(
        question
        for question, readable in _folded(language)
        if all(word in readable for word in wanted)
        and kind in (None, *question.kinds)
        and phase in (None, question.phase)
        and theme in (None, question.theme)
    )


def as_item(question: CatalogueQuestion) -> dict[str, Any]:
    """The raw item for ``musling.frames.parsing.parse``; what is empty is left out."""
    item = {
        "id": PREFIX + question.id,
        "type": question.type,
        "text": dict(question.text),
        "text_leader": question.text_leader and dict(question.text_leader),
        "phase": question.phase,
        "help": [dict(line) for line in question.help],
        "options": [
            {"id": str(number), "text": dict(option)}
            for number, option in enumerate(question.options, 1)
        ],
    }
    return {name: value for name, value in item.items() if value}


def parse(files: Iterable[tuple[str, Any]]) -> tuple[CatalogueTheme, ...]:
    """The checked catalogue from named raw tables, by position.

    Raises FrameFault with all faults at once, each with the file's name and its place.
    """
    faults: list[Fault] = []
    themes = [_theme(name, RawTable(data, name, faults)) for name, data in files]
    _check_whole(themes, faults)
    if faults:
        raise FrameFault(faults)
    return tuple(sorted(themes, key=lambda theme: theme.position))


def _theme(name: str, raw: RawTable) -> CatalogueTheme:
    theme_id = raw.id()
    if theme_id and theme_id != name:
        raw.fault("id", _("the file must have the theme's name"))
    kinds = raw.words("kinds", KINDS)
    covers = raw.words("covers", TOPICS)
    theme = CatalogueTheme(
        id=theme_id,
        position=_position(raw),
        title=_in_both(raw, "title", raw.text("title", LONGEST)),
        questions=tuple(_question(row, theme_id, kinds, covers) for row in raw.tables("questions")),
    )
    if not theme.questions:
        raw.fault("questions", _("a theme needs at least one item"))
    raw.refuse_the_rest()
    return theme


def _position(raw: RawTable) -> int:
    position = raw.number_or_none("position", 1, _MOST_THEMES)
    if position is None:
        raw.fault("position", _("write where the theme stands among the others"))
    return position or 0


def _question(
    raw: RawTable, theme: str, kinds: tuple[CatalogueKind, ...], covers: tuple[Topic, ...]
) -> CatalogueQuestion:
    leader = raw.text_or_none("text_leader", LONGEST)
    question = CatalogueQuestion(
        id=_id(raw),
        theme=theme,
        type=raw.word("type", TYPES, "text"),
        text=_in_both(raw, "text", raw.text("text", LONGEST)),
        phase=raw.word("phase", PHASES),
        kinds=raw.words("kinds", KINDS, kinds),
        covers=raw.words("covers", TOPICS, covers),
        text_leader=leader and _in_both(raw, "text_leader", leader),
        help=_all_in_both(raw, "help"),
        options=_all_in_both(raw, "options"),
    )
    _check(question, raw)
    raw.refuse_the_rest()
    return question


def _check(question: CatalogueQuestion, raw: RawTable) -> None:
    if not question.kinds:
        raw.fault("kinds", _("name at least one kind of talk"))
    picks = question.type in ("choice", "several")
    if picks and len(question.options) < 2:
        raw.fault("options", _("write at least two to pick from"))
    if question.options and not picks:
        raw.fault("options", _("only a question of type choice or several has something to pick"))


def _id(raw: RawTable) -> str:
    one = raw.id()
    if "." in one or len(one) > _LONGEST_ID:
        known = {"most": _LONGEST_ID}
        raw.fault("id", _("write at most %(most)s small letters, digits and hyphens") % known)
    return one


def _in_both(raw: RawTable, key: str, t: Text) -> Text:
    """The same text; a fault for each language that it lacks and each that nobody reads."""
    if t.get("da") and set(t) != set(LANGUAGES):  # missing Danish has its own fault
        raw.fault(key, _("write the text in da and en, and in nothing else"))
    return t


def _all_in_both(raw: RawTable, key: str) -> tuple[Text, ...]:
    return tuple(_in_both(raw, f"{key}[{row}]", t) for row, t in enumerate(raw.texts(key, LONGEST)))


def _check_whole(themes: list[CatalogueTheme], faults: list[Fault]) -> None:
    """What stands for one thing only, in the whole catalogue."""
    positions = [(f"{theme.id}.position", theme.position) for theme in themes]
    for place, position in _again(positions):
        known = {"position": position}
        faults.append(Fault(place, _("another theme stands at %(position)s") % known))
    questions = [
        (f"{theme.id}.questions[{row}].id", question.id)
        for theme in themes
        for row, question in enumerate(theme.questions)
    ]
    for place, one in _again(questions):
        faults.append(Fault(place, _("the id “%(id)s” is already used above") % {"id": one}))


def _again(rows: list[tuple[str, Value]]) -> Iterator[tuple[str, Value]]:
    """Those whose value stood there before; what is missing has its own fault."""
    seen: set[Value] = set()
    for place, value in rows:
        if value and value in seen:
            yield place, value
        seen.add(value)


@cache
def _by_id() -> dict[str, CatalogueQuestion]:
    return {question.id: question for theme in load() for question in theme.questions}


@lru_cache(maxsize=8)
def _folded(language: str) -> tuple[tuple[CatalogueQuestion, str], ...]:
    """Each question with all that can be read in it, ready to compare."""
    return tuple(
        (question, _fold(" ".join(text(t, language) for t in question.texts)))
        for question in _by_id().values()
    )


def _fold(words: str) -> str:
    """The same words without what does not count in a search."""
    plain = unicodedata.normalize("NFC", words).casefold().translate(_DANISH)
    letters = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
