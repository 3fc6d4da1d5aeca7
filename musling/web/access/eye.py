"""The quiet line with the eye, made from the rows of access: who else can see this."""

from django.utils.translation import gettext as _

from musling.conversations import access, contents
from musling.conversations.models import Reveal
from musling.conversations.queries.talks import Talk
from musling.foundation.visibility import Content, Row

# Named by name, or told of in a sentence of their own. No set: the hash of a part follows the
# language that is on, since its words do.
_PARTIES = (
    contents.AUTHOR,
    contents.EMPLOYEE,
    contents.LEADER,
    contents.NEXT_LEADER,
    contents.NEW_LEADER,
)


def eye_line(content: Content, found: Talk) -> str:
    """Who sees this class of content in this talk, as sentences to the reader.

    The names come from the rows: whoever has a row is named, and if nobody else has, that is said.
    """
    if content is contents.PREPARATION:
        if found.conversation.reveal != Reveal.NEVER:
            return _("Only you can see this, until you hand it in yourself.")
        return _("Only you can see this. It is never handed in.")
    rows = [row for row in access.ROWS if row.content is content]
    sees = access.seen_from(content, found.other)
    names = [found.other.profile.first_name] if sees else []
    names += dict.fromkeys(str(row.part.name) for row in rows if row.part not in _PARTIES)
    return " ".join(filter(None, (_seen_by(names), _later(rows, found, sees), _("Nobody else."))))


def _seen_by(names: list[str]) -> str:
    if not names:
        return _("You can see this.")
    *first, last = names
    if first:
        return _("You, %(names)s and %(last)s can see this.") % {
            "names": ", ".join(first),
            "last": last,
        }
    return _("You and %(names)s can see this.") % {"names": last}


def _later(rows: list[Row], found: Talk, sees: bool) -> str:
    """What a leader who comes after the talk sees; of one who is there already, by name."""
    new = [row for row in rows if row.part is contents.NEW_LEADER]
    if not new or (found.led_by and sees):
        return ""
    if found.led_by:
        return _("%(name)s only if you say so.") % {"name": found.other.profile.first_name}
    if any(row.when is contents.FROM_THE_DAY for row in new):
        return _("While it is open, a later leader, too.")
    if any(row.when is contents.SINCE for row in new):
        return _("A later leader, too.")
    if found.i_lead:
        return _("A later leader only if the employee says so.")
    return _("A later leader only if you say so.")
