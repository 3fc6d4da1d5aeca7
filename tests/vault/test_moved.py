"""A ciphertext that whoever has the database moves elsewhere does not open there (X1)."""

from itertools import permutations

import pytest

from musling.conversations.models import Answer, Conversation, MinutesSection, Preparation
from musling.foundation.public_ids import new_public_id
from musling.vault import keyring, keys
from musling.vault.models import Key, SealedModel, sealed_models
from musling.vault.sealing import SealBroken
from tests.cast import Cast
from tests.conversations import stages
from tests.vault.opening import opened

# Every table and field that holds sealed text: new ones are tried by themselves.
PLACES = [(model, field) for model in sealed_models() for field in model.sealed_fields()]


@pytest.mark.row("X1")
def test_no_field_of_any_table_opens_what_another_sealed(key):
    one = opened(key)
    public_id = new_public_id()
    sealed = {place: sealed_in(place, one, public_id) for place in PLACES}
    assert len(PLACES) > 10
    for (model, field), text in sealed.items():
        assert put(model, field, text, public_id).unseal(one, field) == "mit"
    for here, there in permutations(PLACES, 2):
        with pytest.raises(SealBroken):
            put(*there, sealed[here], public_id).unseal(one, there[1])


@pytest.mark.row("X1")
@pytest.mark.parametrize(("model", "field"), PLACES, ids=str)
def test_no_other_row_of_the_same_table_opens_it(key, model, field):
    one = opened(key)
    mine, other = new_public_id(), new_public_id()
    text = sealed_in((model, field), one, mine)
    with pytest.raises(SealBroken):
        put(model, field, text, other).unseal(one, field)


def sealed_in(place: tuple[type[SealedModel], str], key, public_id: str) -> bytes:
    """What a row with that id holds in the field."""
    model, field = place
    row = model(public_id=public_id)
    row.seal(key, field, "mit")
    return bytes(getattr(row, field))


def put(model: type[SealedModel], field: str, text: bytes, public_id: str) -> SealedModel:
    """A row with the text in the field."""
    row = model(public_id=public_id)
    setattr(row, field, text)
    return row


# --- in the database, under the keys that the program made ---------------------------------------


@pytest.fixture
def sections(cast: Cast) -> list[MinutesSection]:
    """Two sections of one talk's minutes and one of another's, as they lie in the database."""
    talk, other = (stages.open_talk(cast, kind) for kind in ("mus", "mus_bpa"))
    stages.write(cast, talk, "Det ene")
    stages.write(cast, talk, "Det andet", "conclusion")
    stages.write(cast, other, "Det tredje", "conclusion")
    return list(MinutesSection.objects.select_related("minutes__conversation__key").order_by("pk"))


def words(section: MinutesSection) -> str:
    """What opens in the row as it is stored now."""
    section.refresh_from_db()
    key = keys.open_key(section.minutes.conversation.key_id)
    return str(section.unseal(key, "text"))


def test_the_texts_of_two_rows_exchanged_open_in_neither(sections):
    one, other, _third = sections
    assert [words(row) for row in (one, other)] == ["Det ene", "Det andet"]
    swapped = bytes(other.text), bytes(one.text)
    for row, text in zip((one, other), swapped, strict=True):
        MinutesSection.objects.filter(pk=row.pk).update(text=text)
        with pytest.raises(SealBroken):
            words(row)


def test_a_text_does_not_open_under_the_key_of_another_talk(sections):
    one, _other, third = sections
    MinutesSection.objects.filter(pk=one.pk).update(minutes=third.minutes, section="moved")
    with pytest.raises(SealBroken):
        words(MinutesSection.objects.get(pk=one.pk))


def test_a_talk_that_points_to_another_key_opens_nothing(sections):
    one, _other, third = sections
    keys_of = [row.minutes.conversation.key_id for row in (one, third)]
    Conversation.objects.filter(key_id=keys_of[1]).update(
        key=keys.new_key(organisation_id=None, purpose="test")
    )
    Conversation.objects.filter(key_id=keys_of[0]).update(key=keys_of[1])
    with pytest.raises(SealBroken):
        words(MinutesSection.objects.get(pk=one.pk))


def test_a_wrapped_key_moved_to_another_row_does_not_open(sections):
    """Else whoever has the database could have the program open one talk as another."""
    one, _other, third = sections
    mine, theirs = (row.minutes.conversation.key for row in (one, third))
    Key.objects.filter(pk=mine.pk).update(wrapped=theirs.wrapped)
    with pytest.raises(keyring.KeyringProblem, match=mine.public_id):
        words(one)
    assert words(third) == "Det tredje"


def test_an_answer_moved_to_somebody_elses_preparation_does_not_open(cast: Cast, sections):
    talk = sections[0].minutes.conversation
    mine, theirs = Preparation.objects.filter(participant__conversation=talk).order_by("pk")[:2]
    row = Answer(organisation_id=talk.organisation_id, preparation=mine, item="own")
    row.seal(keys.open_key(mine.key_id), "content", {"text": "mit"})
    row.save()
    Answer.objects.filter(pk=row.pk).update(preparation=theirs)
    with pytest.raises(SealBroken):
        Answer.objects.get(pk=row.pk).unseal(keys.open_key(theirs.key_id), "content")


@pytest.mark.parametrize("length", [1, 5, 12, 13, 28, 29, 40])
def test_half_a_text_is_told_as_broken(sections, length):
    one = sections[0]
    MinutesSection.objects.filter(pk=one.pk).update(text=bytes(one.text)[:length])
    with pytest.raises(SealBroken):
        words(one)
