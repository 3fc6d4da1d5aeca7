"""Importing in the browser: upload, look, say yes, result; nothing changes before the yes."""

import csv
import io
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from musling.activity.models import Activity
from musling.people import import_folder
from musling.people.import_files.columns import layout
from musling.people.import_folder import ImportFolder
from musling.people.import_runs import APPLY, CHECK
from musling.people.models import Employment, Profile
from musling.work.models import Run
from musling.work.runs import carry_out
from tests.cast import Cast, booked_talk
from tests.conversations import stages
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db
UNITS = "unit_id;name;parent_id\n1;Kommunen;\n2;Hjemmeplejen;1\n3;Team Nord;2\n"
PEOPLE = (
    "employment_id;person_id;first_name;last_name;unit_id\n"
    "e1;p1;Åse;Bro;3\n"
    "e2;p2;Bo;Lund;3\n"
    "e3;010180-1234;Cpr;Person;3\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie, for this test alone."""
    monkeypatch.setattr(import_folder, "_root", lambda: tmp_path / "imports")
    return tmp_path / "imports"


@pytest.fixture
def browser(cast: Cast) -> Client:
    return english(cast.hr)


def file(content: str | bytes, name: str = "liste.csv") -> SimpleUploadedFile:
    data = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, data)


def work() -> Run:
    """Does what waits, as a worker would."""
    run = Run.objects.filter(state="waiting").latest("pk")
    carry_out.call(run.public_id)
    run.refresh_from_db()
    return run


def look(browser: Client, **files: SimpleUploadedFile) -> tuple[Run, str]:
    """Uploads and has the look done; the run and the address of its page."""
    answer = browser.post(at("people-import"), files)
    assert answer.status_code == 302, words(answer)
    return work(), answer.url


def test_a_list_is_looked_at_before_anything_changes(cast, browser):
    run, page = look(browser, people=file(PEOPLE), units=file(UNITS, "enheder.csv"))
    assert run.result == {
        "people": {"created": 2, "updated": 0, "unchanged": 0, "ended": 0},
        "units": {"created": 1, "updated": 0, "unchanged": 2, "ended": 0},
        "rejected": 1,
        "too_many": False,
    }
    shown = words(browser.get(page))
    assert "Åse Bro" in shown
    assert "liste.csv, enheder.csv" in shown
    assert "person_id This looks like a CPR number" in shown
    assert "010180" not in shown
    assert not Profile.objects.filter(first_name="Åse").exists()


def test_yes_brings_the_list_in_and_twice_changes_nothing(
    cast, browser, folder, django_capture_on_commit_callbacks
):
    _run, page = look(browser, people=file(PEOPLE), units=file(UNITS))
    result = browser.post(page).url
    assert browser.post(page).url == result  # pressed twice: the same import
    assert "Importing" in words(browser.get(result))
    with django_capture_on_commit_callbacks(execute=True):
        assert work().state == "done"
    assert Employment.objects.get(number="e1").unit.name == "Team Nord"
    assert "Imported" in words(browser.get(result))
    assert Activity.objects.filter(verb="import.done").count() == 1
    # The lists are gone; what was rejected stays for a day.
    kept = {one.name for one in next(folder.iterdir()).iterdir()}
    assert not {"people", "units"} & kept

    again, page = look(browser, people=file(PEOPLE), units=file(UNITS))
    assert again.result["people"] == {"created": 0, "updated": 0, "unchanged": 2, "ended": 0}
    assert "There is nothing to import" in words(browser.get(page))


def test_the_page_waits_with_and_without_a_script(cast, browser):
    page = browser.post(at("people-import"), {"people": file(PEOPLE)}).url
    waiting = browser.get(page).content.decode()
    assert f'hx-get="{page}progress/"' in waiting
    assert f'href="{page}"' in waiting
    assert "HX-Refresh" not in browser.get(f"{page}progress/")
    run = work()
    assert browser.get(f"{page}progress/")["HX-Refresh"] == "true"
    ImportFolder(run.arguments["folder"]).progress(1, 2)
    assert "1 of 2 rows" in words(browser.get(f"{page}progress/"))


