"""How long what stands in a talk lives on, and what has gone of it: for its two parties."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from musling.conversations.models import Conversation, Participant, Preparation
from musling.foundation.visibility import Text
from musling.privacy.models import Announcement
from musling.privacy.retention import RULES
from musling.vault import keyring
from musling.vault.models import Key


@dataclass(frozen=True, slots=True)
class Receipt:
    """That something was destroyed: what class of content, when, by which rule, final from when."""

    what: Text
    after: Text
    destroyed_at: dt.datetime
    final_from: dt.datetime | None
    final: bool  # no copy that there may be can be opened any more


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When a talk's content goes, where that is told, and the receipts for what has gone."""

    goes_at: dt.datetime | None
    after: Text
    shared: Receipt | None
    preparation: Receipt | None


def lifetime(conversation: Conversation, seat: Participant) -> Lifetime:
    """For one of the parties: the talk's, and that of the own preparation; two queries."""
    told = Announcement.objects.filter(conversation=conversation, done_at=None).first()
    own = Preparation.objects.filter(participant=seat).values("key")
    shared_id = conversation.key_id or 0  # none before the first text
    found = {key.pk: key for key in Key.objects.filter(Q(pk__in=own) | Q(pk=shared_id))}
    shared = found.pop(shared_id, None)
    preparation = next(iter(found.values()), None)
    alive = shared is None or shared.destroyed_at is None
    return Lifetime(
        goes_at=told.due_at if told and alive else None,
        after=RULES[told.rule].after if told and alive and told.rule in RULES else "",
        shared=_receipt(shared),
        preparation=_receipt(preparation),
    )


def _receipt(key: Key | None) -> Receipt | None:
    if key is None or key.destroyed_at is None:
        return None
    rule = RULES.get(key.reason)
    return Receipt(
        what=rule.what if rule else "",
        after=rule.after if rule else "",
        destroyed_at=key.destroyed_at,
        final_from=key.final_from,
        final=keyring.is_gone(key.generation),
    )
