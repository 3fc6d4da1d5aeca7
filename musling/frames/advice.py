"""What a careful colleague would say about a frame before it is published. Nothing is forbidden."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from musling.frames.document import MOST_ITEMS, FrameDocument, Item, Theme, Topic
from musling.frames.raw_table import Text

Code = Literal[
    "too-many",
    "looks-back",
    "topic",
    "two-in-one",
    "no-help",
    "no-translation",
    "too-long",
    "no-room",
    "same-answer",
]

# "Hvis" is not among them, being nearly always an "if"; nor does an "or" join two questions, since
# it offers a choice within one: "Which courses or which other training would help?"
ASKING = {
    "da": r"hvad|hvem|hvor|hvordan|hvorfor|hvornår|hvilke[nt]?",
    "en": r"what|who|whom|whose|where|how|why|when|which",
}
# These may carry on the same clause instead: "What do you do when it is busy and when it is not?"
CARRIES_ON = ("hvor", "where", "when", "who", "whom", "whose", "which")
QUESTION = {
    language: re.compile(rf"\b({words})\b", re.IGNORECASE) for language, words in ASKING.items()
}
ANOTHER = {
    language: re.compile(rf"\b(?:og|and|samt)\s+({words})\b", re.IGNORECASE)
    for language, words in ASKING.items()
}
ASKED_IN_WORDS = ("scale", "text", "choice", "several")


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to think about: which, where (id of theme or item, empty: the frame), how many."""

    code: Code
    element: str = ""
    number: int = 0
    topic: Topic | None = None


def advice(
    document: FrameDocument,
    topics: tuple[Topic, ...] | None = None,
    languages: tuple[str, ...] = ("da", "en"),
) -> list[Advice]:
    """Everything worth a thought, that of the whole frame first, then in the frame's order.

    ``topics``: what must be covered, by default what the document's kind of talk must.
    """
    missing = [code for code in languages if not _speaks(document, code)]
    spoken = tuple(code for code in languages if code not in missing)
    return [
        *_of_the_whole(document, topics),
        *(Advice("no-translation") for _code in missing),
        *(one for theme in document.themes for one in _of_theme(theme, spoken)),
    ]


def _speaks(document: FrameDocument, language: str) -> bool:
    """Whether any question is in the language: else it is said once, not of each."""
    return not document.items or any(language in item.text for item in document.items)


def _of_the_whole(document: FrameDocument, topics: tuple[Topic, ...] | None) -> Iterator[Advice]:
    count = len(document.items)
    if count > MOST_ITEMS:
        yield Advice("too-many", number=count)
    if document.looks_back_most():  # row C6
        yield Advice("looks-back")
    for topic in document.missing_topics(topics):  # rows E1 and E11
        yield Advice("topic", topic=topic)
    planned = sum(theme.minutes or 0 for theme in document.themes)
    if document.minutes and planned > document.minutes:
        yield Advice("too-long", number=planned - document.minutes)
    if not any(item.type == "text" for item in document.items):
        yield Advice("no-room")


def _of_theme(theme: Theme, languages: tuple[str, ...]) -> Iterator[Advice]:
    if _lacks([theme.title, theme.intro, *theme.help], languages):
        yield Advice("no-translation", theme.id)
    for item in theme.items:
        if asks_twice(item.text) or (item.text_leader and asks_twice(item.text_leader)):
            yield Advice("two-in-one", item.id)
        if item.type in ASKED_IN_WORDS and not item.help and not theme.help:
            yield Advice("no-help", item.id)
        if _lacks(_texts(item), languages):
            yield Advice("no-translation", item.id)
        if _says_the_same(item):
            yield Advice("same-answer", item.id)


def _says_the_same(item: Item) -> bool:
    """Whether two of the answers to choose from cannot be told apart in some language."""
    said = [(code, words.casefold()) for one in item.options for code, words in one.text.items()]
    return len(said) != len(set(said))


def asks_twice(words: Text) -> bool:
    """Whether a text asks two questions at once, in a language that we know."""
    return any(
        value.count("?") > 1 or _joins_two(value, language)
        for language, value in words.items()
        if language in ASKING
    )


def _joins_two(value: str, language: str) -> bool:
    """Whether an "and" leads from one question to another: "what do you want, and how"."""
    return any(
        QUESTION[language].search(value, 0, found.start())
        and not _carries_on(found[1].casefold(), value[: found.start()].casefold())
        for found in ANOTHER[language].finditer(value)
    )


def _carries_on(word: str, before: str) -> bool:
    """Whether the word only repeats one inside the question; one at its start opens another."""
    return word in CARRIES_ON and re.search(rf"(?!^)\b{word}\b", before) is not None


def _texts(item: Item) -> list[Text | None]:
    options = [one.text for one in (*item.options, *item.columns)]
    return [
        *(item.text, item.text_leader, item.explanation, item.explanation_leader),
        *(*item.help, *options),
    ]


def _lacks(texts: list[Text | None], languages: tuple[str, ...]) -> bool:
    return any(words and language not in words for words in texts for language in languages)
