"""What heads a preparation and a talk: the core task, as it was worded when the talk was held."""

from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.frames.models import CoreTask
from musling.frames.queries import core_task


def core_tasks(actor: Actor, found: Talk) -> list[CoreTask]:
    """The organisation's core task and the nearest unit's contribution; one query."""
    employment = found.employee.employment
    way_up = employment.unit.way_up if employment else []
    return core_task(actor, way_up, found.conversation.held_at)


def core_task_head(actor: Actor, found: Talk) -> dict[str, str]:
    """The same in words, for ``components/core_task.html``."""
    rows = core_tasks(actor, found)
    own = next((row for row in rows if row.unit), None)
    return {
        "core_task": next((row.text for row in rows if row.unit is None), ""),
        "contribution": own.text if own else "",
        "contributor": own.unit.name if own and own.unit else "",
    }
