"""Whatever somebody writes can be set, and nothing of it goes without a trace."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from musling.documents.letters import BREAK, LONGEST_WORD, showable, shown
from musling.documents.typesetting import typeset
from tests.documents.conformance import problems
from tests.documents.examples import MADE_AT

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("Æblegrød på Ærø – 100 €", "Æblegrød på Ærø – 100 €"),
        ("Godt gået 👍🏽!", "Godt gået [thumbs up sign]!"),
        ("😀❤️", "😀❤"),
        ("👩‍🦽 kører", "[woman][manual wheelchair] kører"),
        ("🇩🇰", "DK"),
        ("张伟", "[U+5F20][U+4F1F]"),
        ("e\u0301te\u0301", "été"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\tb\u3000c", "a b c"),
        ("\x00\x1b[31mrød\x07", "[31mrød"),
        ("\u202egnilsuM\u202c \u2066x\u2069\u200bx\ufeff", "gnilsuM xx"),
        ("\ue000\ud800\uffff", "[U+E000][U+D800][U+FFFF]"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_spelt_and_what_nobody_sees_goes(written: str, set_as: str) -> None:
    assert shown(written) == set_as


def test_only_words_too_long_for_a_line_get_places_to_break() -> None:
    longest = "a" * LONGEST_WORD

    assert (
        shown(f"{longest} speciallægepraksisplanlægning")
        == f"{longest} speciallægepraksisplanlægning"
    )
    assert shown("a" * (LONGEST_WORD + 1)).replace(BREAK, "") == "a" * (LONGEST_WORD + 1)
    assert BREAK in shown("a" * (LONGEST_WORD + 1))
    assert shown("https://mus.havneby.example/kode/for/den/som/skal/ind").count(BREAK) == 0


def test_a_break_never_parts_a_letter_from_its_mark() -> None:
    parts = shown("x\u0361" * 40).split(BREAK)

    assert len(parts) > 2
    assert not any(unicodedata.category(part[0]).startswith("M") for part in parts)


def test_all_strings_inside_are_made_showable_and_the_rest_stays() -> None:
    data = {"a": ["\x00x", {"b": ("y\x00", 1, None, True)}], "n": 2.5}

    assert showable(data) == {"a": ["x", {"b": ["y", 1, None, True]}], "n": 2.5}


@given(ANYTHING)
@example("\u0301")
@example("\u0e33\u0300")
def test_making_a_text_showable_twice_changes_nothing_more(text: str) -> None:
    once = shown(text)

    assert shown(once.replace(BREAK, "")) == once


@settings(max_examples=25)
@given(st.lists(ANYTHING, min_size=40, max_size=40))
@example([chr(code) for code in range(0x20, 0x3000, 7)])
@example(["\uf400", "a\ue000b"])  # for private use: a font has a shape, an archive refuses it
@example(["\u0301", "\u200d", "a" + "\u0301" * 30, "ﷺ", "\u1100\u1161", "क्ष", "\u0600"])
def test_no_text_stops_the_press(texts: list[str]) -> None:
    pdf = typeset("minutes.typ", page(texts), made_at=MADE_AT)

    assert problems(pdf) == []


def page(texts: list[str]) -> dict[str, object]:
    return {
        "title": "x",
        "language": "da",
        "region": "DK",
        "organisation": "x",
        "talk-name": "x",
        "footer": "",
        "page-of": "",
        "heading": "x",
        "facts": texts,
        "core-task": "",
        "unchanged": "",
        "sections": [],
        "tables": [],
        "closing": [],
        "approvals": [],
        "parties": [],
        "labels": {"signatures": "x", "yours": "x"},
    }
