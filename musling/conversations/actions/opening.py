"""Opening talks by the thousand: rows with offers at once, for a round. No query per row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from musling.activity import log
from musling.conversations.actions.planning import asked_at, latest_talks
from musling.conversations.models import Conversation, Offer, Part, Participant, State
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor
from musling.foundation.public_ids import new_public_ids
from musling.frames.effective import Place
from musling.frames.models import FrameVersion
from musling.people.models import Employment

BY_ROUND = "round"  # how the offer was made
TALK = (
    *("id", "public_id", "organisation_id", "kind", "year", "content_id", "base_content_id"),
    *("reveal", "previous_id", "state", "made_at", "form_waits"),
)
SEAT = (
    *("id", "public_id", "organisation_id", "conversation_id", "profile_id", "employment_id"),
    *("part", "seated_at"),
)
OFFER = ("organisation_id", "conversation_id", "sent_at", "sent_by_id", "how", "minutes")


@dataclass(frozen=True, slots=True)
class Pair:
    """An employee, the leader, and the unit that the employee is led from."""

    employee: Employment
    leader: Employment
    led_unit_id: int | None
    form_waits: bool = False  # the leader sends the form later, and it can be fitted until then

    @property
    def place(self) -> Place:
        """Where the talk is held in the tree."""
        return Place(self.employee.unit_id, self.led_unit_id)


@transaction.atomic
def open_talks(
    actor: Actor,
    pairs: Sequence[Pair],
    *,
    kind: str,
    year: int,
    minutes: int,
    round_id: int,
    version: FrameVersion | None = None,
) -> dict[int, int]:
    """Makes and offers a talk to each; returns the talk's id by employment. About 20 statements.

    The offer is the documented proof (A1); it has no times yet, the leader proposes them. Keys and
    preparations come with the first text. ``version``: of which frame, None for the one in use.
    No rule is asked here, the round asks it. Raises Refused where there is no frame.
    """
    if not pairs:
        return {}
    asks = asked_at(actor, kind, year, {pair.place for pair in pairs}, version)
    before = latest_talks(kind, [pair.employee for pair in pairs], actor.today)
    now, place, count = clock.now(), actor.organisation_id, len(pairs)
    talks = bulk.new_ids(Conversation, count)
    seats = bulk.new_ids(Participant, 2 * count)
    theirs, leading = seats[:count], seats[count:]

    def talk_rows() -> bulk.Rows:
        for pair, pk, name in zip(pairs, talks, new_public_ids(count), strict=True):
            asked = asks[pair.place]
            yield (
                *(pk, name, place, kind, year, asked.content.pk, asked.base and asked.base.pk),
                *(asked.reveal, before.get(pair.employee.pk), State.OFFERED.value, now),
                pair.form_waits,
            )

    def seat_rows() -> bulk.Rows:
        names = iter(new_public_ids(2 * count))
        for pair, talk, mine, other in zip(pairs, talks, theirs, leading, strict=True):
            for pk, who, part in (
                (mine, pair.employee, Part.EMPLOYEE),
                (other, pair.leader, Part.LEADER),
            ):
                yield pk, next(names), place, talk, who.profile_id, who.pk, part.value, now

    bulk.insert(Conversation, TALK, talk_rows())
    bulk.insert(Participant, SEAT, seat_rows())
    offers = (
        (place, talk, now, leader, BY_ROUND, minutes)
        for talk, leader in zip(talks, leading, strict=True)
    )
    bulk.insert(Offer, OFFER, offers)
    deeds = zip(talks, pairs, strict=True)
    log.note_many(
        actor,
        [("conversation.offered_in_round", talk, pair.employee.profile_id) for talk, pair in deeds],
        round=round_id,
    )
    return {pair.employee.pk: talk for talk, pair in zip(talks, pairs, strict=True)}


@transaction.atomic
def offer_planned(
    actor: Actor,
    talks: Collection[int],
    *,
    minutes: int,
    round_id: int,
    form_waits: Collection[int] = (),
) -> int:
    """Offers those of the talks that a leader has planned and offered to nobody; returns how many.

    ``form_waits``: those whose leader sends the form later.
    One that was put off was offered before: its leader is asked for a new time already.
    """
    rows = Conversation.objects.filter(
        ~Exists(Offer.objects.filter(conversation=OuterRef("pk"))),
        pk__in=talks,
        organisation_id=actor.organisation_id,
        state=State.PLANNED,
    )
    going = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    seats = Participant.objects.filter(conversation__in=going, ended_at=None)
    leading = dict(seats.filter(part=Part.LEADER).values_list("conversation", "pk"))
    employees = dict(seats.filter(part=Part.EMPLOYEE).values_list("conversation", "profile"))
    going = [pk for pk in going if pk in leading and pk in employees]
    now, place = clock.now(), actor.organisation_id
    later = Q(pk__in=set(going) & set(form_waits))
    Conversation.objects.filter(pk__in=going).update(
        state=State.OFFERED, form_waits=ExpressionWrapper(later, BooleanField())
    )
    offers = ((place, pk, now, leading[pk], BY_ROUND, minutes) for pk in going)
    bulk.insert(Offer, OFFER, offers)
    log.note_many(
        actor,
        [("conversation.offered_in_round", pk, employees[pk]) for pk in going],
        round=round_id,
    )
    return len(going)
