"""What HR reads about mails: what was told to whom and how that went. No text of any mail."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from musling.foundation.actor import Actor
from musling.mail.addresses import address_for, addresses, fingerprint
from musling.mail.catalogue import BY_NAME, Text
from musling.mail.models import Delivery, State
from musling.people.access import changeable_profiles
from musling.people.models import Profile

MOST = 100
RECENT = dt.timedelta(days=90)  # what is older is past helping


@dataclass(frozen=True, slots=True)
class Told:
    """One mail to one person, as the page of support shows it."""

    public_id: str
    what: Text
    name: str  # the recipient's
    profile: str  # the recipient's public id
    made_at: dt.datetime
    sent_at: dt.datetime | None
    state: str
    state_name: str
    problem: str
    mended: bool  # it did not arrive, and there is another address now

    @property
    def can_be_sent_again(self) -> bool:
        """Whether ``send_again`` would do anything."""
        return self.state in SENT_AGAIN_FROM


SENT_AGAIN_FROM = frozenset({State.SENT, State.FAILED, State.GIVEN_UP, State.NOBODY})


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """The deliveries that the actor may see: those to people whose profile she or he may change."""
    return Delivery.objects.filter(
        organisation_id=actor.organisation_id,
        recipient__in=changeable_profiles(actor).values("pk"),
    )


def told_to(actor: Actor, *, profile: str) -> list[Told]:
    """The latest mails to the person of that public id, newest first; one query."""
    return _rows(deliveries(actor).filter(recipient__public_id=profile))


def undelivered(actor: Actor, *, without_address: bool = False) -> QuerySet[Delivery]:
    """What did not arrive in the last ``RECENT``, newest first, to people who still work here.

    ``without_address``: those that had nowhere to go, otherwise those that a server refused (yet)
    or that were given up. What waits for a server that is away did not get lost: it is not among
    them. ``told`` makes rows of them.
    """
    states = (State.NOBODY,) if without_address else (State.FAILED, State.GIVEN_UP)
    found = deliveries(actor).filter(state__in=states, recipient__disabled_at=None)
    found = found.exclude(state=State.FAILED, refused_at="")
    return found.filter(made_at__gte=actor.at - RECENT).order_by("-pk")


def told(found: Iterable[Delivery]) -> list[Told]:
    """These deliveries as rows for a page; they must have their recipients with them. One query."""
    rows = [(row, row.recipient) for row in found if row.recipient]
    where = addresses({recipient for _row, recipient in rows})
    return [_told(row, recipient, where) for row, recipient in rows]


def _rows(found: QuerySet[Delivery]) -> list[Told]:
    return told(found.select_related("recipient").order_by("-pk")[:MOST])


def _told(row: Delivery, recipient: Profile, where: dict[int, str]) -> Told:
    mail = BY_NAME.get(row.mail)
    address = address_for(mail, recipient, where) if mail else ""
    return Told(
        public_id=row.public_id,
        what=mail.label if mail else row.mail,
        name=recipient.name,
        profile=recipient.public_id,
        made_at=row.made_at,
        sent_at=row.sent_at,
        state=row.state,
        state_name=row.get_state_display(),
        problem=row.problem,
        mended=bool(address) and _had_another(row, address),
    )


def _had_another(row: Delivery, address: str) -> bool:
    """Whether the mail did not arrive because of another address, or of none."""
    if row.state == State.NOBODY:
        return True
    refused = row.state in {State.FAILED, State.GIVEN_UP} and bool(row.refused_at)
    return refused and row.refused_at != fingerprint(address)
