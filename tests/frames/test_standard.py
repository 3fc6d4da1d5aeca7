"""The frames that come with Musling ask what their sources ask."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from musling.frames import standard
from musling.frames.document import FrameDocument, content_hash, to_json
from musling.frames.parsing import parse

HELP_IN_SOURCE = {
    "wellbeing.general": 5,
    "wellbeing.influence": 3,
    "wellbeing.meaning": 3,
    "wellbeing.demands": 3,
    "wellbeing.valued": 2,
    "wellbeing.contribute": 1,
    "wellbeing.balance": 3,
    "tasks.time": 2,
    "tasks.competences": 3,
    "tasks.motivation": 2,
    "tasks.value": 4,
    "tasks.help": 2,
    "cooperation.colleagues": 6,
    "cooperation.partners": 1,
    "cooperation.recognised": 2,
    "cooperation.skills": 3,
    "cooperation.own-part": 1,
    "goals.focus": 2,
}
STATEMENTS = {"wellbeing": 8, "tasks": 5, "cooperation": 5, "organisation": 4}
MANDATORY = [
    "wellbeing.general",
    "wellbeing.life-phase",
    "tasks.time",
    "tasks.competences",
    "cooperation.colleagues",
    "cooperation.partners",
    "values.results",
    "values.ambition",
    "values.dialogue",
    "values.community",
]


@pytest.fixture(name="municipality")
def municipality_fixture() -> FrameDocument:
    return standard.load("mus-municipality")


@pytest.fixture(name="bpa")
def bpa_fixture() -> FrameDocument:
    return standard.load("mus-bpa")


def ids(things) -> list[str]:
    return [thing.id for thing in things]


def texts(value: Any) -> list[dict[str, str]]:
    """Every text in a written document."""
    if isinstance(value, dict):
        return [value] if "da" in value else [t for v in value.values() for t in texts(v)]
    return [t for v in value for t in texts(v)] if isinstance(value, list) else []


def theme(document: FrameDocument, theme_id: str):
    return next(theme for theme in document.themes if theme.id == theme_id)


def test_an_unknown_name_is_a_key_error():
    for read in (standard.load, standard.source):
        for name in ("../standard/mus-bpa", "", "mus"):
            with pytest.raises(KeyError):
                read(name)


@pytest.mark.parametrize("name", standard.names())
def test_every_text_stands_in_danish_and_english(name):
    found = texts(to_json(standard.load(name)))

    assert len(found) > 25
    assert [t for t in found if set(t) != {"da", "en"} or t["da"] == t["en"]] == [
        t for t in found if t == {"da": "Senior", "en": "Senior"}
    ]


@pytest.mark.parametrize("name", standard.names())
def test_no_text_stands_twice_where_it_should_differ(name):
    """Help questions and statements are written for their item, not pasted."""
    document = standard.load(name)
    asked = [item.text["da"] for item in document.items]
    help_questions = [h["da"] for item in document.items for h in item.help]

    assert len(set(asked)) == len(asked)
    assert len(set(help_questions)) == len(help_questions)


@pytest.mark.parametrize("name", standard.names())
def test_the_stored_document_is_the_file(name):
    """What the database holds as JSON is read back as the same frame."""
    document = standard.load(name)
    stored = to_json(document)

    assert parse(stored) == document
    assert content_hash(parse(stored)) == content_hash(document)


@pytest.mark.parametrize("name", standard.names())
def test_the_file_says_nothing_that_is_lost(name):
    """A translation with blanks at its ends or a blank language would be tidied away."""
    file = Path(standard.__file__).parent / f"{name}.toml"
    raw = texts(tomllib.loads(file.read_text("utf-8")))

    assert sorted(map(str, (dict(sorted(t.items())) for t in raw))) == sorted(
        map(str, texts(to_json(standard.load(name))))
    )


@pytest.mark.row("E1")
@pytest.mark.parametrize(
    "name", [n for n in standard.names() if n not in ("mus-bpa", "one-to-one")]
)
def test_all_six_topics_are_covered(name):
    """What a talk of the year must cover; a short one along the way and a helper's need not."""
    assert standard.load(name).missing_topics() == ()


