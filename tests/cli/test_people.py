"""``musling people import`` as contract.md says: streams, exit codes, the JSON document."""

import json
from pathlib import Path

import pytest

from musling.cli.main import main
from musling.people.models import Employment
from tests.people.imports.lists import csv, everybody, person, tree, vacant
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the lists lie, of an organisation without anybody."""
    Workplace()
    (tmp_path / "people.csv").write_bytes(csv(everybody()))
    (tmp_path / "units.csv").write_bytes(csv(tree()))
    return tmp_path


def run(folder: Path, *more: str, units: bool = True, slug: str = "havneby") -> int:
    """Runs the command as the command line does; the exit code."""
    words = ["people", "import", "--organisation", slug, "--people", str(folder / "people.csv")]
    if units:
        words += ["--units", str(folder / "units.csv")]
    return main([*words, *more])


def printed(captured: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What went to standard output and to standard error since it was last asked."""
    streams = captured.readouterr()
    return streams.out, streams.err


def test_json_is_one_document_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "people.csv").write_bytes(csv([*everybody(), person("7", unit_id="99")]))
    assert run(folder, "--json") == 0
    out, err = printed(capsys)
    document = json.loads(out)
    problem = document["rejected"][0].pop("problem")
    assert document == {
        "people": {"created": 6, "updated": 0, "unchanged": 0, "ended": 0},
        "units": {"created": 4, "updated": 0, "unchanged": 0, "ended": 0},
        "rejected": [{"file": "people.csv", "row": 8, "column": "unit_id"}],
    }
    assert problem
    assert err == ""


def test_a_second_run_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 0
    printed(capsys)
    assert run(folder, "--json", units=False) == 0
    document = json.loads(printed(capsys)[0])
    assert document["people"] == {"created": 0, "updated": 0, "unchanged": 6, "ended": 0}
    assert document["units"] == {"created": 0, "updated": 0, "unchanged": 0, "ended": 0}


def test_a_dry_run_says_the_same_and_does_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--dry-run", "--json") == 0
    planned = json.loads(printed(capsys)[0])
    assert not Employment.objects.exists()
    assert run(folder, "--json") == 0
    assert json.loads(printed(capsys)[0]) == planned


def test_without_json_the_outcome_is_told_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "people.csv").write_bytes(csv([person("7", unit_id="99"), *everybody()]))
    assert run(folder) == 0
    out, err = printed(capsys)
    assert [line.split(" ")[1] for line in out.splitlines()[:2]] == ["6", "4"]
    assert out.splitlines()[2].startswith("people.csv, 2, unit_id: ")
    assert err == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"fornavn;efternavn\r\nBo;Holm\r\n"],
    ids=["empty", "pdf", "columns"],
)
def test_a_file_that_cannot_be_read_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (folder / "people.csv").write_bytes(content)
    assert run(folder, "--json") == 1
    out, err = printed(capsys)
    assert json.loads(out)["refused"] in err
    assert not Employment.objects.exists()


def test_a_file_that_is_not_there_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "units.csv").unlink()
    assert run(folder) == 1
    out, err = printed(capsys)
    assert (out, "units.csv" in err) == ("", True)


def test_an_unknown_organisation_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, slug="sandvig") == 1
    out, err = printed(capsys)
    assert (out, "sandvig" in err) == ("", True)


def test_an_ending_that_is_too_large_has_to_be_allowed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [person(str(number), unit_id="11") for number in range(100, 140)]
    (folder / "people.csv").write_bytes(csv(many))
    (folder / "units.csv").write_bytes(csv(vacant()))
    assert run(folder) == 0
    (folder / "people.csv").write_bytes(csv(many[:4]))
    printed(capsys)
    assert run(folder, "--dry-run", "--json") == 0
    out, err = printed(capsys)
    assert (json.loads(out)["people"]["ended"], "--allow-ending" in err) == (36, True)
    assert run(folder) == 1
    out, err = printed(capsys)
    assert (out, "--allow-ending" in err) == ("", True)
    assert Employment.objects.filter(ends_on=None).count() == 40
    assert run(folder, "--allow-ending", "--json") == 0
    assert json.loads(printed(capsys)[0])["people"]["ended"] == 36


@pytest.mark.parametrize("words", [[], ["export"], ["import"], ["import", "--people", "x.csv"]])
def test_wrong_usage_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["people", *words])
    assert stopped.value.code == 2
    assert printed(capsys)[0] == ""


def test_progress_shows_on_a_screen_only(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run(folder, "--json") == 0
    out, err = printed(capsys)
    assert json.loads(out)["people"]["created"] == 6
    assert err.endswith("\r16 / 16\n")
