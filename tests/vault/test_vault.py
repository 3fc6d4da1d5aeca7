"""Keys, sealed text, generations: what opens, what does not, and what a crash leaves."""

import pytest

from musling.conversations.models import Answer, Conversation, HandedIn, Preparation
from musling.vault import keyring, keys, ledger
from musling.vault.models import Key, sealed_models
from musling.vault.sealing import STEP, SealBroken, fix, new_salt
from tests.cast import Cast, booked_talk
from tests.vault.opening import opened


def sealed_answer(talk: Conversation, words: str) -> Answer:
    preparation = Preparation.objects.get(
        participant__conversation=talk, participant__part="employee"
    )
    row = Answer(
        organisation_id=talk.organisation_id, preparation=preparation, item="wellbeing.general"
    )
    row.seal(keys.open_key(preparation.key_id), "content", {"text": words})
    row.save()
    return row


def test_what_was_sealed_opens_again(key):
    sealed = opened(key).seal("answer|abc|content", {"text": "æøå", "score": 0})
    assert opened(key).open("answer|abc|content", sealed) == {"text": "æøå", "score": 0}


@pytest.mark.parametrize("place", ["answer|abd|content", "answer|abc|note", "note|abc|content"])
def test_a_sealed_text_moved_to_another_place_does_not_open(key, place):
    sealed = opened(key).seal("answer|abc|content", "hemmeligt")
    with pytest.raises(SealBroken):
        opened(key).open(place, sealed)


def test_another_key_does_not_open_it(key):
    other = keys.new_key(organisation_id=None, purpose="test")
    sealed = opened(key).seal("a|b|c", "hemmeligt")
    with pytest.raises(SealBroken):
        opened(other).open("a|b|c", sealed)


def test_every_changed_byte_is_found(key):
    sealed = opened(key).seal("a|b|c", "x")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            opened(key).open("a|b|c", bytes(changed))


def test_a_tick_and_a_short_sentence_have_the_same_length(key):
    tick = opened(key).seal("a|b|c", {"score": 3})
    sentence = opened(key).seal("a|b|c", {"score": 3, "text": "Det går fint nok."})
    assert len(tick) == len(sentence)
    assert (len(tick) - 29) % STEP == 0


def test_a_missing_keyring_says_what_to_do_and_harms_nothing(key, own_keyring, settings):
    before = bytes(Key.objects.get().wrapped)
    settings.MUSLING_KEYRING = own_keyring / "elsewhere"
    with pytest.raises(keyring.KeyringProblem, match="MUSLING_KEYRING"):
        opened(key)
    with pytest.raises(keyring.KeyringProblem, match="no keyring"):
        keys.new_key(organisation_id=None, purpose="test")
    assert [bytes(row.wrapped) for row in Key.objects.all()] == [before]


def test_the_keyring_of_another_database_is_told_as_such(key, own_keyring, settings):
    settings.MUSLING_KEYRING = own_keyring / "other"
    keyring.begin()
    with pytest.raises(keyring.KeyringProblem, match="does not belong to this database"):
        opened(key)


def test_a_damaged_generation_is_told_as_such(key):
    file = keyring.folder() / "generation-000001.json"
    file.write_text(file.read_text().replace('"key": "', '"key": "AAAA'))
    with pytest.raises(keyring.KeyringProblem, match="generation-000001"):
        opened(key)


@pytest.mark.row("X1")
def test_destroying_blanks_every_text_of_the_key_and_keeps_the_rest(cast: Cast):
    talk = booked_talk(cast)
    answer = sealed_answer(talk, "væk")
    keys.destroy([answer.preparation.key], reason="test")
    answer.refresh_from_db()
    assert bytes(answer.content) == b""
    with pytest.raises(keys.KeyDestroyed):
        keys.open_key(answer.preparation.key_id)
    assert keys.open_key(talk.key_id)
    assert answer.preparation.key.public_id in set(ledger.destroyed())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["ledger", "blank", "key"])
def test_a_crash_while_destroying_is_finished_and_nothing_is_left_readable(
    cast: Cast, monkeypatch, step
):
    talk = booked_talk(cast)
    answer = sealed_answer(talk, "væk")
    key = answer.preparation.key
    broken = {"ledger": "_forget", "blank": "sealed_models", "key": "clock"}[step]

    def fault(*_args, **_kwargs):
        raise RuntimeError("power cut")

    with monkeypatch.context() as cut:
        if step == "key":
            cut.setattr(keys.Key.objects.__class__, "filter", fault)
        else:
            cut.setattr(keys, broken, fault)
        with pytest.raises(RuntimeError):
            keys.destroy([key], reason="test")
    assert key.public_id in set(ledger.destroyed())
    assert keys.finish_destruction() == 1
    assert keys.finish_destruction() == 0
    answer.refresh_from_db()
    assert bytes(answer.content) == b""
    assert bytes(Key.objects.get(pk=key.pk).wrapped) == b""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_destroyed_where_the_ledger_cannot_be_written(cast: Cast, settings):
    talk = booked_talk(cast)
    answer = sealed_answer(talk, "bliver")
    settings.MUSLING_LEDGER = "/proc/nowhere"
    with pytest.raises(ledger.LedgerProblem, match="nothing was destroyed"):
        keys.destroy([answer.preparation.key], reason="test")
    answer.refresh_from_db()
    assert answer.unseal(keys.open_key(answer.preparation.key_id), "content") == {"text": "bliver"}


def test_the_last_line_of_a_ledger_cut_off_by_a_crash_counts_as_not_written(own_keyring):
    ledger.write(["aaa"], "test")
    with ledger.path().open("a") as file:
        file.write('{"at": "2026-01-01", "keys": ["bb')
    assert list(ledger.destroyed()) == ["aaa"]


def test_a_damaged_line_in_the_middle_is_told(own_keyring):
    ledger.write(["aaa"], "test")
    ledger.path().write_text("not json\n" + ledger.path().read_text())
    with pytest.raises(ledger.LedgerProblem, match="line 1"):
        list(ledger.destroyed())


def test_a_ledger_line_cut_off_does_not_swallow_the_next_one(own_keyring):
    ledger.path().parent.mkdir(parents=True)
    ledger.path().write_text('{"at": "2026-01-01", "keys": ["bb')
    ledger.write(["aaa"], "test")
    assert list(ledger.destroyed()) == ["aaa"]


def test_the_fixing_hash_depends_on_the_salt_and_on_every_word():
    salt = new_salt()
    assert fix(salt, {"a": "x"}) == fix(salt, {"a": "x"})
    assert fix(salt, {"a": "x"}) != fix(salt, {"a": "y"})
    assert fix(salt, {"a": "x"}) != fix(new_salt(), {"a": "x"})


@pytest.mark.django_db
def test_every_sealed_table_can_be_walked_from_a_key(cast: Cast):
    for model in sealed_models():
        found = model._base_manager.filter(**{f"{model.sealed_by}__in": [0]})
        assert list(found) == [], model


@pytest.mark.django_db
def test_the_talks_key_does_not_open_a_private_preparation(cast: Cast):
    talk = booked_talk(cast)
    answer = sealed_answer(talk, "mit")
    with pytest.raises(SealBroken):
        answer.unseal(keys.open_key(talk.key_id), "content")
    assert HandedIn.objects.count() == 0
