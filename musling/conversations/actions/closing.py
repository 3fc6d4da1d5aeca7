"""Calling off many talks at once, where the employee has left before they were held."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, F, Value, When

from musling.activity import log
from musling.conversations.actions.offering import ANSWERABLE
from musling.conversations.models import Conversation, Offer, Part, Participant, State
from musling.foundation import clock
from musling.foundation.actor import Actor

NOT_BEGUN = (State.PLANNED, State.OFFERED, State.BOOKED)


@transaction.atomic
def call_off_unheld(actor: Actor, talks: Sequence[int]) -> int:
    """Calls off those of the talks that have not begun; returns how many. A few statements.

    A calendar that holds one gets a cancellation. Declined ones stay as they are: they are proof.
    """
    rows = Conversation.objects.filter(
        pk__in=talks,
        organisation_id=actor.organisation_id,
        state__in=NOT_BEGUN,
        opened_at=None,
        held_at=None,
    )
    going = list(rows.select_for_update(of=("self",)).order_by("pk"))
    ids = [talk.pk for talk in going]
    Offer.objects.filter(conversation__in=ids, answer__in=ANSWERABLE).update(
        answer=Offer.Answer.WITHDRAWN, answered_at=clock.now()
    )
    Conversation.objects.filter(pk__in=ids).update(
        state=State.CANCELLED,
        calendar_sequence=Case(
            When(starts_at=None, then=F("calendar_sequence")),
            default=F("calendar_sequence") + Value(1),
        ),
    )
    seats = Participant.objects.filter(conversation__in=ids, part=Part.EMPLOYEE, ended_at=None)
    about = dict(seats.values_list("conversation", "profile"))
    sequence = {talk.pk: talk.calendar_sequence + bool(talk.starts_at) for talk in going}
    log.note_each(
        actor,
        "conversation.called_off",
        [(pk, about.get(pk), {"sequence": sequence[pk]}) for pk in ids],
    )
    return len(ids)
