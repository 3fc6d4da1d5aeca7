"""A frame's document: every fault is named with its place, and equal content has one hash."""

import copy
import json
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from musling.frames.document import (
    FORMAT,
    FrameDocument,
    FrameFault,
    content_hash,
    text,
    to_json,
    without_claims,
)
from musling.frames.parsing import parse


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def both(da: str) -> dict[str, str]:
    return {"da": da, "en": f"{da} (en)"}


def small() -> dict[str, Any]:
    """A frame with one of everything."""
    return {
        "format": FORMAT,
        "kind": "mus",
        "title": both("Samtalen"),
        "preparation": "handed_in",
        "minutes": 45,
        "purpose": {
            "paragraphs": [both("Derfor taler vi sammen.")],
            "aims": [{"id": "goals", "title": both("Mål"), "text": both("Vi sætter mål.")}],
        },
        "scale": {"low": both("Lav"), "high": both("Høj")},
        "life_phases": [
            {"id": "young", "title": both("Ung"), "help": [both("Hvad kan du nu?")]},
            {"id": "senior", "title": both("Senior"), "help": [both("Hvad er tungt?")]},
        ],
        "four_points": [
            {"id": f"point-{n}", "title": both(f"Punkt {n}"), "text": both("Hvad og hvorfor?")}
            for n in range(4)
        ],
        "guidance": {"employee": [both("Skriv kort.")], "leader": [both("Lyt først.")]},
        "themes": [
            {
                "id": "steps",
                "kind": "steps",
                "title": both("Trin"),
                "phase": "back",
                "covers": ["follow-up"],
                "items": [
                    {"id": "steps.agreements", "type": "agreements", "text": both("Aftaler?")},
                    {
                        "id": "steps.develop",
                        "type": "text",
                        "phase": "ahead",
                        "text": both("Hvad vil du lære?"),
                        "text_leader": both("Hvad kan medarbejderen lære?"),
                    },
                ],
            },
            {
                "id": "wellbeing",
                "title": both("Trivsel"),
                "phase": "now",
                "intro": both("Hvordan har du det?"),
                "covers": ["wellbeing"],
                "items": [
                    {
                        "id": "wellbeing.general",
                        "type": "scale",
                        "mandatory": True,
                        "text": both("Jeg har det godt"),
                        "text_leader": both("Min medarbejder har det godt"),
                        "explanation": both("Her og nu."),
                        "help": [both("Hvad er bedst?"), both("Hvad er værst?")],
                    },
                    {"id": "wellbeing.life", "type": "life_phase", "text": both("Livet fylder")},
                ],
            },
            {
                "id": "values",
                "kind": "organisation",
                "title": both("Værdier"),
                "phase": "now",
                "years": [2025, 2026],
                "items": [{"id": "values.one", "type": "scale", "text": both("Vi lytter")}],
            },
            {
                "id": "feedback",
                "kind": "feedback",
                "title": both("Tilbagemelding"),
                "phase": "now",
                "items": [{"id": "feedback.words", "type": "text", "text": both("Din indsats")}],
            },
            {
                "id": "goals",
                "kind": "goals",
                "title": both("Mål"),
                "phase": "ahead",
                "items": [{"id": "goals.focus", "type": "text", "text": both("Hvad først?")}],
            },
        ],
    }


