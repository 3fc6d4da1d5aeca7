"""Both parties together let somebody else read a document of the talk, for a time (A5).

One asks, the other says yes, and a copy is made then; whoever it is for sees that copy and nothing
else of the talk. Either ends it alone, at any time.
"""

import base64
import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations import access
from musling.conversations.models import Release, State
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.models import Profile

LONGEST_DAYS = 180
MOST_AT_ONCE = 10
LONGEST_WHY = 1000  # characters


@transaction.atomic
def ask_to_release(
    actor: Actor, *, public_id: str, document: str, email: str, until: dt.date, why: str = ""
) -> Release:
    """One party asks the other to let somebody read a document; nobody else is told yet.

    ``email``: the reader's work e-mail in the organisation. Raises Refused with what to do.
    """
    found = _releasable(actor, public_id)
    if document not in Release.Document.values:
        raise Refused(_("Choose a document."), "document")
    reader = _reader(actor, found, email)
    _check_until(actor, until)
    if len(why) > LONGEST_WHY:
        raise Refused(
            _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
            % {"most": LONGEST_WHY},
            "why",
        )
    _check_others(actor, found, document, reader)
    row = Release(
        organisation_id=actor.organisation_id,
        conversation=found.conversation,
        document=document,
        reader=reader,
        until=until,
        asked_by=found.me,
        asked_at=clock.now(),
    )
    row.seal(found.key, "why", why.strip() or None)
    row.save()
    _note(actor, "release.asked", found, row)
    return row


def _releasable(actor: Actor, public_id: str) -> Talk:
    """The talk, where both who held it are there and have agreed on what was said."""
    found = talk(actor, public_id, lock=True)
    if not found.sat_in_it:
        raise NotThere
    if found.state != State.AGREED:
        raise Refused(_("First agree on the minutes. Then you can let somebody else read them."))
    if not found.both_sat_in_it:
        raise Refused(
            _("Somebody else leads you now. Only the two who held the talk can do this together.")
        )
    return found


def _reader(actor: Actor, found: Talk, email: str) -> Profile:
    there = Profile.objects.filter(
        organisation_id=actor.organisation_id, disabled_at=None, email__iexact=email.strip()
    ).exclude(email="")
    rows = list(there[:2])
    if len(rows) != 1:
        raise Refused(
            _("Nobody here has this work e-mail. Ask for the address that HR knows."), "email"
        )
    if rows[0].pk in {found.me.profile_id, found.other.profile_id}:
        raise Refused(_("You two can read it already. Name somebody else."), "email")
    if rows[0].person_id is None:
        raise Refused(_("This person has no log-in yet, and cannot read it."), "email")
    return rows[0]


def _check_until(actor: Actor, until: dt.date) -> None:
    if until < actor.today:
        raise Refused(_("Choose today or a later day."), "until")
    if until > actor.today + dt.timedelta(days=LONGEST_DAYS):
        raise Refused(
            _("Choose a day within %(days)d days. You can do it again.") % {"days": LONGEST_DAYS},
            "until",
        )


def _check_others(actor: Actor, found: Talk, document: str, reader: Profile) -> None:
    living = Release.objects.filter(
        conversation=found.conversation, ended_at=None, until__gte=actor.today
    )
    if living.filter(document=document, reader=reader).exists():
        raise Refused(
            _("You have already asked for this, or agreed on it. End that first."), "email"
        )
    if living.count() >= MOST_AT_ONCE:
        raise Refused(_("That is many at once. End one before you ask for another."))


@transaction.atomic
def agree_to_release(
    actor: Actor, *, release: str, make_copy: Callable[[Release], bytes]
) -> Release:
    """The other party says yes: from now on the reader sees the copy. Safe to press twice.

    ``make_copy`` gives the document as it is now, as a file. Raises NotThere, Refused, and what
    ``make_copy`` raises; then nothing is changed.
    """
    found, row = _asked(actor, release)
    if row.agreed_at:
        return row
    if row.until < actor.today:
        raise Refused(_("The day it was asked for has passed. Ask anew."))
    if not found.both_sat_in_it:
        raise Refused(
            _("Somebody else leads you now. Only the two who held the talk can do this together.")
        )
    row.seal(found.key, "copy", base64.b64encode(make_copy(row)).decode())
    row.agreed_at = clock.now()
    row.save(update_fields=["copy", "agreed_at"])
    _note(actor, "release.agreed", found, row)
    return row


def _asked(actor: Actor, public_id: str) -> tuple[Talk, Release]:
    """What the other of the two asked for; locked."""
    found, row = _own(actor, public_id)
    if row.asked_by.part == found.me.part:
        raise Refused(_("The other of you says yes or no to what you asked."))
    if row.ended_at:
        raise Refused(_("This has ended. Ask anew if you still want it."))
    return found, row


def _own(actor: Actor, public_id: str) -> tuple[Talk, Release]:
    row = access.own_releases(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    found = talk(actor, row.conversation.public_id, lock=True)
    if not found.sat_in_it:
        raise NotThere
    return found, Release.objects.select_related("asked_by", "reader").get(pk=row.pk)


@transaction.atomic
def end_release(actor: Actor, *, release: str) -> Release:
    """Either says no, takes back what was asked, or ends what both agreed. Safe to press twice.

    The copy is blanked; what has been read is read.
    """
    found, row = _own(actor, release)
    if row.ended_at:
        return row
    verb = "release.ended" if row.agreed_at else "release.refused"
    if row.asked_by.part == found.me.part and not row.agreed_at:
        verb = "release.taken_back"
    row.ended_at, row.ended_by = clock.now(), found.me
    row.copy = b""
    row.save(update_fields=["ended_at", "ended_by", "copy"])
    _note(actor, verb, found, row)
    return row


def blank_what_is_over(today: dt.date) -> int:
    """Blanks the copies whose last day has passed; how many. For the schedule.

    Nobody can open them any more; what nobody needs is not kept.
    """
    over = Release.objects.filter(until__lt=today).exclude(copy=b"")
    return over.update(copy=b"")


def _note(actor: Actor, verb: str, found: Talk, row: Release) -> None:
    log.note(
        actor,
        verb,
        object_id=found.conversation.pk,
        about=found.employee.profile_id,
        release=row.pk,
        reader=row.reader_id,
    )
