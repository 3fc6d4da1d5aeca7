"""The press reaches nothing, keeps nothing and tells nothing when it fails."""

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from musling.documents import typesetting
from musling.documents.typesetting import PRESS, TypesettingFailedError, typeset
from musling.foundation.short_process import ENVIRONMENT
from tests.documents.examples import MADE_AT


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A copy of the press in which a test may lay a template that nobody would write."""
    shutil.copy(PRESS, tmp_path)
    shutil.copytree(PRESS.with_name("fonts"), tmp_path / "fonts")
    shutil.copytree(PRESS.with_name("templates"), tmp_path / "templates")
    (tmp_path / "secret.txt").write_text("hemmeligt")
    return tmp_path


def press(workshop: Path, template: str, data: str = "{}") -> subprocess.CompletedProcess[bytes]:
    (workshop / "templates" / "trial.typ").write_text(template, "utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(workshop / "press.py")],
        input=json.dumps({"template": "trial.typ", "data": data, "made_at": 0}).encode(),
        capture_output=True,
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )


HEAD = '#set document(title: "x")\n#set text(font: "IBM Plex Sans", lang: "da")\n'


def test_the_copied_press_works(workshop: Path) -> None:
    assert press(workshop, HEAD + "= x").stdout.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "reach", ['#read("../secret.txt")', '#read("/../secret.txt")', '#read("/etc/passwd")',
              '#image("../secret.txt")', '#include "../press.py"']
)  # fmt: skip
def test_even_a_template_reads_nothing_outside_its_folder(workshop: Path, reach: str) -> None:
    run = press(workshop, HEAD + reach)

    assert run.returncode == 1
    assert run.stdout == b""
    assert b"escape the project root" in run.stderr or b"not found" in run.stderr


def test_a_link_out_of_the_folder_would_be_ours_to_make() -> None:
    assert not any(path.is_symlink() for path in PRESS.with_name("templates").rglob("*"))


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A proxy on this machine that notes whoever comes, and the address of it in ENVIRONMENT."""
    came: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            try:
                caller, _address = server.accept()
            except TimeoutError:
                continue
            came.append(caller.recv(200).decode(errors="replace"))
            caller.close()

    thread = threading.Thread(target=listen)
    thread.start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    for name in ENVIRONMENT:
        monkeypatch.setitem(ENVIRONMENT, name, address)
    yield came
    ended.set()
    thread.join()
    server.close()


IMPORT = HEAD + '#import "@preview/cetz:0.3.0": *'


def test_packages_are_fetched_through_the_proxy_that_leads_nowhere(
    workshop: Path, listener: list[str]
) -> None:
    run = press(workshop, IMPORT)

    assert run.returncode == 1
    assert listener, "the download did not ask the proxy: the way out is not closed"
    assert "packages.typst.org" in listener[0]


def test_no_package_comes_in(workshop: Path) -> None:
    run = press(workshop, IMPORT)

    assert run.returncode == 1
    assert b"package" in run.stderr


def test_text_stays_text_in_the_press(workshop: Path) -> None:
    template = HEAD + "#json(bytes(sys.inputs.data)).text"
    data = json.dumps({"text": '#read("/secret.txt") #panic() *x*'})

    assert press(workshop, template, data).stdout.startswith(b"%PDF-")


def test_no_template_turns_a_string_into_markup() -> None:
    for template in PRESS.with_name("templates").glob("*.typ"):
        for way in ("eval(", "plugin(", "@preview", 'mode: "markup"', "read("):
            assert way not in template.read_text("utf-8"), f"{way} in {template.name}"


def test_a_failure_does_not_quote_the_document() -> None:
    with pytest.raises(TypesettingFailedError) as failure:
        typeset("minutes.typ", {"title": "hemmeligt", "language": "da"}, made_at=MADE_AT)

    assert "minutes.typ" in str(failure.value)
    assert "hemmeligt" not in str(failure.value)


def test_a_press_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(typesetting, "PRESS", slow)
    monkeypatch.setattr(typesetting, "SECONDS", 0.5)

    with pytest.raises(TypesettingFailedError, match=r"not set within 0\.5 seconds"):
        typeset("minutes.typ", {}, made_at=MADE_AT)


@pytest.mark.parametrize(
    ("limit", "smaller", "template"),
    [
        (
            "SECONDS = 30",
            "SECONDS = 1",
            "#for a in range(9000) { for b in range(9000) { (a, b) } }",
        ),
        ("= 2 * 1024**3", "= 300 * 1024**2", "#range(100000000)"),
    ],
    ids=["time", "memory"],
)
def test_a_template_that_wants_too_much_is_ended(
    workshop: Path, limit: str, smaller: str, template: str
) -> None:
    program = workshop / "press.py"
    source = program.read_text("utf-8")
    assert limit in source
    program.write_text(source.replace(limit, smaller), "utf-8")
    run = press(workshop, HEAD + template)

    assert run.returncode < 0, "a signal should have ended it"
    assert run.stdout == b""
