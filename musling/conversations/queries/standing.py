"""How far one person's talks are: dates and states, never content. What HR's support reads."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise

from musling.conversations import access
from musling.conversations.kinds import kind
from musling.conversations.models import Conversation, Participant
from musling.foundation.actor import Actor
from musling.people.models import Profile

MOST = 50


@dataclass(frozen=True, slots=True)
class TalkDates:
    """One talk as somebody sees it who may see its dates only."""

    kind: str | Promise
    part: str
    year: int
    state: str
    starts_at: dt.datetime | None
    held_at: dt.datetime | None


def talk_dates_of(actor: Actor, profile: Profile) -> list[TalkDates]:
    """The latest talks of the person whose dates the actor may see; one query."""
    rows = (
        Participant.objects.filter(
            profile=profile, ended_at=None, conversation__in=access.readable_dates(actor)
        )
        .select_related("conversation")
        .order_by("-conversation__year", "-conversation_id")[:MOST]
    )
    return [_dates(row, row.conversation) for row in rows]


def _dates(row: Participant, talk: Conversation) -> TalkDates:
    return TalkDates(
        kind=kind(talk.kind).name,
        part=row.get_part_display(),
        year=talk.year,
        state=talk.get_state_display(),
        starts_at=talk.starts_at,
        held_at=talk.held_at,
    )
