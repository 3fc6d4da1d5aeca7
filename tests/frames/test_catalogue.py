"""The catalogue of questions: what it holds, how it is checked, searched and picked from."""

import copy
import dataclasses
import re
from collections import Counter
from typing import Any, get_args

import pytest
from django.utils.translation import override

from musling.frames import catalogue, standard
from musling.frames.catalogue import CatalogueQuestion, as_item, find, search
from musling.frames.document import TOPICS_OF, FrameFault, ItemType, to_json
from musling.frames.parsing import parse

pytestmark = pytest.mark.row("E6")
QUESTIONS = [question for theme in catalogue.load() for question in theme.questions]
LANGUAGES = ("da", "en")
# What the law keeps out of a talk, or this catalogue does: as parts of words, then as words.
NEVER_ASKED = {
    "da": r"gravid|barsel|sygdom|diagnose|lidelse|medicin|handicap|religion|kirke|muslim|kristen"
    r"|seksu|politisk|fagforening|etnisk|pension|\b(alder|gammel|syg|tro|gift|børn|køn|race|løn)\b",
    "en": r"pregnan|illness|diagnos|medicin|disab|religio|church|muslim|christian|sexual|political"
    r"|trade union|ethnic|pension|\b(age|old|ill|sick|faith|married|children|gender|race|pay)\b",
}


def ids(questions) -> list[str]:
    return [question.id for question in questions]


def asked(question: CatalogueQuestion, language: str) -> list[str]:
    """What is asked, without the help."""
    mirror = [question.text_leader] if question.text_leader else []
    return [t[language] for t in (question.text, *mirror, *question.options)]


def plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))


# --- what it holds --------------------------------------------------------------------------


def test_there_are_enough_for_every_kind_of_talk():
    counted = Counter(kind for question in QUESTIONS for kind in question.kinds)
    assert len(QUESTIONS) >= 140
    assert counted["mus"] >= 60
    assert set(counted) == set(catalogue.KINDS)
    assert min(counted.values()) >= 8


def test_themes_are_in_their_order_and_every_phase_type_and_topic_occurs():
    themes = catalogue.load()
    assert [theme.position for theme in themes] == list(range(1, len(themes) + 1))
    assert min(len(theme.questions) for theme in themes) >= 8
    assert {question.type for question in QUESTIONS} == set(catalogue.TYPES)
    assert set(TOPICS_OF["mus"]) <= {
        topic for q in QUESTIONS if "mus" in q.kinds for topic in q.covers
    }
    for kind in catalogue.KINDS:
        phases = Counter(q.phase for q in QUESTIONS if kind in q.kinds)
        assert phases["ahead"] > phases["back"] > 0, kind


def test_ids_are_unique_and_need_no_dot():
    assert len(set(ids(QUESTIONS))) == len(QUESTIONS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) for one in ids(QUESTIONS))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_short_and_its_own(language):
    for question in QUESTIONS:
        for t in question.texts:
            assert set(t) == set(LANGUAGES), question.id
            assert 0 < len(t[language]) <= 300, question.id
        assert len({t[language] for t in question.texts}) == len(question.texts), question.id
    everything = [plain(q.text[language]) for q in QUESTIONS]
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_asks_one_thing(language):
    second = {"da": r"\b(og|samt|eller) hv", "en": r"\b(and|or) (what|which|who|how|when|where)"}
    for question in QUESTIONS:
        for t in question.texts:
            assert t[language].count("?") <= 1, question.id
            assert not re.search(second[language], t[language]), question.id
        ends = {words[-1] for words in asked(dataclasses.replace(question, options=()), language)}
        if question.type == "scale":  # a statement, and no full stop after it
            assert not ends & {"?", "."}, question.id
        else:
            assert ends == {"?"}, question.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_can_be_answered_with_more_than_yes_or_no(language):
    closed = {
        "da": r"^(er|har|kan|vil|skal|får|føler|oplever|synes|ved|må|bør)\b",
        "en": r"^(is|are|has|have|can|could|will|would|do|does|did|should|may|must)\b",
    }
    for question in QUESTIONS:
        if question.type == "text":
            for words in asked(question, language):
                assert not re.search(closed[language], words, re.IGNORECASE), question.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_that_the_law_forbids(language):
    for question in QUESTIONS:
        for words in asked(question, language):
            assert not re.search(NEVER_ASKED[language], words, re.IGNORECASE), question.id


