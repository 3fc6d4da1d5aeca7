"""The core task: worded, validated, told (row C1); and a unit's own contribution to it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames.access import units_led
from musling.frames.models import CoreTask
from musling.organisations.models import Organisation, Unit
from musling.people.access import is_hr
from musling.people.models import Profile

LONGEST = 500  # characters
LONGEST_NAME = 120


@transaction.atomic
def word_core_task(
    actor: Actor, *, words: str, unit: Unit | None = None, seen: int | None = None
) -> CoreTask:
    """Writes the core task, or the unit's contribution to it, as a new version from today.

    The same words twice change nothing. ``seen``: the version that the writer saw (0: none; None
    asks nothing). Raises NotThere for whoever neither is HR nor leads the unit, Refused, and
    ChangedMeanwhile.
    """
    _refuse_others(actor, unit)
    text = words.strip()
    if not text:
        raise Refused(_("Write the core task in a sentence or two."), "core_task")
    if len(text) > LONGEST:
        raise Refused(_("At most %(most)s characters.") % {"most": LONGEST}, "core_task")
    before = _newest(actor, unit)
    if before and before.text == text:
        return before
    version = before.version if before else 0
    if seen is not None and seen != version:
        raise ChangedMeanwhile(
            _("Somebody else worded it meanwhile. Look at the words now, and save again.")
        )
    task = CoreTask.objects.create(
        organisation_id=actor.organisation_id,
        unit=unit,
        version=version + 1,
        text=text,
        valid_from=actor.today,
        worded_at=clock.now(),
        worded_by_id=actor.profile_id or None,
    )
    log.note(actor, "core_task.worded", object_id=task.pk)
    return task


@transaction.atomic
def withdraw_contribution(actor: Actor, *, unit: Unit, seen: int) -> CoreTask | None:
    """The unit has no words of its own from now on: those above it stand again, if any.

    A version without words, so that a talk that was held keeps what stood at its head. Safe to
    press twice. Raises NotThere for whoever does not lead the unit, and ChangedMeanwhile.
    """
    _refuse_others(actor, unit)
    before = _newest(actor, unit)
    if before is None or not before.text:
        return before
    if seen != before.version:
        raise ChangedMeanwhile(
            _("Somebody else worded it meanwhile. Look at the words now, and withdraw it again.")
        )
    task = CoreTask.objects.create(
        organisation_id=actor.organisation_id,
        unit=unit,
        version=before.version + 1,
        text="",
        valid_from=actor.today,
        worded_at=clock.now(),
        worded_by_id=actor.profile_id or None,
    )
    log.note(actor, "core_task.withdrawn", object_id=task.pk)
    return task


def _refuse_others(actor: Actor, unit: Unit | None) -> None:
    if unit is None and not is_hr(actor):
        raise NotThere
    if unit is not None and unit.pk not in units_led(actor):
        raise NotThere


def _newest(actor: Actor, unit: Unit | None) -> CoreTask | None:
    """The newest version; whoever changes it waits for whoever does so now."""
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    rows = CoreTask.objects.filter(organisation_id=actor.organisation_id, unit=unit)
    return rows.order_by("-version", "-pk").first()


@transaction.atomic
def validate_core_task(actor: Actor, *, version: int, by: str, on: dt.date) -> CoreTask:
    """Registers which management validated the newest version, and when; until it is told.

    Raises NotThere for others than HR, Refused, and ChangedMeanwhile where there is a newer one.
    """
    task = _newest_of(actor, version)
    name = by.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(_("Write who validated it, such as the management's name."), "validated_by")
    if on > actor.today:
        raise Refused(_("This day has not come yet."), "validated_on")
    if (task.validated_by, task.validated_on) == (name, on):
        return task
    if task.told_at:
        raise Refused(_("Everybody has been told of this version. Word a new one instead."))
    task.validated_by, task.validated_on = name, on
    task.save(update_fields=["validated_by", "validated_on"])
    log.note(actor, "core_task.validated", object_id=task.pk)
    return task


def _newest_of(actor: Actor, version: int) -> CoreTask:
    if not is_hr(actor):
        raise NotThere
    task = _newest(actor, None)
    if task is None:
        raise Refused(_("The core task is not worded yet."))
    if task.version != version:
        raise ChangedMeanwhile(_("There is a newer version by now. Look at it first."))
    return task


@transaction.atomic
def tell_core_task(actor: Actor, *, version: int) -> int:
    """Tells everybody with a log-in, once per version; returns how many. Safe to press twice.

    Raises NotThere for others than HR, Refused before the management has validated it.
    """
    task = _newest_of(actor, version)
    if task.told_at:
        return 0
    if not task.validated_by:
        raise Refused(_("First register who validated it."))
    task.told_at = clock.now()
    task.save(update_fields=["told_at"])
    people = Profile.objects.filter(
        organisation_id=actor.organisation_id, person__isnull=False, disabled_at=None
    ).order_by("pk")
    told = list(people.values_list("pk", flat=True))
    on = {"on": task.valid_from.isoformat()}
    # Ten thousand are told in the press: few statements, whatever their number.
    log.note_many(actor, [("core_task.told", task.pk, one) for one in told], **on)
    return len(told)
