"""Access requests as pages read them: what I asked for, what others ask of me, what HR sees."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from musling.conversations.queries.preparation import LIFE_PHASES, OLD_AGREEMENT, TOPICS
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.foundation.visibility import Text
from musling.frames.document import FrameDocument, text
from musling.frames.queries import document_of
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
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question with what the leader wrote to it."""

    question: str
    score: int | None
    words: str


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
    document = document_of(row.conversation.content)
    order = [item.id for item in document.items]
    known = sorted(words, key=lambda item: order.index(item) if item in order else len(order))
    return [
        Line(
            _question(document, item, actor.language),
            words[item].get("score"),
            _words(document, words[item], actor.language),
        )
        for item in known
    ]


def _question(document: FrameDocument, item: str, language: str) -> str:
    for one in document.items:
        if one.id == item:
            return text(one.text_for("leader"), language)
    return str(OTHERS.get(OLD_AGREEMENT if item.startswith(OLD_AGREEMENT) else item, item))


def _words(document: FrameDocument, value: dict[str, Any], language: str) -> str:
    names = {theme.id: text(theme.title, language) for theme in document.themes}
    names |= {phase.id: text(phase.title, language) for phase in document.life_phases}
    chosen = ", ".join(names.get(one, one) for one in value.get("chosen", []))
    return "\n".join(filter(None, (chosen, value.get("text", ""))))
