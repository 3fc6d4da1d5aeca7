"""How large a frame may be: what is refused, and that what is allowed can be sent as one form."""

import copy

import pytest
from django.conf import settings

from musling.frames import drafting, editing, standard
from musling.frames.document import FrameFault, to_json
from musling.frames.files.reading import FrameFileRefused, read_frame_file
from musling.frames.files.writing import to_toml
from musling.frames.parsing import parse
from musling.frames.sizes import MOST_CELLS, MOST_COLUMNS, MOST_FIELDS, refuse_too_large
from tests.cast import Cast
from tests.frames.drafts import begun


def table(name: str, columns: int, rows: int) -> dict:
    named = [{"id": f"c{n}", "text": {"da": f"Kolonne {n}"}} for n in range(columns)]
    return {
        "id": name,
        "type": "table",
        "text": {"da": f"Tabel {name}"},
        "columns": named,
        "rows": rows,
    }


def frame(*items: dict):
    raw = copy.deepcopy(to_json(standard.load("mus-short")))
    theme = {"id": "tables", "title": {"da": "Tabeller"}, "phase": "ahead", "items": list(items)}
    raw["themes"].append(theme)
    return parse(raw)


def problems(*items: dict) -> list[str]:
    try:
        refuse_too_large(frame(*items))
    except FrameFault as fault:
        return [f"{one.place}: {one.problem}" for one in fault.faults]
    return []


def test_what_comes_with_musling_is_small_enough():
    for name in standard.names():
        refuse_too_large(standard.load(name))


def test_a_table_has_eight_columns_at_most():
    assert problems(table("a", MOST_COLUMNS, 20)) == []
    (problem,) = problems(table("a", MOST_COLUMNS + 1, 2))
    assert "items[0].columns" in problem


def test_the_tables_of_a_theme_have_600_fields_at_most():
    full = [table(f"t{n}", 6, 20) for n in range(5)]
    assert problems(*full) == []
    (problem,) = problems(*full, table("more", 1, 1))
    assert str(MOST_CELLS) in problem


def test_a_theme_of_many_answers_is_refused_too():
    many = [{"id": f"o{n}", "text": {"da": f"Svar {n}"}} for n in range(100)]
    several = [
        {"id": f"s{n}", "type": "several", "text": {"da": "Hvilke?"}, "options": many}
        for n in range(20)
    ]
    assert problems(*several[:18]) == []
    assert len(problems(*several)) == 1


def test_the_server_takes_more_fields_than_a_theme_may_send():
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - MOST_FIELDS >= 100


def test_a_file_with_too_wide_a_table_is_refused_with_its_line():
    source = to_toml(frame(table("a", 9, 2)))
    with pytest.raises(FrameFileRefused) as refused:
        read_frame_file("bred.toml", source.encode())
    (fault,) = refused.value.faults
    assert fault.line > 0
    assert fault.place.endswith(".columns")


@pytest.mark.django_db
def test_what_was_too_wide_already_can_be_made_smaller_but_not_published(cast: Cast):
    draft = begun(cast)
    wide = table("wide", 12, 2)
    raw = copy.deepcopy(draft.document)
    raw["themes"][-1]["items"].append(wide)
    draft.document = to_json(parse(raw))
    draft.save()

    def change(columns: int) -> None:
        drafting.change_item(
            cast.hr.actor,
            public_id=draft.public_id,
            item="wide",
            fields={"columns": table("x", columns, 2)["columns"]},
        )

    change(10)
    with pytest.raises(FrameFault):
        drafting.publish(cast.hr.actor, public_id=draft.public_id)
    change(8)
    with pytest.raises(FrameFault):
        change(9)
    drafting.change(
        cast.hr.actor,
        public_id=draft.public_id,
        what="copy",
        element="wide",
        deed=lambda raw: editing.duplicate_item(raw, "wide")[0],
    )
    assert drafting.publish(cast.hr.actor, public_id=draft.public_id).number == 2
