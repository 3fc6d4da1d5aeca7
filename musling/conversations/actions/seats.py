"""The seats of a talk: who takes part, each with a preparation of her or his own."""

from collections.abc import Sequence

from musling.conversations.first_text import PREPARATION_KEY
from musling.conversations.models import Conversation, Part, Participant, Preparation
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.people.models import Employment
from musling.vault import keys


def seat(
    actor: Actor, talks: list[Conversation], pairs: Sequence[tuple[Employment, Employment]]
) -> None:
    """Participants and their empty preparations, each under its own key."""
    seats = [
        Participant(
            organisation_id=actor.organisation_id,
            conversation=row,
            profile_id=employment.profile_id,
            employment=employment,
            part=part,
        )
        for row, pair in zip(talks, pairs, strict=True)
        for employment, part in zip(pair, (Part.EMPLOYEE, Part.LEADER), strict=True)
    ]
    Participant.objects.bulk_create(seats, batch_size=1000)
    make_preparations(actor, seats)


def make_preparations(actor: Actor, seats: Sequence[Participant]) -> None:
    """An empty preparation for each participant, under an own key."""
    own_keys = keys.new_keys(
        len(seats), organisation_id=actor.organisation_id, purpose=PREPARATION_KEY
    )
    Preparation.objects.bulk_create(
        (
            Preparation(
                organisation_id=actor.organisation_id,
                participant=seat,
                key=key,
                made_at=clock.now(),
                short=seat.part == Part.EMPLOYEE,
            )
            for seat, key in zip(seats, own_keys, strict=True)
        ),
        batch_size=1000,
    )


def change_leader(
    actor: Actor,
    conversation: Conversation,
    former: Participant,
    leader: Employment,
    *,
    deputises_for: Participant | None = None,
) -> Participant:
    """Somebody else has the leader's seat from now on, and sees what is handed in from now on.

    The former one keeps the own preparation, and sees nothing of the talk any more. Both parties
    agree on the frame, and on who writes, from the beginning. ``deputises_for``: whose place the
    new one takes in this talk alone.
    """
    former.ended_at = clock.now()
    former.save(update_fields=["ended_at"])
    agree_anew(conversation)
    row, made = Participant.objects.get_or_create(
        conversation=conversation,
        profile_id=leader.profile_id,
        part=Part.LEADER,
        defaults={"organisation_id": actor.organisation_id, "employment": leader},
    )
    row.deputises_for = deputises_for
    row.save(update_fields=["deputises_for"])
    if made:
        make_preparations(actor, [row])
    else:
        row.ended_at = None
        # From now on again: what was handed in meanwhile was meant for somebody else.
        row.seated_at = clock.now()
        row.save(update_fields=["ended_at", "seated_at"])
    # What the employee handed in was for the other leader.
    Participant.objects.filter(conversation=conversation, part=Part.EMPLOYEE).update(
        handed_in_at=None
    )
    return row


def agree_anew(conversation: Conversation) -> None:
    """Other parties agree on the frame, and on who writes, from the beginning."""
    forget_ready(conversation)
    conversation.minute_taker = None
    conversation.save(update_fields=["minute_taker"])


def forget_ready(conversation: Conversation) -> None:
    """ "We agree on the frame" was pressed for another time: it is pressed anew."""
    Participant.objects.filter(conversation=conversation).update(ready_at=None)
