"""A talk at a glance: dates and states, no text and no names; for boards and start pages.

Light rows: making Django's of every column of a talk, its seats and its offer took most of the time
of a leader's page.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from musling.conversations.models import Offer, Part, State
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.prepared import prepared

Columns = tuple[Any, ...]
PARTIES = (Part.EMPLOYEE, Part.LEADER)
# In the order of the fields of Glance.
COLUMNS = (
    *("pk", "public_id", "year", "reveal", "state", "made_at"),
    *("starts_at", "held_at", "postponed", "minute_taker_id", "form_waits"),
    *("mine__pk", "mine__part", "mine__handed_in_at"),
    *("theirs__employment_id", "theirs__handed_in_at"),
    *("minutes__state", "minutes__approved_at"),
)


@dataclass(slots=True)
class Glance:
    """A talk as one of its parties meets it, in dates and states."""

    pk: int
    public_id: str
    year: int
    reveal: str
    state: str
    made_at: dt.datetime
    starts_at: dt.datetime | None
    held_at: dt.datetime | None
    postponed: int
    minute_taker: int | None
    form_waits: bool  # its leader has yet to send the form, and the employee cannot prepare
    my_seat: int
    my_part: str
    i_handed_in_at: dt.datetime | None
    other_employment: int | None
    other_handed_in_at: dt.datetime | None
    minutes_state: str | None
    minutes_approved_at: dt.datetime | None
    # Of the last offer; empty where there is none.
    answer: str = ""
    offered_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    times: Sequence[str] = ()

    @property
    def needs_time(self) -> bool:
        """Whether it is offered without a time yet, as a round does: the leader proposes some."""
        return self.state == State.OFFERED and not self.times

    @property
    def times_passed(self) -> bool:
        """Whether nobody has answered, and none of the offered times lies ahead any more."""
        waits = self.state == State.OFFERED and self.answer == Offer.Answer.NONE
        return waits and bool(self.times) and not any_ahead(self.times)

    @property
    def day_passed(self) -> bool:
        """Whether the day for which it is booked has passed."""
        if self.state != State.BOOKED or self.starts_at is None:
            return False
        return self.starts_at.astimezone(COPENHAGEN).date() < clock.today()

    @property
    def i_lead(self) -> bool:
        """Whether I lead this talk."""
        return self.my_part == Part.LEADER

    @property
    def i_write(self) -> bool:
        """Whether I write the minutes."""
        return self.minute_taker == self.my_seat


def any_ahead(times: Sequence[str]) -> bool:
    """Whether one of an offer's times lies ahead; asked from the end, where the latest stands."""
    now = clock.now()
    return any(dt.datetime.fromisoformat(time) > now for time in reversed(times))


def of_talks(talks: QuerySet[Any], actor: Actor, part: str) -> QuerySet[Any, Columns]:
    """What glances are made of: talks that the actor may see and plays that part in.

    Those in which somebody else has a seat, too.
    """
    own = Q(participant__profile_id=actor.profile_id, participant__part=part)
    other = ~Q(participant__profile_id=actor.profile_id) & Q(participant__part__in=PARTIES)
    seated = Q(participant__ended_at=None)
    paired = talks.alias(
        mine=FilteredRelation("participant", condition=own & seated),
        theirs=FilteredRelation("participant", condition=other & seated),
    )
    both: QuerySet[Any] = paired.filter(mine__isnull=False, theirs__isnull=False)
    return both.values_list(*COLUMNS)


def with_offers(rows: Iterable[Columns]) -> list[Glance]:
    """The glances of these rows, each with its last offer; one query."""
    glances = [Glance(*row) for row in rows]
    last = {talk: offer for talk, *offer in _offers(talks=[one.pk for one in glances])}
    for one in glances:
        if one.pk in last:
            one.answer, one.offered_at, one.answered_at, one.times = last[one.pk]
    return glances


@prepared
def _offers(talks: list[int]) -> QuerySet[Offer, Columns]:
    """The offers of these talks, the newest last."""
    rows = Offer.objects.filter(conversation__in=talks).order_by("sent_at", "pk")
    return rows.values_list("conversation_id", "answer", "sent_at", "answered_at", "times")
