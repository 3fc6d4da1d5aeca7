"""Access requests as pages read them: what I asked for, what others ask of me, what HR sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from musling.conversations.models import Part
from musling.conversations.queries.fitting import documents_of
from musling.conversations.queries.preparation import LIFE_PHASES, OLD_AGREEMENT, TOPICS
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.foundation.visibility import Text
from musling.frames.answers import Said, said
from musling.frames.document import FrameDocument, text
from musling.frames.team_changes import OWN_ID
from musling.people.models import Profile
from musling.privacy import access
from musling.privacy.access_requests import WAITS
from musling.privacy.models import AccessRequest
from musling.vault import keys

# What is prepared beside the frame's own questions.
OTHERS: dict[str, Text] = {
    TOPICS: _("What I most want to talk about"),
    LIFE_PHASES: _("Phases of life"),
    OLD_AGREEMENT: _("An agreement from last time"),
    # Its words went with the talk, or were never for the reader.
    OWN_ID: _("A question that the leader added"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question with what was answered to it."""

    question: str
    said: Said

    @property
    def score(self) -> int | None:
        """The number from 0 to 5, where there is one."""
        return self.said.score

    @property
    def words(self) -> str:
        """All but the number, as plain text."""
        return self.said.words()


def my_requests(actor: Actor) -> list[AccessRequest]:
    """What the actor asked for, the newest first, with what is known of each leader; one query."""
    rows = access.own_requests(actor).filter(ended_at=None)
    return list(rows.select_related("holder", "conversation", "key").order_by("-asked_at"))


def asked_of_me(actor: Actor) -> list[AccessRequest]:
    """What waits for the actor's answer, the oldest first; one query."""
    rows = access.held_requests(actor).filter(WAITS)
    return list(rows.select_related("asker", "conversation").order_by("asked_at"))


def is_asked(actor: Actor) -> bool:
    """Whether anything waits for the actor's answer; one query."""
    return access.held_requests(actor).filter(WAITS).exists()


def waiting_about(actor: Actor, profile: Profile) -> list[AccessRequest]:
    """For HR: what waits between this person and others; dates and names only; one query."""
    rows = access.readable_requests(actor).filter(WAITS)
    about = rows.filter(asker=profile) | rows.filter(holder=profile)
    return list(about.select_related("asker", "holder").order_by("due_on"))


def request_of_me(actor: Actor, request: str) -> AccessRequest:
    """One that the actor is to answer, or has answered. Raises NotThere."""
    rows = access.held_requests(actor).filter(public_id=request, ended_at=None)
    row = rows.select_related("asker", "preparation", "conversation__content").first()
    if row is None:
        raise NotThere
    return row


def answer_to_me(actor: Actor, request: str) -> tuple[AccessRequest, list[Line], str]:
    """The answer to what the actor asked: the lines that were handed out, or the reason.

    Raises NotThere, and KeyDestroyed where its time is over.
    """
    answered = access.readable_answers(actor).filter(public_id=request, asker=actor.profile_id)
    row = answered.select_related("holder", "conversation__content").first()
    if row is None:
        raise NotThere
    key = keys.open_key(row.key_id)
    actor.note_reading(access.ANSWER.id, row.pk, row.holder_id)
    return row, lines(actor, row, row.unseal(key, "content") or {}), row.unseal(key, "reason") or ""


def lines(actor: Actor, row: AccessRequest, words: dict[str, dict[str, Any]]) -> list[Line]:
    """The words in the frame's order, each with its question in the reader's language."""
    document = documents_of(actor, [row.conversation])[row.conversation_id]
    order = [item.id for item in document.items]
    known = sorted(words, key=lambda item: order.index(item) if item in order else len(order))
    return [in_words(document, item, words[item], Part.LEADER, actor.language) for item in known]


def in_words(
    document: FrameDocument, item: str, value: Mapping[str, Any], part: str, language: str
) -> Line:
    """One stored answer with its question, as that part was asked it."""
    asked = document.find(item)
    if asked:
        question = text(asked.text_for(part), language)  # type: ignore[arg-type]
        return Line(question, said(asked, value, language))
    kind = next((one for one in (OLD_AGREEMENT, OWN_ID) if item.startswith(one)), item)
    other = OTHERS.get(kind, item)
    rows = document.life_phases if item == LIFE_PHASES else document.themes
    names = {row.id: text(row.title, language) for row in rows}
    return Line(str(other), said(None, value, language, names))
