"""T29 and T36: what was destroyed opens nowhere any more.

Not in a copy that is brought back, and after the horizon not with all copies there ever were.
"""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from tests.cli.installation import Installation, migrated

WORDS = "Jeg kan ikke sove for det her"
# Run inside the installation, as the program would.
BEGIN = f"""
import json
from tests.cast import make_cast
from tests.conversations import stages
cast = make_cast()
talk, other = (stages.open_talk(cast, kind) for kind in ("mus", "mus_bpa"))
stages.write(cast, talk, {WORDS!r})
stages.write(cast, other, "Det her bliver", "conclusion")
print(json.dumps([talk.public_id, other.public_id]))
"""
DESTROY = """
from musling.conversations.models import Conversation
from musling.vault import keys
keys.destroy([Conversation.objects.get(public_id=WHICH).key], reason="next_held")
"""
# Every generation that there is, tried on every wrapped key that there is.
OPEN = """
import json
from musling.conversations.models import Conversation, MinutesSection
from musling.vault import keyring
from musling.vault.keys import binding
from musling.vault.sealing import OpenKey, SealBroken, open_bytes
found = []
for talk in Conversation.objects.select_related("key"):
    for number in keyring.numbers():
        try:
            generation = keyring.generation(number).key
            raw = open_bytes(generation, binding(talk.key.public_id), bytes(talk.key.wrapped))
        except SealBroken:
            continue
        for section in MinutesSection.objects.filter(minutes__conversation=talk):
            found.append(section.unseal(OpenKey(talk.key_id, raw), "text"))
print(json.dumps(found, ensure_ascii=False))
"""


def opened(made: Installation) -> list[str | None]:
    return json.loads(made.inside(OPEN))


def go(made: Installation, *words: str) -> dict:
    """A command that does what it is told."""
    done = made.run(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(made: Installation, *words: str) -> str:
    done = made.run(*words)
    assert done.returncode == 1, (done.stdout, done.stderr)
    return done.stderr


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """An installation with two talks, and the ids of these."""
    made = migrated(tmp_path_factory.mktemp("backup"), "musling_backup")
    return made, json.loads(made.inside(BEGIN))


def test_what_was_destroyed_after_the_copy_does_not_come_back_with_it(tmp_path):
    made = migrated(tmp_path, "musling_copied")
    talk, _other = json.loads(made.inside(BEGIN))
    assert sorted(filter(None, opened(made))) == ["Det her bliver", WORDS]
    copy = Path(go(made, "backup", str(tmp_path / "copies"))["folder"])
    assert copy.stat().st_mode & 0o077 == 0
    made.inside(DESTROY.replace("WHICH", repr(talk)))
    assert opened(made).count(WORDS) == 0
    # What the copy holds: the wrapped key is there, and today's keyring would still open it.
    assert "--replace" in refused(made, "restore", str(copy))
    done = go(made, "restore", str(copy), "--replace")
    assert done["destroyed_again"] == 1
    assert [words for words in opened(made) if words] == ["Det her bliver"]
    # The chain of the log ends earlier than its last head, and that is known.
    assert made.run("activity", "verify").returncode == 0


def test_without_a_ledger_nothing_comes_back(begun, tmp_path):
    made, (talk, _other) = begun
    made.inside(DESTROY.replace("WHICH", repr(talk)))
    copy = go(made, "backup", str(tmp_path))["folder"]
    away = tmp_path / "ledger"
    shutil.move(made.var / "ledger", away)
    try:
        assert "--ledger FILE" in refused(made, "restore", copy, "--replace")
        done = go(made, "restore", copy, "--replace", "--ledger", str(away / "destroyed.jsonl"))
        assert done["ledger_lines_added"] >= 1
        assert [words for words in opened(made) if words] == ["Det her bliver"]
    finally:
        shutil.rmtree(made.var / "ledger", ignore_errors=True)
        shutil.move(away, made.var / "ledger")


def test_a_damaged_or_foreign_copy_changes_nothing(begun, tmp_path):
    made, _talks = begun
    before = opened(made)
    assert "is not a copy" in refused(made, "restore", str(tmp_path), "--replace")
    copy = Path(go(made, "backup", str(tmp_path))["folder"])
    content = next(copy.glob("content.*"))
    with content.open("r+b") as file:
        file.seek(100)
        file.write(b"xxxxxxxx")
    assert "damaged" in refused(made, "restore", str(copy), "--replace")
    assert opened(made) == before


def test_the_keyring_is_copied_apart_only(begun, tmp_path):
    made, _talks = begun
    within = tmp_path / "copies" / "keys"
    assert "another disk" in refused(
        made, "backup", str(tmp_path / "copies"), "--keyring", str(within)
    )
    go(made, "backup", str(tmp_path / "copies"))
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("generation-")]


