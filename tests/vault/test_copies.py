"""Copies of the keyring live for a week, wherever they lie; what is away too long is told."""

import datetime as dt
import json
import os
import stat

import pytest

from musling.cli import doctor
from musling.foundation import clock
from musling.privacy import backups
from musling.vault import copies, keyring, rotation

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(key, own_keyring):
    """Where copies of the keyring go; a key is wrapped."""
    return own_keyring / "disk" / "keys"


def days_pass(days: int) -> None:
    """Nights in which the rotation runs."""
    for _day in range(days):
        clock.move(dt.timedelta(days=1))
        rotation.rotate()


def found() -> dict[str, list[str]]:
    """What doctor says of copies, by state."""
    said: dict[str, list[str]] = {}
    for finding in doctor.carried_out(doctor.copies_of_the_keyring):
        said.setdefault(finding.state, []).append(finding.message)
    return said


def files_in(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("generation-*"))


def test_a_copy_goes_after_a_week_without_another_backup(place):
    copy = copies.make(place, clock.now())
    days_pass(6)
    assert files_in(copy) == ["generation-000001.json"]
    days_pass(1)
    assert not copy.exists()
    assert copies.known() == []
    assert set(found()) == {"ok"}


def test_what_the_keyring_destroys_goes_from_its_copies_the_same_night(place, monkeypatch):
    """Were copies to live longer than they do, they would still forget with the keyring."""
    monkeypatch.setattr(copies, "KEYRING_COPY_LIFE", dt.timedelta(days=365))
    copy = copies.make(place, clock.now())
    before = (copy / "generation-000001.json").read_bytes()
    days_pass(36)
    assert files_in(copy) == ["generation-000001.json"]
    days_pass(1)
    assert keyring.numbers()[0] == 2
    assert files_in(copy) == []
    assert not any(before in path.read_bytes() for path in place.rglob("*") if path.is_file())


def test_a_copy_is_overwritten_before_it_is_removed(place, monkeypatch):
    copy = copies.make(place, clock.now())
    file = copy / "generation-000001.json"
    link = place / "the same blocks on the disk"
    os.link(file, link)
    text = link.read_bytes()
    days_pass(8)
    assert len(link.read_bytes()) == len(text)
    assert link.read_bytes() != text


