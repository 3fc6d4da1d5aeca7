"""Open agreements go along to the next talk, sealed anew under its key."""

from django.db.models import Q

from musling.conversations.models import Agreement, Conversation, FollowUp, Minutes, MinutesSection
from musling.conversations.queries.room import CARRIED, made_here, open_agreement
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.vault import keys
from musling.vault.sealing import OpenKey


def carry_over(actor: Actor, found: Talk) -> int:
    """Moves the last talk's open agreements with their notes under this talk's key; how many.

    The text is opened and sealed in memory, for the program, not for a reader: nothing is shown.
    What one party typed in and the other never confirmed stays behind.
    """
    previous = found.conversation.previous
    if previous is None:
        return 0
    old = keys.unwrap([previous.key]).get(previous.key_id)
    if old is None:
        return 0
    rows = list(
        Agreement.objects.select_for_update().filter(
            Q(done_by_employee_at=None) | Q(done_by_leader_at=None),
            Q(typed_in_by=None) | Q(confirmed_at__isnull=False),
            organisation_id=actor.organisation_id,
            conversation=previous,
            removed_at=None,
        )
    )
    if any(row.origin_id == previous.pk and row.typed_in_by_id is None for row in rows):
        _keep_for_the_old_minutes(previous, old)
    notes = list(FollowUp.objects.filter(agreement__in=rows))
    for row in rows:
        row.seal(found.key, "content", row.unseal(old, "content"))
        row.conversation = found.conversation
    for note in notes:
        note.seal(found.key, "note", note.unseal(old, "note"))
    Agreement.objects.bulk_update(rows, ["content", "conversation"], batch_size=200)
    FollowUp.objects.bulk_update(notes, ["note"], batch_size=200)
    return len(rows)


def _keep_for_the_old_minutes(previous: Conversation, old: OpenKey) -> None:
    """Minutes say what was signed for as long as they live: their agreements, under their key."""
    minutes = Minutes.objects.filter(conversation=previous).first()
    if minutes is None or MinutesSection.objects.filter(minutes=minutes, section=CARRIED).exists():
        return
    rows = made_here(Agreement.objects.filter(removed_at=None), previous).order_by("pk")
    copy = MinutesSection(
        organisation_id=previous.organisation_id, minutes=minutes, section=CARRIED
    )
    copy.seal(old, "text", [open_agreement(row, old).line() for row in rows])
    copy.save()
