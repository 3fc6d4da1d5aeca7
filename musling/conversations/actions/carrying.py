"""Open agreements go along to the next talk, sealed anew under its key."""

from musling.conversations.models import Agreement, FollowUp
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.vault import keys


def carry_over(actor: Actor, found: Talk) -> int:
    """Moves the last talk's open agreements with their notes under this talk's key; how many.

    The text is opened and sealed in memory, for the program, not for a reader: nothing is shown.
    """
    previous = found.conversation.previous
    if previous is None:
        return 0
    old = keys.unwrap([previous.key]).get(previous.key_id)
    if old is None:
        return 0
    rows = [
        row
        for row in Agreement.objects.select_for_update().filter(
            organisation_id=actor.organisation_id, conversation=previous, removed_at=None
        )
        if not (row.done_by_employee_at and row.done_by_leader_at)
    ]
    notes = list(FollowUp.objects.filter(agreement__in=rows))
    for row in rows:
        row.seal(found.key, "content", row.unseal(old, "content"))
        row.conversation = found.conversation
    for note in notes:
        note.seal(found.key, "note", note.unseal(old, "note"))
    Agreement.objects.bulk_update(rows, ["content", "conversation"], batch_size=200)
    FollowUp.objects.bulk_update(notes, ["note"], batch_size=200)
    return len(rows)
