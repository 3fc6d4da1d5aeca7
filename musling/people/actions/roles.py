"""Roles: given and ended with dates, by somebody else than who gets them."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Organisation, Unit
from musling.people.access import changeable_profiles, changeable_roles, is_hr
from musling.people.actions.typed import to_change
from musling.people.leading import in_force
from musling.people.models import Profile, Role
from musling.people.sessions import end_sessions

A_DAY = dt.timedelta(days=1)


def others_in_hr(actor: Actor) -> QuerySet[Role]:
    """Who else can act for HR today: the role, an open access and a log-in."""
    return Role.objects.filter(
        in_force(actor.today),
        organisation_id=actor.organisation_id,
        name=Role.Name.HR,
        profile__disabled_at=None,
        profile__person__is_active=True,
    ).exclude(profile_id=actor.profile_id)


def stay_in_hr(actor: Actor) -> None:
    """Lets one at a time end people in HR; NotThere for who was ended a moment ago.

    Two who end each other at once would leave nobody.
    """
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    if not is_hr(actor) or Profile.objects.get(pk=actor.profile_id).disabled_at:
        raise NotThere


@transaction.atomic
def give_role(
    actor: Actor,
    *,
    profile: Profile,
    name: str,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    unit: Unit | None = None,
) -> Role:
    """Gives the person the role from the day (without one: today), for a unit or for all.

    Raises Refused for oneself (T30), and where the person has the role already.
    """
    profile = to_change(changeable_profiles(actor), profile)
    starts_on = starts_on or actor.today
    _refuse_unfit(actor, profile, name, unit, starts_on, ends_on)
    if unit and (name != Role.Name.COMMITTEE or unit.organisation_id != actor.organisation_id):
        raise Refused(_("Only a committee has a unit of its own. Leave it empty."), "unit")
    role = Role.objects.create(
        organisation_id=actor.organisation_id,
        profile=profile,
        name=name,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    log.note(actor, "role.given", object_id=role.pk, about=profile.pk)
    return role


@transaction.atomic
def end_role(actor: Actor, role: Role, *, last_day: dt.date | None = None) -> Role:
    """Ends the role with the last day; without one, now. The person's sessions end at once.

    Raises Refused where nobody would be left in HR.
    """
    stay_in_hr(actor)
    role = to_change(changeable_roles(actor), role)
    if role.name == Role.Name.HR and role.profile_id == actor.profile_id:
        _refuse_leaving_nobody(actor)
    role.ends_on = last_day or actor.today - A_DAY
    role.save(update_fields=["ends_on"])
    end_sessions([role.profile.person_id or 0])
    log.note(actor, "role.ended", object_id=role.pk, about=role.profile_id)
    return role


def _refuse_unfit(
    actor: Actor,
    profile: Profile,
    name: str,
    unit: Unit | None,
    starts_on: dt.date,
    ends_on: dt.date | None,
) -> None:
    if profile.pk == actor.profile_id:
        raise Refused(_("Nobody gives a role to oneself. Ask somebody else in HR."), "name")
    if name not in Role.Name.values:
        raise Refused(_("There is no such role. Choose one of the list."), "name")
    if ends_on and ends_on < starts_on:
        raise Refused(_("The end lies before the start. Correct one of the dates."), "ends_on")
    meets = Q(ends_on=None) | Q(ends_on__gte=starts_on)
    if ends_on:
        meets &= Q(starts_on__lte=ends_on)
    held = Role.objects.filter(meets, profile=profile, name=name)
    if name == Role.Name.COMMITTEE:  # somebody may sit in the main committee and in a local one
        held = held.filter(unit=unit)
    if held.exists():
        raise Refused(_("This person has the role already. End that one first."), "name")


def _refuse_leaving_nobody(actor: Actor) -> None:
    if not others_in_hr(actor).exists():
        raise Refused(_("Somebody must be left in HR. Give the role to another person first."))
