"""T36: whoever took heap files, WAL, journal, old backups and today's keyring opens nothing.

An attacker copies the disk right after the destruction and again after the horizon, and has every
backup and every copy of the keyring that there is by then. With all that, everything of the right
length in the files is tried.
"""

import base64
import json
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from musling.vault import keyring
from musling.vault.sealing import OpenKey, SealBroken
from tests.attacks.raw_files import (
    WRAPPED,
    content_of_copy,
    disk_of,
    everything_below,
    holding,
    pieces,
    unwrapped,
)
from tests.cli.installation import migrated

# Words of this run alone: other tests share the server's files.
RUN = secrets.token_hex(6)
WORDS, STAYS, PUBLIC = (f"{word} {RUN}" for word in ("Kan ikke sove", "Det bliver", "Nattevagt"))
BEGIN = f"""
import json
from musling.conversations.models import MinutesSection
from musling.organisations.models import Unit
from tests.cast import make_cast
from tests.conversations import stages
cast = make_cast()
Unit.objects.filter(pk=cast.unit.pk).update(name={PUBLIC!r})
talk, other = (stages.open_talk(cast, kind) for kind in ("mus", "mus_bpa"))
stages.write(cast, talk, {WORDS!r}, "conclusion")
stages.write(cast, other, {STAYS!r}, "conclusion")
noted = []
for section in MinutesSection.objects.select_related("minutes__conversation__key").order_by("pk"):
    key = section.minutes.conversation.key
    noted.append([
        key.public_id, bytes(key.wrapped).hex(), section.binding("text"), bytes(section.text).hex()
    ])
print(json.dumps(noted))
"""
DESTROY = """
from musling.vault import keys
from musling.vault.models import Key
keys.destroy([Key.objects.get(public_id=WHICH)], reason="next_held")
"""
PASS = """
import datetime as dt
from pathlib import Path
from musling.foundation import clock
from musling.privacy import backups
from musling.vault import rotation
from musling.vault.models import Key
final = Key.objects.get(destroyed_at__isnull=False).final_from
while clock.now() < final:
    clock.move(dt.timedelta(days=4))
    rotation.rotate()
    backups.make(Path(CONTENT), Path(KEYS))
"""


class Noted:
    """A key and a text under it, as they lay in the database while it lived."""

    def __init__(self, row: list[str]) -> None:
        self.public_id, self.place = row[0], row[2]
        self.wrapped, self.sealed = bytes.fromhex(row[1]), bytes.fromhex(row[3])

    def opened_from(self, files: dict[str, bytes], generations: list[bytes]) -> set[str]:
        """Every text that the attacker gets out of these files."""
        found = set()
        for raw in unwrapped(pieces(files, WRAPPED), self.public_id, generations):
            for piece in set(pieces(files, len(self.sealed))):
                try:
                    found.add(OpenKey(0, raw).open(self.place, piece))
                except SealBroken:
                    continue
        return found


class Attack:
    """An installation in which a text was destroyed, and all that somebody took of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = migrated(folder, "musling_disk", MUSLING_KEYRING_COPY=str(folder / "twin"))
        # Whoever reads meanwhile keeps SQLite from emptying its journal.
        with closing(self._reader()):
            rows = json.loads(self.made.inside(BEGIN))
            self.gone, self.stays = Noted(rows[0]), Noted(rows[1])
            self.first = keyring.read_file(self.made.var / "keyring" / keyring.name_of(1)).key
            self.copy = self._backup()
            self.made.inside(DESTROY.replace("WHICH", repr(self.gone.public_id)))
            self.early = disk_of(self.made)
        self.early_generations = self.generations()

    def _reader(self) -> sqlite3.Connection:
        if connection.vendor != "sqlite":
            return sqlite3.connect(":memory:")
        reader = sqlite3.connect(self.made.var / "musling.sqlite3", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM vault_key").fetchone()
        return reader

    def _backup(self) -> Path:
        where = (str(self.folder / "copies"), "--keyring", str(self.folder / "keys"))
        done = self.made.run("backup", *where, "--json")
        assert done.returncode == 0, done.stderr
        return Path(json.loads(done.stdout)["folder"])

    def generations(self) -> list[bytes]:
        """Every wrapping key that lies anywhere below: keyring, twin, copies."""
        found = sorted(self.folder.rglob("generation-*"))
        return [keyring.read_file(path).key for path in found]

    def copies(self) -> dict[str, bytes]:
        """The database in every backup that there is."""
        folders = sorted((self.folder / "copies").iterdir())
        return {name: data for one in folders for name, data in content_of_copy(one).items()}

    def horizon_passes(self) -> None:
        """Weeks of rotations and nightly backups, until the receipt says that it is final."""
        code = PASS.replace("CONTENT", repr(str(self.folder / "copies")))
        self.made.inside(code.replace("KEYS", repr(str(self.folder / "keys"))))


@pytest.fixture(scope="module")
def attack(tmp_path_factory) -> Attack:
    return Attack(tmp_path_factory.mktemp("disk"))


@pytest.fixture(scope="module")
def late(attack: Attack) -> dict[str, bytes]:
    """The database's files after the horizon; what the attacker took before is kept."""
    attack.horizon_passes()
    return disk_of(attack.made)