def put(data: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The data with one value changed, or taken out when the value is ``...``."""
    changed = copy.deepcopy(data)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


def faults_of(data: Any) -> list[str]:
    with pytest.raises(FrameFault) as refused:
        parse(data, own=True)
    return str(refused.value).splitlines()


GENERAL = ("themes", 1, "items", 0)
KEPT = "ids like “%s” are kept for what committees and leaders add"
ID_HINT = "write an id of small letters a–z, digits, dots and hyphens"

FAULTS = [
    (
        GENERAL,
        {"id": "a", "type": "choice", "text": {"da": "Hvad?"}, "options": []},
        "themes[1].items[0].options: write at least two answers to choose from",
    ),
    (
        GENERAL,
        {"id": "a", "type": "table", "text": {"da": "Hvad?"}},
        "themes[1].items[0].columns: name at least one column",
    ),
    (
        (*GENERAL, "columns"),
        [{"id": "a", "text": {"da": "Hvem"}}],
        "themes[1].items[0].columns: only a table has columns and rows",
    ),
    (
        (*GENERAL, "options"),
        [{"id": "a", "text": {"da": "Ja"}}],
        "themes[1].items[0].options: only a question with answers to choose from has these",
    ),
    (
        GENERAL,
        {
            "id": "a",
            "type": "several",
            "text": {"da": "Hvad?"},
            "options": [{"id": "a", "text": {"da": "Ja"}}, {"id": "a", "text": {"da": "Nej"}}],
        },
        "themes[1].items[0].options[1].id: the id “a” is already used above",
    ),
    (("title",), ..., "title: missing Danish text"),
    (("title",), "Samtalen", "title: write the text per language, with da for Danish"),
    (("title",), {"da": "  ", "en": "Talk"}, "title: missing Danish text"),
    (("title",), {"da": 7}, "title: the text in “da” is not a text"),
    (
        ("title",),
        {"da": "Ja", "Dansk": "Ja"},
        "title: “Dansk” is not a language code such as da or en",
    ),
    (
        ("title",),
        {"da": "a" * 121},
        "title: the text in “da” has 121 characters; at most 120",
    ),
    (
        ("title",),
        {"da": "Samtale\x00n"},
        "title: the text in “da” holds characters that cannot be shown",
    ),
    (
        ("title",),
        {"da": "Halv \ud83d"},
        "title: the text in “da” holds characters that cannot be shown",
    ),
    (("kind",), "mos", "kind: write one of: mus, grus, tus, lus, senior, one_to_one"),
    (("kind",), ["mus"], "kind: write one of: mus, grus, tus, lus, senior, one_to_one"),
    (("preparation",), ..., "preparation: write one of: handed_in, after_both, never"),
    (("minutes",), 0, "minutes: write a whole number from 1 to 480"),
    (("minutes",), True, "minutes: write a whole number from 1 to 480"),
    (("minutes",), "45", "minutes: write a whole number from 1 to 480"),
    (("format",), 2, "format: this version of Musling reads format 1"),
    (("teksts",), 1, "teksts: there is no such field; check the spelling"),
    (("scale",), ..., "scale: write what the low and the high end mean"),
    (("scale", "low"), ..., "scale.low: missing Danish text"),
    (("scale",), [], "scale: write a table of named fields here"),
    (("purpose", "paragraphs"), "Derfor", "purpose.paragraphs: write a list here"),
    (("purpose", "why"), 1, "purpose.why: there is no such field; check the spelling"),
    (("guidance", "leader", 0), {"en": "Listen"}, "guidance.leader[0]: missing Danish text"),
    (("four_points", 3), ..., "four_points: write all four points, or leave them out"),
    (
        ("four_points", 1, "id"),
        "point-0",
        "four_points[1].id: the id “point-0” is already used above",
    ),
    (
        ("life_phases",),
        ...,
        "life_phases: life phases and the item that asks about them go together",
    ),
    (("life_phases", 0, "id"), "Ung", f"life_phases[0].id: {ID_HINT}"),
    (("themes",), [], "themes: a frame needs at least one theme"),
    (("themes", 1), None, "themes[1]: write a table of named fields here"),
    (("themes", 1, "id"), "steps", "themes[1].id: the id “steps” is already used above"),
    (("themes", 1, "phase"), "past", "themes[1].phase: write one of: back, now, ahead"),
    (("themes", 1, "items"), ..., "themes[1].items: a theme needs at least one item"),
    (
        ("themes", 1, "years"),
        [2025, 2026],
        "themes[1].years: only the organisation's theme has years",
    ),
    (
        ("themes", 2, "years"),
        [2026, 2025],
        "themes[2].years: write the first and the last year, such as 2025 and 2026",
    ),
    (
        ("themes", 1, "covers"),
        ["pay"],
        (
            "themes[1].covers: write a list with any of: follow-up, competence, tasks, "
            "goals-and-values, wellbeing, view-of-leader, status, cooperation, leader-goals, "
            "new-initiatives, leader-wellbeing, leader-competence, action-plan"
        ),
    ),
    (
        ("themes", 3, "for_parts"),
        ["employee", "leader"],
        "themes[3].for_parts: leave this out: the theme's kind decides who prepares it",
    ),
    (
        ("themes", 4, "for_parts"),
        ["employee"],
        "themes[4].for_parts: leave this out: the theme's kind decides who prepares it",
    ),
    (
        ("themes", 1, "for_parts"),
        [{}],
        "themes[1].for_parts: write a list with any of: employee, leader",
    ),
    ((*GENERAL, "text"), ..., "themes[1].items[0].text: missing Danish text"),
    ((*GENERAL, "text", "da"), "", "themes[1].items[0].text: missing Danish text"),
    ((*GENERAL, "text_leader"), {"en": "x"}, "themes[1].items[0].text_leader: missing Danish text"),
    ((*GENERAL, "help", 1), {"en": "?"}, "themes[1].items[0].help[1]: missing Danish text"),
    (
        (*GENERAL, "type"),
        "stars",
        (
            "themes[1].items[0].type: write one of: scale, text, choice, several, table, "
            "agreements, life_phase"
        ),
    ),
    ((*GENERAL, "id"), "trivsel.øvrigt", f"themes[1].items[0].id: {ID_HINT}"),
    ((*GENERAL, "id"), "wellbeing..general", f"themes[1].items[0].id: {ID_HINT}"),
    (
        (*GENERAL, "id"),
        "talk.expectation",
        "themes[1].items[0].id: the id “talk.expectation” is kept for the talk itself",
    ),
    (
        ("themes", 1, "id"),
        "topics",
        "themes[1].id: the id “topics” is kept for the talk itself",
    ),
    *(
        (
            (*GENERAL, "id"),
            name,
            f"themes[1].items[0].id: {KEPT % name}",
        )
        for name in ("committee.1a", "team.0123abcd", "theme-2027.1a")
    ),
    (
        ("themes", 1, "id"),
        "theme-2027-1a",
        f"themes[1].id: {KEPT % 'theme-2027-1a'}",
    ),
    *(
        (
            (*place, name),
            "committee",
            f"{where}.{name}: leave this out: Musling itself says who added what",
        )
        for place, where, name in (
            (("themes", 1), "themes[1]", "added_by"),
            (GENERAL, "themes[1].items[0]", "added_by"),
            (GENERAL, "themes[1].items[0]", "mandatory_by"),
        )
    ),
    ((*GENERAL, "id"), "a\n", f"themes[1].items[0].id: {ID_HINT}"),
    ((*GENERAL, "id"), "a" * 61, f"themes[1].items[0].id: {ID_HINT}"),
    ((*GENERAL, "id"), ..., f"themes[1].items[0].id: {ID_HINT}"),
    (
        (*GENERAL, "id"),
        "values.one",
        "themes[2].items[0].id: the id “values.one” is already used above",
    ),
    ((*GENERAL, "mandatory"), "yes", "themes[1].items[0].mandatory: write true or false"),
    (
        (*GENERAL, "short"),
        False,
        "themes[1].items[0].short: a mandatory item belongs in the short version",
    ),
    (
        (*GENERAL, "for_parts"),
        [],
        "themes[1].items[0].mandatory: nobody prepares this item, so it cannot be mandatory",
    ),
    (
        ("themes", 3, "items", 0, "for_parts"),
        ["employee"],
        "themes[3].items[0].for_parts: the theme is not for this part",
    ),
    (
        ("themes", 4, "items", 0, "mandatory"),
        True,
        "themes[4].items[0].mandatory: nobody prepares this item, so it cannot be mandatory",
    ),
    (
        ("themes", 0, "items", 1, "type"),
        "agreements",
        "themes: ask about life phase and about old agreements only once each",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), FAULTS)
def test_a_fault_is_named_with_its_place(path, value, message):
    assert faults_of(put(small(), path, value)) == [message]


@pytest.mark.row("D12")
def test_feedback_is_words_and_never_a_score():
    scored = put(small(), ("themes", 3, "items", 0, "type"), "scale")

    assert faults_of(scored) == [
        "themes[3].items[0].type: in a theme of this kind, write one of: text"
    ]


def test_there_is_room_for_one_organisations_theme():
    data = small()
    second = copy.deepcopy(data["themes"][2])
    second["id"], second["items"][0]["id"] = "values-2", "values.two"
    data["themes"].append(second)

    assert faults_of(data) == ["themes: there is room for one organisation's theme"]


def test_all_faults_are_told_at_once():
    data = put(small(), ("title",), ...)
    data = put(data, (*GENERAL, "text"), {"en": "I feel good"})
    data = put(data, (*GENERAL, "hepl"), [])

    assert faults_of(data) == [
        "title: missing Danish text",
        "themes[1].items[0].text: missing Danish text",
        "themes[1].items[0].hepl: there is no such field; check the spelling",
    ]


def test_what_is_put_together_may_say_who_added_it():
    added = {"id": "team.0123abcd", "type": "text", "text": both("Hvad mere?"), "added_by": "team"}
    data = put(small(), (*GENERAL, "mandatory_by"), "committee")
    data["themes"][1]["items"].append(added)
    document = parse(data)
    assert document.item("wellbeing.general").mandatory_by == "committee"
    assert document.item("team.0123abcd").added_by == "team"
    own = without_claims(document)
    assert {item.added_by or item.mandatory_by for item in own.items} == {""}


@pytest.mark.parametrize("data", [None, [], "mus", 7, [("kind", "mus")]])
def test_what_is_not_a_table_is_refused(data):
    assert faults_of(data)[0] == "write a table of named fields here"


def test_a_flood_of_rows_is_cut_off():
    data = put(small(), (*GENERAL, "help"), [both("Hvorfor?")] * 5000)

    assert faults_of(data) == ["themes[1].items[0].help: at most 100 rows"]
    with pytest.raises(FrameFault, match="400"):
        parse(data)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def paths(data: Any, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in the data."""
    if isinstance(data, dict):
        steps: Any = data.items()
    elif isinstance(data, list):
        steps = enumerate(data)
    else:
        return [here]
    return [here, *(path for key, value in steps for path in paths(value, (*here, key)))]


@given(path=st.sampled_from([path for path in paths(small()) if path]), value=ANY_JSON)
def test_anything_anywhere_is_either_understood_or_refused(path, value):
    """No other exception, and what is understood can be written, read and hashed."""
    data = put(small(), path, value)
    document = understood(data)

    if document is None:
        assert all(faults_of(data))
    else:
        assert parse(json.loads(json.dumps(to_json(document)))) == document
        assert len(content_hash(document)) == 64


def understood(data: Any) -> FrameDocument | None:
    try:
        return parse(data)
    except FrameFault:
        return None


@given(ANY_JSON)
def test_nothing_but_a_frame_is_a_frame(data):
    assert faults_of(data)


def test_written_and_read_again_it_is_the_same():
    document = parse(small())

    assert parse(to_json(document)) == document
    assert to_json(parse(to_json(document))) == to_json(document)


def test_what_is_written_is_sorted_and_says_nothing_empty():
    written = to_json(parse(small()))

    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert list(value) == sorted(value)
            assert not {"", None, False} & {
                v for v in value.values() if not isinstance(v, list | dict)
            }
            for inner in value.values():
                check(inner)
        if isinstance(value, list):
            assert value
            for inner in value:
                check(inner)

    check({name: value for name, value in written.items() if name != "format"})
    assert "short" not in written["themes"][1]["items"][1]


def test_what_is_answered_together_is_still_so_when_it_is_read_again():
    raw = put(small(), ("themes", 0, "items", 1, "for_parts"), [])
    raw = put(raw, ("themes", 2, "for_parts"), [])
    document = parse(raw)
    assert document.themes[0].items[1].together
    assert all(item.together for item in document.themes[2].items)
    assert parse(to_json(document)) == document


def test_the_hash_knows_content_and_not_how_it_was_written():
    data = small()
    other = {name: data[name] for name in reversed(data)}
    other["title"] = {"en": "Samtalen (en)\r\n", "da": " Samtalen", "de": " "}
    other["themes"][1]["items"][0]["for_parts"] = ["leader", "employee"]
    other["themes"][1]["items"][0]["short"] = True

    assert content_hash(parse(other)) == content_hash(parse(small()))


def test_the_same_letter_written_in_two_ways_has_one_hash():
    composed = put(small(), ("title",), {"da": "Små mål på én gang"})
    decomposed = put(small(), ("title",), {"da": "Sma\u030a ma\u030al pa\u030a e\u0301n gang"})

    assert content_hash(parse(composed)) == content_hash(parse(decomposed))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*GENERAL, "text", "da"), "Jeg har det fint"),
        ((*GENERAL, "text", "en"), "I am fine"),
        ((*GENERAL, "mandatory"), False),
        ((*GENERAL, "help", 0), both("Noget andet?")),
        (("themes", 1, "phase"), "ahead"),
        (("preparation",), "never"),
        (("minutes",), ...),
    ],
)
def test_another_content_has_another_hash(path, value):
    assert content_hash(parse(put(small(), path, value))) != content_hash(parse(small()))


