"""What a leader has changed and not saved yet: kept in the session, which is sealed, until saved.

Nobody else sees it; it ends with the session, as the page says.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from musling.frames import team_changes
from musling.frames.document import FrameFault
from musling.frames.team_changes import TeamChanges

SESSION_KEY = "team_drafts"
MOST = 5  # a draft that is begun pushes out the oldest


@dataclass(frozen=True)
class Draft:
    """The changes, and what the leader had before the eyes when they began (for two at once)."""

    changes: TeamChanges
    seen: str
    base: str


def draft_of(request: HttpRequest, name: str) -> Draft | None:
    """The draft of that name, if there is one that can be read."""
    kept = request.session.get(SESSION_KEY, {}).get(name)
    if kept is None:
        return None
    try:
        return Draft(team_changes.parse(kept["changes"]), kept["seen"], kept["base"])
    except FrameFault:
        return None


def keep(request: HttpRequest, name: str, draft: Draft) -> None:
    """Keeps the draft under that name, as the newest."""
    kept: dict[str, Any] = dict(request.session.get(SESSION_KEY, {}))
    kept.pop(name, None)
    kept[name] = {
        "changes": team_changes.to_json(draft.changes),
        "seen": draft.seen,
        "base": draft.base,
    }
    request.session[SESSION_KEY] = dict(list(kept.items())[-MOST:])


def drop(request: HttpRequest, name: str) -> None:
    """Throws the draft away; nothing happens where there is none."""
    kept = dict(request.session.get(SESSION_KEY, {}))
    if kept.pop(name, None) is not None:
        request.session[SESSION_KEY] = kept