@pytest.mark.row("C6")
@pytest.mark.parametrize("name", [n for n in standard.names() if n != "mus-bpa"])
def test_more_looks_ahead_than_back(name):
    document = standard.load(name)
    phases = [item.phase for item in document.items]
    assert phases.count("ahead") > phases.count("back")
    assert len(phases) <= 50


def test_the_frame_of_three_phases_spends_most_on_what_is_ahead():
    phases = standard.load("mus-phases")
    counted = {phase: len(phases.themes_in(phase)) for phase in ("back", "now", "ahead")}
    assert all(counted.values())
    items = [item.phase for item in phases.items]
    assert items.count("ahead") >= items.count("back") + items.count("now")


@pytest.mark.row("C2")
def test_the_talk_on_the_core_task_begins_with_four_points_and_lasts_45_minutes():
    document = standard.load("mus-core-task")
    assert ids(document.four_points) == ["task", "frame", "actions", "norms"]
    assert document.minutes == 45
    assert {"control.clear", "control.steer"} <= set(ids(document.items))  # C11


@pytest.mark.row("E1")
def test_the_frame_of_six_topics_has_a_theme_for_each_in_their_order():
    document = standard.load("mus-six-topics")
    covered = [theme.covers[0] for theme in document.themes[:6]]
    assert covered == [
        "follow-up",
        "competence",
        "tasks",
        "goals-and-values",
        "wellbeing",
        "view-of-leader",
    ]
    competence = ids(theme(document, "competence").items)
    assert competence == [
        f"competence.{way}" for way in ("professional", "social", "work", "personal")
    ]


def test_the_short_frame_asks_eight_things_at_most():
    assert len(standard.load("mus-short").items) <= 8


@pytest.mark.row("E11")
def test_the_talk_with_a_leader_has_seven_topics_and_opens_with_the_goals():
    document = standard.load("lus")
    assert (document.kind, len(document.themes)) == ("lus", 7)
    assert ids(document.themes)[-1] == "plan"
    assert "mål" in document.purpose.paragraphs[1]["da"]


@pytest.mark.row("E10")
def test_the_groups_talk_has_six_topics_an_overview_and_one_plan():
    document = standard.load("grus")
    assert (document.kind, document.preparation, document.minutes) == ("grus", "never", 120)
    topics = [one for one in document.themes if one.for_parts]
    assert ids(topics) == ["since", "aims", "tasks", "together", "learning", "balance"]
    assert [len(one.items) for one in topics] == [1] * 6
    assert len([item for item in document.items_for("employee") if item.type == "text"]) == 5
    assert len(document.items_for("employee", short=True)) <= 3
    # Overview, joint assessment and plan are written by all together.
    together = [one for one in document.themes if one.kind == "goals"]
    assert [ids(one.items) for one in together] == [
        ["overview.resources", "overview.assessment"],
        ["plan.actions", "plan.follow-up"],
    ]


@pytest.mark.row("E10")
def test_the_groups_talk_is_about_no_single_person_and_never_about_pay():
    document = standard.load("grus")
    purpose = " ".join(p["da"] for p in document.purpose.paragraphs)
    assert "aldrig om en enkelt" in purpose
    assert "gruppen får ikke at vide, hvem der bad om den" in purpose
    asked = " ".join(t["da"] for item in document.items for t in (item.text, *item.help)).casefold()
    assert "løn" not in asked
    assert not {"du", "dig", "din", "dit"} & set(re.findall(r"\w+", asked))


def test_the_senior_talk_asks_neither_about_age_nor_health_nor_the_day_of_leaving():
    document = standard.load("senior")
    assert (document.kind, document.preparation) == ("senior", "handed_in")
    asked = " ".join(
        t["da"]
        for item in document.items
        for t in (item.text, item.text_leader, *item.help)
        if t is not None
    ).casefold()
    for word in ("alder", "gammel", "syg", "helbred", "pension", "holde op", "stoppe"):
        assert word not in asked, word