def test_before_the_horizon_the_disk_and_the_keyring_open_it(attack: Attack):
    """So the receipt says from when it is final; and so this attack is known to work."""
    assert holding(attack.early, attack.gone.wrapped)
    assert holding(attack.early, attack.gone.sealed)
    assert attack.gone.opened_from(attack.early, attack.early_generations) == {WORDS}
    assert holding(content_of_copy(attack.copy), attack.gone.wrapped)


def test_after_the_horizon_nothing_that_was_ever_taken_opens_it(attack: Attack, late):
    left = attack.generations()
    assert len(left) > 6  # keyring, twin and copies
    taken = {
        "disk then": attack.early,
        "disk now": late,
        "old copy": content_of_copy(attack.copy),
        "as noted": {"wrapped": _as_stored(attack.gone.wrapped)},
    }
    assert attack.gone.wrapped in set(pieces(attack.early, WRAPPED))
    assert attack.gone.wrapped in set(pieces(taken["as noted"], WRAPPED))
    for name, files in taken.items():
        found = unwrapped(pieces(files, WRAPPED), attack.gone.public_id, left)
        assert found == set(), name
    # The same attack still opens what was not destroyed.
    assert attack.stays.opened_from(late, left) == {STAYS}


def _as_stored(wrapped: bytes) -> bytes:
    """A wrapped key with its length before it, the way that PostgreSQL keeps it."""
    return bytes([(len(wrapped) + 1) << 1 | 1]) + wrapped


def test_the_generation_that_wrapped_it_lies_nowhere_any_more(attack: Attack, late):
    """Not in a draft, a twin, a copy, a backup or the database."""
    below = everything_below(attack.folder)
    assert len(below) > 100
    assert not [name for name, data in below.items() if _stands_in(data, attack.first)]
    assert not [name for name, data in late.items() if _stands_in(data, attack.first)]
    living = attack.generations()[0]
    assert [name for name, data in below.items() if _stands_in(data, living)]


def _stands_in(data: bytes, key: bytes) -> bool:
    return any(form in data for form in (key, base64.b64encode(key), key.hex().encode()))


@pytest.mark.parametrize("when", ["then", "now"])
def test_the_words_stand_in_no_file(attack: Attack, late, when):
    """Neither the destroyed ones nor the others, ever; public words are found where they stand."""
    files = attack.early if when == "then" else late
    for words in (WORDS, STAYS):
        assert holding(files, words.encode()) == []
        assert holding(attack.copies(), words.encode()) == []
        assert holding(everything_below(attack.folder), words.encode()) == []
    found = holding(files, PUBLIC.encode())
    assert found
    if when == "then":  # and it is found in the tables and in the journal alike
        kinds = ("/base/", "/pg_wal/") if connection.vendor == "postgresql" else ("-wal",)
        for kind in kinds:
            assert any(kind in name for name in found), kind
    assert set(holding(attack.copies(), PUBLIC.encode())) == set(attack.copies())