def test_half_a_copy_goes_too(place, monkeypatch):
    """Cut off while copying: what was written by then holds a key as well."""
    with monkeypatch.context() as cut:
        cut.setattr(keyring, "write_file", lambda *_arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            copies.make(place, clock.now())
    (half,) = (copy.folder for copy in copies.known())
    half.mkdir()
    (half / ".draft-000001-123").write_text("half a key")
    days_pass(8)
    assert not half.exists()


def test_a_disk_that_is_away_is_told_and_forgets_when_it_is_back(place, own_keyring):
    copies.make(place, clock.now())
    place.parent.rename(own_keyring / "away")
    place.mkdir(parents=True)  # the empty folder on which a disk is mounted
    days_pass(9)
    (said,) = found()["warning"]
    assert "is away" in said
    assert str(copies.path()) in said
    days_pass(40)
    place.rmdir()
    place.parent.rmdir()
    (own_keyring / "away").rename(place.parent)
    assert files_in(place)
    rotation.rotate()
    assert files_in(place) == []
    assert set(found()) == {"ok"}


def test_another_disk_in_the_same_place_is_not_taken_for_it(place, own_keyring):
    copies.make(place, clock.now())
    place.parent.rename(own_keyring / "first disk")
    clock.move(dt.timedelta(minutes=1))
    copies.make(place, clock.now())
    days_pass(9)
    assert [copy.is_away() for copy in copies.known()] == [True]


def test_a_copy_that_cannot_be_destroyed_is_told(place, monkeypatch):
    copies.make(place, clock.now())
    shred = keyring.shred

    def refused(path):
        if place in path.parents:
            raise PermissionError(13, "Permission denied")
        shred(path)

    clock.move(dt.timedelta(days=9))
    with monkeypatch.context() as locked:
        locked.setattr(keyring, "shred", refused)
        with pytest.raises(keyring.KeyringProblem, match="not final"):
            rotation.rotate()
        assert "could not be destroyed" in found()["wrong"][0]
    rotation.rotate()
    assert set(found()) == {"ok"}


def test_copies_of_another_installation_in_the_same_place_stay(place, settings, own_keyring):
    settings.MUSLING_LEDGER = own_keyring / "other ledger"
    settings.MUSLING_KEYRING = own_keyring / "other keyring"
    keyring.begin()
    theirs = copies.make(place, clock.now())
    settings.MUSLING_LEDGER = own_keyring / "ledger"
    settings.MUSLING_KEYRING = own_keyring / "keyring"
    clock.move(dt.timedelta(seconds=1))
    ours = copies.make(place, clock.now())
    days_pass(60)
    assert not ours.exists()
    assert files_in(theirs) == ["generation-000001.json"]
    assert any(str(theirs) in said for said in found()["warning"]) is False  # not ours to say
    copies.make(place, clock.now())
    assert any(str(theirs) in said for said in found()["warning"])


def test_without_the_right_keyring_the_last_copies_stay(place, settings, own_keyring, tmp_path):
    """The disk with the keyring dies, and the nightly backup goes on."""
    copy = copies.make(place, clock.now())
    for gone in ("gone", "foreign"):
        settings.MUSLING_KEYRING = own_keyring / gone
        if gone == "foreign":
            keyring.begin()
        clock.move(dt.timedelta(days=20))
        with pytest.raises(keyring.KeyringProblem):
            rotation.rotate()
        with pytest.raises(keyring.KeyringProblem):
            backups.make(tmp_path / "copies", place)
        assert files_in(copy) == ["generation-000001.json"]


def test_what_was_destroyed_does_not_come_back_with_an_old_copy(place, settings, own_keyring):
    """One that nobody followed, brought back when the keyring is lost."""
    days_pass(8)
    unfollowed = own_keyring / "by hand"
    for number in keyring.numbers():
        text = (keyring.folder() / keyring.name_of(number)).read_text()
        keyring.write_file(unfollowed, number, text)
    days_pass(30)
    settings.MUSLING_KEYRING = own_keyring / "new disk"
    assert sorted(copies.newest(unfollowed)) == [2]


@pytest.mark.parametrize("where", ["keyring.old", "twin of old"])
def test_doctor_finds_a_copy_beside_it_that_nobody_follows(key, own_keyring, where):
    stray = own_keyring / where
    keyring.write_file(stray, 1, (keyring.folder() / "generation-000001.json").read_text())
    (said,) = found()["warning"]
    assert str(stray) in said


def test_a_copy_is_for_its_owner_alone(place):
    copy = copies.make(place, clock.now())
    for path in (place, copy, *copy.iterdir()):
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_nothing_damaged_is_copied_over_what_is_whole(place):
    file = keyring.folder() / "generation-000001.json"
    file.write_text(file.read_text()[:40])
    with pytest.raises(keyring.KeyringProblem, match="damaged"):
        copies.make(place, clock.now())
    assert not place.exists()


def test_a_line_that_a_crash_cut_off_counts_as_not_written(place):
    copies.make(place, clock.now())
    with copies.path().open("a") as file:
        file.write('{"at": "2026-01-01", "cop')
    clock.move(dt.timedelta(seconds=1))
    copies.make(place, clock.now())
    assert len(copies.known()) == 2


def test_a_damaged_line_is_told(place):
    copies.make(place, clock.now())
    copies.path().write_text("not json\n" + copies.path().read_text())
    with pytest.raises(keyring.KeyringProblem, match="line 1"):
        copies.known()


def test_what_is_written_down_of_a_generation_tells_nothing_of_its_key(place):
    key = json.loads((keyring.folder() / "generation-000001.json").read_text())["key"]
    days_pass(38)
    assert '"destroyed"' in copies.path().read_text()
    assert key not in copies.path().read_text()
