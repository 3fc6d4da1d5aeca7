"""Agreements through the year: of all one's talks, of one talk, and one with its history."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from musling.conversations import access, contents
from musling.conversations.models import Agreement, Conversation, Part, Participant
from musling.conversations.queries.room import AgreementText, open_agreement
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.vault import keys
from musling.vault.sealing import OpenKey


@dataclass(frozen=True)
class Note:
    """What somebody noted on how an agreement goes."""

    name: str
    mine: bool
    at: dt.datetime
    text: str
    says_done: bool


@dataclass
class Followed:
    """One agreement as one of the two follows it up."""

    row: Agreement
    text: AgreementText
    found: Talk | None  # None: seen as the leader of the next talk, who cannot change it yet
    notes: list[Note] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Done when both say so (X8)."""
        return self.text.is_done

    @property
    def i_say_done(self) -> bool:
        """Whether the reader has said that it is done."""
        return bool(self.found and self._claim(leads=self.found.i_lead))

    @property
    def other_says_done(self) -> bool:
        """Whether the other party has said that it is done."""
        return bool(self.found and self._claim(leads=not self.found.i_lead))

    @property
    def unconfirmed(self) -> bool:
        """Typed in from paper by one, and not confirmed by the other yet."""
        return bool(self.row.typed_in_by_id and not self.row.confirmed_at)

    @property
    def i_typed_it_in(self) -> bool:
        """Whether the reader typed it in, or somebody whose place the reader has now."""
        typed = self.row.typed_in_by
        return bool(self.found and typed and typed.part == self.found.me.part)

    @property
    def being_made(self) -> bool:
        """Whether the talk that makes it is not over yet."""
        made_now = self.row.origin_id == self.row.conversation_id and not self.row.typed_in_by_id
        return made_now and self.row.conversation.held_at is None

    def _claim(self, *, leads: bool) -> dt.datetime | None:
        return self.row.done_by_leader_at if leads else self.row.done_by_employee_at


@dataclass
class TalkAgreements:
    """The agreements that lie in one talk. ``with_whom`` is the other party's profile name."""

    conversation: Conversation
    found: Talk | None
    with_whom: str
    rows: list[Followed] = field(default_factory=list)

    @property
    def open(self) -> list[Followed]:
        """Those that still are to be done, the next date first."""
        return [row for row in self.rows if not row.is_done and not row.unconfirmed]

    @property
    def done(self) -> list[Followed]:
        """Those that both say are done."""
        return [row for row in self.rows if row.is_done]

    @property
    def unconfirmed(self) -> list[Followed]:
        """Those typed in that wait for the other party's word."""
        return [row for row in self.rows if row.unconfirmed and not row.is_done]


def my_agreements(actor: Actor) -> list[TalkAgreements]:
    """All that the actor has agreed, talk by talk, the newest talk first; three queries.

    What a talk is still making belongs to that talk's room, and is not here.
    """
    rows = access.readable_agreements(actor).exclude(
        origin=F("conversation"), typed_in_by=None, conversation__held_at=None
    )
    return _by_talk(actor, rows)


def agreements_in(actor: Actor, found: Talk) -> TalkAgreements:
    """What lies in one talk: made there, come along, typed in; three queries."""
    rows = access.readable_agreements(actor).filter(conversation=found.conversation)
    groups = _by_talk(actor, rows)
    name = found.other.profile.name
    return groups[0] if groups else TalkAgreements(found.conversation, found, name)


def agreement(actor: Actor, public_id: str) -> Followed:
    """One agreement with its notes; three queries. Raises NotThere."""
    rows = access.readable_agreements(actor).filter(public_id=public_id)
    groups = _by_talk(actor, rows)
    if not groups:
        raise NotThere
    return groups[0].rows[0]


def _by_talk(actor: Actor, rows: QuerySet[Agreement]) -> list[TalkAgreements]:
    """Three queries however many rows: agreements with their keys, parties, notes."""
    loaded = list(
        rows.select_related("conversation__key", "origin", "typed_in_by").order_by(
            F("due_on").asc(nulls_last=True), "pk"
        )
    )
    opened = keys.unwrap(row.conversation.key for row in loaded)
    loaded = [row for row in loaded if row.conversation.key_id in opened]
    seats = _seats({row.conversation_id for row in loaded})
    notes = _notes(actor, loaded, opened)
    groups: dict[int, TalkAgreements] = {}
    for row in loaded:
        group = groups.setdefault(row.conversation_id, _group(actor, row.conversation, seats))
        text = open_agreement(row, opened[row.conversation.key_id])
        group.rows.append(Followed(row, text, group.found, notes.get(row.pk, [])))
        actor.note_reading(contents.AGREEMENT.id, row.pk, _about(actor, row, seats))
    return sorted(groups.values(), key=_newest_first, reverse=True)


def _newest_first(group: TalkAgreements) -> tuple[dt.datetime, int]:
    conversation = group.conversation
    return conversation.held_at or conversation.made_at, conversation.pk


def _seats(talks: Collection[int]) -> dict[int, list[Participant]]:
    """Who takes part in each of the talks now; one query."""
    seats = defaultdict(list)
    rows = Participant.objects.filter(conversation__in=talks, ended_at=None)
    for seat in rows.exclude(part=Part.FACILITATOR).select_related("profile", "employment"):
        seats[seat.conversation_id].append(seat)
    return seats


def _group(
    actor: Actor, conversation: Conversation, seats: Mapping[int, list[Participant]]
) -> TalkAgreements:
    parties = seats.get(conversation.pk, [])
    mine = [seat for seat in parties if seat.profile_id == actor.profile_id]
    others = [seat for seat in parties if seat.profile_id != actor.profile_id]
    if mine and others:
        found = Talk(conversation, mine[0], others[0])
        return TalkAgreements(conversation, found, others[0].profile.name)
    names = [seat.profile.name for seat in parties if seat.part == Part.EMPLOYEE]
    return TalkAgreements(conversation, None, names[0] if names else "")


def _about(actor: Actor, row: Agreement, seats: Mapping[int, list[Participant]]) -> int:
    """Whose it is, for the log of readings: the other party's; for a next leader the employee's."""
    parties = seats.get(row.conversation_id, [])
    others = [seat for seat in parties if seat.profile_id != actor.profile_id]
    employees = [seat for seat in others if seat.part == Part.EMPLOYEE]
    chosen = employees or others
    return chosen[0].profile_id if chosen else actor.profile_id


def _notes(
    actor: Actor, rows: Collection[Agreement], opened: Mapping[int | None, OpenKey]
) -> dict[int, list[Note]]:
    """The notes on these agreements, oldest first; one query."""
    key_of = {row.pk: opened[row.conversation.key_id] for row in rows}
    result: dict[int, list[Note]] = defaultdict(list)
    notes = access.readable_follow_ups(actor).filter(agreement__in=key_of)
    for note in notes.select_related("author__profile").order_by("at", "pk"):
        author = note.author.profile
        mine = author.pk == actor.profile_id
        words = note.unseal(key_of[note.agreement_id], "note") or ""
        result[note.agreement_id].append(
            Note(author.first_name, mine, note.at, words, note.says_done)
        )
        actor.note_reading(contents.FOLLOW_UP.id, note.agreement_id, author.pk)
    return result


def waiting_for_me(actor: Actor, found: Talk) -> int:
    """How many typed-in agreements wait for the actor's word; one query, no text."""
    rows = access.changeable_agreements(actor).filter(
        ~Q(typed_in_by__part=found.me.part),
        conversation=found.conversation,
        typed_in_by__isnull=False,
        confirmed_at=None,
    )
    return rows.count()
