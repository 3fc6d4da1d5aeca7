"""Rows made of kept pieces say what their template says, with every value escaped."""

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe

from musling.web.pieces import rows

ROW = dict.fromkeys(
    ("mine", "url", "name", "title", "kind", "mark", "offer", "prepared", "talk", "minutes"), "x"
)
ROW |= {"agreements": "x"} | {
    f"no_{name}": "" for name in ("offer", "prepared", "talk", "minutes", "agreements")
}


def test_each_row_has_its_own_values_and_nothing_of_the_row_before() -> None:
    html = rows("team/_row.html", [ROW | {"name": "Mette"}, ROW | {"name": "Jonas"}])
    assert html.count("<tr") == 2
    assert html.index("Mette") < html.index("</tr>") < html.index("Jonas")


@pytest.mark.parametrize("name", sorted(ROW))
def test_what_people_write_is_never_markup(name: str) -> None:
    html = rows("team/_row.html", [ROW | {name: "<script>\"'&\ue000name\ue001"}])
    assert "<script>" not in html
    assert "&lt;script&gt;&quot;&#x27;&amp;\ue000name\ue001" in html


def test_what_is_marked_as_safe_stays() -> None:
    html = rows("team/_row.html", [ROW | {"mine": mark_safe(' class="mine"')}])
    assert html.startswith('<tr class="mine">')


def test_each_language_has_its_own_words() -> None:
    with translation.override("en"):
        assert 'data-title="Agreements"' in rows("team/_row.html", [ROW])
    with translation.override("da"):
        assert 'data-title="Agreements"' not in rows("team/_row.html", [ROW])


def test_no_row_is_no_text() -> None:
    assert rows("team/_row.html", []) == ""
