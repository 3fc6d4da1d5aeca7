"""What each person chose about mail: kinds turned down, and own quiet hours."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.among import Among
from musling.foundation.problems import Refused
from musling.mail.catalogue import OPTIONAL, Mail
from musling.mail.hours import NIGHT, Quiet
from musling.mail.models import MailChoices


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices of one person; ``own_hours`` where the quiet hours are not simply the night."""

    turned_down: frozenset[str] = frozenset()
    quiet: Quiet = NIGHT
    own_hours: bool = False

    def wants(self, mail: Mail) -> bool:
        """Whether a mail is to be sent: what is mandatory always is."""
        return not (mail.optional and mail.name in self.turned_down)


NOTHING_CHOSEN = Chosen()


def chosen(profiles: Collection[int]) -> dict[int, Chosen]:
    """The choices of those profiles that made any; one query. Others: ``NOTHING_CHOSEN``."""
    rows = MailChoices.objects.filter(Among("profile_id", profiles)) if profiles else ()
    return {row.profile_id: _of(row) for row in rows}


def my_choices(actor: Actor) -> Chosen:
    """The actor's own; one query."""
    return chosen([actor.profile_id]).get(actor.profile_id, NOTHING_CHOSEN)


def _of(row: MailChoices) -> Chosen:
    turned_down = frozenset(row.turned_down) & OPTIONAL.keys()
    if row.quiet_from is None or row.quiet_until is None:
        return Chosen(turned_down)
    return Chosen(turned_down, Quiet(row.quiet_from, row.quiet_until), own_hours=True)


@transaction.atomic
def choose(
    actor: Actor,
    *,
    turned_down: Collection[str],
    quiet_from: dt.time | None,
    quiet_until: dt.time | None,
) -> None:
    """Keeps the actor's own choices. No hours: the night is quiet, as for everybody.

    Raises Refused for one hour without the other, and for quiet hours that leave no room in the
    day. Names of mails that are mandatory, or unknown, change nothing. Safe to press twice.
    """
    _check(quiet_from, quiet_until)
    wanted = {
        "turned_down": sorted(OPTIONAL.keys() & set(turned_down)),
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
    }
    row = MailChoices.objects.select_for_update().filter(profile=actor.profile_id).first()
    if row and all(getattr(row, name) == value for name, value in wanted.items()):
        return
    MailChoices.objects.update_or_create(
        profile_id=actor.profile_id, organisation_id=actor.organisation_id, defaults=wanted
    )
    log.note(actor, "settings.changed", object_id=actor.profile_id, about=actor.profile_id)


def _check(quiet_from: dt.time | None, quiet_until: dt.time | None) -> None:
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_from" if quiet_from is None else "quiet_until"
        raise Refused(_("Give both times, or none."), missing)
    if quiet_from and quiet_until and not Quiet(quiet_from, quiet_until).leaves_room:
        raise Refused(
            _("Leave at least two hours of the day in which a mail may arrive."), "quiet_until"
        )
