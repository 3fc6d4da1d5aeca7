"""What changed between two versions, in the reader's words."""

from musling.frames import editing, standard
from musling.frames.differences import Difference, differences
from musling.frames.document import to_json
from musling.frames.parsing import parse

OLD = standard.load("mus-short")
RAW = to_json(OLD)


def told(raw):
    return differences(OLD, parse(raw, unfinished=True), "da")


def test_the_same_twice_differs_in_nothing():
    assert told(RAW) == []


def test_other_words_are_told_with_those_before():
    item = OLD.themes[1].items[0]
    raw = editing.change_item(RAW, item.id, {"text": {"da": "Nyt?"}})
    assert told(raw) == [
        Difference(
            "item", "changed", "Nyt?", OLD.themes[1].title["da"], "text", item.text["da"], "Nyt?"
        )
    ]


def test_what_is_new_gone_moved_and_reordered_is_told_once_each():
    first, second = OLD.themes[0], OLD.themes[1]
    raw, new = editing.add_item(RAW, second.id, {"type": "text", "text": {"da": "Mere?"}})
    raw = to_json(parse(editing.remove_item(raw, OLD.themes[-1].items[0].id), unfinished=True))
    assert {(one.change, one.name) for one in told(raw) if one.where == "item"} == {
        ("added", "Mere?"),
        ("removed", OLD.themes[-1].items[0].text["da"]),
    }
    moved = editing.move_item(RAW, second.items[-1].id, OLD.themes[2].id)
    assert [(one.change, one.before) for one in told(moved)] == [("moved", second.title["da"])]
    turned = editing.step_theme(RAW, first.id, "down")
    assert [(one.where, one.change) for one in told(turned)] == [("theme", "reordered")]
    swapped = editing.step_item(RAW, second.items[0].id, "down")
    assert [(one.where, one.change, one.theme) for one in told(swapped)] == [
        ("item", "reordered", second.title["da"])
    ]
    assert new not in {item.id for item in OLD.items}


def test_a_mandatory_question_that_no_longer_is_and_another_time_are_told():
    must = next(item for item in OLD.items if item.mandatory)
    raw = editing.change_item(RAW, must.id, {"mandatory": False, "short": True})
    assert [(one.field, one.before, one.after) for one in told(raw)] == [("mandatory", "", "")]
    raw = editing.change_frame(RAW, {"minutes": 60})
    assert [(one.where, one.field, one.before, one.after) for one in told(raw)] == [
        ("frame", "minutes", "30", "60")
    ]
