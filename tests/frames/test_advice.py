"""Advice on a frame: each kind given where it is due, and not where it is not."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from musling.frames import catalogue, standard
from musling.frames.advice import Advice, Code, advice, asks_twice
from musling.frames.document import (
    MOST_ITEMS,
    TOPICS_OF,
    FrameDocument,
    Item,
    Option,
    Part,
    Theme,
)
from musling.frames.raw_table import Text

BOTH: tuple[Part, ...] = ("employee", "leader")


def both(da: str, en: str) -> Text:
    return {"da": da, "en": en}


ROOM = Item(
    id="one.room",
    type="text",
    text=both("Hvad vil du gerne tale om?", "What would you like to talk about?"),
    phase="ahead",
    for_parts=BOTH,
    help=(both("Hvad haster mest?", "What is most urgent?"),),
)


def frame(*items: Item, lasts: int | None = None, **changes: Any) -> FrameDocument:
    """A frame of one theme that nothing is to be said about, but for the theme's changes."""
    theme = Theme(
        id="one",
        kind="questions",
        title=both("Emne", "Topic"),
        phase="ahead",
        for_parts=BOTH,
        items=items or (ROOM,),
        covers=TOPICS_OF["mus"],
    )
    themes = (replace(theme, **changes),)
    return FrameDocument("mus", both("Samtale", "Talk"), "handed_in", themes, minutes=lasts)


def many(count: int) -> tuple[Item, ...]:
    return tuple(replace(ROOM, id=f"one.{number}") for number in range(count))


def item(**changes: Any) -> FrameDocument:
    return frame(replace(ROOM, **changes))


def pick(*answers: str) -> Item:
    """A question with these answers."""
    options = tuple(Option(f"o-{n}", both(one, f"{n}")) for n, one in enumerate(answers))
    return replace(ROOM, id="one.pick", type="choice", options=options)


TWICE = both("Hvad vil du, og hvordan?", "What do you want, and how?")
IN_DANISH_ALONE = {"da": "Kun på dansk"}
EXAMPLES: list[tuple[Code, FrameDocument, Advice, FrameDocument]] = [
    (
        "too-many",
        frame(*many(MOST_ITEMS + 1)),
        Advice("too-many", number=MOST_ITEMS + 1),
        frame(*many(MOST_ITEMS)),
    ),
    (
        "looks-back",
        item(phase="back"),
        Advice("looks-back"),
        frame(*many(1), replace(ROOM, phase="back")),
    ),
    (
        "topic",
        frame(covers=TOPICS_OF["mus"][1:]),
        Advice("topic", topic="follow-up"),
        frame(),
    ),
    (
        "too-long",
        frame(lasts=30, minutes=40),
        Advice("too-long", number=10),
        frame(lasts=30, minutes=30),
    ),
    (
        "no-room",
        item(type="scale"),
        Advice("no-room"),
        frame(ROOM, replace(ROOM, id="one.scale", type="scale")),
    ),
    ("two-in-one", item(text=TWICE), Advice("two-in-one", "one.room"), frame()),
    ("two-in-one", item(text_leader=TWICE), Advice("two-in-one", "one.room"), frame()),
    ("no-help", item(help=()), Advice("no-help", "one.room"), frame()),
    (
        "no-help",
        item(type="scale", help=()),
        Advice("no-help", "one.room"),
        frame(replace(ROOM, help=()), help=ROOM.help),
    ),
    (
        "no-translation",
        item(explanation=IN_DANISH_ALONE),
        Advice("no-translation", "one.room"),
        item(explanation=both("På dansk", "In English")),
    ),
    (
        "no-translation",
        frame(intro=IN_DANISH_ALONE),
        Advice("no-translation", "one"),
        frame(intro=both("På dansk", "In English")),
    ),
    (
        "same-answer",
        frame(ROOM, pick("Alene", "alene")),
        Advice("same-answer", "one.pick"),
        frame(ROOM, pick("Alene", "Sammen")),
    ),
]


