"""Everybody else: the hundreds of thousands of talks among which the measured ones lie.

Rows as the actions make them, with keys that open, but set-based and with random bytes for what
would be sealed by these: nobody opens it. All lie in one organisation, which is the hardest case
for its queries.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from django.db import models, transaction

from musling.activity.models import Activity
from musling.conversations.models import (
    Agreement,
    Answer,
    Conversation,
    Minutes,
    Offer,
    Part,
    Participant,
    Preparation,
    State,
)
from musling.foundation import bulk, clock
from musling.foundation.public_ids import new_public_ids
from musling.frames.models import FrameContent
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Leadership, Profile
from musling.vault import keyring
from musling.vault.keys import binding
from musling.vault.models import Key
from musling.vault.sealing import Cipher

YEARS = 5
PER_UNIT = 25
AT_ONCE = 20_000  # talks in one transaction
SEALED = 221  # bytes of a sealed answer of usual length
LONG_AGO = dt.date(2015, 1, 1)

Row = tuple[Any, ...]


def add_crowd(
    organisation: Organisation,
    top: Unit,
    content: FrameContent,
    talks: int,
    told: Callable[[int], None],
) -> None:
    """Adds so many talks of earlier years and this one; ``told`` hears how many there are."""
    people = _People(organisation, top, -(-talks // YEARS))
    people.write()
    seats = [(year, n) for year, n in product(range(YEARS), range(people.count))][:talks]
    for start in range(0, len(seats), AT_ONCE):
        _Talks(organisation, content, people, seats[start : start + AT_ONCE]).write()
        told(min(start + AT_ONCE, len(seats)))


class _People:
    """Units of 25, a leader each, below one top; nobody has a log-in."""

    def __init__(self, organisation: Organisation, top: Unit, count: int) -> None:
        self.organisation, self.top, self.count = organisation, top, count
        self.unit_count = -(-count // PER_UNIT)
        self.profiles: Sequence[int] = ()
        self.employments: Sequence[int] = ()

    @transaction.atomic
    def write(self) -> None:
        """A fixed number of statements."""
        own, n = self.organisation.pk, self.count
        units = bulk.new_ids(Unit, self.unit_count)
        rows: Iterator[Row] = (
            (unit, public, own, f"B{k}", f"Enhed {k}", self.top.pk, f"{self.top.path}{unit}/")
            for k, (unit, public) in enumerate(zip(units, new_public_ids(len(units)), strict=True))
        )
        bulk.insert(
            Unit,
            ("id", "public_id", "organisation_id", "number", "name", "parent_id", "path"),
            rows,
        )
        self.profiles = bulk.new_ids(Profile, n)
        rows = (
            (
                pk,
                public,
                own,
                f"B{k}",
                f"Navn{k % 997}",
                f"Efternavn{k % 9973}",
                f"b{k}@bench.invalid",
            )
            for k, (pk, public) in enumerate(zip(self.profiles, new_public_ids(n), strict=True))
        )
        names = ("number", "first_name", "last_name", "email")
        bulk.insert(Profile, ("id", "public_id", "organisation_id", *names), rows)
        self.employments = bulk.new_ids(Employment, n)
        rows = (
            (
                pk,
                public,
                own,
                self.profiles[k],
                f"B{k}",
                units[k // PER_UNIT],
                "Medarbejder",
                LONG_AGO,
            )
            for k, (pk, public) in enumerate(zip(self.employments, new_public_ids(n), strict=True))
        )
        own_columns = ("profile_id", "number", "unit_id", "title", "starts_on")
        bulk.insert(Employment, ("id", "public_id", "organisation_id", *own_columns), rows)
        rows = (
            (own, unit, self.employments[k * PER_UNIT], LONG_AGO) for k, unit in enumerate(units)
        )
        bulk.insert(Leadership, ("organisation_id", "unit_id", "employment_id", "starts_on"), rows)

    def leader_of(self, n: int) -> int:
        """The index of who leads the unit of somebody; the leader of a unit leads the next one."""
        leader = n // PER_UNIT * PER_UNIT
        return (
            leader
            if leader != n
            else (leader + PER_UNIT) % (self.unit_count * PER_UNIT) % self.count
        )


class _Talks:
    """Some thousand talks, each with its keys, parties, preparations, offer, minutes and more."""

    def __init__(
        self,
        organisation: Organisation,
        content: FrameContent,
        people: _People,
        seats: Sequence[tuple[int, int]],
    ) -> None:
        self.own, self.content, self.people, self.seats = organisation.pk, content, people, seats
        generation = keyring.current()
        self.generation, self.cipher = generation.number, Cipher(generation.key)

    @transaction.atomic
    def write(self) -> None:
        """Every table in a fixed number of statements."""
        n = len(self.seats)
        talks = bulk.new_ids(Conversation, n)
        keys = self._keys("talk", n)
        held = [self._held(year, k) for year, k in self.seats]
        self._rows(
            Conversation,
            ("kind", "year", "content_id", "key_id", "state", "made_at", "starts_at", "held_at"),
            (
                ("mus", at.year, self.content.pk, keys[k], State.AGREED.value, at, at, at)
                for k, at in enumerate(held)
            ),
            talks,
        )
        parties = self._parties(talks)
        self._preparations(parties, held)
        self._rows(
            Offer,
            ("conversation_id", "sent_at", "sent_by_id", "answer"),
            ((talk, held[k], parties[2 * k + 1], "accepted") for k, talk in enumerate(talks)),
        )
        self._after(talks, held)

    def _held(self, year: int, k: int) -> dt.datetime:
        return clock.now() - dt.timedelta(days=365 * year + k % 300, minutes=k % 480)

    def _keys(self, purpose: str, count: int) -> list[int]:
        ids = bulk.new_ids(Key, count)
        at = clock.now()
        rows = (
            (public_id, purpose, self._wrapped(public_id), self.generation, at)
            for public_id in new_public_ids(count)
        )
        columns = ("public_id", "purpose", "wrapped", "generation", "made_at")
        self._rows(Key, columns, rows, ids)
        return ids

    def _wrapped(self, public_id: str) -> bytes:
        return self.cipher.seal(binding(public_id), secrets.token_bytes(32))

    def _parties(self, talks: Sequence[int]) -> list[int]:
        people = self.people
        ids = bulk.new_ids(Participant, 2 * len(talks))
        rows = (
            (talk, people.profiles[who], people.employments[who], part.value)
            for talk, (_year, n) in zip(talks, self.seats, strict=True)
            for who, part in ((n, Part.EMPLOYEE), (people.leader_of(n), Part.LEADER))
        )
        self._rows(
            Participant, ("conversation_id", "profile_id", "employment_id", "part"), rows, ids
        )
        return ids

    def _preparations(self, parties: Sequence[int], held: Sequence[dt.datetime]) -> None:
        """An own key each, and two answers."""
        keys = self._keys("preparation", len(parties))
        ids = bulk.new_ids(Preparation, len(parties))
        rows = (
            (party, key, held[k // 2])
            for k, (party, key) in enumerate(zip(parties, keys, strict=True))
        )
        self._rows(Preparation, ("participant_id", "key_id", "made_at"), rows, ids)
        answers = (
            (preparation, item, secrets.token_bytes(SEALED))
            for preparation in ids
            for item in ("bench-1", "bench-2")
        )
        self._rows(Answer, ("preparation_id", "item", "content"), answers)

    def _after(self, talks: Sequence[int], held: Sequence[dt.datetime]) -> None:
        """Approved minutes, two agreements, one of them done, and three lines of the log."""
        rows: Iterator[Row] = (
            (talk, Minutes.State.APPROVED.value, secrets.token_bytes(SEALED), at, at)
            for talk, at in zip(talks, held, strict=True)
        )
        self._rows(Minutes, ("conversation_id", "state", "salt", "sent_at", "approved_at"), rows)
        columns = ("conversation_id", "origin_id", "content", "due_on")
        done = ("done_by_employee_at", "done_by_leader_at")
        rows = (
            (talk, talk, secrets.token_bytes(SEALED), at.date() + dt.timedelta(days=90), when, when)
            for talk, at in zip(talks, held, strict=True)
            for when in (None, at)
        )
        self._rows(Agreement, (*columns, *done), rows)
        rows = (
            (at, verb, talk)
            for talk, at in zip(talks, held, strict=True)
            for verb in ("conversation.planned", "conversation.held", "minutes.approved")
        )
        self._rows(Activity, ("at", "verb", "object_id"), rows)

    def _rows(
        self,
        model: type[models.Model],
        columns: Sequence[str],
        rows: Iterator[Row],
        ids: Sequence[int] | None = None,
    ) -> None:
        """Inserts them with the organisation, a public id and an id where the table has them."""
        names = {field.name for field in model._meta.fields}  # noqa: SLF001 (Django documents it)
        listed = list(rows)
        before: list[Sequence[Any]] = [[self.own] * len(listed)]
        named = ["organisation_id"]
        if "public_id" in names and "public_id" not in columns:
            before.append(new_public_ids(len(listed)))
            named.append("public_id")
        if ids is not None:
            before.append(ids)
            named.append("id")
        bulk.insert(
            model,
            (*named, *columns),
            ((*more, *row) for *more, row in zip(*before, listed, strict=True)),
        )
