"""A full disk: a clear answer, nothing half, and all works again where there is room."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from musling.conversations.models import Answer, Conversation, Offer
from musling.foundation import clock
from musling.people import import_folder
from musling.people.models import Employment, Profile
from musling.rounds.actions import opening
from musling.rounds.models import Place
from musling.work import runs
from musling.work.models import Run
from tests.cast import Cast, booked_talk, member
from tests.rounds.planned import planned, worked
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Glad for vagterne. " * 20_000
FIELD = "t.wellbeing.general"
SMALL = 400_000  # bytes of the disk that is soon full
LIST = "employment_id;person_id;first_name;unit_id\n" + "".join(
    f"e{n};p{n};Person{n};2\n" for n in range(40_000)
)
NO_ROOM = "The server has no room for the files. Nothing was imported."


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    clock.reset()
    yield
    clock.reset()


@contextmanager
def full_database() -> Iterator[None]:
    """The database may not grow by a page."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite alone can be told that its disk is full")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def test_what_finds_no_room_in_the_database_is_told_of_and_not_half_there(cast: Cast) -> None:
    talk = booked_talk(cast)
    client = cast.employee.client
    client.raise_request_exception = False
    save = f"/havneby/talks/{talk.public_id}/prepare/save/"
    assert client.post(save, {FIELD: "før", f"version.{FIELD}": "0"}).status_code == 200
    before = bytes(Answer.objects.get().content)
    with full_database():
        answer = client.post(save, {FIELD: LONG[:9_000], f"version.{FIELD}": "1"})
        assert answer.status_code == 503
        assert "musling doctor" in answer.content.decode()
    assert bytes(Answer.objects.get().content) == before
    again = client.post(save, {FIELD: LONG[:9_000], f"version.{FIELD}": "1"})
    assert again.status_code == 200


def test_a_round_that_finds_no_room_goes_on_where_there_is_some(cast: Cast) -> None:
    for n in range(100):  # more than fits on pages that are begun already
        member(cast.havneby, cast.unit, f"M{n}", log_in=False)
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    (run,) = Run.objects.filter(name=opening.OPEN)
    with full_database(), suppress(OperationalError):  # not even that it was tried can be noted
        runs.carry_out.func(run.public_id)
    run.refresh_from_db()
    assert run.state in {Run.State.WAITING, Run.State.RUNNING}, run.problem
    assert Conversation.objects.count() == Offer.objects.count() == Place.objects.count() == 0
    clock.move(2 * runs.LEASE)
    assert runs.sweep() == 1
    worked()
    run.refresh_from_db()
    assert (run.state, run.problem) == ("done", "")
    assert Conversation.objects.count() == Offer.objects.count() > 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full; only root may have one."""
    place = tmp_path / "disk"
    place.mkdir()
    size = f"size={SMALL}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", place], capture_output=True, check=False
    ) if os.geteuid() == 0 else None  # fmt: skip
    if mounted is None or mounted.returncode:
        pytest.skip("no disk of its own can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # also where a file is still open


def upload(browser: Client) -> SimpleNamespace:
    """HR uploads the list; the page that comes of it."""
    file = SimpleUploadedFile("liste.csv", LIST.encode())
    answer = browser.post(at("people-import"), {"people": file})
    text = words(answer) if answer.status_code == 200 else ""
    return SimpleNamespace(status=answer.status_code, text=text)


def refused_then_taken(browser: Client, disk: Path, others: int) -> None:
    """The upload is refused while the disk is full, leaves nothing, and is taken afterwards."""
    before = (Profile.objects.count(), Employment.objects.count(), Run.objects.count())
    filler = disk / "filler"
    filler.write_bytes(b"x" * (SMALL - 100_000))
    page = upload(browser)
    assert page.status == 200
    assert NO_ROOM in page.text
    assert (Profile.objects.count(), Employment.objects.count(), Run.objects.count()) == before
    left = [path for path in disk.rglob("*") if path.is_file() and path != filler]
    assert len(left) == others, left
    filler.unlink()


def test_an_import_that_finds_no_room_is_refused_and_leaves_nothing(
    cast: Cast, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_folder, "_root", lambda: small_disk / "imports")
    monkeypatch.setattr("tests.faults.test_disk_full.LIST", LIST[:300_000])
    browser = english(cast.hr)
    refused_then_taken(browser, small_disk, others=0)
    assert upload(browser).status == 302


def test_an_upload_that_finds_no_room_on_its_way_in_says_so_too(
    cast: Cast,
    small_disk: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(import_folder, "_root", lambda: tmp_path / "imports")
    monkeypatch.setattr("tests.faults.test_disk_full.LIST", LIST[:300_000])
    settings.FILE_UPLOAD_TEMP_DIR = str(small_disk)
    browser = english(cast.hr)
    refused_then_taken(browser, small_disk, others=0)
    assert upload(browser).status == 302
