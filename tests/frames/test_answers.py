"""Answers in words: by the item that was answered, in the reader's language."""

from musling.frames.answers import Filled, said
from musling.frames.document import TABLE_ROWS, Item, Option
from tests.every_type import document

ASKED = document()


def read(item: str, language: str = "da", **value):
    return said(ASKED.find(item), value, language)


def test_what_was_chosen_is_told_in_the_readers_words_and_the_frames_order():
    assert read("job.hours", chosen=["more"]).words() == "Flere"
    assert read("job.hours", "en", chosen=["more"]).words() == "More"
    assert read("job.tasks", chosen=["care", "guide"], text="Helst").words() == (
        "Vejledning, Pleje\nHelst"
    )
    assert read("job.tasks", "en", chosen=["care"]).data() == {"chosen": ["Care"]}


def test_a_table_keeps_its_rows_and_leaves_out_those_without_a_word():
    one = read("learn.plan", cells={"1.what": "Et kursus", "3.when": "Til maj"})
    assert one.table == Filled(
        ("Hvad", "Hvordan", "Hvornår"), (("Et kursus", "", ""), ("", "", "Til maj"))
    )
    assert one.words() == "Hvad: Et kursus\nHvornår: Til maj"
    assert one.data() == {
        "table": {"columns": one.table.columns, "rows": one.table.rows},
    }


def test_nothing_answered_is_nothing():
    assert not read("learn.plan")
    assert not read("job.hours", chosen=[])
    assert read("job.well", score=0)


def test_without_an_item_the_given_names_tell_what_was_chosen():
    one = said(None, {"chosen": ["b", "gone"]}, "da", {"a": "Første", "b": "Anden"})
    assert one.words() == "Anden"


def test_a_table_has_as_many_cells_as_rows_times_columns():
    columns = (Option("a", {"da": "A"}), Option("b.c", {"da": "B"}))
    table = Item("t", "table", {"da": "T"}, "now", (), columns=columns, rows=2)
    assert table.cells == ("1.a", "1.b.c", "2.a", "2.b.c")
    without = Item("t", "table", {"da": "T"}, "now", (), columns=columns)
    assert len(without.cells) == TABLE_ROWS * 2
    assert ASKED.item("job.hours").cells == ()
