"""The quiet line with the eye, made from the rows of access: who else can see this."""

from django.utils.translation import gettext as _

from musling.conversations import access
from musling.conversations.models import Reveal
from musling.conversations.queries.talks import Talk
from musling.foundation.visibility import Content


def eye_line(content: Content, found: Talk) -> str:
    """Who sees this class of content, as one sentence to the reader.

    The names come from the rows: whoever has a row is named, and if nobody else has, that is said.
    """
    rows = [row for row in access.ROWS if row.content is content]
    chosen = any(row.when is access.IF_CHOSEN for row in rows)
    parts = [row.part for row in rows if row.when is not access.IF_CHOSEN]
    if access.NEW_LEADER in parts:  # says the same, and more
        parts = [part for part in parts if part is not access.NEXT_LEADER]
    mine = access.LEADER if found.i_lead else access.EMPLOYEE
    party = access.EMPLOYEE if found.i_lead else access.LEADER
    others = dict.fromkeys(
        found.other.profile.first_name if part is party else str(part.name)
        for part in parts
        if part not in (access.AUTHOR, mine)
    )
    if others:
        *first, last = others
        if first:
            seen = _("You, %(names)s and %(last)s can see this.") % {
                "names": ", ".join(first),
                "last": last,
            }
        else:
            seen = _("You and %(names)s can see this.") % {"names": last}
        if not chosen:
            end = _("Nobody else.")
        elif found.i_lead:
            end = _("A later leader only if the employee says so. Nobody else.")
        else:
            end = _("A later leader only if you say so. Nobody else.")
        return f"{seen} {end}"
    if content is access.PREPARATION and found.conversation.reveal != Reveal.NEVER:
        return _("Only you can see this, until you hand it in yourself.")
    return _("Only you can see this. It is never handed in.")
