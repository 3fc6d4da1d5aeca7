"""HR brings in a paper form and asks it: Word on one side, the frame on the other (X5)."""

from pathlib import Path

import pytest

from musling.frames.models import FrameDraft
from musling.frames.queries import document_of, in_use
from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X5")]
FORMS = Path(__file__).parents[1] / "frames" / "forms"


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
def test_a_word_form_is_brought_in_corrected_and_published(visit, size, scripts):
    cast = make_cast()
    hanne = Visitor(visit(size=size, javascript=scripts), cast.hr, looks_closely=scripts)
    hanne.logs_in()
    page = hanne.page
    hanne.goes_to("/havneby/frames/")
    hanne.presses("main a[href$='/frames/read/']")
    page.set_input_files("[name=form]", FORMS / "vuggestue-mus.docx")
    hanne.presses("main form .button-primary")
    draft = FrameDraft.objects.get()
    items = [item for theme in draft.document["themes"] for item in theme.get("items", [])]
    assert items
    assert page.locator(".original li.used").count() >= len(items)
    hanne.presses(".original button[name=place] >> nth=0")
    assert "Sat ind igen som et spørgsmål." in hanne.reads()
    hanne.presses("main a[href$='/publish/']")
    page.check("[name=take]", force=True)
    hanne.presses("main form .button-primary")
    asked = document_of(in_use(cast.havneby.pk, "mus").content)
    assert len(asked.items) == len(items) + 1


def test_pasted_text_on_a_phone(visit):
    cast = make_cast()
    hanne = Visitor(visit(size=PHONE), cast.hr, looks_closely=True)
    hanne.logs_in()
    hanne.goes_to("/havneby/frames/read/")
    hanne.page.fill("[name=text]", "Trivsel\n1. Hvad giver dig kræfter?\n2. Hvad tager dem?")
    hanne.presses("main form .button-primary")
    assert "Hvad giver dig kræfter?" in hanne.reads()


def test_a_bad_file_is_told_and_nothing_is_made(visit, tmp_path):
    cast = make_cast()
    bad = tmp_path / "skema.pdf"
    bad.write_bytes(b"not a PDF")
    hanne = Visitor(visit(size=DESKTOP), cast.hr, looks_closely=True)
    hanne.logs_in()
    hanne.goes_to("/havneby/frames/read/")
    hanne.page.set_input_files("[name=form]", bad)
    hanne.presses("main form .button-primary")
    assert hanne.page.locator(".form-error-message").count() == 1
    assert not FrameDraft.objects.exists()
