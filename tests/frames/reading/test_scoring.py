"""How drafts are scored."""

from typing import Any

import pytest

from musling.frames.reading.scoring import mean, normalised, overlap, pairs, same, score


def form(*themes: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    usual = {"type": "text", "mandatory": None, "help": [], "options": [], "columns": []}
    return {
        "themes": [{"title": t, "questions": [usual | one for one in items]} for t, items in themes]
    }


@pytest.mark.parametrize(
    "text", ["Hvad laver du?", "• hvad  laver du", "1. Hvad laver du ......", "HVAD LAVER DU: ____"]
)
def test_marker_case_space_and_room_do_not_count(text: str):
    assert normalised(text) == "hvad laver du"


def test_overlap_counts_shared_words_by_all_words():
    assert overlap("a b c d", "a b c e") == 3 / 5
    assert overlap("a a", "a") == 1 / 2
    assert (same("en to tre fire fem", "en to tre fire fem seks"), same("en to", "en tre")) == (
        True,
        False,
    )


def test_texts_are_matched_one_to_one_and_exact_ones_first():
    wanted = ["en to tre fire fem seks", "en to tre fire fem"]
    assert pairs(wanted, ["en to tre fire fem"]) == [(1, 0)]
    assert pairs(["samme", "samme"], ["samme"]) == [(0, 0)]


def test_a_perfect_draft_scores_one_everywhere():
    both = form(("Året", [{"text": "Hvad?", "help": ["fx"]}, {"text": "Hvem?", "type": "scale"}]))
    assert set(score(both, both).to_json().values()) == {1.0}


def test_each_score_falls_by_its_own_fault():
    wanted = form(("Året", [{"text": "Hvad?"}, {"text": "Hvem?", "help": ["nu"]}]), ("Ud", []))
    found = form(
        ("Året", [{"text": "Hvad?", "type": "scale"}]),
        ("Ud", [{"text": "Hvem?", "mandatory": True, "help": ["nu", "før"]}, {"text": "Mere"}]),
    )
    told = score(wanted, found)
    assert (told.precision, told.recall, told.f1) == (2 / 3, 1.0, 0.8)
    assert (told.themes, told.types, told.mandatory) == (0.5, 0.5, 0.5)
    assert told.help_f1 == pytest.approx(2 / 3)


def test_nothing_found_scores_nothing():
    told = score(form(("Året", [{"text": "Hvad?"}])), form())
    assert (told.recall, told.f1) == (0.0, 0.0)


def test_the_mean_counts_each_form_alike():
    one = score(form(("a", [{"text": "b"}])), form(("a", [{"text": "b"}])))
    none = score(form(("a", [{"text": "b"}])), form())
    assert mean([one, none]).f1 == 0.5