def test_a_group_is_asked_as_a_group_and_a_helper_not_about_leader_or_colleagues():
    for question in QUESTIONS:
        read = " ".join(t["da"] for t in (question.text, *question.help)).casefold()
        if {"grus", "tus"} & set(question.kinds):
            assert not re.search(r"\b(du|dig|din|dit|dine|løn)\b", read), question.id
            assert {"grus", "tus"} <= set(question.kinds), question.id
        if "mus_bpa" in question.kinds:
            assert not re.search(r"\b(leder|kolleg|afdeling)", read), question.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stands_word_for_word_in_a_standard_frame(language):
    def found(value: Any) -> set[str]:
        if isinstance(value, dict) and language in value:
            return {plain(value[language])}
        parts = value.values() if isinstance(value, dict) else value
        return set().union(*map(found, parts)) if isinstance(value, dict | list) else set()

    shipped = set().union(*(found(to_json(standard.load(name))) for name in standard.names()))
    assert len(shipped) > 300
    for question in QUESTIONS:
        again = {plain(t[language]) for t in question.texts} & shipped
        assert not again, question.id


# --- how it is checked ----------------------------------------------------------------------


def raw(**changes: Any) -> dict[str, Any]:
    """A catalogue file with one question; ``changes`` to the question, None takes away."""
    question = {
        "id": "one",
        "phase": "now",
        "text": {"da": "Hvad?", "en": "What?"},
        "help": [{"da": "Hvor?", "en": "Where?"}],
    } | changes
    kept = {name: value for name, value in question.items() if value is not None}
    title = {"da": "Tema", "en": "Theme"}
    return {"id": "some", "position": 1, "title": title, "kinds": ["mus"], "questions": [kept]}


def faults(*files: tuple[str, Any]) -> list[str]:
    with override("en"), pytest.raises(FrameFault) as caught:
        catalogue.parse(files)
    return [str(fault) for fault in caught.value.faults]


def test_a_right_file_is_read_with_what_holds_for_all_its_questions():
    (theme,) = catalogue.parse([("some", raw() | {"covers": ["tasks"]})])
    (question,) = theme.questions
    assert (question.theme, question.type, question.kinds) == ("some", "text", ("mus",))
    assert question.covers == ("tasks",)
    own = raw(kinds=["lus"], covers=[]) | {"covers": ["tasks"]}
    ((question,),) = [theme.questions for theme in catalogue.parse([("some", own)])]
    assert (question.kinds, question.covers) == (("lus",), ())


