"""The periods that hold in an organisation at a date, and setting them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.kinds import KINDS
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.access import holds
from musling.people.models import Role
from musling.privacy.models import RetentionPeriod
from musling.privacy.retention import DEFAULTS, RULES, Periods, in_words


def periods_of(organisation: int, day: dt.date) -> dict[str, Periods]:
    """The periods per kind of talk, as they hold on that day; one query."""
    found = {kind: dict(DEFAULTS) for kind in KINDS}
    rows = RetentionPeriod.objects.filter(organisation=organisation, valid_from__lte=day)
    for kind, rule, number in rows.order_by("valid_from").values_list("kind", "rule", "number"):
        if kind in found and rule in RULES:
            found[kind][rule] = number
    return found


def changes_to_come(actor: Actor) -> dict[tuple[str, str], list[RetentionPeriod]]:
    """What HR has set for days ahead, by kind and rule, the first day first; one query."""
    found: dict[tuple[str, str], list[RetentionPeriod]] = {}
    rows = RetentionPeriod.objects.filter(
        organisation=actor.organisation_id, valid_from__gt=actor.today
    )
    for row in rows.order_by("valid_from"):
        found.setdefault((row.kind, row.rule), []).append(row)
    return found


@transaction.atomic
def set_period(
    actor: Actor, *, kind: str, rule: str, number: int, valid_from: dt.date
) -> RetentionPeriod:
    """HR sets how long a rule gives, from a day on, today at the earliest.

    Raises NotThere for anybody else, and Refused outside the rule's bounds.
    """
    if not holds(actor, Role.Name.HR).exists() or kind not in KINDS or rule not in RULES:
        raise NotThere
    row = RULES[rule]
    if not row.least <= number <= row.most:
        raise Refused(
            _("Give between %(least)s and %(most)s.")
            % {"least": in_words(row, row.least), "most": in_words(row, row.most)},
            "number",
        )
    if valid_from < actor.today:
        raise Refused(
            _("What has been told cannot be changed backwards. Choose today or later."),
            "valid_from",
        )
    facts: dict[str, Any] = {"number": number, "set_at": clock.now()}
    made, _new = RetentionPeriod.objects.update_or_create(
        organisation_id=actor.organisation_id,
        kind=kind,
        rule=rule,
        valid_from=valid_from,
        defaults=facts,
    )
    log.note(actor, "retention.set", object_id=made.pk, number=number, on=valid_from.isoformat())
    return made
