"""What comes with the first text: the talk's key, and a preparation with its own.

A round makes talks by the hundred thousand, most of which nobody writes in for weeks; neither is
made before it has something to seal.
"""

from django.db import IntegrityError, transaction

from musling.conversations.models import Conversation, Part, Participant, Preparation
from musling.foundation import clock
from musling.vault import keys
from musling.vault.models import Key

TALK_KEY = "talk"
PREPARATION_KEY = "preparation"


@transaction.atomic
def key_of_talk(conversation: Conversation) -> int:
    """The id of the talk's key, made where there is none yet; two at once get the same."""
    row = Conversation.objects.select_for_update(of=("self",)).only("key").get(pk=conversation.pk)
    key_id = row.key_id
    if key_id is None:
        key_id = keys.new_key(organisation_id=conversation.organisation_id, purpose=TALK_KEY).pk
        Conversation.objects.filter(pk=row.pk).update(key=key_id)
    conversation.key_id = key_id
    return key_id


@transaction.atomic
def keys_of_talks(talks: list[int]) -> list[Key]:
    """The keys of all these talks, made where there was nothing to seal: each gets its receipt."""
    without = list(
        Conversation.objects.select_for_update(of=("self",)).filter(pk__in=talks, key=None)
    )
    by_place: dict[int, list[Conversation]] = {}
    for talk in without:
        by_place.setdefault(talk.organisation_id, []).append(talk)
    for place, rows in by_place.items():
        made = keys.new_keys(len(rows), organisation_id=place, purpose=TALK_KEY)
        for row, key in zip(rows, made, strict=True):
            row.key = key
    Conversation.objects.bulk_update(without, ["key"], batch_size=500)
    return list(Key.objects.filter(pk__in=Conversation.objects.filter(pk__in=talks).values("key")))


def blank_preparation(seat: Participant) -> Preparation:
    """What a seat's preparation is before anything is written; not saved."""
    return Preparation(
        organisation_id=seat.organisation_id,
        participant=seat,
        made_at=clock.now(),
        short=seat.part == Part.EMPLOYEE,
    )


def preparation_of(seat: Participant) -> Preparation:
    """The seat's preparation with its key, made where there is none; two at once get the same."""
    found = Preparation.objects.select_related("key")
    if row := found.filter(participant=seat).first():
        return row
    row = blank_preparation(seat)
    try:
        with transaction.atomic():
            row.key = keys.new_key(organisation_id=seat.organisation_id, purpose=PREPARATION_KEY)
            row.save(force_insert=True)
    except IntegrityError:  # another tab was first, just now
        return found.get(participant=seat)
    return row
