"""``musling frames``."""

import json

import pytest

from musling.cli.main import main
from musling.frames import standard
from musling.frames.actions import adopt_standard
from musling.frames.document import text
from musling.frames.parsing import parse
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db


def test_list_names_what_is_shipped_and_what_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    work = Workplace()
    adopt_standard(work.hr(), name="mus-municipality", kind="mus")
    assert main(["frames", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in told["standard"]} == set(standard.names())
    (used,) = told["in_use"]
    assert (used["organisation"], used["kind"], used["version"]) == ("havneby", "mus", 1)


@pytest.mark.parametrize("name", standard.names())
def test_show_prints_the_document_that_the_program_reads(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["frames", "show", name, "--json"]) == 0
    assert parse(json.loads(capsys.readouterr().out)) == standard.load(name)


@pytest.mark.parametrize("language", ["da", "en"])
def test_show_prints_every_item_for_people(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in standard.names():
        assert main(["frames", "show", name, "--language", language]) == 0
        shown = capsys.readouterr().out
        for item in standard.load(name).items:
            assert text(item.text, language) in shown


def test_a_frame_that_does_not_exist_is_refused_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["frames", "show", "none"]) == 1
    assert "mus-municipality" in capsys.readouterr().err