def test_there_is_an_example_of_every_kind_of_advice():
    assert {code for code, *_rest in EXAMPLES} == set(get_args(Code))


def test_nothing_is_said_of_a_frame_that_lacks_nothing():
    assert advice(frame()) == []


@pytest.mark.parametrize(
    ("code", "given", "said", "not_given"),
    EXAMPLES,
    ids=[f"{one[0]}-{number}" for number, one in enumerate(EXAMPLES)],
)
def test_advice_is_given_where_it_is_due_and_only_there(code, given, said, not_given):
    assert [one for one in advice(given) if one.code == code] == [said]
    assert code not in {one.code for one in advice(not_given)}


def test_a_frame_without_a_clock_is_never_too_long():
    assert advice(frame(minutes=400)) == []


def test_what_is_answered_with_a_table_or_old_agreements_needs_no_help():
    for kind in ("table", "agreements"):
        assert advice(frame(ROOM, replace(ROOM, id="one.more", type=kind, help=()))) == []


def test_only_the_languages_in_use_are_missed():
    assert advice(item(text={"da": "Hvad nu?"}), languages=("da",)) == []


def test_advice_on_the_whole_comes_first_then_the_frames_order():
    found = advice(frame(*many(2), replace(ROOM, text=TWICE, help=()), covers=()))
    assert [one.code for one in found] == ["topic"] * 6 + ["two-in-one", "no-help"]


# --- what asks twice ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", "Hvad vil du gerne kunne, og hvem kan vise dig det?"),
        ("da", "Hvornår går det let, og hvornår er det svært?"),
        ("da", "Hvor står du stærkt, og hvor ikke?"),
        ("da", "Jeg ved, hvem jeg kan spørge, og hvordan jeg får fat i dem"),
        ("da", "Har du det godt? Har du travlt?"),
        ("da", "Hvad lykkedes samt hvorfor?"),
        ("en", "WHAT WENT WELL AND WHY?"),
        ("en", "Whom do you ask, and whom do you tell?"),
        ("en", "When is it easy to do what we promise, and when is it hard?"),
    ],
)
def test_two_questions_are_found(language, words):
    assert asks_twice({language: words})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", "Hvad giver dig mod og lyst?"),
        ("da", "Hvilke kurser eller hvilken anden oplæring ville hjælpe?"),
        ("da", "Hvad gør I, hvis nogen er syge, og hvis der kommer en ny opgave?"),
        ("da", "Hvilke dage er der, hvor du kan samle dig, og hvor ingen ringer?"),
        ("da", "Fortæl om en dag, hvor det gik godt, og hvor du lærte noget"),
        ("da", "Opgaverne og hvad de kræver"),
        ("en", "What do you do when it is busy and when it is quiet?"),
        ("en", "Which tasks or which tools would you swap?"),
        ("en", "Do you work with people who listen and who ask?"),
        ("fr", "Que voulez-vous? Et comment?"),
    ],
)
def test_one_question_is_left_alone(language, words):
    assert not asks_twice({language: words})


def test_one_language_that_asks_twice_is_enough():
    assert asks_twice(both("Hvad vil du?", "What do you want, and how?"))


# --- what comes with Musling ----------------------------------------------------------------


@pytest.mark.parametrize("name", standard.names())
def test_no_standard_frame_asks_two_things_at_once(name):
    codes = {one.code for one in advice(standard.load(name))}
    assert codes.isdisjoint({"two-in-one", "no-translation", "looks-back", "too-long", "no-room"})


@pytest.mark.parametrize("name", [name for name in standard.names() if name != "mus-short"])
def test_a_standard_frame_has_help_for_whatever_is_asked(name):
    assert "no-help" not in {one.code for one in advice(standard.load(name))}


def test_no_question_of_the_catalogue_asks_two_things_at_once():
    questions = [question for theme in catalogue.load() for question in theme.questions]
    assert len(questions) >= 140
    asked = {one.id: (one.text, one.text_leader or one.text) for one in questions}
    assert [one for one, texts in asked.items() if any(map(asks_twice, texts))] == []