@pytest.mark.row("C9")
def test_the_talk_along_the_way_begins_with_the_agreements_and_needs_no_preparation():
    document = standard.load("one-to-one")
    assert (document.kind, document.preparation) == ("one_to_one", "never")
    assert document.items[0].type == "agreements"
    assert len(document.items) == 5
    assert not any(item.mandatory for item in document.items)
    assert document.minutes < 30


@pytest.mark.parametrize("name", standard.names())
def test_no_frame_names_the_talk(name):
    """The organisation chooses whether it is a MUS, a PUS or something else (row B3)."""
    words = {
        word.strip(".,:?()")
        for t in texts(to_json(standard.load(name)))
        for word in t["da"].split()
    }

    assert words.isdisjoint({"MUS", "PUS", "PU", "MUS-samtale", "Medarbejdersamtale"})


@pytest.mark.row("D2")
def test_twenty_two_statements_in_four_themes(municipality):
    counted = {
        theme.id: len(theme.items)
        for theme in municipality.themes
        if all(item.has_score for item in theme.items)
    }

    assert counted == STATEMENTS
    assert sum(item.has_score for item in municipality.items) == 22
    assert ids(municipality.themes)[-2:] == ["other", "goals"]
    assert [item.type for item in theme(municipality, "other").items] == ["text"]


@pytest.mark.row("D2")
def test_ten_statements_are_mandatory_and_they_are_the_short_version(municipality):
    assert [item.id for item in municipality.items if item.mandatory] == MANDATORY
    assert ids(municipality.items_for("employee", short=True)) == MANDATORY
    assert ids(municipality.items_for("leader", short=True)) == MANDATORY


@pytest.mark.row("D6")
def test_each_item_has_at_least_as_many_help_questions_as_its_source(municipality):
    short_of_help = {
        item_id: (len(municipality.item(item_id).help), wanted)
        for item_id, wanted in HELP_IN_SOURCE.items()
        if len(municipality.item(item_id).help) < wanted
    }

    assert short_of_help == {}
    assert len(theme(municipality, "organisation").help) == 2
    assert all(theme.intro for theme in municipality.themes)


@pytest.mark.row("D7")
def test_the_statement_on_life_phase_has_five_phases_with_own_questions(municipality):
    statement = municipality.item("wellbeing.life-phase")
    help_questions = {phase.id: len(phase.help) for phase in municipality.life_phases}

    assert (statement.type, statement.mandatory) == ("life_phase", True)
    assert list(help_questions) == [
        "young",
        "growing-family",
        "family-life",
        "career-sprint",
        "senior",
    ]
    source = {"young": 2, "growing-family": 1, "family-life": 1, "career-sprint": 3, "senior": 2}
    assert all(help_questions[phase] >= wanted for phase, wanted in source.items())


@pytest.mark.row("D3")
def test_the_scale_tells_its_ends(municipality):
    assert municipality.scale.low["da"] == "I meget lav grad"
    assert municipality.scale.high["da"] == "I meget høj grad"
    assert municipality.scale.explanation["en"].startswith("0 is the lowest")


@pytest.mark.row("D8")
def test_the_organisations_theme_is_a_slot_for_two_years_from_an_odd_one(municipality):
    slot = theme(municipality, "organisation")

    assert (slot.kind, slot.years) == ("organisation", (2025, 2026))
    assert slot.years[0] % 2 == 1
    assert all(item.mandatory and item.explanation for item in slot.items)


@pytest.mark.row("D9")
def test_preparation_is_guided_in_five_steps(municipality):
    steps = theme(municipality, "steps")

    assert steps.kind == "steps"
    assert ids(steps.items) == [
        "steps.now",
        "steps.develop",
        "steps.agreements",
        "steps.examples",
        "steps.wishes",
    ]
    assert municipality.item("steps.agreements").type == "agreements"


