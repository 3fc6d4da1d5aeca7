"""A leader's changes, step by step: what may be done, and that nothing else happens by it."""

from dataclasses import replace

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from musling.foundation.problems import Refused
from musling.frames import standard, team_changes
from musling.frames import team_editing as editing
from musling.frames.composing import TEAM_THEME, compose
from musling.frames.document import FrameDocument, to_json
from musling.frames.parsing import parse
from musling.frames.team_changes import TeamChanges

BASE = standard.load("mus-municipality")
MANDATORY = [item.id for item in BASE.items if item.mandatory]
OTHERS = [item.id for item in BASE.items if not item.mandatory]
NOTHING = TeamChanges()
ASK = {"type": "text", "text": {"da": "Hvad skal vi holde op med?"}, "phase": "ahead"}
SCALE = {"type": "scale", "text": {"da": "Jeg får ros."}, "phase": "now"}
CHOICE = {
    "type": "choice",
    "text": {"da": "Hvornår er det bedst?"},
    "phase": "now",
    "options": [{"id": "a", "text": {"da": "Morgen"}}, {"id": "b", "text": {"da": "Aften"}}],
}


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def asked(changes: TeamChanges, base: FrameDocument = BASE) -> list[str]:
    return [item.id for item in compose(base, team=changes).document.items]


def theme_of(document: FrameDocument, item: str) -> str:
    return next(theme.id for theme in document.themes if item in {one.id for one in theme.items})


@pytest.mark.parametrize("item", MANDATORY)
def test_a_mandatory_item_is_never_left_out(item):
    with pytest.raises(Refused, match="mandatory"):
        editing.hide(BASE, NOTHING, item)


def test_left_out_and_taken_in_again():
    without = editing.hide(BASE, NOTHING, OTHERS[0])
    assert OTHERS[0] not in asked(without)
    assert editing.show(without, OTHERS[0]) == NOTHING


def test_what_is_not_asked_is_refused():
    for wrong in (
        TeamChanges(hidden=frozenset({"gone"})),
        TeamChanges(order=("gone",)),
        TeamChanges(themes=("gone",)),
        TeamChanges(help={"gone": ({"da": "Hvor?"},)}),
        replace(editing.add_own(BASE, NOTHING, theme="tasks", item=ASK), order=("team.00000000",)),
    ):
        with pytest.raises(Refused):
            editing.check(BASE, wrong)


def test_at_least_one_question_stays():
    free = replace(
        BASE,
        themes=tuple(
            replace(one, items=tuple(replace(i, mandatory=False) for i in one.items))
            for one in BASE.themes
        ),
    )
    with pytest.raises(Refused, match="at least one"):
        editing.check(free, TeamChanges(hidden=frozenset(item.id for item in free.items)))


def test_an_own_question_gets_an_id_that_stays_and_is_never_mandatory():
    sly = {**ASK, "id": OTHERS[0], "mandatory": True, "mandatory_by": "committee"}
    made = editing.add_own(BASE, NOTHING, theme="tasks", item=sly)
    one = made.added[0].item
    assert team_changes.OWN_IDS.fullmatch(one.id)
    assert (one.mandatory, one.mandatory_by, one.short, one.added_by) == (False, "", True, "team")
    assert theme_of(compose(BASE, team=made).document, one.id) == "tasks"
    other = {**ASK, "text": {"da": "Hvad skal vi begynde på?"}}
    changed = editing.change_own(BASE, made, one.id, theme=TEAM_THEME, item=other)
    assert [row.item.id for row in changed.added] == [one.id]
    assert asked(changed)[-1] == one.id
    assert editing.remove_own(BASE, changed, one.id) == NOTHING


@pytest.mark.parametrize(
    ("theme", "item", "home"),
    [
        ("tasks", SCALE, "tasks"),
        ("tasks", CHOICE, "tasks"),
        ("goals", ASK, TEAM_THEME),  # filled in together
        ("expectations", SCALE, TEAM_THEME),  # words only
        ("feedback", ASK, TEAM_THEME),  # the leader's alone
        ("gone", ASK, TEAM_THEME),
    ],
)
def test_an_own_question_stands_where_it_can(theme, item, home):
    made = editing.add_own(BASE, NOTHING, theme=theme, item=item)
    assert theme_of(compose(BASE, team=made).document, made.added[0].item.id) == home


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({**ASK, "text": {"da": " "}}, "Danish"),
        ({**ASK, "text": {"da": "x" * 301}}, "301"),
        ({**ASK, "type": "agreements"}, "answered"),
        ({**ASK, "type": "life_phase"}, "answered"),
        ({**ASK, "type": "table", "columns": CHOICE["options"]}, "answered"),
        ({**CHOICE, "options": CHOICE["options"][:1]}, "two answers"),
        ({**ASK, "secret": 1}, "spelling"),
    ],
)
def test_an_own_question_that_cannot_be_is_refused_with_words(item, words):
    with pytest.raises(Refused, match=words):
        editing.add_own(BASE, NOTHING, theme="tasks", item=item)


