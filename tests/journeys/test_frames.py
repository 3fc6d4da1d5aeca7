"""HR chooses what is asked; whoever prepares next is asked that."""

import pytest

from musling.frames import drafting, editing, standard
from musling.frames.actions import keep_content, new_version
from musling.frames.models import FrameDraft
from musling.frames.queries import in_use
from musling.frames.required_actions import require_item
from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast
from tests.frames.drafts import begun
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


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
def test_hr_publishes_over_a_newer_version_knowingly_and_finds_the_way_back(visit, size, scripts):
    cast = make_cast()
    draft, used = begun(cast), in_use(cast.havneby.pk, "mus")
    require_item(cast.committee.actor, unit=cast.unit, kinds=["mus"], item="tasks.value")
    drafting.change(
        cast.hr.actor,
        public_id=draft.public_id,
        what="remove",
        element="",
        deed=lambda raw: editing.remove_item(raw, "tasks.value"),
    )
    content = keep_content(cast.havneby.pk, standard.load("mus-six-topics"))
    new_version(cast.hr.actor, used.frame, content)
    hanne = Visitor(visit(size=size, javascript=scripts), cast.hr, looks_closely=scripts)
    hanne.logs_in()
    hanne.goes_to(f"/havneby/frames/drafts/{draft.public_id}/publish/")
    read = hanne.reads()
    assert "Version 2 er kommet, efter at denne kladde blev begyndt" in read
    assert "er obligatorisk (Hjemmeplejen) og står ikke i denne spørgeramme" in read
    hanne.page.fill("[name=note]", "Uden det ene")
    hanne.presses("main form .button-primary")
    assert "sæt kryds, hvis din skal afløse den" in hanne.reads()
    assert hanne.page.input_value("[name=note]") == "Uden det ene"
    hanne.page.click("label[for=id_over_2]")
    hanne.presses("main form .button-primary")
    assert "Version 3 er udgivet." in hanne.reads()
    hanne.presses("main a[href$='/history/']")
    hanne.presses("main form:has-text('Begynd den næste version med version 2') button")
    assert FrameDraft.objects.get().document == content.document
