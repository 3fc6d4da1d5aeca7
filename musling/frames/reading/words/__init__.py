"""The words that the reader's rules look for, one file per language beside this one.

No rule knows a language; it asks a list. A list holds single words or short phrases in small
letters. What each is for:

- ``stop``: words so common that they tell the language;
- ``question``, ``verbs``, ``you``, ``degree``: how a question begins (a verb counts with one of
  ``you`` close behind; ``degree`` asks for a step on a scale);
- ``statement``, ``own``: how a statement about oneself begins, and the words of the first person;
- ``ask``, ``howto``, ``form``: how a prompt begins, how advice on filling in begins, and what such
  advice is about;
- ``field``, ``field_word``: what a line for name, date or signature says, and words that make
  any short line with room to write one;
- ``mandatory``, ``optional``, ``marked``, ``all_items``, ``always``, ``bold_mark``: marks and
  their legend;
- ``scale``, ``scale_name``, ``choice``: steps of scales, what a scale is called, answers to pick;
- ``rate``, ``claims``: how a line begins that tells to rate, and its word for the statements;
- ``what``, ``who``, ``when``: the columns of an agreement sheet; ``sheet``: what it is called;
  ``row_name``: what its empty rows are called;
- ``question_head``, ``theme_head``, ``answer_head``: the head of a table of questions;
- ``help_label``, ``list_label``, ``comment``: lines that announce help, items, or room to write;
- ``guide``: headings over prose; ``theme``, ``number_word``: words before a number, and
  ``numbers``, ``ordinals``: numbers in letters;
- ``here``: the word of a sentence that says what is written in the table under it;
- ``form_name``: how a word ends that names a form; ``workplace``: what tells a letterhead;
- ``joiners``, ``abbreviations``: for joining lines; ``back``, ``ahead``: phases;
- ``kinds``: names of the kinds of talk.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from musling.frames.reading.draft import Kind

LANGUAGES = ("da", "nb", "sv", "de", "en")
_FOLDER = Path(__file__).parent
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


class Words:
    """The lists of one language, ready to be asked."""

    def __init__(self, language: str, lists: dict[str, Any]) -> None:
        self.language = language
        self.kinds: dict[Kind, list[str]] = lists["kinds"]
        self._lists = {name: tuple(v) for name, v in lists.items() if name != "kinds"}
        self._sets = {name: frozenset(v) for name, v in self._lists.items()}
        self._starts: dict[str, re.Pattern[str]] = {}
        self._anywhere: dict[str, re.Pattern[str]] = {}

    def has(self, name: str, word: str) -> bool:
        """Whether the list holds exactly this."""
        return word.lower().strip() in self._sets[name]

    def starts(self, name: str, text: str) -> bool:
        """Whether the text begins with a word or phrase of the list."""
        if name not in self._starts:
            self._starts[name] = re.compile(rf"(?:{self._choice(name)})(?!\w)", re.IGNORECASE)
        return bool(self._starts[name].match(text.lstrip("\"'“”„»«’‘(- ")))

    def ends(self, name: str, word: str) -> bool:
        """Whether the word ends in one of the list, as a compound does."""
        return word.lower().endswith(tuple(one for one in self._lists[name] if len(one) > 2))

    def holds(self, name: str, text: str) -> bool:
        """Whether a word or phrase of the list stands anywhere in the text."""
        return bool(self.pattern(name).search(text))

    def pattern(self, name: str) -> re.Pattern[str]:
        """Finds any word or phrase of the list, as whole words."""
        if name not in self._anywhere:
            choice = self._choice(name)
            self._anywhere[name] = re.compile(rf"(?<!\w)(?:{choice})(?!\w)", re.IGNORECASE)
        return self._anywhere[name]

    @cached_property
    def kind_patterns(self) -> dict[Kind, re.Pattern[str]]:
        """For each kind of talk what finds its names."""
        return {
            kind: re.compile(rf"(?<!\w)(?:{_choice(names)})(?!\w)", re.IGNORECASE)
            for kind, names in self.kinds.items()
        }

    def _choice(self, name: str) -> str:
        return _choice(self._lists[name])


def _choice(phrases: Iterable[str]) -> str:
    """Longest first, so that a phrase wins over its first word."""
    return "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True))


@cache
def of(language: str) -> Words:
    """The lists of a language. Raises KeyError for one that there is no file of."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return Words(language, tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8")))


def language_of(text: str) -> str:
    """The language that most words of the text are common in; Danish where nothing tells."""
    found = [word.lower() for word in _WORD.findall(text)]
    scores = {name: sum(of(name).has("stop", word) for word in found) for name in LANGUAGES}
    return max(LANGUAGES, key=lambda name: scores[name])
