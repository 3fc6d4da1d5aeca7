"""Whatever a form looks like: no letter of it is lost, nothing breaks, and a frame comes of it."""

import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musling.frames.parsing import parse
from musling.frames.reading import Draft, UnreadableForm, drafted, read, read_text
from musling.frames.reading.lines import Line
from musling.frames.reading.plain import text_lines
from musling.frames.reading.problems import Limits
from musling.frames.reading.to_document import raw_document

MARKERS = [
    "",
    "• ",
    "- ",
    "o ",
    "1. ",
    "2) ",
    "a) ",
    "3.1 ",
    "☐ ",
    "Tema 1: ",
    "    ",
    "  – ",
    "* ",
]
TEXTS = [
    "Trivsel", "MUS-skema", "Hvad gør du?", "Jeg trives godt", "Hjælpespørgsmål:", "Navn: ____",
    "1 2 3 4 5", "Enig   Uenig   Ved ikke", "Hvad   Hvem   Hvornår", "____", "ja / nej", "Aftaler:",
    "Skala: 1 = slet ikke, 5 = helt", "* = skal besvares", "Hvordan går det? (obligatorisk)",
    "(tænk på kolleger)", "Side 1 af 2", "Læs skemaet, og skriv stikord.", "Aftale 1", "☐ Ja ☐ Nej",
    "som er en lang linje, der går ud til kanten af papiret og bliver ved på den næste uden pause",
    "Hvor enig er du i følgende udsagn?", "Kommentar: ____", "OPGAVER", "Samarbejde (fortsat)",
    "Mål: ____ Ansvarlig: ____ Frist: ____", "Er du ansat?\t☐ ☐ ☐ ☐ ☐", "# Trivsel *",
]  # fmt: skip
LINE = st.tuples(st.sampled_from(MARKERS), st.sampled_from(TEXTS)).map("".join)
FORM = st.lists(st.one_of(LINE, st.just(""), st.text(max_size=60)), min_size=1, max_size=40)


def letters(texts: Iterator[str] | list[str]) -> Counter[str]:
    return Counter(sign for text in texts for sign in text.lower() if sign.isalpha())


def said(draft: Draft) -> Iterator[str]:
    """All text of a draft. A scale's steps stand with what is left out, and count once."""
    yield draft.title
    for theme in draft.themes:
        yield from (theme.title, *theme.help, *theme.intro)
        for one in theme.questions:
            yield from (one.text, *one.help, *one.columns)
            yield from one.options if one.type == "choice" else []
    yield from (one.text for one in draft.left_out)


def lost(lines: list[Line], draft: Draft) -> Counter[str]:
    return letters([line.text for line in lines]) - letters(said(draft))


def lines_of(text: str) -> list[Line]:
    return text_lines(text, Limits())


@settings(max_examples=300, deadline=None)
@given(FORM)
def test_no_letter_of_a_form_is_lost(rows: list[str]):
    text = "\n".join(rows)
    before = lines_of(text)
    try:
        draft = read_text(text)
    except UnreadableForm:
        assert not any(sign.isalpha() for line in before for sign in line.text)
        return
    assert lost(before, draft) == Counter()


def test_answers_under_a_mark_that_asks_nothing_are_listed_and_not_lost():
    for text in (".\n____\n☐ Ja ☐ Nej", "Hvordan går det?\n.\n____\n☐ Ja ☐ Nej"):
        draft = read_text(text)
        assert lost(lines_of(text), draft) == Counter()
        assert [one.text for one in draft.left_out] == ["Ja ☐ Nej"]


def test_a_lost_line_would_be_seen():
    before = lines_of("MUS\n\nTrivsel\n- Hvad gør du?\n- Hvem hjælper?")
    draft = drafted(lines_of("MUS\n\nTrivsel\n- Hvad gør du?"))
    assert lost(before, draft) == letters(["Hvem hjælper?"])


@settings(max_examples=150, deadline=None)
@given(FORM)
def test_every_line_number_is_one_of_the_original(rows: list[str]):
    text = "\n".join(rows)
    try:
        draft = read_text(text)
    except UnreadableForm:
        return
    known = {line.number for line in lines_of(text)}
    used = [number for one in draft.left_out for number in one.lines]
    used += [number for one in draft.questions for number in one.lines]
    assert used == [] or set(used) <= known


@settings(max_examples=150, deadline=None)
@given(FORM)
def test_every_draft_makes_a_frame_that_the_program_reads(rows: list[str]):
    try:
        draft = read_text("\n".join(rows))
    except UnreadableForm:
        return
    document = parse(raw_document(draft), unfinished=True)
    assert len(document.items) == len(list(draft.questions))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.docx", "a.pdf"]))
def test_no_bytes_break_it(data: bytes, name: str):
    for begin in (b"", b"PK\x03\x04", b"%PDF-1.4\n"):
        try:
            assert read(begin + data, name).language
        except UnreadableForm as refused:
            assert refused.message  # noqa: PT017 (either outcome is right)


SHAPES = {
    "items": "- Hvad synes du om det her?",
    "statements": "Jeg trives med mine opgaver.",
    "themes": "Tema\n\n- Hvad nu?",
    "nested": "- en\n  - to\n    - tre",
    "scales": "Jeg kan det\n1 2 3 4 5",
    "rooms": "Ord:\n____",
    "labels": "Hjælpespørgsmål:\n- fire",
    "wrapped": "dette er en lang linje, der bliver ved og ved uden at holde op",
    "capitals": "OVERSKRIFT",
    "sheets": "Hvad\tHvem\tHvornår",
}


def steps(text: str) -> int:
    """How many calls reading takes, of Python's functions and of the built-in ones."""
    count = 0

    def one_more(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(one_more)
    try:
        read_text(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_a_form_ten_times_as_long_takes_about_ten_times_the_steps(shape: str):
    row = SHAPES[shape]
    few, many = 200, 2000
    read_text(row)  # the word lists are read once
    short, long = steps("\n".join([row] * few)), steps("\n".join([row] * many))
    assert long <= 11 * short


def test_twenty_thousand_lines_take_steps_in_line_with_two_thousand():
    rows = ["- Hvad synes du om det her?", "Jeg trives.", "", "Tema", ""]
    read_text("x")
    short, long = (steps("\n".join(rows * count)) for count in (400, 4000))
    assert long <= 11 * short
