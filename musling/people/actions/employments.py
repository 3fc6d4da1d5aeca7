"""Employments: a person can have several, each at a unit and with a leader of its own."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import refuse_if_changed
from musling.foundation.problems import Refused
from musling.foundation.public_ids import new_public_id
from musling.organisations.access import readable_units
from musling.organisations.actions import one_at_a_time
from musling.organisations.models import Unit
from musling.people.access import changeable_employments, changeable_profiles
from musling.people.actions.persons import end_rows
from musling.people.actions.reach import leading_nobody_more
from musling.people.actions.typed import set_fields, to_change, typed
from musling.people.import_files import values
from musling.people.models import Employment, Leadership, Profile
from musling.people.sessions import end_sessions

EMPLOYMENT_FIELDS = (
    "number",
    "unit",
    "title",
    "starts_on",
    "ends_on",
    "pay",
    "leave_from",
    "leave_until",
    "agreement",
)


@transaction.atomic
def add_employment(
    actor: Actor,
    profile: Profile,
    *,
    unit: Unit,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    number: str = "",
    title: str = "",
    pay: str = "monthly",
    leave_from: dt.date | None = None,
    leave_until: dt.date | None = None,
    agreement: str = "",
) -> Employment:
    """One more employment of the person; without a number it gets one of its own.

    Dates are the first and the last day. Raises Refused with the field for what cannot be, and
    where somebody in HR would lead the person by it (T30).
    """
    # Whoever closes the unit meanwhile waits, and then finds who came.
    one_at_a_time(actor)
    profile = to_change(changeable_profiles(actor), profile)
    facts = _facts(number, title, pay, agreement)
    facts |= _place_and_dates(actor, unit, starts_on, ends_on, leave_from, leave_until)
    public_id = new_public_id()
    facts["number"] = facts["number"] or public_id
    _refuse_number_taken(actor, facts["number"])
    with leading_nobody_more(actor, "unit", from_on=starts_on):
        employment = Employment.objects.create(
            public_id=public_id, organisation_id=actor.organisation_id, profile=profile, **facts
        )
    log.note(actor, "employment.added", object_id=employment.pk, about=profile.pk)
    return employment


@transaction.atomic
def change_employment(
    actor: Actor,
    employment: Employment,
    *,
    unit: Unit,
    starts_on: dt.date,
    ends_on: dt.date | None,
    number: str,
    title: str,
    pay: str,
    leave_from: dt.date | None,
    leave_until: dt.date | None,
    agreement: str,
    seen: str = "",
) -> Employment:
    """Changes an employment. ``seen``: the mark of the form, see fingerprints.

    What is led through it ends with it. Raises Refused as ``add_employment`` does.
    """
    one_at_a_time(actor)
    employment = to_change(changeable_employments(actor), employment)
    refuse_if_changed(employment, EMPLOYMENT_FIELDS, seen)
    facts = _facts(number, title, pay, agreement)
    facts |= _place_and_dates(
        actor, unit, starts_on, ends_on, leave_from, leave_until, was=employment.unit_id
    )
    facts["number"] = facts["number"] or employment.number
    if facts["number"] != employment.number:
        _refuse_number_taken(actor, facts["number"])
    with leading_nobody_more(actor, "unit", from_on=starts_on):
        changed = set_fields(employment, **facts)
    if changed:
        log.note(actor, "employment.changed", object_id=employment.pk, about=employment.profile_id)
    if ends_on and "ends_on" in changed:
        _end_leaderships(actor, employment, ends_on)
    return employment


@transaction.atomic
def end_employment(actor: Actor, employment: Employment, *, last_day: dt.date) -> Employment:
    """Ends the employment, and what is led through it, with the last day."""
    employment = to_change(changeable_employments(actor), employment)
    if last_day < employment.starts_on:
        raise Refused(_before_start(), "last_day")
    if set_fields(employment, ends_on=last_day):
        log.note(actor, "employment.ended", object_id=employment.pk, about=employment.profile_id)
        _end_leaderships(actor, employment, last_day)
    return employment


def _facts(number: str, title: str, pay: str, agreement: str) -> dict[str, Any]:
    return {
        "number": typed(values.number(40), number, "number"),
        "title": typed(values.text(120), title, "title"),
        "pay": typed(values.pay, pay, "pay", required=True),
        "agreement": typed(values.text(80), agreement, "agreement"),
    }


def _place_and_dates(
    actor: Actor,
    unit: Unit,
    starts_on: dt.date,
    ends_on: dt.date | None,
    leave_from: dt.date | None,
    leave_until: dt.date | None,
    was: int | None = None,
) -> dict[str, Any]:
    open_unit = readable_units(actor).filter(pk=unit.pk).first()
    if open_unit is None or (open_unit.closed_on and open_unit.pk != was):
        raise Refused(_("This unit is closed. Choose one that is open."), "unit")
    if ends_on and ends_on < starts_on:
        raise Refused(_before_start(), "ends_on")
    if leave_until and not leave_from:
        raise Refused(_("The leave has an end and no start. Write when it starts."), "leave_from")
    if leave_until and leave_from and leave_until < leave_from:
        raise Refused(
            _("The leave ends before it starts. Correct one of the dates."), "leave_until"
        )
    return {
        "unit": open_unit,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "leave_from": leave_from,
        "leave_until": leave_until,
    }


def _before_start() -> str:
    return _("The employment ends before it starts. Correct one of the dates.")


def _refuse_number_taken(actor: Actor, number: str) -> None:
    if Employment.objects.filter(organisation_id=actor.organisation_id, number=number).exists():
        raise Refused(_("Another employment has this number. Choose another."), "number")


def _end_leaderships(actor: Actor, employment: Employment, last_day: dt.date) -> None:
    ended = end_rows(Leadership.objects.filter(employment=employment), last_day)
    log.note_many(actor, [("leadership.ended", pk, employment.profile_id) for pk in ended])
    if ended and last_day < actor.today:
        end_sessions([employment.profile.person_id or 0])
