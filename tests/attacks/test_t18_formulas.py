"""T18: formulas in files that leave Musling, and a hostile list shown back on the page."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from musling.organisations.models import Unit
from musling.people import import_folder
from musling.schedule import counting
from musling.web.staff.csv_files import csv_file, harmless
from musling.work.models import Run
from musling.work.runs import carry_out
from tests.cast import Cast
from tests.web.staff_pages import at, english

pytestmark = pytest.mark.django_db
FORMULAS = (
    '=HYPERLINK("http://x.example","y")',
    "+45 20304050",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\u00a0=cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_leaves_as_text(text):
    assert harmless(text) == f"'{text}"
    file = csv_file("x.csv", ["a"], [[text]]).content.decode("utf-8-sig")
    cell = list(csv.reader(io.StringIO(file, newline=""), delimiter=";"))[1][0]
    assert cell.startswith("'")


@pytest.mark.parametrize("text", ["Åse", "a=b", "1-2", "mette@x.example", "", 0, 12])
def test_what_is_no_formula_leaves_as_it_is(text):
    assert harmless(text) == str(text)


def test_a_cell_cannot_break_out_of_its_row():
    hostile = 'a";"b\r\n=1+1;c'
    file = csv_file("x.csv", ["a", "b"], [[hostile, "z"]]).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file, newline=""), delimiter=";"))
    assert rows == [["a", "b"], [hostile, "z"]]


def test_a_unit_with_a_formula_for_a_name_is_harmless_in_the_export(cast: Cast):
    Unit.objects.filter(pk=cast.unit.pk).update(name="=1+1")
    counting.count()
    file = cast.hr.client.get(at("coverage-csv")).content.decode("utf-8-sig")
    assert "\n'=1+1;" in file
    book = load_workbook(io.BytesIO(cast.hr.client.get(at("coverage-xlsx")).content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "'=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s", "n"}, "f would be a formula"


def test_a_hostile_list_is_shown_back_as_text(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_folder, "_root", lambda: tmp_path / "imports")
    name = "<script>alert(1)</script>"
    hostile = (
        "employment_id;person_id;first_name;unit_id;<b>x</b>\n"
        f"e1;p1;{name};2;=1+1\n"
        f"e2;p2;Bo;{name};x\n"
        "=cmd|x;p3;Bo;9;x\n"
    )
    browser = english(cast.hr)
    answer = browser.post(
        at("people-import"), {"people": SimpleUploadedFile("=1+1.csv", hostile.encode())}
    )
    carry_out.call(Run.objects.latest("pk").public_id)
    page = browser.get(answer.url).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<b>x" not in page
    file = browser.get(f"{answer.url}rejected.csv").content.decode("utf-8-sig")
    assert "\n'=1+1.csv;" in file
    assert "\n=" not in file