def test_a_scale_needs_the_frames_ends():
    without = standard.load("mus-bpa")
    assert without.scale is None
    kept = editing.add_own(without, NOTHING, theme=TEAM_THEME, item=SCALE)
    assert kept.added[0].item.type == "text"
    wrong = editing.add_own(BASE, NOTHING, theme="tasks", item=SCALE)
    with pytest.raises(Refused, match="no scale"):
        editing.check(without, replace(wrong, added=(replace(wrong.added[0], theme=TEAM_THEME),)))


def test_no_more_than_ten_of_ones_own():
    made = NOTHING
    for _time in range(team_changes.MOST_ADDED):
        made = editing.add_own(BASE, made, theme="tasks", item=ASK)
    with pytest.raises(Refused, match="at most 10"):
        editing.add_own(BASE, made, theme="tasks", item=ASK)


def test_own_ids_are_the_programs_to_give():
    one = editing.add_own(BASE, NOTHING, theme="tasks", item=ASK).added[0]
    for wrong in ("team.1", OTHERS[0], "team.ABCDEF01"):
        with pytest.raises(Refused):
            editing.check(
                BASE, TeamChanges(added=(replace(one, item=replace(one.item, id=wrong)),))
            )
    with pytest.raises(Refused):
        editing.check(BASE, TeamChanges(added=(one, one)))
    mandatory = replace(one, item=replace(one.item, mandatory=True))
    with pytest.raises(Refused, match="never mandatory"):
        editing.check(BASE, TeamChanges(added=(mandatory,)))


def test_own_help_questions_to_the_frames_items_and_to_ones_own():
    made = editing.add_own(BASE, NOTHING, theme="tasks", item=ASK)
    own = made.added[0].item.id
    for item in (MANDATORY[0], own):
        made = editing.add_help(BASE, made, item, {"da": "Hvornår?"})
        made = editing.add_help(BASE, made, item, {"da": "Hvor?"})
        made = editing.remove_help(BASE, made, item, 0)
        assert editing.own_help(made, item) == ({"da": "Hvor?"},)
        assert compose(BASE, team=made).document.item(item).help[-1] == {"da": "Hvor?"}
    with pytest.raises(Refused):
        editing.add_help(BASE, made, "gone", {"da": "Hvornår?"})
    for _time in range(editing.MOST_OWN_HELP - 1):
        made = editing.add_help(BASE, made, own, {"da": "Hvem?"})
    with pytest.raises(Refused, match="at most 10"):
        editing.add_help(BASE, made, own, {"da": "Hvem?"})


def test_moving_there_and_back_changes_nothing():
    tasks = [item.id for theme in BASE.themes if theme.id == "tasks" for item in theme.items]
    down = editing.move(BASE, NOTHING, tasks[0], 1)
    at = asked(down).index(tasks[1])
    assert asked(down)[at : at + 2] == [tasks[1], tasks[0]]
    assert editing.move(BASE, down, tasks[0], -1) == NOTHING
    assert editing.move(BASE, NOTHING, tasks[0], -1) == NOTHING
    assert editing.move(BASE, NOTHING, tasks[-1], 1) == NOTHING
    themes = [theme.id for theme in BASE.themes]
    moved = editing.move_theme(BASE, NOTHING, themes[1], -1)
    shown = [theme.id for theme in compose(BASE, team=moved).document.themes]
    assert shown == [themes[1], themes[0], *themes[2:]]
    assert editing.move_theme(BASE, moved, themes[1], 1) == NOTHING


def test_what_was_hidden_keeps_its_place_while_others_move():
    tasks = [item.id for theme in BASE.themes if theme.id == "tasks" for item in theme.items]
    hidden = next(one for one in tasks if one in OTHERS)
    made = editing.hide(BASE, NOTHING, hidden)
    made = editing.move(BASE, made, hidden, -1)
    assert hidden not in asked(made)
    back = asked(editing.show(made, hidden))
    place = tasks.index(hidden)
    assert back.index(hidden) == back.index(tasks[place - 1]) - 1


