"""``musling frames export`` and ``import``: streams, exit codes, and nothing changed on the way."""

import json
from pathlib import Path

import pytest
from django.utils.translation import override

from musling.cli.main import main
from musling.frames import standard
from musling.frames.actions import adopt_standard
from musling.frames.files.writing import to_json_text, to_toml
from musling.frames.models import FrameVersion
from musling.frames.parsing import parse
from musling.frames.queries import document_of, in_use
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db
FRAME = to_toml(standard.load("mus-six-topics"))


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def work() -> Workplace:
    return Workplace()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "ramme.toml"
    place.write_text(FRAME, "utf-8")
    return place


def run(*words: object) -> int:
    return main(["frames", *map(str, words)])


def bring_in(file: Path, *more: str) -> int:
    return run("import", file, "--organisation", "havneby", *more)


@pytest.mark.parametrize("name", standard.names())
def test_a_standard_frame_goes_to_standard_output(name: str, capsys) -> None:
    assert run("export", name) == 0
    assert capsys.readouterr().out == to_toml(standard.load(name))
    assert run("export", name, "--format", "json") == 0
    assert capsys.readouterr().out == to_json_text(standard.load(name))
    assert run("export", name, "--json") == 0
    assert parse(json.loads(capsys.readouterr().out)) == standard.load(name)


def test_json_is_one_document_also_where_toml_is_asked_for(capsys) -> None:
    assert run("export", "lus", "--format", "toml", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"toml": to_toml(standard.load("lus"))}


@pytest.mark.parametrize("form", ["toml", "json"])
def test_out_in_and_out_again_is_the_same_to_the_last_byte(
    form: str, work: Workplace, tmp_path: Path, capsys
) -> None:
    adopt_standard(work.hr(), name="mus-municipality", kind="mus")
    version = in_use(work.organisation.pk, "mus").public_id
    first, second = tmp_path / f"a.{form}", tmp_path / f"b.{form}"
    assert run("export", version, "--output", first) == 0
    capsys.readouterr()
    assert bring_in(first, "--json", "--name", "Igen") == 0
    told = json.loads(capsys.readouterr().out)
    assert run("export", told["id"], "--organisation", "havneby", "--output", second) == 0
    assert second.read_bytes() == first.read_bytes()
    assert first.read_bytes().count(b"\n") > 300


def test_import_tells_what_it_made_and_takes_nothing_into_use(
    work: Workplace, file: Path, capsys
) -> None:
    assert bring_in(file, "--json", "--note", "Fra Sandvig") == 0
    streams = capsys.readouterr()
    version = FrameVersion.objects.get()
    assert json.loads(streams.out) == {
        "id": version.public_id,
        "name": version.frame.name,
        "version": 1,
        "kind": "mus",
        "title": version.frame.name,
        "items": len(standard.load("mus-six-topics").items),
        "in_use": False,
    }
    assert (streams.err, version.note) == ("", "Fra Sandvig")
    assert in_use(work.organisation.pk, "mus") is None
    assert bring_in(file, "--use") == 0
    assert version.public_id in capsys.readouterr().out
    assert in_use(work.organisation.pk, "mus") == version
    assert run("list", "--json") == 0
    (used,) = json.loads(capsys.readouterr().out)["in_use"]
    assert used["id"] == version.public_id


def test_a_dry_run_checks_and_changes_nothing(work: Workplace, file: Path, capsys) -> None:
    assert bring_in(file, "--dry-run", "--use") == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert bring_in(file, "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "mus"
    assert not FrameVersion.objects.exists()


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_every_fault_is_told_with_its_line(work: Workplace, file: Path, capsys, more) -> None:
    lines = FRAME.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("help = "))
    before = [line for line in lines[:at] if line.startswith("[[themes")]
    theme = before.count("[[themes]]") - 1
    item = before[::-1].index("[[themes]]") - 1
    lines[at] = "help = 7"
    while lines.pop(at + 1) != "]":
        pass
    lines.append("more = 1")
    file.write_text("\n".join(lines), "utf-8")
    assert bring_in(file, *more) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    first, second = streams.err.splitlines()
    place = f"themes[{theme}].items[{item}].help"
    assert first.startswith(f"ramme.toml, line {at + 1}: {place}: write a list")
    assert second.startswith(f"ramme.toml, line {len(lines)}: themes[")
    assert bring_in(file, "--json", *more) == 1
    told = json.loads(capsys.readouterr().out)
    assert [fault["line"] for fault in told["faults"]] == [at + 1, len(lines)]
    assert not FrameVersion.objects.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "none"), "There is no frame “none”"),
        (("export", "lus", "--organisation", "havneby"), "There is no frame “lus”"),
        (("export", "lus", "--output", "/nowhere/at/all.toml"), "/nowhere/at/all.toml: No such"),
        (("import", "/nowhere.toml", "--organisation", "havneby"), "/nowhere.toml: No such file"),
        (("import", "{file}", "--organisation", "none"), "no organisation with this address: none"),
        (("import", "{file}", "--organisation", "havneby", "--kind", "pus"), "of the kind “pus”"),
    ],
)
def test_what_is_wrong_is_refused_with_a_way_on(
    work: Workplace, file: Path, capsys, words, told
) -> None:
    assert run(*(word.format(file=file) for word in words)) == 1
    assert told in capsys.readouterr().err


def test_anothers_version_is_not_there_where_the_organisation_is_named(capsys) -> None:
    work, other = Workplace("havneby"), Workplace("sandvig")
    adopt_standard(other.hr(), name="mus-short", kind="mus")
    version = in_use(other.organisation.pk, "mus").public_id
    assert run("export", version, "--organisation", work.organisation.slug) == 1
    assert run("export", version) == 0


def test_a_frame_for_other_talks_is_made_to_suit_and_that_is_said(
    work: Workplace, tmp_path: Path, capsys
) -> None:
    place = tmp_path / "lus.toml"
    place.write_text(to_toml(standard.load("lus")), "utf-8")
    assert bring_in(place, "--kind", "mus") == 0
    told = capsys.readouterr()
    assert "The file is a frame for LUS." in told.err
    assert document_of(FrameVersion.objects.get().content).kind == "mus"


def test_where_nobody_hands_in_no_frame_says_otherwise(work: Workplace, file: Path, capsys) -> None:
    assert bring_in(file, "--kind", "mus_bpa") == 0
    assert "nobody hands in" in capsys.readouterr().err
    assert document_of(FrameVersion.objects.get().content).preparation == "never"


def test_a_file_that_claims_to_be_a_committees_is_refused_with_the_line(
    work: Workplace, tmp_path: Path, capsys
) -> None:
    place = tmp_path / "a.toml"
    lines = FRAME.splitlines()
    at = next(n for n, line in enumerate(lines) if line == "[[themes.items]]")
    lines.insert(at + 1, 'mandatory_by = "committee"')
    place.write_text("\n".join(lines), "utf-8")
    assert bring_in(place) == 1
    told = capsys.readouterr().err
    assert f"a.toml, line {at + 2}: themes[0].items[0].mandatory_by: leave this out" in told
    assert not FrameVersion.objects.exists()