def test_the_disk_with_the_keyring_dies_and_its_copy_brings_everything_back(begun, tmp_path):
    made, _talks = begun
    before = opened(made)
    go(made, "backup", str(tmp_path / "copies"), "--keyring", str(tmp_path / "keys"))
    shutil.rmtree(made.var / "keyring")
    assert made.run("doctor").returncode == 1
    assert go(made, "restore", "--keyring", str(tmp_path / "keys"))["generations"] == [1]
    assert opened(made) == before
    # A keyring in use is never added to: what it lacks was destroyed on purpose.
    assert go(made, "restore", "--keyring", str(tmp_path / "keys"))["generations"] == []


def test_the_twin_of_the_keyring_is_whole_and_forgets_too(tmp_path):
    twin = tmp_path / "twin"
    made = migrated(tmp_path, "musling_twin", MUSLING_KEYRING_COPY=str(twin))
    made.inside(BEGIN)
    made.inside(
        """
import datetime as dt
from musling.foundation import clock
from musling.vault import rotation
for _time in range(3):
    clock.move(dt.timedelta(days=20))
    rotation.rotate()
""",
    )
    ours = made.var / "keyring"
    assert {path.name: path.read_text() for path in ours.iterdir()} == {
        path.name: path.read_text() for path in twin.iterdir()
    }
    assert not (twin / "generation-000001.json").exists()
    shutil.rmtree(ours)
    shutil.copytree(twin, ours)
    assert WORDS in opened(made)


def test_after_the_horizon_every_copy_there_is_opens_nothing(tmp_path):
    made = migrated(tmp_path, "musling_horizon")
    talk, _other = json.loads(made.inside(BEGIN))
    wrapped = bytes.fromhex(
        made.inside(
            "from musling.conversations.models import Conversation\n"
            f"print(bytes(Conversation.objects.get(public_id={talk!r}).key.wrapped).hex())",
        ).strip()
    )
    old = Path(
        go(made, "backup", str(tmp_path / "old"), "--keyring", str(tmp_path / "keys"))["folder"]
    )
    made.inside(DESTROY.replace("WHICH", repr(talk)))
    days = int(
        made.inside(
            f"""
import datetime as dt
from pathlib import Path
from musling.foundation import clock
from musling.privacy import backups
from musling.vault import rotation
from musling.vault.models import Key
final = Key.objects.get(destroyed_at__isnull=False).final_from
days = 0
while clock.now() < final:
    clock.move(dt.timedelta(days=8))
    rotation.rotate()
    backups.make(Path({str(tmp_path / "new")!r}), Path({str(tmp_path / "keys")!r}))
    days += 8
print(days)
""",
        )
    )
    assert 37 <= days <= 56
    # Everything that an attacker gets: the old copy, today's database, every keyring that is left.
    if connection.vendor == "sqlite":
        copied = sqlite3.connect(old / "content.sqlite3")
        blobs = [bytes(row[0]) for row in copied.execute("SELECT wrapped FROM vault_key")]
        assert wrapped in blobs  # it is there, and opens no more
    keyrings = list(tmp_path.rglob("generation-*.json"))
    assert len(keyrings) > 1
    tried = f"""
import base64, json
from pathlib import Path
from musling.conversations.models import Conversation
from musling.vault.keys import binding
from musling.vault.sealing import SealBroken, open_bytes
place = binding(Conversation.objects.select_related("key").get(public_id={talk!r}).key.public_id)
opens = []
for path in {[str(path) for path in keyrings]!r}:
    generation = base64.b64decode(json.loads(Path(path).read_text())["key"])
    try:
        open_bytes(generation, place, bytes.fromhex({wrapped.hex()!r}))
    except SealBroken:
        continue
    opens.append(path)
print(json.dumps(opens))
"""
    assert json.loads(made.inside(tried)) == []
    assert "lacks generation 1" in refused(made, "restore", str(old), "--replace")
    assert [words for words in opened(made) if words] == ["Det her bliver"]


def test_a_keyring_is_never_destroyed_by_bringing_one_back(tmp_path):
    """An empty database says nothing of what a keyring opens elsewhere."""
    twin = tmp_path / "twin"
    made = migrated(tmp_path, "musling_empty", MUSLING_KEYRING_COPY=str(twin))
    made.inside("from musling.vault import keyring\nkeyring.begin()")
    before = {path.name: path.read_text() for path in (made.var / "keyring").iterdir()}
    assert "twin" in refused(made, "restore", "--keyring", str(twin))
    other = tmp_path / "other"
    shutil.copytree(twin, other)
    assert "stays as it is" in refused(made, "restore", "--keyring", str(other))
    after = {path.name: path.read_text() for path in (made.var / "keyring").iterdir()}
    assert after == before