def test_the_order_of_items_belongs_to_the_content():
    data = small()
    data["themes"][1]["items"].reverse()

    assert content_hash(parse(data)) != content_hash(parse(small()))


@pytest.fixture(name="document")
def document_fixture() -> FrameDocument:
    return parse(small())


def ids(things) -> list[str]:
    return [thing.id for thing in things]


def test_each_part_prepares_its_own_themes(document):
    assert ids(document.themes_for("employee")) == ["steps", "wellbeing", "values"]
    assert ids(document.themes_for("leader")) == ["steps", "wellbeing", "values", "feedback"]


def test_an_item_can_be_for_one_part_only():
    document = parse(put(small(), ("themes", 0, "items", 1, "for_parts"), ["leader"]))

    assert "steps.develop" not in ids(document.items_for("employee"))
    assert "steps.develop" in ids(document.items_for("leader"))


def test_the_short_version_holds_what_is_mandatory(document):
    assert ids(document.items_for("employee", short=True)) == ["wellbeing.general"]
    assert len(document.items_for("employee")) == 5


@pytest.mark.row("D10")
def test_nobody_prepares_the_goals_alone(document):
    prepared = ids(document.items_for("employee") + document.items_for("leader"))

    assert "goals.focus" not in prepared
    assert "goals.focus" in ids(document.items)


