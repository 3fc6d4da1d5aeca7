"""What becomes of somebody's talks when another leads her or him (X7, X9): asked before and when.

The page that tells what a change of units will do, and the action that does it, ask the same
function, so that they cannot differ.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from django.db.models import Exists, OuterRef, Q

from musling.conversations.models import Conversation, Part, Participant, State
from musling.people.leading import Found, Leaders, active, in_force
from musling.people.models import Employment


class Fare(Enum):
    """How a talk fares."""

    GOES = "goes"  # to the new leader, who proposes a time
    WITH_TIME = "with_time"  # the same; the time that was agreed is called off
    DECLINED = "declined"  # goes, and stays declined
    STAYS = "stays"  # begun: whoever leads it ends it, until both agree on the minutes
    AGREEMENTS = "agreements"  # agreed: the open agreements go; the rest if the employee says so


FOLLOW = (Fare.GOES, Fare.WITH_TIME, Fare.DECLINED)
FEW = 2000
COLUMNS = (
    *("conversation", "conversation__state", "conversation__opened_at", "conversation__held_at"),
    *("conversation__starts_at", "conversation__calendar_sequence", "profile", "employment"),
    *("employment__unit", "employment__unit__path"),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A talk that is not over for its parties: who sits in it, and where it stands. No content."""

    conversation_id: int
    state: str
    begun: bool
    next_sequence: int  # of its calendar entry, once its time is called off
    employee_id: int
    employment_id: int
    unit_id: int
    path: str
    seat_id: int  # the leader's
    holder_id: int
    instead_of_id: int | None  # the leader whom the holder deputises for

    @property
    def way_up(self) -> list[int]:
        """Ids of the units from the employee's to the top."""
        return [int(part) for part in reversed(self.path.strip("/").split("/")) if part]


def running(wanted: Q, day: dt.date) -> list[Running]:
    """The talks of these employees' seats that are not over, by id; two queries.

    ``wanted``: a condition on the employee's seat. Left out are those called off, destroyed, gone
    on from in a later one, or declined in years before, and those of employments that do not hold.
    """
    later = Conversation.objects.filter(previous=OuterRef("conversation"), held_at__isnull=False)
    old = Q(conversation__state=State.DECLINED, conversation__year__lt=day.year)
    seats = (
        Participant.objects.filter(
            wanted,
            ~Exists(later),
            ~old,
            in_force(day, "employment__"),
            part=Part.EMPLOYEE,
            ended_at=None,
            profile__disabled_at=None,
            conversation__key__destroyed_at=None,
        )
        .exclude(conversation__state=State.CANCELLED)
        .order_by("conversation")
    )
    rows = list(seats.values_list(*COLUMNS))
    # Some are asked for by their ids: a plan that goes the other way reads every seat there is.
    talks = [row[0] for row in rows]
    leading = Participant.objects.filter(part=Part.LEADER, ended_at=None)
    if len(talks) <= FEW:
        leading = leading.filter(conversation__in=talks)
    else:
        leading = leading.filter(conversation__in=seats.order_by().values("conversation"))
    columns = ("conversation", "pk", "profile", "deputises_for__profile")
    holders = {talk: held for talk, *held in leading.values_list(*columns)}
    found = []
    for row in rows:
        talk, state, opened, held, starts, sequence, *employee = row
        if talk in holders:
            begun = bool(opened or held)
            next_sequence = sequence + bool(starts and state != State.DECLINED)
            found.append(Running(talk, state, begun, next_sequence, *employee, *holders[talk]))
    return found


def who_is_here(talks: Collection[Running], day: dt.date) -> set[int]:
    """The leaders of begun talks who work here still; one query, none where no talk has begun."""
    holders = {talk.holder_id for talk in talks if talk.begun and talk.state != State.AGREED}
    if not holders:
        return set()
    return set(active(day).filter(profile__in=holders).values_list("profile", flat=True))


def fare(talk: Running, found: Found, leaders: Leaders, here: Collection[int]) -> Fare | None:
    """How the talk fares where ``found`` says who leads the employee; None: as before.

    Somebody who stands in for a while replaces nobody, and a deputy goes on for a leader who still
    leads. ``here``: as ``who_is_here`` says.
    """
    if not isinstance(found.leader, Employment):
        return None  # it waits with whoever has it until somebody leads
    heads = {post.profile_id for post in leaders.led.get(found.unit_id or 0, ())}
    if talk.holder_id in heads:
        return None
    if talk.begun:
        ended = talk.state == State.AGREED or talk.holder_id not in here
        return Fare.AGREEMENTS if ended else Fare.STAYS
    if talk.instead_of_id in heads:
        return None
    if talk.state == State.DECLINED:
        return Fare.DECLINED
    return Fare.WITH_TIME if talk.state == State.BOOKED else Fare.GOES
