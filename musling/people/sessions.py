"""Ending sessions at once, wherever they are open."""

from collections.abc import Iterable

from django.db.models import F

from musling.people.models import Person


def end_sessions(person_ids: Iterable[int]) -> int:
    """Ends all sessions of these log-ins; returns how many log-ins there were. One statement.

    Every session carries a hash of the person's epoch: when the epoch moves, none fits any more.
    Called on disabling, removal of a role and end of a leadership. Who changes the own password
    keeps the session in which it was changed (Django's ``update_session_auth_hash``).
    """
    return Person.objects.filter(pk__in=[pk for pk in person_ids if pk]).update(
        session_epoch=F("session_epoch") + 1
    )
