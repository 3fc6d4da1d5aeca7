"""Root on Debian gets what is missing; everybody else is told its name."""

import subprocess

import pytest

from setup import system


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """A machine with Chromium alone, whose apt-get installs without fail; not root."""
    here = {"postgresql": False, "chromium": True, "gettext": False, "root": False}
    monkeypatch.setattr(
        system, "missing", lambda: [name for name in list(here)[:3] if not here[name]]
    )
    monkeypatch.setattr(system, "can_install", lambda: here["root"])
    monkeypatch.setattr(system, "wished", list)
    return here


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, here: dict[str, bool]) -> list[list[str]]:
    """The commands that are run; an installed package is there afterwards."""
    commands: list[list[str]] = []

    def run(command: list[str], **options: object) -> None:
        commands.append(command)
        here.update(dict.fromkeys(command[5:], True))

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_root_gets_what_is_missing(here: dict[str, bool], commands: list[list[str]]) -> None:
    here["root"] = True
    system.main()
    assert [command[2] for command in commands] == ["update", "install"]
    assert commands[1][-2:] == ["postgresql", "gettext"]


def test_others_are_told_what_to_install(here: dict[str, bool], commands: list[list[str]]) -> None:
    with pytest.raises(SystemExit, match="postgresql, gettext"):
        system.main()
    assert commands == []


def test_what_apt_could_not_install_is_said_too(
    here: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    here["root"] = True
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: None)
    with pytest.raises(SystemExit, match="postgresql, gettext"):
        system.main()


def test_nothing_happens_where_all_is_there(
    here: dict[str, bool], commands: list[list[str]]
) -> None:
    here.update(postgresql=True, gettext=True, root=True)
    system.main()
    assert commands == []


def test_root_gets_the_faster_browser_and_misses_nothing_without_it(
    here: dict[str, bool], commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here.update(postgresql=True, gettext=True, root=True)
    monkeypatch.setattr(system, "wished", lambda: [system.SHELL])
    system.main()
    assert [command[2:] for command in commands][1][-1] == system.SHELL
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: None)
    system.main()
