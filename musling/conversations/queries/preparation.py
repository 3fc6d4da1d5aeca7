"""One's own preparation, opened for its author alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from musling.conversations import access, contents
from musling.conversations.first_text import blank_preparation, preparation_of
from musling.conversations.models import Agreement, Answer, HandedIn, Preparation
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.foundation.prepared import prepared
from musling.foundation.problems import NotThere
from musling.frames.document import FrameDocument, Item
from musling.vault import keys
from musling.vault.sealing import OpenKey

TOPICS = "topics"  # up to three topics that one most wants to talk about
LIFE_PHASES = "life-phases"  # which phases one unfolded
OLD_AGREEMENT = "old."  # + public id: the note on one of last year's agreements
MOST_TOPICS = 3
SECONDS_PER_ITEM = 40


# Beside an answer stands how often its text, and each cell of its table, has changed.
VERSION, CELL_VERSIONS = "version", "cell_versions"


def without_versions(value: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, without the counting beside it."""
    return {name: part for name, part in value.items() if name not in (VERSION, CELL_VERSIONS)}


def texts_of(item: str, value: Mapping[str, Any]) -> dict[str, str]:
    """Every text of an answer: the item's own under its id, a cell under "item/cell"."""
    cells = {f"{item}/{cell}": words for cell, words in value.get("cells", {}).items()}
    return {item: value.get("text") or "", **cells}


def versions_of(item: str, value: Mapping[str, Any]) -> dict[str, int]:
    """The versions of these texts, under the same names."""
    cells = {f"{item}/{cell}": number for cell, number in value.get(CELL_VERSIONS, {}).items()}
    return {item: value.get(VERSION, 0), **cells}


def minutes_for(items: int) -> int:
    """About how long so many items take, by a fixed time per item."""
    return max(1, round(items * SECONDS_PER_ITEM / 60)) if items else 0


@dataclass
class OpenedPreparation:
    """The author's own preparation: values by item id, with the version of each text."""

    row: Preparation
    values: dict[str, dict[str, Any]]
    versions: dict[str, int]
    document: FrameDocument
    part: str

    def items(self, *, short: bool | None = None) -> tuple[Item, ...]:
        """The items that this part prepares, in the chosen length."""
        wanted = self.row.short if short is None else short
        return self.document.items_for(self.part, wanted)  # type: ignore[arg-type]

    def answered(self) -> int:
        """How many of the chosen items hold something."""
        return sum(1 for item in self.items() if self.values.get(item.id))

    def minutes_left(self) -> int:
        """About how long the rest takes, by a fixed time per item."""
        return minutes_for(len(self.items()) - self.answered())

    def minutes_of(self, *, short: bool) -> int:
        """About how long a length takes from the beginning."""
        return minutes_for(len(self.items(short=short)))


def own_preparation(actor: Actor, found: Talk) -> OpenedPreparation:
    """Opens the actor's own preparation for the talk; two queries.

    A blank one, not saved, where nothing was written yet. Raises NotThere for whoever has got the
    seat after the talk was held, KeyDestroyed where its text is gone.
    """
    rows = _own_preparation(actor=actor, participant=found.me.pk)
    if not rows and found.me.goes_along:
        raise NotThere
    row = rows[0] if rows else blank_preparation(found.me)
    values, versions = {}, {}
    if rows:
        key = _opened(row)
        for answer in _answers(preparation=row.pk):
            stored = answer.unseal(key, "content") or {}
            versions.update(versions_of(answer.item, stored))
            if value := without_versions(stored):
                values[answer.item] = value
    return OpenedPreparation(row, values, versions, found.document, found.me.part)


def own_preparation_to_write(actor: Actor, found: Talk) -> tuple[Preparation, OpenKey]:
    """The actor's own preparation with its opened key, made where there is none; one query.

    Raises KeyDestroyed where its text is gone.
    """
    rows = _own_preparation(actor=actor, participant=found.me.pk)
    row = rows[0] if rows else preparation_of(found.me)
    return row, _opened(row)


def _opened(row: Preparation) -> OpenKey:
    opened = keys.unwrap([row.key])
    if not opened:
        raise keys.KeyDestroyed(str(row.key_id))
    return opened[row.key_id]


@prepared
def _own_preparation(actor: Actor, participant: int) -> QuerySet[Preparation]:
    rows = access.own_preparations(actor).filter(participant_id=participant)
    return rows.select_related("key")


@prepared
def _answers(preparation: int) -> QuerySet[Answer]:
    return Answer.objects.filter(preparation_id=preparation)


@dataclass(frozen=True)
class OldAgreement:
    """One of last year's agreements, as it is shown before and in the next talk."""

    row: Agreement
    what: str
    action: str
    who: str

    @property
    def public_id(self) -> str:
        """What stands in addresses and item ids."""
        return str(self.row.public_id)

    @property
    def is_done(self) -> bool:
        """Done when both say so (X8)."""
        return bool(self.row.done_by_employee_at and self.row.done_by_leader_at)


def last_agreements(actor: Actor, found: Talk) -> list[OldAgreement]:
    """What the talk before agreed, and what was typed in for the first year; three queries."""
    talks = [pk for pk in (found.conversation.previous_id, found.conversation.pk) if pk]
    rows = list(
        access.readable_agreements(actor)
        .filter(conversation__in=talks)
        .exclude(conversation=found.conversation, origin=found.conversation, typed_in_by=None)
        .select_related("conversation__key")
        .order_by("due_on", "pk")
    )
    opened = keys.unwrap(row.conversation.key for row in rows)
    result = []
    for row in rows:
        key = opened.get(row.conversation.key_id)
        if key is None:
            continue
        actor.note_reading(contents.AGREEMENT.id, row.pk, found.other.profile_id)
        content = row.unseal(key, "content") or {}
        result.append(
            OldAgreement(
                row, content.get("what", ""), content.get("action", ""), content.get("who", "")
            )
        )
    return result


def handed_in(actor: Actor, found: Talk) -> dict[int, dict[str, dict[str, Any]]]:
    """What the actor may see of what was handed in: by participant and item; two queries."""
    result: dict[int, dict[str, dict[str, Any]]] = {}
    rows = access.readable_handed_in(actor).filter(conversation=found.conversation)
    for row in rows.select_related("participant"):
        actor.note_reading(contents.HANDED_IN.id, row.conversation_id, row.participant.profile_id)
        value = row.unseal(found.key, "content")
        if value:
            result.setdefault(row.participant_id, {})[row.item] = value
    return result


def handed_in_by_me(found: Talk) -> set[str]:
    """The items that the actor has handed in; one query."""
    rows = HandedIn.objects.filter(participant=found.me, conversation=found.conversation)
    return set(rows.values_list("item", flat=True))