def test_an_item_is_found_by_its_id(document):
    assert document.item("values.one").text["da"] == "Vi lytter"
    with pytest.raises(KeyError):
        document.item("values.two")


@pytest.mark.row("B2")
def test_the_room_goes_by_phase_and_an_item_may_leave_its_themes_phase(document):
    back, now, ahead = (
        [(theme.id, ids(items)) for theme, items in document.themes_in(phase)]
        for phase in ("back", "now", "ahead")
    )

    assert back == [("steps", ["steps.agreements"])]
    assert now == [
        ("wellbeing", ["wellbeing.general", "wellbeing.life"]),
        ("values", ["values.one"]),
        ("feedback", ["feedback.words"]),
    ]
    assert ahead == [("steps", ["steps.develop"]), ("goals", ["goals.focus"])]


def test_the_leader_reads_the_mirror_wording_where_there_is_one(document):
    general = document.item("wellbeing.general")

    assert general.text_for("leader")["da"] == "Min medarbejder har det godt"
    assert general.text_for("employee")["da"] == "Jeg har det godt"
    assert document.item("values.one").text_for("leader")["da"] == "Vi lytter"
    assert general.explanation_for("leader") == both("Her og nu.")


def test_missing_topics_are_told(document):
    assert document.missing_topics() == (
        "competence",
        "tasks",
        "goals-and-values",
        "view-of-leader",
    )


def test_a_frame_that_looks_back_more_than_ahead_says_so(document):
    back = put(small(), ("themes", 0, "items", 1, "phase"), "back")
    back["themes"][4]["phase"] = "back"

    assert not document.looks_back_most()
    assert parse(back).looks_back_most()


def test_a_text_falls_back_to_danish():
    assert text({"da": "Ja", "en": "Yes"}, "en") == "Yes"
    assert text({"da": "Ja"}, "en") == "Ja"


def test_a_text_may_have_more_languages_later():
    document = parse(put(small(), ("title",), {"da": "Samtalen", "kl": "Oqaloqatigiinneq"}))

    assert text(document.title, "kl") == "Oqaloqatigiinneq"


def test_markup_is_kept_as_plain_text():
    hostile = "<script>alert(1)</script> {{ 7*7 }} #import"
    document = parse(put(small(), (*GENERAL, "text"), {"da": hostile}))

    assert document.item("wellbeing.general").text["da"] == hostile
