"""Asking for what a leader wrote about oneself, and the leader's answer (GDPR articles 12 and 15).

Nobody but the leader can open the own preparation, so nobody else can answer. What is handed out is
a copy under a key of its own: the preparation stays the leader's, and goes when its time comes.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.models import Answer, Conversation, Part, Participant, Preparation
from musling.conversations.queries.preparation import without_versions
from musling.foundation import clock
from musling.foundation.actor import Actor, program
from musling.foundation.fingerprints import of_values
from musling.foundation.problems import NotThere, Refused
from musling.privacy import access
from musling.privacy.models import AccessRequest
from musling.vault import keys

DAYS_TO_ANSWER = 30  # "without undue delay and in any event within one month", art. 12(3)
REMIND_BEFORE = dt.timedelta(days=7)
HOLDS_OFF = dt.timedelta(days=30)  # so long after the last day a request still keeps the text
LONGEST_REASON = 2000  # characters

WAITS = Q(answered_at=None, ended_at=None)


def waiting() -> QuerySet[AccessRequest]:
    """Requests that nobody has answered or taken back."""
    return AccessRequest.objects.filter(WAITS)


def held_off(preparations: Any) -> Any:
    """The preparations without those that somebody has asked for and that nobody has answered.

    Article 15 would be empty if the text went while the request waits; it does not wait for ever.
    """
    asked = waiting().filter(preparation=OuterRef("pk"), due_on__gte=clock.today() - HOLDS_OFF)
    return preparations.filter(~Exists(asked))


@transaction.atomic
def ask_for_access(actor: Actor) -> int:
    """Asks every leader for what she or he has written to prepare a talk with the actor.

    Returns how many are asked now. What already waits, or was answered since it was last written
    to, is not asked for again: safe to press twice.
    """
    asked = 0
    for preparation in _about(actor).select_related("participant"):
        seat = preparation.participant
        row = AccessRequest.objects.create(
            organisation_id=actor.organisation_id,
            conversation_id=seat.conversation_id,
            preparation=preparation,
            asker_id=actor.profile_id,
            holder_id=seat.profile_id,
            key=keys.new_key(organisation_id=actor.organisation_id, purpose="access"),
            asked_at=clock.now(),
            due_on=actor.today + dt.timedelta(days=DAYS_TO_ANSWER),
        )
        _note(actor, "access.asked", row)
        asked += 1
    return asked


def _about(actor: Actor) -> QuerySet[Preparation]:
    """What leaders have written to prepare talks with the actor, and that can be asked for."""
    own = Participant.objects.filter(profile_id=actor.profile_id, part=Part.EMPLOYEE)
    # Two presses at once wait for each other.
    list(
        Conversation.objects.select_for_update()
        .filter(pk__in=own.values("conversation"))
        .order_by("pk")
    )
    written = Answer.objects.filter(preparation=OuterRef("pk")).exclude(content=b"")
    asked = AccessRequest.objects.filter(preparation=OuterRef("pk"), ended_at=None)
    since = asked.filter(Q(answered_at=None) | Q(answered_at__gte=OuterRef("saved_at")))
    return Preparation.objects.filter(
        Exists(written),
        ~Exists(since),
        organisation_id=actor.organisation_id,
        participant__part=Part.LEADER,
        participant__conversation__in=own.values("conversation"),
        key__destroyed_at=None,
    ).order_by("pk")


@transaction.atomic
def take_back(actor: Actor, *, request: str) -> None:
    """Whoever asked does not want it any more. Safe to press twice. Raises NotThere, Refused."""
    row = _locked(access.own_requests(actor), request)
    if row.ended_at:
        return
    if row.answered_at:
        raise Refused(_("It is answered already."))
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    _note(actor, "access.taken_back", row)


def _locked(rows: QuerySet[AccessRequest], request: str) -> AccessRequest:
    row = rows.filter(public_id=request).select_for_update(of=("self",)).first()
    if row is None:
        raise NotThere
    return row


def own_words(row: AccessRequest) -> dict[str, dict[str, Any]]:
    """What the leader has written, by item; for the leader alone. Raises KeyDestroyed."""
    key = keys.open_key(row.preparation.key_id)
    found = {}
    for answer in Answer.objects.filter(preparation=row.preparation_id).order_by("pk"):
        value = without_versions(answer.unseal(key, "content") or {})
        if value:
            found[answer.item] = value
    return found


@transaction.atomic
def hand_out(actor: Actor, *, request: str, seen: str) -> None:
    """The leader hands out a copy of what the page showed. Safe to press twice.

    ``seen``: the fingerprint of that. Raises NotThere, Refused, and KeyDestroyed.
    """
    row = _unanswered(actor, request)
    if row is None:
        return
    words = own_words(row)
    if of_values(words) != seen:
        raise Refused(_("You have written something since you opened this page. Look at it again."))
    row.seal(keys.open_key(row.key_id), "content", words)
    _answer(actor, row, AccessRequest.Answer.HANDED_OUT, "access.handed_out")


@transaction.atomic
def refuse(actor: Actor, *, request: str, reason: str) -> None:
    """The leader refuses with a reason, which only whoever asked reads. Safe to press twice."""
    row = _unanswered(actor, request)
    if row is None:
        return
    words = reason.strip()
    if not words:
        raise Refused(_("Write the reason. A refusal without one is not lawful."), "reason")
    if len(words) > LONGEST_REASON:
        raise Refused(
            _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
            % {"most": LONGEST_REASON},
            "reason",
        )
    row.seal(keys.open_key(row.key_id), "reason", words)
    _answer(actor, row, AccessRequest.Answer.REFUSED, "access.refused")


def _unanswered(actor: Actor, request: str) -> AccessRequest | None:
    """The request that waits for the actor's answer; None where it is answered already."""
    row = _locked(access.held_requests(actor), request)
    if row.answered_at:
        return None
    if row.ended_at:
        raise Refused(_("It was taken back. There is nothing to answer any more."))
    return row


def _answer(actor: Actor, row: AccessRequest, answer: str, verb: str) -> None:
    row.answer, row.answered_at = answer, clock.now()
    row.save(update_fields=["answer", "answered_at", "content", "reason"])
    _note(actor, verb, row)


def note_due_requests(organisation_id: int) -> int:
    """Notes which requests fall due within a week, once; returns how many. For the schedule."""
    actor = program(organisation_id)
    due = waiting().filter(
        organisation=organisation_id,
        reminded_at=None,
        due_on__lte=actor.today + REMIND_BEFORE,
    )
    rows = list(due)
    for row in rows:
        _remind(actor, row)
    return len(rows)


@transaction.atomic
def _remind(actor: Actor, row: AccessRequest) -> None:
    still = waiting().filter(pk=row.pk, reminded_at=None)
    if still.update(reminded_at=clock.now()):
        _note(actor, "access.due", row)


def _note(actor: Actor, verb: str, row: AccessRequest) -> None:
    log.note(
        actor,
        verb,
        object_id=row.conversation_id,
        about=row.asker_id,
        request=row.pk,
        holder=row.holder_id,
    )
