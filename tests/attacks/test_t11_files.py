"""T11: files without log-in, by a guessed name, a forged origin, ``../``, a link, a range, a cache.

Musling keeps no file that somebody could ask for by its name: whatever is downloaded is made for
that request, behind the same rows as its page. What lies on disk are static files, keys, ledger and
uploads under way, and of these only the static files have an address.
"""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from musling.frames.models import FrameVersion
from musling.people.import_folder import ImportFolder
from musling.web.frames.taking import CONTENT_TYPES
from tests.access.stages import STAGES
from tests.cast import Cast
from tests.cli.installation import Installation, free_port, migrated, wait_until_served
from tests.conversations import stages

FORGED = {
    "nothing": {},
    "a page of ours": {"Referer": "http://testserver/havneby/"},
    "the file itself": {"Referer": "http://testserver/havneby/me/data.zip"},
    "this machine": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    "another address": {"X-Original-URL": "/help/", "X-Rewrite-URL": "/help/"},
    "another method": {"X-HTTP-Method-Override": "HEAD"},
    "another host": {"X-Forwarded-Host": "localhost"},
    "somebody's name": {"Remote-User": "mette@havneby.example", "X-Forwarded-User": "1"},
    "a part": {"Range": "bytes=0-9"},
    "what I have": {"If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
}


@pytest.fixture
def files(cast: Cast) -> dict[str, tuple[Client, str]]:
    """Every file that somebody can download by its address, with a browser that may."""
    talk = STAGES["agreed"](cast)
    release = stages.released(cast, talk, b"%PDF-1.7 a copy")
    mine, hr = cast.employee.client, cast.hr.client
    of_talk = ("minutes-pdf", "agreement-sheet", "empty-sheet", "preparation-paper")
    found = {name: (mine, reverse(name, args=["havneby", talk.public_id])) for name in of_talk}
    found["my-data-file"] = mine, reverse("my-data-file", args=["havneby"])
    for name in ("coverage-csv", "coverage-xlsx", "coverage-report"):
        found[name] = hr, reverse(name, args=["havneby"])
    version = FrameVersion.objects.filter(organisation=cast.havneby).first().public_id
    found["frame-file"] = hr, reverse("frame-file", args=["havneby", version])
    for name in ("frame-pdf", "frame-docx"):
        found[name] = hr, reverse(name, args=["havneby", version, "leader"])
    found["shared-pdf"] = (
        cast.union_rep.client,
        reverse("shared-pdf", args=["havneby", release.public_id]),
    )
    return found


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = (
    *("application/pdf", "application/zip", "text/csv; charset=utf-8", XLSX),
    *CONTENT_TYPES.values(),
)


def is_file(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and answer.headers["Content-Type"] in KINDS


@pytest.mark.django_db
def test_who_may_gets_each_file_so_the_tries_below_could_succeed(files):
    for name, (browser, address) in files.items():
        assert is_file(browser.get(address)), name


@pytest.mark.django_db
@pytest.mark.parametrize("forged", FORGED)
def test_nobody_gets_a_file_without_log_in_whatever_is_claimed(files, forged):
    for name, (_browser, address) in files.items():
        answer = Client().get(address, headers=FORGED[forged])
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/account/log-in/"), name


@pytest.mark.django_db
def test_a_colleague_gets_none_of_them_however_it_is_asked_for(cast: Cast, files):
    for name, (_browser, address) in files.items():
        if name == "my-data-file":  # everybody's own
            continue
        for claimed in FORGED.values():
            assert cast.colleague.client.get(address, headers=claimed).status_code == 404, name


@pytest.mark.django_db
def test_a_part_is_never_given_and_nothing_is_kept_to_compare_with(files):
    for name, (browser, address) in files.items():
        for claimed in ({}, FORGED["a part"], FORGED["what I have"]):
            answer = browser.get(address, headers=claimed)
            assert is_file(answer), name
            assert not {"ETag", "Last-Modified", "Accept-Ranges", "Content-Range"} & set(
                answer.headers
            ), name
            assert "no-store" in answer["Cache-Control"], name


@pytest.mark.django_db
def test_after_log_out_the_same_address_gives_nothing(files):
    browser, address = files["minutes-pdf"]
    assert is_file(browser.get(address))
    left = browser.post(reverse("log-out"))
    assert left["Clear-Site-Data"] == '"cache", "storage"'
    for claimed in FORGED.values():
        assert browser.get(address, headers=claimed).status_code == 302


@pytest.mark.django_db
def test_the_name_of_a_file_says_nothing_of_a_person_and_breaks_no_header(cast: Cast, files):
    names = {
        name: re.fullmatch(
            r'attachment; filename="([a-z0-9.-]+)"', browser.get(address)["Content-Disposition"]
        )
        for name, (browser, address) in files.items()
    }
    assert [name for name, found in names.items() if found is None] == []
    told = " ".join(found[1] for found in names.values()).lower()
    for member in (cast.employee, cast.leader, cast.union_rep):
        assert member.profile.first_name.lower() not in told
        assert member.profile.number.lower() not in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../settings.py", "..%2f..%2fleder.md", "/etc/passwd", "start-1280.png/..", ".png"]
)
def test_a_picture_of_the_guide_leads_nowhere_else(name):
    for address in (f"/help/pictures/{name}", f"/help/{name}/"):
        assert Client().get(address).status_code in {301, 302, 404}, address
        answer = Client().get(address, follow=True)
        assert answer.headers["Content-Type"].startswith("text/html"), address


# --- the running server, by what a browser would not send ---------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[tuple[int, Path]]:
    """A served installation whose keyring lies beside its static files; its port and folder."""
    with django_db_blocker.unblock():
        made: Installation = migrated(tmp_path_factory.mktemp("served"), "musling_files")
    port = free_port()
    with made.started("serve", "--port", str(port), "--no-worker"):
        wait_until_served(port)
        yield port, made.var


def raw(port: int, path: str) -> tuple[int, bytes]:
    """What the server answers to exactly this path."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", "localhost")
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


UP = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "....//", "..;/", "%252e%252e%252f"]


def test_a_static_file_is_served_so_the_tries_below_could_succeed(served):
    port, var = served
    name = next(path for path in (var / "static" / "musling").iterdir() if path.suffix == ".svg")
    assert raw(port, f"/static/musling/{name.name}") == (200, name.read_bytes())


@pytest.mark.parametrize("up", UP)
def test_no_way_up_leads_to_keys_ledger_or_database(served, up: str):
    port, var = served
    secrets = [path for path in var.rglob("*") if path.is_file() and "static" not in path.parts]
    assert any("keyring" in path.parts for path in secrets)
    for path in secrets:
        content, below = path.read_bytes(), str(path.relative_to(var))
        for way in (
            f"/static/{up}{below}",
            f"/static/musling/{up}{up}{below}",
            f"/{up}{below}",
            f"/help/pictures/{up * 4}{below}",
            f"//{below}",
            f"/static//{path}",
        ):
            status, body = raw(port, way)
            assert status in {301, 302, 400, 404}, way
            assert not content or content[:64] not in body, way


def test_what_appears_beside_the_static_files_is_not_served(served):
    """They are listed at start: a link or a file that somebody puts there later has no address."""
    port, var = served
    link, late = var / "static" / "link.json", var / "static" / "late.txt"
    link.symlink_to(next((var / "keyring").glob("generation-*.json")))
    late.write_text("late")
    for name in ("link.json", "late.txt"):
        assert raw(port, f"/static/{name}")[0] == 404, name
    link.unlink()
    late.unlink()


@pytest.mark.parametrize(
    "place",
    [
        *("/var/", "/media/", "/imports/", "/keyring/", "/ledger/destroyed.jsonl", "/backup/"),
        *("/musling.sqlite3", "/.env", "/.git/config", "/static/", "/static/staticfiles.json/.."),
        *("/admin/", "/server-status", "/pyproject.toml"),
    ],
)
def test_a_name_that_others_have_guessed_elsewhere_is_not_there(served, place: str):
    port, _var = served
    status, body = raw(port, place)
    assert status in {301, 302, 404}
    assert b"generation" not in body
    assert b"[project]" not in body


@pytest.mark.django_db
def test_an_upload_under_way_has_no_address(cast: Cast, tmp_path, monkeypatch):
    monkeypatch.setattr("musling.people.import_folder._root", lambda: tmp_path)
    kept = ImportFolder.make()
    kept.keep("people", "liste.csv", [b"employment_id;first_name\ne1;Aase\n"])
    for place in (f"/imports/{kept.token}/people", f"/var/imports/{kept.token}/people"):
        assert cast.hr.client.get(place).status_code == 404
    assert kept.path.stat().st_mode & 0o077 == 0
    assert (kept.path / "people").stat().st_mode & 0o077 == 0
