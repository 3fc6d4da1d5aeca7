"""Files made to be heavy: refused in time, and this process never holds what they unpack to."""

import resource
import time
from pathlib import Path

import pytest
from django.utils import translation

from musling.cli.main import main
from musling.frames.reading import Limits, UnreadableForm, apart, read
from tests.frames.reading.bombs import BOMBS
from tests.frames.reading.word_file import paragraph, word_file

TIGHT = Limits(processor=2, wall=20.0, memory=160_000_000)
GROWTH = 20_000  # kB; each of the files unpacks to five times as much, and more
TOLD = {"forged.docx": "readable Word", "bzip2.docx": "readable Word", "lzma.docx": "readable Word"}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_does_not_swell_this_process(name: str):
    data = BOMBS[name]()
    assert len(data) < 1_000_000
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with (
        translation.override("en"),
        pytest.raises(UnreadableForm, match=TOLD.get(name, "too heavy|far more")),
    ):
        read(data, name, TIGHT)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH
    assert time.monotonic() - begun < TIGHT.wall


@pytest.mark.parametrize("limits", [Limits(memory=100_000_000), Limits(wall=0.01)])
def test_what_is_ended_by_a_limit_is_told_to_be_too_heavy(limits: Limits):
    data = BOMBS["elements.docx"]()
    with translation.override("en"), pytest.raises(UnreadableForm, match="too heavy to read"):
        read(data, "a.docx", limits)


def test_a_line_longer_than_any_is_refused():
    with pytest.raises(UnreadableForm):
        read(word_file(paragraph("Hvad? " * 5_000)), "a.docx")


def test_a_refusal_is_told_in_the_language_of_the_reader():
    with translation.override("da"), pytest.raises(UnreadableForm, match="læselig Word-fil"):
        apart.lines("docx", BOMBS["bzip2.docx"](), Limits())


def test_the_command_refuses_a_bomb(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    bomb = tmp_path / "form.docx"
    bomb.write_bytes(BOMBS["elements.docx"]())
    assert main(["frames", "read", str(bomb)]) == 1
    assert "musling: " in capsys.readouterr().err
