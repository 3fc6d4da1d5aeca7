"""What two parties let somebody else read: for the two, and for whoever it is for."""

import base64
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from musling.activity.models import Reading
from musling.conversations import access, contents
from musling.conversations.models import Part, Participant, Release
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.vault import keys
from musling.vault.keys import KeyDestroyed


@dataclass(frozen=True, slots=True)
class Released:
    """One release as a party of the talk sees it."""

    row: Release
    why: str
    mine: bool  # I asked
    first_read: dt.date | None
    state: str  # waits, agreed, refused, ended, over

    @property
    def waits_for_me(self) -> bool:
        """Whether I am the one to say yes or no."""
        return self.state == "waits" and not self.mine

    @property
    def can_be_ended(self) -> bool:
        """Whether there is anything to take back or end."""
        return self.state in {"waits", "agreed"}


def releases_of(actor: Actor, found: Talk) -> list[Released]:
    """All releases of the talk, newest first; two queries at most."""
    rows = list(
        access.own_releases(actor)
        .filter(conversation=found.conversation)
        .select_related("reader", "asked_by", "ended_by__profile")
        .order_by("-asked_at")
    )
    if not rows:
        return []
    read = _first_read(rows)
    try:
        key = found.key
    except KeyDestroyed:
        key = None
    return [
        Released(
            row=row,
            why=(row.unseal(key, "why") or "") if key else "",
            mine=row.asked_by.part == found.me.part,
            first_read=read.get(row.pk),
            state=_state(row, actor.today),
        )
        for row in rows
    ]


def _state(row: Release, today: dt.date) -> str:
    if row.ended_at:
        return "ended" if row.agreed_at else "refused"
    if row.until < today:
        return "over"
    return "agreed" if row.agreed_at else "waits"


def _first_read(rows: list[Release]) -> dict[int, dt.date]:
    """On which day each was first opened by whoever it is for; one query."""
    readers = {row.pk: row.reader_id for row in rows}
    noted = Reading.objects.filter(content=contents.RELEASE.id, object_id__in=readers)
    days = noted.order_by("-day").values_list("object_id", "reader_id", "day")
    return {release: day for release, reader, day in days if readers[release] == reader}


def release_waits(actor: Actor, found: Talk) -> bool:
    """Whether the other asks something of this talk that waits for the actor's yes; one query."""
    asked = access.own_releases(actor).filter(
        conversation=found.conversation, agreed_at=None, ended_at=None, until__gte=actor.today
    )
    return asked.exclude(asked_by__part=found.me.part).exists()


def is_shared_with(actor: Actor) -> bool:
    """Whether anybody lets the actor read anything today; one query."""
    return access.released_to(actor).exists()


@dataclass(frozen=True, slots=True)
class ForMe:
    """One copy that two others let the actor read."""

    row: Release
    employee: str
    leader: str
    why: str


def released_to_me(actor: Actor) -> list[ForMe]:
    """What others let the actor read today, newest first; three queries at most."""
    rows = list(
        access.released_to(actor).select_related("conversation__key").order_by("-agreed_at")
    )
    if not rows:
        return []
    names = {
        (seat.conversation_id, seat.part): seat.profile.name
        for seat in _held_by([row.conversation_id for row in rows])
    }
    opened = keys.unwrap({row.conversation.key_id: row.conversation.key for row in rows}.values())
    return [
        ForMe(
            row,
            names.get((row.conversation_id, Part.EMPLOYEE), ""),
            names.get((row.conversation_id, Part.LEADER), ""),
            row.unseal(opened[row.conversation.key_id], "why") or "",
        )
        for row in rows
        if row.conversation.key_id in opened
    ]


def open_copy(actor: Actor, public_id: str) -> tuple[Release, bytes]:
    """The copy itself, for whoever it is for; its reading is noted for both parties.

    Raises NotThere, and KeyDestroyed where the talk is destroyed.
    """
    rows = access.released_to(actor).filter(public_id=public_id)
    row = rows.select_related("conversation").first()
    if row is None:
        raise NotThere
    copy = row.unseal(keys.open_key(row.conversation.key_id), "copy")
    for seat in _held_by([row.conversation_id]):
        actor.note_reading(contents.RELEASE.id, row.pk, seat.profile_id)
    return row, base64.b64decode(copy)


def _held_by(talks: Collection[int]) -> QuerySet[Participant]:
    """The two who held each talk, also where one of them has left it since."""
    there = Q(ended_at=None) | Q(ended_at__gt=F("conversation__held_at"))
    seats = Participant.objects.filter(there, conversation__in=talks, goes_along="")
    return seats.exclude(part=Part.FACILITATOR).select_related("profile").order_by("pk")
