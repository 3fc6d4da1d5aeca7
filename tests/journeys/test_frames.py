"""HR chooses what is asked; whoever prepares next is asked that."""

import pytest

from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B8")]


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
def test_hr_takes_a_frame_into_use_and_the_next_talk_asks_it(visit, size, scripts):
    cast = make_cast()
    hanne = Visitor(visit(size=size, javascript=scripts), cast.hr, looks_closely=scripts)
    hanne.logs_in()
    hanne.goes_to("/havneby/frames/")
    hanne.presses("main a:has-text('Kort samtale')")
    assert "Hvad kan din leder gøre for, at det lykkes?" in hanne.reads()
    hanne.presses("main nav.phases a:last-child")
    assert "Hvad vil du gøre for, at det lykkes?" in hanne.reads()
    hanne.presses("main button.button-primary")
    assert "Kort samtale bliver brugt til samtaler, der begynder fra nu af." in hanne.reads()
    hanne.presses("main a:has-text('Kort samtale')")
    assert "version 1" in hanne.reads().lower()


@pytest.mark.parametrize(("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=str)
def test_anybody_takes_an_example_frame_home(visit, tmp_path, size, scripts):
    make_cast()
    page = visit(size=size, javascript=scripts)
    page.goto("/help/")
    page.click("main a:has-text('Spørgerammer til inspiration')")
    assert "7 spørgsmål · 30 minutter" in page.inner_text("main")
    for ending, begins in (
        ("/employee.pdf", b"%PDF-"),
        ("/both.docx", b"PK"),
        (".toml", b"# A short talk"),
    ):
        with page.expect_download() as waiting:
            page.click(f"main a[href$='/mus-short{ending}']")
        place = tmp_path / "frame"
        waiting.value.save_as(place)
        assert place.read_bytes().startswith(begins)
