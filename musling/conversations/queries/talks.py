"""One talk with its parties, and the lists of talks."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from musling.conversations import access, contents
from musling.conversations.first_text import key_of_talk
from musling.conversations.kinds import Kind, kind
from musling.conversations.models import (
    Conversation,
    Fitting,
    Minutes,
    Offer,
    PaperTalk,
    Part,
    Participant,
    State,
)
from musling.conversations.queries.glances import Glance
from musling.foundation.actor import Actor
from musling.foundation.prepared import prepared
from musling.foundation.problems import NotThere
from musling.frames import team_changes
from musling.frames.composing import compose
from musling.frames.document import FrameDocument
from musling.frames.queries import document_of
from musling.frames.team_changes import TeamChanges
from musling.vault import keys
from musling.vault.sealing import OpenKey

BEFORE_THE_TALK = frozenset({State.PLANNED, State.OFFERED, State.BOOKED})


@dataclass
class Talk:
    """A talk as one of its parties meets it."""

    conversation: Conversation
    me: Participant
    other: Participant
    offer: Offer | None = None
    # Who led the talk itself, where somebody else has the leader's seat by now.
    led_by: Participant | None = None
    reader: Actor | None = field(default=None, repr=False)  # who is noted as opening its questions
    _key: OpenKey | None = field(default=None, repr=False)
    _asked: FrameDocument | None = field(default=None, repr=False)

    @property
    def kind(self) -> Kind:
        """The row of its kind."""
        return kind(self.conversation.kind)

    @property
    def may_decline(self) -> bool:
        """Whether the employee may say no thanks: where the talk is a right and not a duty (A2)."""
        return self.kind.may_decline and self.conversation.organisation.lets_decline

    @property
    def i_lead(self) -> bool:
        """Whether I lead this talk."""
        return self.me.part == Part.LEADER

    @property
    def sat_in_it(self) -> bool:
        """Whether I took part in the talk itself; False for who became the leader afterwards."""
        return not self.me.goes_along

    @property
    def sees_minutes(self) -> bool:
        """Whether the minutes are for me: I took part, or the employee let them go along."""
        return access.seen_from(contents.MINUTES, self.me)

    @property
    def both_sat_in_it(self) -> bool:
        """Whether the talk is with the one whom one sees in it."""
        return self.led_by is None

    @property
    def held_with(self) -> Participant:
        """With whom the employee held the talk; for whoever led it, the employee."""
        return self.other if self.i_lead or self.led_by is None else self.led_by

    @property
    def employee(self) -> Participant:
        """The one whom the talk is for."""
        return self.other if self.i_lead else self.me

    @property
    def leader(self) -> Participant:
        """The one who leads the talk."""
        return self.me if self.i_lead else self.other

    @property
    def public_id(self) -> str:
        """What stands in its address."""
        return str(self.conversation.public_id)

    @property
    def state(self) -> str:
        """Where it stands."""
        return str(self.conversation.state)

    @property
    def document(self) -> FrameDocument:
        """What is asked in it; where it was fitted alone, two queries, once."""
        if self._asked is None:
            fitted = _fitted(self.reader, self) if self.is_fitted else None
            self._asked = with_fitting(self.conversation, fitted)
        return self._asked

    @property
    def is_fitted(self) -> bool:
        """Whether the leader fitted this talk alone."""
        return self.conversation.fitted_at is not None

    @property
    def document_hash(self) -> str:
        """A name to keep what is made of its questions by; empty: they are sealed, keep nothing."""
        return "" if self.is_fitted else str(self.conversation.content.hash)

    @property
    def can_prepare(self) -> bool:
        """Preparation is open from the first offer until the talk begins.

        In a round from the day that the leader sends the form (C4). Until then the leader may
        change what is asked; and, being the one who does, may prepare.
        """
        if self.state not in BEFORE_THE_TALK:
            return False
        return self.i_lead or not self.can_be_fitted

    @property
    def can_be_fitted(self) -> bool:
        """Whether the leader may still change what it asks: until the employee can prepare.

        A day that both know. Whether somebody has begun is nothing that it could depend on.
        """
        talk = self.conversation
        if self.state not in BEFORE_THE_TALK or talk.opened_at or talk.held_at:
            return False
        return talk.form_waits or (self.offer is None and self.state == State.PLANNED)

    def at_a_glance(self, minutes: Minutes | None) -> Glance:
        """Its dates and states, with those of its minutes."""
        talk, offer = self.conversation, self.offer
        return Glance(
            pk=talk.pk,
            public_id=self.public_id,
            year=talk.year,
            reveal=talk.reveal,
            state=self.state,
            made_at=talk.made_at,
            starts_at=talk.starts_at,
            held_at=talk.held_at,
            postponed=talk.postponed,
            minute_taker=talk.minute_taker_id,
            my_seat=self.me.pk,
            my_part=self.me.part,
            i_handed_in_at=self.me.handed_in_at,
            other_employment=self.other.employment_id,
            other_handed_in_at=self.other.handed_in_at,
            minutes_state=minutes.state if minutes else None,
            minutes_approved_at=minutes.approved_at if minutes else None,
            answer=offer.answer if offer else "",
            offered_at=offer.sent_at if offer else None,
            answered_at=offer.answered_at if offer else None,
            times=offer.times if offer else (),
            form_waits=talk.form_waits,
        )

    @property
    def key(self) -> OpenKey:
        """The talk's key, opened once for this request. Raises KeyDestroyed.

        The first who seals something in the talk makes it; there is nothing to open before.
        """
        if self._key is None:
            self._key = keys.open_key(self.conversation.key_id or key_of_talk(self.conversation))
        return self._key


def talk(actor: Actor, public_id: str, *, lock: bool = False) -> Talk:
    """The talk, for one of its parties; three queries. Raises NotThere.

    ``lock`` holds the row until the transaction ends: two presses wait for each other.
    """
    ask = _locked_talk if lock else _own_talk
    found = ask(actor=actor, public_id=public_id)
    if lock and not found:
        # PostgreSQL drops the row where what it asks was changed while this waited: look again.
        found = ask(actor=actor, public_id=public_id)
    if not found:
        raise NotThere
    return _with_parties(actor, found[0])


@prepared
def _own_talk(actor: Actor, public_id: str) -> QuerySet[Conversation]:
    """The document itself stays where it is: a process has parsed it before, by its hash."""
    rows = access.own_talks(actor).filter(public_id=public_id)
    return rows.select_related("content", "organisation").defer("content__document")


@prepared
def _locked_talk(actor: Actor, public_id: str) -> QuerySet[Conversation]:
    rows = access.own_talks(actor).filter(public_id=public_id).select_for_update(of=("self",))
    return rows.select_related("content", "organisation").defer("content__document")


def _with_parties(actor: Actor, conversation: Conversation) -> Talk:
    parties = _parties(conversation=conversation.pk)
    mine = [row for row in parties if row.profile_id == actor.profile_id]
    others = [row for row in parties if row.profile_id != actor.profile_id]
    if not mine or not others:
        raise NotThere
    offers = _newest_offer(conversation=conversation.pk)
    found = Talk(conversation, mine[0], others[0], offers[0] if offers else None, reader=actor)
    if found.leader.goes_along:
        found.led_by = _who_led([conversation.pk]).get(conversation.pk)
    return found


def _who_led(talks: Collection[int]) -> dict[int, Participant]:
    """Who led each of these talks itself, where the seat has changed hands since; one query."""
    seats = Participant.objects.filter(conversation__in=talks, part=Part.LEADER, goes_along="")
    rows = seats.filter(ended_at__isnull=False).select_related("profile").order_by("ended_at", "pk")
    return {row.conversation_id: row for row in rows}


def _fitted(actor: Actor | None, found: Talk) -> TeamChanges | None:
    """What the leader fitted in this one talk. None where it is gone, or not for the reader."""
    if actor is None:
        return None
    row = access.readable_fittings(actor).filter(conversation=found.conversation).first()
    if row is None:
        return None
    try:
        key = found.key
    except keys.KeyDestroyed:
        return None
    return opened_fitting(actor, row, key, found.leader.profile_id)


def opened_fitting(actor: Actor, row: Fitting, key: OpenKey, leader: int) -> TeamChanges:
    """The changes of a row that the actor may see; that they were opened is noted."""
    actor.note_reading(contents.FITTED.id, row.conversation_id, leader)
    return team_changes.parse(row.unseal(key, "changes") or {})


def with_fitting(conversation: Conversation, fitted: TeamChanges | None) -> FrameDocument:
    """What a talk asks: its content with what the leader fitted in it. Nothing of it is kept."""
    document = document_of(conversation.content)
    return compose(document, team=fitted).document if fitted else document


@prepared
def _parties(conversation: int) -> QuerySet[Participant]:
    rows = Participant.objects.filter(conversation_id=conversation, ended_at=None)
    return rows.exclude(part=Part.FACILITATOR).select_related("profile", "employment__unit")


@prepared
def _newest_offer(conversation: int) -> QuerySet[Offer]:
    return Offer.objects.filter(conversation_id=conversation).order_by("-sent_at", "-pk")[:1]


def choices_that_wait(actor: Actor) -> list[str]:
    """Held talks of which the actor has not said what a new leader may see; one query."""
    return _choices_that_wait(actor=actor)


@prepared
def _choices_that_wait(actor: Actor) -> QuerySet[Participant, str]:
    seats = Participant.objects.filter(
        conversation__in=access.own_talks(actor).filter(key__destroyed_at=None),
        part=Part.LEADER,
        ended_at=None,
        chosen_at=None,
    )
    rows = seats.exclude(goes_along="").exclude(profile_id=actor.profile_id).order_by("-pk")
    return rows.values_list("conversation__public_id", flat=True)


def paper_of(found: Talk) -> PaperTalk | None:
    """That the talk was held on paper, where somebody says so; one query."""
    rows = PaperTalk.objects.filter(conversation=found.conversation)
    return rows.select_related("registered_by__profile").first()


def my_talks(actor: Actor, *, part: str | None = None) -> list[dict[str, Any]]:
    """The actor's talks, newest first, each with whom it was held; three queries at most."""
    mine = Participant.objects.filter(profile_id=actor.profile_id, ended_at=None)
    if part:
        mine = mine.filter(part=part)
    parts = dict(mine.values_list("conversation", "part"))
    conversations = access.own_talks(actor).filter(pk__in=parts).order_by("-year", "-made_at")
    others = (
        Participant.objects.filter(conversation__in=parts, ended_at=None)
        .exclude(profile_id=actor.profile_id)
        .select_related("profile")
    )
    seats = {row.conversation_id: row for row in others}
    changed = [pk for pk, row in seats.items() if row.goes_along]
    seats |= _who_led(changed) if changed else {}
    return [
        {
            "talk": talk,
            "part": parts[talk.pk],
            "other": seats[talk.pk].profile if talk.pk in seats else None,
        }
        for talk in conversations[:200]
    ]
