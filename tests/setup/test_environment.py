"""What set-up has done it does not do again, and what has changed it does."""

from pathlib import Path

import pytest

from setup import environment


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two locks and a .venv without Python."""
    for folder in ("requirements", ".venv"):
        (tmp_path / folder).mkdir()
    for lock in ("runtime", "dev"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first word of each call of pip, none of which happens."""
    calls: list[str] = []
    monkeypatch.setattr(environment, "make_venv", lambda: None)
    monkeypatch.setattr(environment, "pip", lambda *words: calls.append(words[1]))
    return calls


def test_the_second_time_nothing_is_installed(root: Path, calls: list[str]) -> None:
    environment.install("runtime")
    assert calls == ["--require-hashes", "--no-build-isolation"]
    environment.install("runtime")
    assert len(calls) == 2


def test_the_developers_lock_serves_everybody(root: Path, calls: list[str]) -> None:
    environment.install("dev")
    environment.install("runtime")
    assert len(calls) == 2


def test_a_changed_lock_is_installed(root: Path, calls: list[str]) -> None:
    environment.install("runtime")
    (root / "requirements" / "runtime.txt").write_text("a==2\n")
    environment.install("runtime")
    assert len(calls) == 4


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer.*PYTHON=python3\.12"):
        environment.main()
