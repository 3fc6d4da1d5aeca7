"""Wrapping keys anew: all of them, cut off and gone on with, two at once, each week, by itself."""

import datetime as dt
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.foundation import clock
from musling.schedule.jobs import JOBS
from musling.schedule.loop import tick
from musling.vault import copies, keyring, keys, ledger, rotation
from musling.vault.models import Key
from tests.vault.opening import opened

A_DAY = dt.timedelta(days=1)


def weeks_pass(weeks: int, *, to_the_day: bool = True) -> None:
    """Rotates once a week, as the nightly job does."""
    for _week in range(weeks):
        clock.move(dt.timedelta(days=7 if to_the_day else 8))
        rotation.rotate()


def made_and_sealed(count: int) -> dict[int, bytes]:
    """So many keys, and what each has sealed."""
    made = keys.new_keys(count, organisation_id=None, purpose="test")
    return {key.pk: opened(key).seal("a|b|c", key.pk) for key in made}


def all_open(sealed: dict[int, bytes]) -> bool:
    """Whether each key still opens what it has sealed."""
    found = keys.open_keys(sealed)
    return all(found[pk].open("a|b|c", text) == pk for pk, text in sealed.items())


def test_rotation_wraps_all_living_keys_anew_and_everything_still_opens(key):
    sealed = opened(key).seal("a|b|c", "bliver")
    clock.move(dt.timedelta(days=8))
    done = rotation.rotate()
    assert done == {"begun": 1, "rewrapped": 1, "destroyed": 0, "copies_destroyed": 0}
    key.refresh_from_db()
    assert key.generation == 2
    assert opened(key).open("a|b|c", sealed) == "bliver"


def test_a_generation_goes_when_the_horizon_has_passed_and_not_before(key):
    clock.move(dt.timedelta(days=8))
    rotation.rotate()
    clock.move(dt.timedelta(days=29))
    assert rotation.rotate()["destroyed"] == 0
    assert 1 in keyring.numbers()
    clock.move(dt.timedelta(days=2))
    assert rotation.rotate()["destroyed"] == 1
    assert 1 not in keyring.numbers()


def test_what_an_old_generation_wrapped_opens_for_nobody_afterwards(key):
    old_copy = Key.objects.get(pk=key.pk)
    weeks_pass(6)
    with pytest.raises(keyring.KeyringProblem):
        keys.unwrap([old_copy])


@pytest.mark.django_db
def test_an_empty_database_destroys_no_generation(own_keyring):
    """It says nothing of what the keyring opens elsewhere."""
    weeks_pass(7)
    assert len(keyring.numbers()) == 8


def test_it_runs_by_itself_every_week_whatever_the_second(key):
    """Each night at three, give or take: a new generation each seventh, old ones gone in time."""
    (job,) = [job for job in JOBS if job.name == "rotate-keys"]
    begun, most = {1: clock.now()}, 0
    clock.move(job.next_after(clock.now()) - clock.now())
    for night in range(70):
        # A worker is busy for some seconds more or less.
        clock.move(A_DAY + dt.timedelta(seconds=20 * (-1) ** night))
        assert tick([job]) == ["rotate-keys"]
        begun.setdefault(keyring.numbers()[-1], clock.now())
        most = max(most, len(keyring.numbers()))
        older = [number for number in keyring.numbers()[:-1] if begun[number + 1] < clock.now()]
        assert all(clock.now() - begun[number + 1] < dt.timedelta(days=32) for number in older)
    gaps = [round((begun[b] - begun[a]) / A_DAY) for a, b in pairwise(sorted(begun))]
    assert set(gaps[1:]) == {7}
    assert most == 6
    key.refresh_from_db()
    assert key.generation == keyring.numbers()[-1] == len(begun)


@pytest.mark.django_db(transaction=True)
def test_a_crash_while_rewrapping_loses_no_key(own_keyring):
    sealed = made_and_sealed(7)
    keyring.begin()
    calls = []

    def told(done: int) -> None:
        calls.append(done)
        if len(calls) == 2:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        rotation.rewrap(batch=2, told=told)
    assert Key.objects.filter(generation=2).count() == 4
    assert all_open(sealed)
    assert rotation.rewrap(batch=2) == 3
    assert all_open(sealed)


def test_keys_of_several_generations_move_at_once(own_keyring, db):
    sealed = {}
    for _generation in range(3):
        sealed |= made_and_sealed(3)
        keyring.begin()
    told = []
    assert rotation.rewrap(batch=2, told=told.append) == 9
    assert told == [2, 3, 5, 6, 8, 9]
    assert set(Key.objects.values_list("generation", flat=True)) == {4}
    assert all_open(sealed)
    assert rotation.rewrap() == 0


def test_a_batch_costs_the_same_whatever_its_size(own_keyring, db):
    def cost(many: int) -> int:
        made_and_sealed(many)
        keyring.begin()
        with CaptureQueriesContext(connection) as queries:
            rotation.rewrap()
        return len(queries)

    assert cost(1) == cost(300)


def test_what_is_destroyed_is_not_wrapped_anew(key, own_keyring):
    other = keys.new_key(organisation_id=None, purpose="test")
    keys.destroy([other], reason="test")
    keyring.begin()
    assert rotation.rewrap() == 1
    other.refresh_from_db()
    assert (bytes(other.wrapped), other.generation) == (b"", 1)


