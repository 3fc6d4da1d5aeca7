"""Dates, states, offers and answers: what proves that a talk was offered has its own years."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from musling.activity import log
from musling.conversations.models import (
    Agreement,
    Answer,
    Comment,
    Conversation,
    Fitting,
    FocusArea,
    FollowUp,
    HandedIn,
    Initiative,
    Minutes,
    MinutesSection,
    Offer,
    PaperTalk,
    Participant,
    Preparation,
    Release,
    Signature,
    StandIn,
)
from musling.foundation import clock
from musling.foundation.actor import program
from musling.organisations.models import Organisation
from musling.privacy.batches import in_batches
from musling.privacy.models import AccessRequest, Announcement
from musling.privacy.periods import periods_of
from musling.privacy.retention import PROOF
from musling.rounds.models import Place as RoundPlace
from musling.vault.models import Key


def expired() -> Iterator[list[Conversation]]:
    """Talks of which only the proof is left and whose years are over, some at a time."""
    today = clock.today()
    for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        for kind, periods in periods_of(organisation, today).items():
            rows = _only_proof().filter(
                organisation=organisation, kind=kind, year__lt=today.year - periods[PROOF.id]
            )
            yield from in_batches(rows)


def _only_proof() -> QuerySet[Conversation]:
    """Talks of which nothing lives, here or, as an agreement or a note, in another."""
    living = Agreement.objects.filter(removed_at=None)
    held_off = Preparation.objects.filter(
        participant__conversation=OuterRef("pk"), key__destroyed_at=None
    )
    notes = FollowUp.objects.filter(author__conversation=OuterRef("pk"), agreement__removed_at=None)
    return Conversation.objects.filter(
        ~Exists(living.filter(origin=OuterRef("pk"))),
        ~Exists(living.filter(typed_in_by__conversation=OuterRef("pk"))),
        ~Exists(notes),
        ~Exists(held_off),
        key__destroyed_at__isnull=False,
    )


# What hangs on the talk itself and on nothing of it.
OF_A_TALK = (
    *(Fitting, Minutes, FocusArea, Initiative, HandedIn, Offer, PaperTalk, Announcement),
    RoundPlace,
)


def remove_expired() -> int:
    """Removes the rows of such talks; returns how many talks. Each batch commits by itself."""
    return sum(_remove(talks) for talks in expired())


@transaction.atomic
def _remove(talks: list[Conversation]) -> int:
    ids = [talk.pk for talk in talks]
    rows = Conversation.objects.filter(pk__in=ids)
    seats = Participant.objects.filter(conversation__in=ids)
    own = Preparation.objects.filter(participant__conversation__in=ids)
    asked = AccessRequest.objects.filter(conversation__in=ids)
    gone_keys = [
        *(talk.key_id for talk in talks if talk.key_id),
        *own.values_list("key", flat=True),
        *asked.values_list("key", flat=True),
    ]
    agreements = Agreement.objects.filter(
        Q(conversation__in=ids) | Q(origin__in=ids) | Q(typed_in_by__in=seats)
    )
    notes = FollowUp.objects.filter(Q(agreement__in=agreements) | Q(author__in=seats))
    whose = list(seats.values_list("organisation", "conversation", "profile"))
    Conversation.objects.filter(previous__in=ids).update(previous=None)
    rows.update(minute_taker=None)
    seats.update(deputises_for=None)
    minutes: Any = {"minutes__conversation__in": ids}
    of_talk: Any = {"conversation__in": ids}
    for going in (
        asked,
        Release.objects.filter(conversation__in=ids),
        StandIn.objects.filter(conversation__in=ids),
        notes,
        agreements,
        Comment.objects.filter(**minutes),
        Signature.objects.filter(**minutes),
        MinutesSection.objects.filter(**minutes),
        *(
            model._base_manager.filter(**of_talk)  # noqa: SLF001 (nothing may hide from it)
            for model in OF_A_TALK
        ),
        Answer.objects.filter(preparation__in=own),
        own,
        seats,
        rows,
        Key.objects.filter(pk__in=gone_keys),
    ):
        going.delete()
    for organisation in {place for place, _talk, _profile in whose}:
        noted = [
            (talk, profile, {"content": "proof", "rule": PROOF.id})
            for place, talk, profile in whose
            if place == organisation
        ]
        log.note_each(program(organisation), "retention.removed", list(noted))
    return len(ids)
