"""A keyring that is missing, damaged, foreign or locked: each command says so and harms nothing."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.installation import Installation, migrated

BEGIN = """
import datetime as dt
from musling.foundation import clock
from musling.privacy.models import Announcement
from tests.cast import make_cast
from tests.conversations import stages
cast = make_cast()
talk, other = (stages.open_talk(cast, kind) for kind in ("mus", "mus_bpa"))
stages.write(cast, talk, "Det her går", "conclusion")
stages.write(cast, other, "Det her bliver", "conclusion")
# Everything is due: a new generation, and the first talk.
clock.move(dt.timedelta(days=8))
talk.held_at = clock.now() - dt.timedelta(days=3 * 365)
talk.save()
Announcement.objects.create(
    organisation_id=talk.organisation_id, conversation=talk, rule="ceiling",
    told_at=clock.now() - dt.timedelta(days=20), due_at=clock.now() - dt.timedelta(days=1),
)
"""
OPEN = """
import json
from musling.conversations.models import MinutesSection
from musling.vault import keys
rows = MinutesSection.objects.select_related("minutes__conversation").order_by("pk")
opened = keys.open_keys([row.minutes.conversation.key_id for row in rows])
print(json.dumps([
    row.unseal(opened[row.minutes.conversation.key_id], "text")
    for row in rows if row.minutes.conversation.key_id in opened
]))
"""
# Every row of every table that a command could have changed, but for what counts the readers.
STATE = """
import hashlib
from django.apps import apps
sums = []
for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
    if model._meta.label not in ("schedule.Turn", "activity.Batch", "activity.Activity"):
        rows = [
            [bytes(value) if isinstance(value, memoryview) else value for value in row]
            for row in model._base_manager.order_by("pk").values_list()
        ]
        sums.append(repr((model._meta.label, rows)))
print(hashlib.sha256("".join(sums).encode()).hexdigest())
"""
# All in one process; ``serve`` and ``worker`` would not come back if they did not refuse.
RUN = """
import contextlib, io, json
from musling.cli.main import main
said = {}
for words in COMMANDS:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    said[" ".join(words[:2])] = [code, out.getvalue() + err.getvalue()]
print(json.dumps(said))
"""
# Root may read everything, so that the permission is taken away here.
LOCKED = """
from pathlib import Path
ways = {name: getattr(Path, name) for name in ("read_bytes", "read_text", "open", "iterdir")}
def locked(way):
    def refuse(path, *more, **options):
        if path.name == "keyring" and way == HIDDEN or path.parent.name == "keyring":
            raise PermissionError(13, "Permission denied", str(path))
        return ways[way](path, *more, **options)
    return refuse
for way in ways:
    setattr(Path, way, locked(way))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Installation:
    """An installation in which much is due, and a copy of it."""
    new = migrated(tmp_path_factory.mktemp("trouble"), "musling_trouble")
    new.inside(BEGIN)
    done = new.run("backup", str(new.var.parent / "copies"), "--keyring", str(new.var / "kept"))
    assert done.returncode == 0, done.stderr
    return new


def missing(keyring: Path) -> None:
    shutil.rmtree(keyring)


def empty(keyring: Path) -> None:
    for path in keyring.iterdir():
        path.unlink()


def cut_off(keyring: Path) -> None:
    for path in keyring.iterdir():
        path.write_text(path.read_text()[:60])


def foreign(keyring: Path) -> None:
    key = "A" * 43 + "="
    check = hashlib.sha256(b"musling-keyring|1|" + bytes(32)).hexdigest()
    document = {"generation": 1, "made_at": "2026-01-01T00:00:00+00:00", "key": key, "check": check}
    (keyring / "generation-000001.json").write_text(json.dumps(document))


def no_folder(keyring: Path) -> None:
    shutil.rmtree(keyring)
    keyring.write_text("a file")


def untouched(_keyring: Path) -> None:
    pass


FAULTS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "missing": (missing, "", "There is no keyring in"),
    "empty": (empty, "", "There is no keyring in"),
    "cut off": (cut_off, "", "is damaged"),
    "foreign": (foreign, "", "does not belong to this database"),
    "no folder": (no_folder, "", "cannot be read"),
    "file locked": (untouched, LOCKED.replace("HIDDEN", "None"), "cannot be read"),
    "folder locked": (untouched, LOCKED.replace("HIDDEN", "'iterdir'"), "cannot be read"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_command_says_so_and_harms_nothing(made: Installation, tmp_path, fault):
    break_it, first, words = FAULTS[fault]
    keyring, aside = made.var / "keyring", tmp_path / "aside"
    before = state(made)
    (copy,) = (made.var.parent / "copies").iterdir()
    commands = [
        ["serve"],
        ["worker"],
        ["vault", "rotate"],
        ["retention", "run"],
        ["backup", str(tmp_path / "one"), "--keyring", str(tmp_path / "two")],
        ["restore", str(copy), "--replace"],
        ["migrate"],
        ["doctor"],
    ]
    shutil.copytree(keyring, aside)
    try:
        break_it(keyring)
        said = json.loads(made.inside(first + RUN.replace("COMMANDS", repr(commands))))
    finally:
        shutil.rmtree(keyring, ignore_errors=True)
        keyring.unlink(missing_ok=True)
        shutil.copytree(aside, keyring)
    assert len(said) == len(commands)
    for command, (code, text) in said.items():
        foreign_copy = fault == "foreign" and command.startswith("restore")
        expected = "of another installation" if foreign_copy else words
        assert code == 1, (command, text)
        assert expected in text, (command, text)
        assert str(keyring) in text, (command, text)
    assert state(made) == before
    assert not list(tmp_path.glob("one/*"))
    assert not (tmp_path / "two").exists()
    assert json.loads(made.inside(OPEN)) == ["Det her går", "Det her bliver"]


@pytest.mark.parametrize("fault", ["missing", "cut off", "foreign"])
def test_the_content_can_be_copied_all_the_same_and_no_copy_goes(made, tmp_path, fault):
    """It may be the last that there is; only whoever makes it is told."""
    break_it, _first, words = FAULTS[fault]
    keyring, aside = made.var / "keyring", tmp_path / "aside"
    shutil.copytree(keyring, aside)
    try:
        break_it(keyring)
        done = made.run("backup", str(tmp_path / "one"), "--json")
    finally:
        shutil.rmtree(keyring, ignore_errors=True)
        shutil.copytree(aside, keyring)
    assert done.returncode == 0
    assert words in done.stderr
    assert Path(json.loads(done.stdout)["folder"]).is_dir()
    assert list((made.var / "kept").glob("*/generation-000001.json"))


def test_with_the_right_keyring_all_this_does_something(tmp_path):
    """Else the tests above would prove nothing."""
    made = migrated(tmp_path, "musling_right")
    made.inside(BEGIN)
    before = state(made)
    assert json.loads(made.run("retention", "run", "--json").stdout)["talks"] == 1
    assert json.loads(made.run("vault", "rotate", "--json").stdout)["begun"] == 1
    assert state(made)["database"] != before["database"]
    assert state(made)["files"] != before["files"]
    assert json.loads(made.inside(OPEN)) == ["Det her bliver"]


def state(made: Installation) -> dict[str, object]:
    """The tables' content, and the files of the keyring and the ledger."""
    files = {
        str(path): path.read_bytes()
        for folder in ("keyring", "ledger", "kept")
        for path in sorted((made.var / folder).rglob("*"))
        if path.is_file()
    }
    return {"database": made.inside(STATE), "files": files}