@pytest.mark.row("B6")
def test_expectations_have_three_fields_and_the_leader_the_mirror_image(municipality):
    expectations = theme(municipality, "expectations")

    assert ids(expectations.items) == [
        "expectations.myself",
        "expectations.workplace",
        "expectations.leader",
    ]
    assert all(item.for_parts == ("employee", "leader") for item in expectations.items)
    assert all(item.text_leader != item.text for item in expectations.items)
    assert all(item.text_leader is not None for item in expectations.items)


@pytest.mark.row("D12")
def test_only_the_leader_writes_feedback_and_in_words(municipality):
    feedback = theme(municipality, "feedback")

    assert feedback.for_parts == ("leader",)
    assert {item.type for item in feedback.items} == {"text"}
    assert "feedback" not in ids(municipality.themes_for("employee"))


@pytest.mark.row("D10")
def test_goals_are_filled_in_together(municipality):
    goals = theme(municipality, "goals")

    assert (goals.kind, goals.for_parts) == ("goals", ())
    assert ids(goals.items) == ["goals.focus", "goals.initiatives"]


@pytest.mark.row("E1")
def test_the_municipal_frame_covers_all_six_topics(municipality):
    assert municipality.missing_topics() == ()


@pytest.mark.row("C6")
def test_the_look_ahead_weighs_more_than_the_look_back(municipality, bpa):
    phases = [item.phase for item in municipality.items]

    assert municipality.item("steps.agreements").phase == "back"
    assert phases.count("ahead") > phases.count("back")
    assert not municipality.looks_back_most()
    assert not bpa.looks_back_most()


@pytest.mark.row("C2")
def test_four_points_are_shared_first_of_all(municipality):
    assert ids(municipality.four_points) == ["core-task", "direction", "actions", "values"]


@pytest.mark.row("B1")
def test_the_purpose_is_there_to_be_read_with_its_four_aims(municipality):
    assert len(municipality.purpose.paragraphs) == 3
    assert ids(municipality.purpose.aims) == ["development", "cooperation", "wellbeing", "goals"]


@pytest.mark.row("A10")
@pytest.mark.parametrize("name", standard.names())
def test_the_purpose_says_what_the_talk_is_not(name):
    purpose = " ".join(p["da"] for p in standard.load(name).purpose.paragraphs)

    assert "tjenstlig samtale" in purpose
    assert "Arbejdspladsvurderingen (APV)" in purpose


def test_every_statement_has_a_wording_for_the_leader(municipality):
    alike = [i.id for i in municipality.items if i.has_score and i.text_leader in (None, i.text)]

    assert alike == []


def test_a_core_task_can_be_seen_as_an_example(municipality):
    assert municipality.core_task_example["da"].startswith("Vi ")
    assert municipality.core_task_example["en"].startswith("We ")


@pytest.mark.row("A4")
def test_the_helpers_form_has_six_sections_of_words_that_are_never_handed_in(bpa):
    assert bpa.preparation == "never"
    assert ids(bpa.themes) == ["work", "flexibility", "role", "team", "learning", "other"]
    assert [len(theme.items) for theme in bpa.themes] == [6, 3, 3, 4, 2, 2]
    assert {item.type for item in bpa.items} == {"text"}
    assert {item.for_parts for item in bpa.items} == {("employee",)}
    assert bpa.items_for("leader") == ()


def test_the_helper_has_a_short_version_with_one_question_from_each_section(bpa):
    short = [item.id.partition(".")[0] for item in bpa.items_for("employee", short=True)]

    assert short == ids(bpa.themes)


@pytest.mark.row("C8")
def test_the_municipal_talk_has_45_minutes_and_the_helpers_no_clock(municipality, bpa):
    assert municipality.minutes == 45
    assert bpa.minutes is None


@pytest.mark.row("E3")
@pytest.mark.parametrize("name", standard.names())
def test_both_parts_have_guidance_of_their_own(name):
    guidance = standard.load(name).guidance

    assert len(guidance.employee) >= 3
    assert len(guidance.leader) >= 3
    assert not {t["da"] for t in guidance.employee} & {t["da"] for t in guidance.leader}
