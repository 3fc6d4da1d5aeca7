"""Changes to a draft: whatever is done in whatever order, nothing else changes or gets lost."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musling.frames import editing, standard
from musling.frames.document import FrameFault, to_json
from musling.frames.editing import Gone
from musling.frames.parsing import parse

BASE = to_json(standard.load("mus-municipality"))
THEMES = [theme["id"] for theme in BASE["themes"]]
ITEMS = [item["id"] for theme in BASE["themes"] for item in theme["items"]]


def ids(raw, theme_id=None):
    return [
        item["id"]
        for theme in raw.get("themes", [])
        if theme_id in (None, theme["id"])
        for item in theme.get("items", [])
    ]


def canonical(raw):
    return to_json(parse(raw, unfinished=True))


def test_an_item_is_added_behind_another_or_at_the_end():
    fields = {"type": "text", "text": {"da": "Hvad nu?"}, "phase": "now"}
    raw, new = editing.add_item(BASE, "tasks", fields, after="tasks.time")
    assert ids(raw, "tasks")[:2] == ["tasks.time", new]
    raw, new = editing.add_item(BASE, "tasks", fields)
    assert ids(raw, "tasks")[-1] == new
    assert new not in ITEMS


def test_an_empty_field_is_taken_away_and_one_that_is_not_named_stays():
    before = editing.item_of(BASE, "tasks.time")[0]
    raw = editing.change_item(BASE, "tasks.time", {"help": [], "mandatory": False})
    after = editing.item_of(raw, "tasks.time")[0]
    assert "mandatory" not in after
    assert after.get("help", []) == []
    assert after["text"] == before["text"]


def test_what_an_item_had_from_its_theme_follows_the_theme():
    raw = editing.change_theme(BASE, "tasks", {"phase": "ahead", "for_parts": ["employee"]})
    theme = parse(raw).themes[THEMES.index("tasks")]
    assert {item.phase for item in theme.items} == {"ahead"}
    assert {item.for_parts for item in theme.items} == {("employee",)}


def test_a_theme_of_another_kind_asks_whom_that_kind_asks():
    raw, theme = editing.add_theme(BASE, {"title": {"da": "Ros"}, "phase": "now"})
    raw, _item = editing.add_item(raw, theme, {"type": "text", "text": {"da": "Hvad?"}})
    raw = editing.change_theme(canonical(raw), theme, {"kind": "feedback", "for_parts": None})
    assert parse(raw).themes[-1].items[0].for_parts == ("leader",)


def test_an_item_that_moves_is_asked_of_those_whom_the_theme_is_for():
    raw = canonical(editing.move_item(BASE, "other.open", "feedback"))
    assert editing.item_of(raw, "other.open")[0]["for_parts"] == ["leader"]
    raw = canonical(editing.move_item(raw, "other.open", "tasks", before="tasks.time"))
    item, theme = editing.item_of(raw, "other.open")
    assert theme["items"][0] is item
    assert item["for_parts"] == ["employee", "leader"]


def test_a_step_from_the_edge_of_a_theme_leads_into_the_next():
    raw = editing.step_item(BASE, ids(BASE, "tasks")[0], "up")
    assert ids(raw, "wellbeing")[-1] == "tasks.time"
    raw = editing.step_item(raw, "tasks.time", "down")
    assert ids(raw) == ITEMS
    first = editing.step_item(BASE, ITEMS[0], "up")
    assert ids(first) == ITEMS


def test_what_is_not_there_is_said_to_be_gone():
    for deed in (
        lambda: editing.remove_item(BASE, "none"),
        lambda: editing.remove_theme(BASE, "none"),
        lambda: editing.move_item(BASE, ITEMS[0], "none"),
        lambda: editing.change_item(BASE, "none", {}),
        lambda: editing.add_item(BASE, "none", {}),
    ):
        with pytest.raises(Gone):
            deed()


any_item = st.sampled_from(ITEMS)
any_theme = st.sampled_from(THEMES)
deeds = st.one_of(
    st.tuples(st.just("step_item"), any_item, st.sampled_from(["up", "down"])),
    st.tuples(st.just("step_theme"), any_theme, st.sampled_from(["up", "down"])),
    st.tuples(st.just("move_item"), any_item, any_theme, st.one_of(st.just(""), any_item)),
    st.tuples(st.just("move_theme"), any_theme, st.one_of(st.just(""), any_theme)),
    st.tuples(st.just("duplicate_item"), any_item),
    st.tuples(st.just("duplicate_theme"), any_theme),
    st.tuples(st.just("remove_item"), any_item),
    st.tuples(st.just("remove_theme"), any_theme),
)


@settings(max_examples=60)
@given(st.lists(deeds, max_size=15))
def test_any_sequence_keeps_ids_unique_and_leaves_the_rest_alone(sequence):
    untouched = copy.deepcopy(BASE)
    raw = BASE
    for name, *arguments in sequence:
        before = copy.deepcopy(raw)
        try:
            made = getattr(editing, name)(raw, *arguments)
            after = made[0] if isinstance(made, tuple) else made
            after = canonical(after)
        except (Gone, FrameFault):
            assert raw == before
            continue
        same = name.startswith(("step", "move")) or not _changes(raw, name, arguments)
        assert (sorted(ids(after)) == sorted(ids(raw))) == same
        assert len(set(ids(after))) == len(ids(after))
        kept = set(ids(after)) & set(ids(raw))
        for one in kept:
            old, new = editing.item_of(raw, one)[0], editing.item_of(after, one)[0]
            assert {k: v for k, v in old.items() if k != "for_parts"} == {
                k: v for k, v in new.items() if k != "for_parts"
            }
        raw = after
    assert untouched == BASE


def _changes(raw, name, arguments):
    """Whether removing or duplicating touches any item: a theme may be empty by now."""
    return not name.endswith("theme") or bool(ids(raw, arguments[0]))
