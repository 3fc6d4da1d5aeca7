"""Minutes out, sent back or approved; signing alone, together on one screen, or on paper."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.activity import log
from musling.conversations import access
from musling.conversations.models import Comment, Minutes, Participant, Signature, State
from musling.conversations.queries.room import OpenedMinutes, opened_minutes
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused


def _with_minutes(actor: Actor, public_id: str) -> tuple[Talk, Minutes]:
    found = talk(actor, public_id, lock=True)
    rows = access.readable_minutes(actor).select_for_update(of=("self",))
    minutes = rows.filter(conversation=found.conversation).first()
    if minutes is None:
        raise NotThere
    return found, minutes


CHANGED_MEANWHILE = gettext_lazy("The minutes were changed after you opened them. Read them again.")


@transaction.atomic
def send_minutes(actor: Actor, *, public_id: str, seen: str = "") -> None:
    """Whoever wrote sends the minutes to the other party and signs them. Safe to press twice.

    ``seen``: the fixed hash of what the page showed; nobody signs what the other added since.
    """
    found, minutes = _with_minutes(actor, public_id)
    if found.conversation.minute_taker_id != found.me.pk:
        raise Refused(_("You agreed that the other of you writes and sends the minutes."))
    if minutes.state == Minutes.State.OUT:
        return
    _require_sendable(found, minutes)
    opened = opened_minutes(actor, found)
    if not (opened.sections or opened.agreements or opened.focus_areas or opened.initiatives):
        raise Refused(_("Nothing is written yet. Write at least a conclusion."))
    if seen and seen != opened.fixed():
        raise Refused(str(CHANGED_MEANWHILE))
    minutes.state = Minutes.State.OUT
    minutes.version += 1
    minutes.sent_at = clock.now()
    minutes.hash = opened.fixed()
    minutes.save()
    _move(found, State.MINUTES_OUT)
    if found.kind.signs:
        _sign(actor, found, minutes, found.me, Signature.How.ALONE)
    log.note(
        actor, "minutes.sent", object_id=found.conversation.pk, about=found.employee.profile_id
    )
    if not found.kind.approves:
        _approve(actor, found, minutes, None)


def _require_sendable(found: Talk, minutes: Minutes) -> None:
    if minutes.state == Minutes.State.APPROVED:
        raise Refused(_("The minutes are approved and locked."))
    if found.state not in {State.HELD, State.OPEN} or not found.conversation.held_at:
        raise Refused(_("End the talk before you send the minutes."))


@transaction.atomic
def return_minutes(actor: Actor, *, public_id: str, comment: str, version: int) -> None:
    """The other party sends the minutes back and says what should change."""
    found, minutes = _out_for_me(actor, public_id, version)
    words = comment.strip()
    if not words:
        raise Refused(_("Say what should change, so that the other can do it."), "comment")
    if len(words) > 5000:
        raise Refused(
            _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
            % {"most": 5000},
            "comment",
        )
    row = Comment(
        organisation_id=actor.organisation_id, minutes=minutes, author=found.me, at=clock.now()
    )
    row.seal(found.key, "text", words)
    row.save()
    minutes.state = Minutes.State.RETURNED
    minutes.hash = ""
    minutes.save()
    # A signature holds for what was signed; what is written anew is signed anew.
    Signature.objects.filter(minutes=minutes).delete()
    _move(found, State.HELD)
    log.note(
        actor, "minutes.returned", object_id=found.conversation.pk, about=found.employee.profile_id
    )


@transaction.atomic
def approve_minutes(actor: Actor, *, public_id: str, version: int) -> None:
    """The other party approves: the minutes are locked, and where the kind signs, signed too.

    ``version`` is what the page showed: older minutes cannot be approved. Safe to press twice.
    """
    found, minutes = _with_minutes(actor, public_id)
    if minutes.state == Minutes.State.APPROVED and minutes.approved_by_id == found.me.pk:
        return
    found, minutes = _out_for_me(actor, public_id, version)
    _require_unchanged(actor, found, minutes)
    _approve(actor, found, minutes, found.me)
    if found.kind.signs:
        _sign(actor, found, minutes, found.me, Signature.How.ALONE)


def _out_for_me(actor: Actor, public_id: str, version: int) -> tuple[Talk, Minutes]:
    found, minutes = _with_minutes(actor, public_id)
    if found.conversation.minute_taker_id == found.me.pk:
        raise Refused(_("The other of you approves what you wrote."))
    if minutes.state != Minutes.State.OUT:
        raise Refused(_("The minutes are not out for approval. Look at them again."))
    if minutes.version != version:
        raise Refused(str(CHANGED_MEANWHILE))
    return found, minutes


def _require_unchanged(actor: Actor, found: Talk, minutes: Minutes) -> OpenedMinutes:
    opened = opened_minutes(actor, found)
    if opened.fixed() != minutes.hash:
        raise Refused(_("The minutes are not what was sent. Send them back."))
    return opened


def _approve(actor: Actor, found: Talk, minutes: Minutes, by: Participant | None) -> None:
    minutes.state = Minutes.State.APPROVED
    minutes.approved_at = clock.now()
    minutes.approved_by = by
    minutes.save()
    _move(found, State.AGREED)
    log.note(
        actor, "minutes.approved", object_id=found.conversation.pk, about=found.employee.profile_id
    )


def _move(found: Talk, state: str) -> None:
    found.conversation.state = state
    found.conversation.save(update_fields=["state"])


def _sign(
    actor: Actor, found: Talk, minutes: Minutes, participant: Participant, how: str
) -> Signature:
    """Signs once. What was only said to stand on paper gives way to a signature made here.

    Whoever has the place of somebody who signed was not there, and signs nothing.
    """
    signed = Signature.objects.filter(minutes=minutes, participant__part=participant.part)
    if signed.exclude(participant=participant).exists():
        raise Refused(_("Whoever led the talk has signed already."))
    signature, made = Signature.objects.get_or_create(
        minutes=minutes,
        participant=participant,
        defaults={
            "organisation_id": actor.organisation_id,
            "at": clock.now(),
            "hash": minutes.hash,
            "how": how,
        },
    )
    only_said = signature.how == Signature.How.PAPER and signature.confirmed_at is None
    if not made and only_said and how != Signature.How.PAPER:
        signature.at, signature.hash, signature.how = clock.now(), minutes.hash, how
        signature.save(update_fields=["at", "hash", "how"])
        made = True
    if made:
        log.note(
            actor,
            "minutes.signed",
            object_id=found.conversation.pk,
            about=found.employee.profile_id,
            participant=participant.pk,
        )
    return signature


@transaction.atomic
def sign_minutes(actor: Actor, *, public_id: str, version: int) -> None:
    """One signs for oneself what was sent or approved. Safe to press twice."""
    found, minutes = _signable(actor, public_id, version)
    if minutes.state == Minutes.State.OUT and found.conversation.minute_taker_id != found.me.pk:
        raise Refused(_("Approve the minutes first. That signs them, too."))
    _require_unchanged(actor, found, minutes)
    _sign(actor, found, minutes, found.me, Signature.How.ALONE)


@transaction.atomic
def sign_together(actor: Actor, *, public_id: str, version: int, other_person_id: int) -> None:
    """Both sign on one screen: the other has just proved who she or he is (``other_person_id``).

    Approves too, where the other was to approve.
    """
    found, minutes = _signable(actor, public_id, version)
    if not other_person_id or found.other.profile.person_id != other_person_id:
        raise Refused(_("That is not the log-in of the other party."), "password")
    _require_unchanged(actor, found, minutes)
    for participant in (found.me, found.other):
        _sign(actor, found, minutes, participant, Signature.How.TOGETHER)
    if minutes.state == Minutes.State.OUT:
        approver = found.other if found.conversation.minute_taker_id == found.me.pk else found.me
        _approve(actor, found, minutes, approver)


@transaction.atomic
def register_paper_signature(actor: Actor, *, public_id: str, version: int) -> None:
    """One says that the other signed on paper; it counts when the other confirms."""
    found, minutes = _signable(actor, public_id, version)
    _require_unchanged(actor, found, minutes)
    _sign(actor, found, minutes, found.other, Signature.How.PAPER)


@transaction.atomic
def confirm_paper_signature(actor: Actor, *, public_id: str, confirm: bool) -> None:
    """The one who is said to have signed on paper confirms it, or says that it is not so."""
    found, minutes = _with_minutes(actor, public_id)
    signature = Signature.objects.filter(
        minutes=minutes, participant=found.me, how=Signature.How.PAPER, confirmed_at=None
    ).first()
    if signature is None:
        raise Refused(_("There is no signature on paper to confirm."))
    if not confirm:
        signature.delete()
        log.note(
            actor,
            "minutes.paper_refused",
            object_id=found.conversation.pk,
            about=found.employee.profile_id,
        )
        return
    _require_unchanged(actor, found, minutes)
    signature.confirmed_at = clock.now()
    signature.save(update_fields=["confirmed_at"])
    if minutes.state == Minutes.State.OUT and found.conversation.minute_taker_id != found.me.pk:
        _approve(actor, found, minutes, found.me)


def _signable(actor: Actor, public_id: str, version: int) -> tuple[Talk, Minutes]:
    found, minutes = _with_minutes(actor, public_id)
    if not found.kind.signs:
        raise NotThere
    if minutes.state not in {Minutes.State.OUT, Minutes.State.APPROVED}:
        raise Refused(_("The minutes are still being written. Send them first."))
    if minutes.version != version:
        raise Refused(str(CHANGED_MEANWHILE))
    return found, minutes