ONE = {"da": "Ja", "en": "Yes"}
BOTH = "write the text in da and en, and in nothing else"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"colour": "red"}, "colour: there is no such field; check the spelling"),
        ({"text": {"da": "Hvad?"}}, f"text: {BOTH}"),
        ({"text": {"da": "Hvad?", "en": "What?", "de": "Was?"}}, f"text: {BOTH}"),
        ({"text": {"en": "What?"}}, "text: missing Danish text"),
        ({"text_leader": {"da": "Hvad?"}}, f"text_leader: {BOTH}"),
        ({"help": [ONE, {"da": "Hvor?"}]}, f"help[1]: {BOTH}"),
        ({"id": "one.two"}, "id: write at most 50 small letters, digits and hyphens"),
        ({"id": "o" * 51}, "id: write at most 50 small letters, digits and hyphens"),
        ({"phase": None}, "phase: write one of: back, now, ahead"),
        ({"kinds": []}, "kinds: name at least one kind of talk"),
        ({"type": "choice", "options": [ONE]}, "options: write at least two to pick from"),
        (
            {"options": [ONE, {"da": "Nej", "en": "No"}]},
            "options: only a question of type choice or several has something to pick",
        ),
        (
            {"text": {"da": "o" * 301, "en": "What?"}},
            "text: the text in “da” has 301 characters; at most 300",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(changes, fault):
    assert faults(("some", raw(**changes))) == [f"some.questions[0].{fault}"]


def test_a_fault_of_the_file_or_of_two_files_is_named():
    assert faults(("other", raw())) == ["other.id: the file must have the theme's name"]
    assert faults(("some", raw() | {"position": None})) == [
        "some.position: write where the theme stands among the others"
    ]
    assert faults(("some", raw() | {"questions": []})) == [
        "some.questions: a theme needs at least one item"
    ]
    second = copy.deepcopy(raw()) | {"id": "more"}
    assert faults(("some", raw()), ("more", second)) == [
        "more.position: another theme stands at 1",
        "more.questions[0].id: the id “one” is already used above",
    ]


# --- how it is searched ---------------------------------------------------------------------


def test_without_anything_the_search_finds_all_in_their_order():
    assert search() == tuple(QUESTIONS)
    assert search("  ") == tuple(QUESTIONS)


def test_every_word_must_be_somewhere_in_text_mirror_help_or_options():
    assert ids(search("stolt")) == ["influence-proud"]
    assert ids(search("stolt lade sig gøre")) == ["influence-proud"]  # the rest is in the help
    assert ids(search("gøre stolt")) == ["influence-proud"]
    assert "leadership-trust" in ids(search("viser tillid"))  # in the leader's words alone
    assert "competence-how-learn" in ids(search("kursus andre prøve"))  # in the options
    assert search("stolt qqq") == ()


def test_case_accents_and_letters_that_a_keyboard_lacks_do_not_count():
    found = ids(search("idé"))
    assert "influence-idea" in found
    for words in ("IDÉ", "ide\N{COMBINING ACUTE ACCENT}"):
        assert ids(search(words)) == found
    assert set(found) <= set(ids(search("ide")))
    assert len(search("lærer")) > 1
    assert search("LÆRER") == search("laerer") == search("lærer")
    assert ids(search("arbejdsmiljøet")) == ids(search("arbejdsmiljoeet")) == ["health-who-to-ask"]
    assert ids(search("råderum")) == ids(search("raaderum"))
    assert search("lorer") == ()


def test_the_search_reads_the_language_of_the_reader():
    assert ids(search("proud", language="en")) == ["influence-proud"]
    assert search("proud") == ()
    assert search("stolt", language="en") == ()
    assert search("stolt", language="fr") == search("stolt")  # Danish where there is no French


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_the_search_narrows_by_kind_phase_and_theme(kind):
    of_kind = search(kind=kind)
    assert of_kind == tuple(q for q in QUESTIONS if kind in q.kinds)
    for phase in ("back", "now", "ahead"):
        assert search(kind=kind, phase=phase) == tuple(q for q in of_kind if q.phase == phase)
    for theme in catalogue.load():
        of_both = tuple(q for q in of_kind if q.theme == theme.id)
        assert search(kind=kind, theme=theme.id) == of_both
    assert search(kind="none") == search(phase="none") == search(theme="none") == ()


def test_words_and_the_rest_narrow_together():
    found = search("hvad vil", kind="mus_bpa", phase="ahead", theme="competence")
    assert ids(found) == ["competence-next", "competence-teach"]
    for wider in (
        search(kind="mus_bpa", phase="ahead", theme="competence"),
        search("hvad vil", phase="ahead", theme="competence"),
        search("hvad vil", kind="mus_bpa", theme="competence"),
        search("hvad vil", kind="mus_bpa", phase="ahead"),
    ):
        assert set(ids(wider)) >= set(ids(found))


def test_a_question_is_found_by_its_id():
    assert find("influence-proud").theme == "influence"
    with pytest.raises(KeyError):
        find("none")


# --- how it is picked -----------------------------------------------------------------------


def frame(items: list[dict[str, Any]]) -> dict[str, Any]:
    """A frame of those items, for all but its items as short as it may be."""
    title = {"da": "Spørgsmål", "en": "Questions"}
    return {
        "kind": "mus",
        "title": title,
        "preparation": "handed_in",
        "scale": {"low": {"da": "Slet ikke"}, "high": {"da": "Helt"}},
        "themes": [{"id": "picked", "title": title, "phase": "now", "items": items}],
    }


@pytest.mark.parametrize("theme", catalogue.load(), ids=lambda theme: theme.id)
def test_a_frame_of_picked_questions_is_right(theme):
    known = [question for question in theme.questions if question.type in get_args(ItemType)]
    assert len(known) >= 8
    document = parse(frame([as_item(question) for question in known]))
    for question, item in zip(known, document.items, strict=True):
        assert item.id == f"catalogue.{question.id}"
        assert (item.type, item.text, item.phase) == (question.type, question.text, question.phase)
        assert (item.text_leader, item.help) == (question.text_leader, question.help)


def test_what_is_picked_can_be_changed_without_changing_the_catalogue():
    question = find("influence-proud")
    item = as_item(question)
    item["text"]["da"] = "Noget andet?"
    item["help"].clear()
    assert as_item(question)["text"]["da"] == question.text["da"] != "Noget andet?"
    assert question.help


def test_a_question_with_something_to_pick_brings_it_along():
    item = as_item(find("competence-how-learn"))
    assert item["type"] == "several"
    assert [set(option["text"]) for option in item["options"]] == [set(LANGUAGES)] * 5
    assert [option["id"] for option in item["options"]] == list("12345")
    assert "options" not in as_item(find("influence-proud"))
