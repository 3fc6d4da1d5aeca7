"""Agreements through the year: notes, done when both say so, last year's typed in."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations import access
from musling.conversations.actions.talking import AGREEMENT_FIELDS, texts
from musling.conversations.models import Agreement, FollowUp, Participant, State
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused

REMIND_DAYS_BEFORE = 7
MOST_TYPED_IN = 10  # as many as the paper sheet holds (A6)


def _agreement(actor: Actor, public_id: str) -> tuple[Talk, Agreement]:
    row = (
        access.changeable_agreements(actor)
        .select_for_update(of=("self",))
        .select_related("conversation")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotThere
    return talk(actor, row.conversation.public_id), row


def _followed(actor: Actor, public_id: str) -> tuple[Talk, Agreement]:
    """An agreement that stands: the talk that makes it is held, or the other has confirmed it."""
    found, row = _agreement(actor, public_id)
    if row.typed_in_by_id and not row.confirmed_at:
        raise Refused(_("First the other of you confirms that you agreed on this."))
    made_now = row.origin_id == row.conversation_id and not row.typed_in_by_id
    if made_now and not row.conversation.held_at:
        raise Refused(_("You are still agreeing on this. Follow it up when the talk has ended."))
    return found, row


@transaction.atomic
def note_follow_up(
    actor: Actor, *, agreement: str, note: str = "", says_done: bool = False
) -> Agreement:
    """Notes how it goes, and perhaps that it is done; it is done when both say so (X8)."""
    found, row = _followed(actor, agreement)
    words = note.strip()
    if not words and not says_done:
        raise Refused(_("Write how it goes, or say that it is done."), "note")
    if len(words) > 2000:
        raise Refused(
            _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
            % {"most": 2000},
            "note",
        )
    if words:
        entry = FollowUp(
            organisation_id=actor.organisation_id,
            agreement=row,
            author=found.me,
            at=clock.now(),
            says_done=says_done,
        )
        entry.seal(found.key, "note", words)
        entry.save()
    if says_done:
        _claim_done(actor, found, row)
    else:
        log.note(actor, "agreement.noted", object_id=row.pk, about=found.employee.profile_id)
    return row


def _claim_done(actor: Actor, found: Talk, row: Agreement) -> None:
    mine = "done_by_leader_at" if found.i_lead else "done_by_employee_at"
    if getattr(row, mine):
        return
    setattr(row, mine, clock.now())
    row.save(update_fields=[mine])
    both = row.done_by_employee_at and row.done_by_leader_at
    verb = "agreement.done" if both else "agreement.claimed_done"
    log.note(actor, verb, object_id=row.pk, about=found.employee.profile_id)


@transaction.atomic
def not_done_after_all(actor: Actor, *, agreement: str) -> None:
    """Takes the own "done" back. Safe to press twice."""
    found, row = _agreement(actor, agreement)
    mine = "done_by_leader_at" if found.i_lead else "done_by_employee_at"
    if not getattr(row, mine):
        return
    setattr(row, mine, None)
    row.save(update_fields=[mine])
    log.note(actor, "agreement.noted", object_id=row.pk, about=found.employee.profile_id)


@transaction.atomic
def type_in_agreement(
    actor: Actor,
    *,
    public_id: str,
    content: Mapping[str, str],
    due_on: dt.date | None = None,
) -> Agreement:
    """Before the first talk in Musling either types in last year's; the other confirms."""
    found = talk(actor, public_id, lock=True)
    if found.conversation.previous_id is not None:
        raise Refused(_("Last year's agreements are here already."))
    if found.conversation.held_at or found.state == State.CANCELLED:
        raise Refused(_("The talk is held. Agree on it anew instead."))
    value = texts(content, AGREEMENT_FIELDS)
    if not value.get("what"):
        raise Refused(_("Write what you agreed on."), "what")
    if typed_in(found).count() >= MOST_TYPED_IN:
        raise Refused(_("Ten are typed in already, as many as the paper holds."))
    row = Agreement(
        organisation_id=actor.organisation_id,
        conversation=found.conversation,
        origin=found.conversation,
        typed_in_by=found.me,
        due_on=due_on,
    )
    row.seal(found.key, "content", value)
    row.save()
    log.note(actor, "agreement.typed_in", object_id=row.pk, about=found.employee.profile_id)
    return row


def typed_in(found: Talk) -> QuerySet[Agreement]:
    """What was typed in for this talk and not taken away."""
    return Agreement.objects.filter(
        conversation=found.conversation, typed_in_by__isnull=False, removed_at=None
    )


@transaction.atomic
def withdraw_typed_in(actor: Actor, *, agreement: str) -> None:
    """Whoever typed it in takes it away again, until the other has confirmed it."""
    found, row = _agreement(actor, agreement)
    if row.typed_in_by_id != found.me.pk:
        raise NotThere
    if row.confirmed_at:
        raise Refused(_("The other of you has confirmed this. Say that it is done instead."))
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])


@transaction.atomic
def confirm_typed_in(actor: Actor, *, agreement: str, confirm: bool) -> None:
    """The other party says that it was so, or takes it away."""
    found, row = _agreement(actor, agreement)
    if row.typed_in_by_id is None or row.confirmed_at:
        return
    # Whoever has the place of the one who typed it in was not there.
    if row.typed_in_by and row.typed_in_by.part == found.me.part:
        raise Refused(_("The other of you confirms what you typed in."))
    if confirm:
        row.confirmed_at = clock.now()
        row.save(update_fields=["confirmed_at"])
        log.note(actor, "agreement.confirmed", object_id=row.pk, about=found.employee.profile_id)
    else:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])


@transaction.atomic
def note_due_agreements(actor: Actor, *, limit: int = 500) -> int:
    """Notes each open agreement that falls due within a week, once per date; returns how many.

    Called by the schedule for one organisation; the notes become reminders by mail.
    """
    day = actor.today
    rows = list(
        Agreement.objects.select_for_update(of=("self",))
        .filter(
            Q(done_by_employee_at=None) | Q(done_by_leader_at=None),
            Q(typed_in_by=None) | Q(confirmed_at__isnull=False),
            Q(reminded_on=None)
            | Q(reminded_on__lt=F("due_on") - dt.timedelta(days=REMIND_DAYS_BEFORE)),
            organisation_id=actor.organisation_id,
            removed_at=None,
            due_on__gte=day,
            due_on__lte=day + dt.timedelta(days=REMIND_DAYS_BEFORE),
            conversation__held_at__isnull=False,
        )
        .order_by("due_on", "pk")[:limit]
    )
    employees = dict(
        Participant.objects.filter(
            conversation__in=[row.conversation_id for row in rows],
            part="employee",
            ended_at=None,
        ).values_list("conversation", "profile")
    )
    log.note_many(
        actor,
        [("agreement.due", row.pk, employees.get(row.conversation_id)) for row in rows],
    )
    Agreement.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=day)
    return len(rows)
