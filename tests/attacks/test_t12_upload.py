"""T12: files that are not what they say, names that lead elsewhere, bodies that never end."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from musling.cli import buffering
from musling.people import import_folder
from musling.people.import_files import UnreadableFile
from musling.people.import_folder import ImportFolder
from musling.people.models import Profile
from musling.web.staff import upload_limit
from musling.work.models import Run
from musling.work.runs import carry_out
from tests.cast import Cast
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db
GOOD = b"employment_id;person_id;first_name;unit_id\ne1;p1;Aase;2\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(import_folder, "_root", lambda: tmp_path / "imports")
    return tmp_path / "imports"


@pytest.fixture
def browser(cast: Cast) -> Client:
    return english(cast.hr)


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


HOSTILE = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "html after blanks": b" \r\n\t<html><body>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "program": b"MZ\x90\x00\x03\x00\x00\x00",
    "zip that is no workbook": zipped(**{"evil.txt": b"x"}),
    "zip that leads elsewhere": zipped(**{"../../../tmp/evil": b"x", "xl/workbook.xml": b"<a/>"}),
    "zip and page at once": zipped(**{"xl/workbook.xml": b"<a/>"}) + b"<script>alert(1)</script>",
    "cut off zip": zipped(**{"xl/workbook.xml": b"<a/>"})[:40],
    "nothing but zeros": b"\0" * 5000,
    "one long line": b"x" * 3_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["liste.csv", "liste.xlsx", "liste.svg"])
def test_what_is_no_list_is_refused_in_words(cast, browser, kind, name):
    people = Profile.objects.count()
    answer = browser.post(at("people-import"), {"people": SimpleUploadedFile(name, HOSTILE[kind])})
    if answer.status_code == 302:
        run = Run.objects.latest("pk")
        carry_out.call(run.public_id)
        run.refresh_from_db()
        assert (run.state, run.result) == ("done", {"refused": True})
        page = words(browser.get(answer.url))
        assert "Nothing was imported" in page
    else:
        assert "people" in answer.context["form"].errors
    assert Profile.objects.count() == people


def test_a_zip_bomb_is_refused_before_it_is_unpacked(cast, browser):
    bomb = zipped(**{"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 700_000_000})
    assert len(bomb) < 2_000_000
    answer = browser.post(at("people-import"), {"people": SimpleUploadedFile("liste.xlsx", bomb)})
    run = Run.objects.latest("pk")
    carry_out.call(run.public_id)
    run.refresh_from_db()
    assert run.result == {"refused": True}
    assert browser.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd.csv", "..\\..\\windows.csv", "/etc/cron.d/x.csv", "a\0b.csv", ".csv"],
)
def test_the_name_of_a_file_leads_nowhere(folder, name):
    kept = ImportFolder.make()
    kept.keep("people", name, [GOOD])
    assert {one.name for one in kept.path.iterdir()} == {"people", "people.json"}
    assert "/" not in kept.names()[0]
    assert "\\" not in kept.names()[0]
    assert [one.name for one in folder.parent.iterdir()] == ["imports"]


@pytest.mark.parametrize("token", ["../../etc", "", "a" * 200, "abcdefghij/k", "abcdefghij.."])
def test_a_token_that_is_none_leads_nowhere(token):
    with pytest.raises(ValueError, match="no token"):
        ImportFolder(token).told("people.check_import")


def test_markup_in_the_name_of_a_file_is_shown_as_text(cast, browser):
    name = '"><img src=x onerror=alert(1)>.csv'
    answer = browser.post(at("people-import"), {"people": SimpleUploadedFile(name, GOOD)})
    carry_out.call(Run.objects.latest("pk").public_id)
    assert "<img" not in browser.get(answer.url).content.decode()


def test_a_file_that_grows_too_large_is_stopped_and_removed(monkeypatch, folder, cast, browser):
    monkeypatch.setattr(import_folder, "MAX_UPLOAD", 1000)
    kept = ImportFolder.make()
    with pytest.raises(UnreadableFile):
        kept.keep("people", "liste.csv", (b"x" * 100 for _chunk in range(1_000_000)))
    assert (kept.path / "people").stat().st_size <= 1000
    kept.remove()
    answer = browser.post(
        at("people-import"), {"people": SimpleUploadedFile("liste.csv", b"x" * 1001)}
    )
    assert "people" in answer.context["form"].errors
    assert list(folder.iterdir()) == []


def test_the_server_takes_in_more_than_the_page_so_the_page_can_say_what_is_wrong():
    assert import_folder.MAX_UPLOAD < upload_limit.MOST < buffering.LARGEST_BODY


def test_a_body_without_end_is_not_written_to_disk(monkeypatch, cast, browser, folder):
    monkeypatch.setattr(upload_limit, "MOST", 10_000)
    for patience in (1_000_000, 10_000):
        monkeypatch.setattr(upload_limit, "PATIENCE", patience)
        answer = browser.post(
            at("people-import"),
            {"x": "1", "people": SimpleUploadedFile("liste.csv", b"x" * 50_000)},
        )
        assert "The files are too large" in words(answer)
    assert not folder.exists()
    assert not Run.objects.exists()