def test_differences_are_told_in_words_of_the_frame():
    made = editing.hide(BASE, NOTHING, OTHERS[0])
    made = editing.add_own(BASE, made, theme="tasks", item=ASK)
    made = editing.add_help(BASE, made, MANDATORY[0], {"da": "Hvornår?"})
    told = editing.differences(BASE, compose(BASE, team=made).document)
    assert [item.id for item in told.left_out] == [OTHERS[0]]
    assert [item.text["da"] for item in told.added] == ["Hvad skal vi holde op med?"]
    assert [(item.id, own) for item, own in told.helped] == [(MANDATORY[0], ({"da": "Hvornår?"},))]
    assert not told.reordered
    assert not editing.differences(BASE, BASE)


# --- any sequence of steps ------------------------------------------------------------------------

IDS = [item.id for item in BASE.items]
THEMES = [theme.id for theme in BASE.themes]
steps = st.one_of(
    st.tuples(st.just("hide"), st.sampled_from(IDS)),
    st.tuples(st.just("show"), st.sampled_from(IDS)),
    st.tuples(st.just("move"), st.sampled_from(IDS), st.sampled_from([-1, 1])),
    st.tuples(st.just("move_theme"), st.sampled_from([*THEMES, "team"]), st.sampled_from([-1, 1])),
    st.tuples(st.just("add"), st.sampled_from([*THEMES, "team"]), st.sampled_from([ASK, SCALE])),
    st.tuples(st.just("help"), st.sampled_from(IDS)),
    st.tuples(st.just("remove"), st.integers(0, 3)),
)


def stepped(changes: TeamChanges, step: tuple) -> TeamChanges:
    name, *more = step
    try:
        if name == "add":
            return editing.add_own(BASE, changes, theme=more[0], item=more[1])
        if name == "help":
            return editing.add_help(BASE, changes, more[0], {"da": "Hvor?"})
        if name == "remove":
            ids = [one.item.id for one in changes.added][more[0] : more[0] + 1]
            return editing.remove_own(BASE, changes, ids[0]) if ids else changes
        if name == "show":
            return editing.show(changes, more[0])
        return getattr(editing, name)(BASE, changes, *more)
    except Refused:
        return changes


@given(st.lists(steps, max_size=12))
@settings(max_examples=60)
def test_after_any_steps_the_frame_holds_what_it_must(rows):
    changes = NOTHING
    for row in rows:
        changes = stepped(changes, row)
        editing.check(BASE, changes)
    made = compose(BASE, team=changes)
    assert made.misfits == ()
    document = parse(to_json(made.document))
    assert set(MANDATORY) <= {item.id for item in document.items if item.mandatory}
    # The changes can be read off the two documents, and stored and read again.
    again = editing.between(BASE, document)
    assert compose(BASE, team=again).document == document
    assert team_changes.parse(team_changes.to_json(changes)) == changes
    # Whatever version comes, what fits asks the same as the changes themselves.
    for other in (standard.load("mus-six-topics"), standard.load("mus-bpa"), BASE):
        fit = editing.fitted(other, changes)
        editing.check(other, fit)
        asked_then = compose(other, team=changes)
        if not any(one.why == "no-scale" for one in asked_then.misfits):
            assert compose(other, team=fit).document == asked_then.document


def test_a_scale_of_ones_own_in_a_frame_without_is_told_not_dropped():
    made = editing.add_own(BASE, NOTHING, theme="tasks", item=SCALE)
    other = standard.load("mus-bpa")
    assert [one.why for one in compose(other, team=made).misfits] == ["no-scale"]
    assert compose(other, team=editing.fitted(other, made)).document.items[-1].type == "text"


def test_a_theme_that_is_emptied_still_holds_ones_own():
    theme = next(
        one
        for one in BASE.themes
        if one.kind == "questions" and not any(item.mandatory for item in one.items)
    )
    changes = TeamChanges(hidden=frozenset(item.id for item in theme.items))
    assert theme.id not in {one.id for one in compose(BASE, team=changes).document.themes}
    made = compose(BASE, team=editing.add_own(BASE, changes, theme=theme.id, item=ASK))
    assert made.misfits == ()
    kept = next(one for one in made.document.themes if one.id == theme.id)
    assert [item.added_by for item in kept.items] == ["team"]