def test_rejected_rows_come_as_a_file(cast, browser):
    _run, page = look(browser, people=file(PEOPLE), units=file(UNITS))
    answer = browser.get(f"{page}rejected.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[:3] for row in rows[1:]] == [["liste.csv", "4", "person_id"]]


def test_many_who_would_end_need_a_second_yes(cast, browser):
    header = "employment_id;person_id;first_name;unit_id\n"
    full = header + "".join(f"e{n};p{n};Person{n};2\n" for n in range(60))
    _run, page = look(browser, people=file(full))
    browser.post(page)
    work()
    _run, page = look(browser, people=file(header + "e1;p1;Person1;2\n"))
    assert "59 of 60 employments are not in the list" in words(browser.get(page))
    answer = browser.post(page)
    assert answer.context["form"].errors.keys() == {"allow_ending"}
    browser.post(page, {"allow_ending": "on"})
    assert work().result["people"]["ended"] == 59


def test_what_changed_meanwhile_is_judged_anew(cast, browser):
    _run, page = look(browser, people=file(PEOPLE), units=file(UNITS))
    result = browser.post(page).url
    Profile.objects.filter(pk=cast.hr.profile.pk).update(disabled_at="2026-01-01T00:00Z")
    assert work().state == "failed"
    Profile.objects.filter(pk=cast.hr.profile.pk).update(disabled_at=None)
    assert "Something went wrong here, not in your file" in words(browser.get(result))
    assert not Profile.objects.filter(first_name="Åse").exists()


def test_a_list_that_cannot_be_read_says_why(cast, browser):
    _run, page = look(browser, people=file("navn;alder\nÅse;40\n"))
    assert "These are missing: employment_id (ansættelsesnummer)" in words(browser.get(page))


@pytest.mark.parametrize(
    ("kind", "first"), [("people", "ansættelsesnummer"), ("unit", "enhedsnummer")]
)
def test_the_headings_that_the_page_names_are_understood(cast, browser, kind, first):
    """Both rows of headings, as somebody would copy them from the page, make a list."""
    page = browser.get(at("people-import"))
    columns = page.context[f"{kind}_columns"]
    danish, english = ([one.danish for one in columns], [one.name for one in columns])
    named = set(re.findall(r"<code>(?:<strong>)?([^<]+)<", page.content.decode()))
    assert danish[0] == first
    for headings in (danish, english):
        assert set(headings) <= named
        assert [column for _place, column in layout(headings, columns).places] == list(columns)


def test_nothing_chosen_says_so(cast, browser):
    assert "people" in browser.post(at("people-import")).context["form"].errors


def test_files_of_yesterday_go(cast, browser, folder):
    run, page = look(browser, people=file(PEOPLE))
    old = folder / run.arguments["folder"]
    os.utime(old, (0, 0))
    assert import_folder.sweep() == 1
    assert "more than a day old" in words(browser.get(page))
    answer = browser.get(f"{page}rejected.csv")
    assert answer.status_code == 404


def test_an_upload_is_readable_by_the_program_alone(cast, browser, folder):
    run, _page = look(browser, people=file(PEOPLE))
    own = folder / run.arguments["folder"]
    assert own.stat().st_mode & 0o077 == 0
    assert all(one.stat().st_mode & 0o077 == 0 for one in own.iterdir())


def test_another_organisations_run_is_not_there(cast, browser):
    theirs = Run.objects.create(
        name=CHECK, organisation_id=cast.sandvig.pk, made_at="2026-01-01T00:00Z"
    )
    for name in ("import-run", "import-progress", "import-rejected"):
        assert browser.get(at(name, theirs.public_id)).status_code == 404
    other_work = Run.objects.create(
        name="bench", organisation_id=cast.havneby.pk, made_at="2026-01-01T00:00Z"
    )
    assert browser.get(at("import-run", other_work.public_id)).status_code == 404


def test_no_text_of_the_lists_is_in_the_database_of_work(cast, browser):
    _run, page = look(browser, people=file(PEOPLE), units=file(UNITS))
    browser.post(page)
    work()
    held = str(list(Run.objects.values("arguments", "cursor", "result", "problem")))
    assert "Åse" not in held
    assert Run.objects.filter(name=APPLY).count() == 1
    assert settings.MUSLING_MODE == "test"


@pytest.mark.row("X9")
def test_the_look_says_which_units_merge_and_which_talks_follow_and_they_do(cast, browser):
    talk = booked_talk(cast)
    units = (
        "unit_id;name;parent_id;leader_employment_id;closed\n"
        f"1;Kommunen;;{cast.leaders_leader.employment.number};\n"
        f"2;Hjemmeplejen;1;;ja\n9;Sygeplejen;1;{cast.colleague.employment.number};\n"
    )
    rows = Employment.objects.filter(organisation=cast.havneby).select_related("profile", "unit")
    people = "employment_id;person_id;first_name;last_name;unit_id;email\n" + "".join(
        f"{row.number};{row.profile.number};{row.profile.first_name};{row.profile.last_name};"
        f"{'9' if row.unit == cast.unit else '1'};{row.profile.email}\n"
        for row in rows
    )
    _run, page = look(browser, people=file(people), units=file(units, "enheder.csv"))
    shown = words(browser.get(page))
    assert "Hjemmeplejen goes into Sygeplejen" in shown
    assert "5 people move" in shown
    assert "1 talk that has not begun goes to the new leader" in shown
    assert "1 of them has a time: it is called off" in shown
    assert stages.seat(talk, "leader").profile_id == cast.leader.profile.pk
    browser.post(page)
    work()
    assert stages.seat(talk, "leader").profile_id == cast.colleague.profile.pk
    told = Activity.objects.filter(verb="team.changed").values_list("about_id", flat=True)
    assert cast.leader.profile.pk in told
    assert cast.colleague.profile.pk in told


@pytest.mark.row("X9")
def test_the_same_list_again_moves_no_talk(cast, browser):
    talk = booked_talk(cast)
    _run, page = look(browser, units=file(UNITS, "enheder.csv"))
    assert "Who leads whom" not in words(browser.get(page))
    browser.post(page)
    work()
    talk.refresh_from_db()
    assert talk.state == "booked"
