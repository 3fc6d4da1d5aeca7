"""The points that both must share first: the leader presents, the employee ticks (row C2)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from musling.conversations.models import ALIKE, HandedIn, Part, State
from musling.conversations.queries.room import understood_alike
from musling.conversations.queries.talks import talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused


@transaction.atomic
def tick_alike(
    actor: Actor, *, public_id: str, points: Collection[str], before: Collection[str]
) -> set[str]:
    """The employee says which points the two understand alike; returns all that are ticked now.

    ``before``: what the page showed as ticked. Only what differs from it changes, so that two open
    pages do not undo each other. Raises NotThere for anybody else and for points that are none,
    Refused outside the talk.
    """
    found = talk(actor, public_id, lock=True)
    known = {point.id for point in found.document.four_points}
    if found.me.part != Part.EMPLOYEE or not set(points) | set(before) <= known:
        raise NotThere
    if found.state != State.OPEN:
        raise Refused(_("This is ticked in the talk itself, while it is going on."))
    row = HandedIn.objects.filter(participant=found.me, item=ALIKE).first()
    stands = understood_alike(actor, found)
    added, taken = set(points) - set(before), set(before) - set(points)
    ticked = (stands | added) - taken
    if ticked == stands:
        return stands
    row = row or HandedIn(
        organisation_id=actor.organisation_id,
        conversation=found.conversation,
        participant=found.me,
        item=ALIKE,
    )
    row.seal(found.key, "content", {"points": sorted(ticked)})
    row.at = clock.now()
    row.save()
    return ticked
