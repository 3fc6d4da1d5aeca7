"""The aims of reading from paper, held on all forms beside this test, and the bench that tells."""

import json
from pathlib import Path

import pytest

from musling.cli.bench.reading_frames import AIMS, FORMS, forms_in
from musling.cli.main import main
from musling.frames.reading import read_file
from musling.frames.reading.scoring import mean, score


def test_the_aims_are_kept_on_our_own_forms():
    scores = [
        score(json.loads(answer.read_text("utf-8")), read_file(form).to_json())
        for form, answer in forms_in(FORMS)
    ]
    told = mean(scores).to_json()
    assert {name: told[name] >= aim for name, aim in AIMS.items()} == dict.fromkeys(AIMS, True)


def test_the_bench_prints_scores_and_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    question = {"text": "Hvad?", "type": "text", "mandatory": None, "help": []}
    answer = {"themes": [{"title": "Året", "questions": [question, question | {"text": "Nej"}]}]}
    (tmp_path / "a.txt").write_text("MUS\n\nÅret\n- Hvad?\n", "utf-8")
    (tmp_path / "a.expected.json").write_text(json.dumps(answer), "utf-8")
    call = ["bench", "read-frames", "--forms", str(tmp_path), "--rounds", "1"]
    assert main([*call, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"name", "size", "seconds", "reference_seconds", "ratio", "peak_rss_mb", "queries"} <= (
        set(told)
    )
    assert (told["size"], told["scores"]["recall"], told["scores"]["precision"]) == (1, 0.5, 1.0)
    assert main(call) == 0
    assert "not kept" in capsys.readouterr().out


def test_the_bench_refuses_a_folder_without_forms(tmp_path: Path):
    assert main(["bench", "read-frames", "--forms", str(tmp_path)]) == 1