def test_a_damaged_key_is_told_and_holds_up_no_other(own_keyring, db):
    sealed = made_and_sealed(5)
    damaged = Key.objects.order_by("pk")[0]
    before = bytes(damaged.wrapped)
    Key.objects.filter(pk=damaged.pk).update(wrapped=before[:-1] + bytes([before[-1] ^ 1]))
    clock.move(dt.timedelta(days=8))
    with pytest.raises(keyring.KeyringProblem, match=damaged.public_id):
        rotation.rotate()
    assert Key.objects.filter(generation=2).count() == 4
    # Whatever time passes: what might open it again stays.
    clock.move(dt.timedelta(days=60))
    with pytest.raises(keyring.KeyringProblem, match="1 keys"):
        rotation.rotate()
    assert 1 in keyring.numbers()
    Key.objects.filter(pk=damaged.pk).update(wrapped=before)
    rotation.rotate()
    assert all_open(sealed)


# --- two at once ----------------------------------------------------------------------------------


def test_somebody_else_who_begins_meanwhile_is_not_written_over(key, monkeypatch):
    """Two that both saw an old generation begin one; the second would undo the first."""
    clock.move(dt.timedelta(days=8))
    quicker = []
    alone = rotation.alone

    def after_another():
        if not quicker:
            quicker.append(None)
            assert rotation.begin_if_due() == 1
            quicker[0] = (keyring.folder() / "generation-000002.json").read_bytes()
        return alone()

    monkeypatch.setattr(rotation, "alone", after_another)
    assert rotation.rotate()["begun"] == 0
    assert keyring.numbers() == [1, 2]
    assert (keyring.folder() / "generation-000002.json").read_bytes() == quicker[0]


def test_a_generation_that_somebody_else_destroys_meanwhile_is_not_looked_for(key, monkeypatch):
    for _week in range(4):
        clock.move(dt.timedelta(days=8))
        rotation.rotate()
    clock.move(dt.timedelta(days=8))
    alone, destroyed = rotation.alone, []

    def after_another():
        monkeypatch.setattr(rotation, "alone", alone)
        destroyed.append(rotation.rotate()["destroyed"])
        return alone()

    assert keyring.numbers()[0] == 1
    rotation.begin_if_due()
    monkeypatch.setattr(rotation, "alone", after_another)
    assert rotation._destroy_old_generations() == 0
    assert destroyed == [1]
    assert 1 not in keyring.numbers()


def test_keys_that_somebody_else_has_moved_need_no_old_generation(key):
    """Between the asking which generations are used and the reading of one."""
    assert keys.generation_of_living(1) == keyring.generation(1)
    assert keys.generation_of_living(7) is None
    keyring.destroy(1)
    with pytest.raises(keyring.KeyringProblem):
        keys.generation_of_living(1)


@pytest.mark.django_db(transaction=True)
def test_a_key_destroyed_while_its_batch_is_wrapped_stays_destroyed(own_keyring, monkeypatch):
    """On PostgreSQL the row is held meanwhile; whoever destroys waits, and then blanks."""
    key = keys.new_key(organisation_id=None, purpose="test")
    keyring.begin()
    rotation.rewrap(told=lambda _done: keys.destroy([key], reason="test"))
    key.refresh_from_db()
    assert bytes(key.wrapped) == b""
    assert key.public_id in set(ledger.destroyed())


# --- the twin -------------------------------------------------------------------------------------


@pytest.fixture
def twin(settings, key, own_keyring):
    """A twin with all that the keyring holds."""
    settings.MUSLING_KEYRING_COPY = str(own_keyring / "twin")
    for number in keyring.numbers():
        text = (keyring.folder() / keyring.name_of(number)).read_text()
        keyring.write_file(own_keyring / "twin", number, text)
    return own_keyring / "twin"


def contents(folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_generation_that_a_crash_left_in_the_twin_alone_is_taken_into_use(twin, monkeypatch):
    write = keyring.write_file

    def only_in_the_twin(place, number, content):
        if place != twin:
            raise RuntimeError("power cut")
        write(place, number, content)

    with monkeypatch.context() as cut:
        cut.setattr(keyring, "write_file", only_in_the_twin)
        with pytest.raises(RuntimeError):
            keyring.begin()
    left = contents(twin)
    assert keyring.numbers() == [1]
    keyring.begin()
    assert contents(twin) == contents(keyring.folder()) == left


def test_a_twin_is_never_begun_anew_beside_a_keyring_that_is_gone(twin, settings, own_keyring):
    settings.MUSLING_KEYRING = own_keyring / "gone"
    before = contents(twin)
    with pytest.raises(keyring.KeyringProblem, match="its twin"):
        keyring.begin()
    assert contents(twin) == before
    assert not (own_keyring / "gone").exists()


def test_a_twin_that_was_away_forgets_when_it_is_back(twin, own_keyring):
    weeks_pass(1)
    away = twin.rename(own_keyring / "away")
    weeks_pass(5)
    assert 1 not in keyring.numbers()
    for path in twin.iterdir():
        path.unlink()
    twin.rmdir()
    away.rename(twin)
    assert 1 in keyring.numbers_in(twin)
    assert rotation.rotate()["copies_destroyed"] == 1
    assert 1 not in keyring.numbers_in(twin)
    assert copies.known() == []
