"""Lists in two languages: what belongs together stays together on its way through a form."""

import pytest
from django.http import QueryDict

from musling.web.committee.theme_form import pairs
from musling.web.frames import draft_texts
from musling.web.frames.draft_forms import FrameForm, ItemForm

LISTS = [
    [{"da": "Ét?"}, {"da": "To?", "en": "Two?"}],
    [{"da": "Ét?"}, {"da": "To?"}, {"da": "Tre?", "en": "Three?"}],
    [{"da": "Ét?", "en": "One?"}, {"da": "To?"}, {"da": "Tre?", "en": "Three?"}],
    [{"da": "Ét?", "en": "One?"}, {"da": "To?"}],
    [],
]


def through(form, shown: dict[str, str], name: str):
    """What the form makes of what it shows, as a browser sends it."""
    sent = QueryDict(mutable=True)
    for field in (f"{name}_da", f"{name}_en"):
        sent[field] = shown[field].replace("\n", "\r\n")
    bound = form(sent)
    bound.is_valid()
    assert not {f"{name}_da", f"{name}_en"} & bound.errors.keys(), bound.errors
    return bound.cleaned_data


@pytest.mark.parametrize("texts", LISTS)
def test_a_line_without_english_moves_no_other(texts):
    said = through(ItemForm, draft_texts.shown_lines(texts, "help"), "help")
    assert draft_texts.of_lines(said, "help") == texts


@pytest.mark.parametrize("texts", LISTS)
def test_a_paragraph_without_english_moves_no_other(texts):
    shown = draft_texts.shown_lines(texts, "purpose", "\n\n")
    said = through(lambda sent: FrameForm(sent, kind="mus"), shown, "purpose")
    assert draft_texts.of_paragraphs(said, "purpose") == texts


def test_what_parts_two_texts_does_not_stand_inside_one():
    texts = [{"da": "Ét\nog mere?", "en": "One?"}, {"da": "To?", "en": "Two?"}]
    said = through(ItemForm, draft_texts.shown_lines(texts, "help"), "help")
    assert draft_texts.of_lines(said, "help") == [
        {"da": "Ét og mere?", "en": "One?"},
        {"da": "To?", "en": "Two?"},
    ]
    texts[0]["da"] = "Ét.\n \nMere.\nOg mere."
    shown = draft_texts.shown_lines(texts, "purpose", "\n\n")
    said = through(lambda sent: FrameForm(sent, kind="mus"), shown, "purpose")
    assert draft_texts.of_paragraphs(said, "purpose")[0] == {
        "da": "Ét.\nMere.\nOg mere.",
        "en": "One?",
    }


def test_empty_lines_more_than_one_part_paragraphs_all_the_same():
    said = {"purpose_da": "Ét.\r\n\r\n\r\nTo.\r\n \r\nTre.", "purpose_en": ""}
    texts = [{"da": "Ét."}, {"da": "To."}, {"da": "Tre."}]
    assert draft_texts.of_paragraphs(said, "purpose") == texts


@pytest.mark.parametrize(
    ("name", "danish", "english", "problem"),
    [
        ("help", "\nTo?", "One?\nTwo?", "1"),
        ("help", "Ét?\n\nTre?", "One?\nTwo?", "2"),
        ("options", "Ja", "Yes\nNo", "2"),
    ],
)
def test_english_without_danish_is_told_by_its_line(name, danish, english, problem):
    form = ItemForm({f"{name}_da": danish, f"{name}_en": english})
    assert f" {problem} " in form.errors[f"{name}_en"][0]


def test_the_committees_lines_stay_beside_their_own_translation():
    assert pairs("Ét?\nTo?\n\nTre?", "\nTwo?\n\nThree?") == [
        {"da": "Ét?", "en": ""},
        {"da": "To?", "en": "Two?"},
        {"da": "Tre?", "en": "Three?"},
    ]
