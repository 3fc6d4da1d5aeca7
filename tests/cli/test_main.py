"""Usage, exit codes and streams of the command."""

import json
import re
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from musling.cli import main as cli
from musling.cli.main import COMMANDS, main
from musling.foundation.problems import Refused
from musling.vault import rotation


def test_every_command_says_what_it_is() -> None:
    for name in written():
        module = import_module(f"musling.cli.{name}")
        assert name == module.NAME
        assert module.HELP
        assert callable(module.add_arguments)
        assert callable(module.run)


def written() -> list[str]:
    """The commands whose module there is."""
    return [name for name in COMMANDS if find_spec(f"musling.cli.{name}")]


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = capsys.readouterr().out
    assert all(re.search(rf"^ +{name}\s", listed, re.MULTILINE) for name in written())


@pytest.mark.parametrize(
    "words", [[], ["no-such"], ["clock", "stop"], ["clock", "move"], ["vault"], ["serve", "--x"]]
)
def test_wrong_usage_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "usage: musling" in streams.err


def test_a_named_command_brings_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in COMMANDS:
        monkeypatch.delitem(sys.modules, f"musling.cli.{name}", raising=False)
    assert main(["clock"]) == 0
    assert "musling.cli.clock" in sys.modules
    assert "musling.cli.serve" not in sys.modules


def refuse(**_arguments: object) -> None:
    """Says no."""
    raise Refused("Not now. Try tomorrow.")


def test_a_refusal_is_a_message_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rotation, "rotate", refuse)
    assert main(["vault", "rotate"]) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err == "musling: Not now. Try tomorrow.\n"


@pytest.mark.parametrize("words", [["--json", "vault", "rotate"], ["vault", "--json", "rotate"]])
def test_json_may_stand_anywhere_and_a_refusal_is_a_document_too(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rotation, "rotate", refuse)
    assert main(words) == 1
    assert json.loads(capsys.readouterr().out) == {"refused": "Not now. Try tomorrow."}


def test_a_fault_of_ours_is_not_dressed_up_as_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_set_up", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["clock"])
