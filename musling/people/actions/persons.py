"""Adding, changing and ending a person. No log-in is ever touched here.

The work e-mail of a profile is where the organisation writes to; the log-in has addresses of its
own, which only its holder changes.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import refuse_if_changed
from musling.foundation.problems import NotThere, Refused
from musling.foundation.public_ids import new_public_id
from musling.people.access import changeable_profiles, is_hr
from musling.people.actions.roles import stay_in_hr
from musling.people.actions.typed import set_fields, to_change, typed
from musling.people.import_files import values
from musling.people.leading import in_force
from musling.people.models import Activation, Employment, Leadership, Profile, Role
from musling.people.sessions import end_sessions

PERSON_FIELDS = ("first_name", "last_name", "number", "email", "mobile", "language")


@transaction.atomic
def add_person(
    actor: Actor,
    *,
    first_name: str,
    last_name: str = "",
    number: str = "",
    email: str = "",
    mobile: str = "",
    language: str = "da",
) -> Profile:
    """A new profile without a log-in; without a number it gets one of its own.

    Raises Refused with the field for what cannot be used, NotThere for who is not HR.
    """
    if not is_hr(actor):
        raise NotThere
    facts = _facts(first_name, last_name, number, email, mobile, language)
    public_id = new_public_id()
    facts["number"] = facts["number"] or public_id
    _refuse_number_taken(actor, facts["number"])
    profile = Profile.objects.create(
        public_id=public_id, organisation_id=actor.organisation_id, **facts
    )
    log.note(actor, "person.added", object_id=profile.pk, about=profile.pk)
    return profile


@transaction.atomic
def change_person(
    actor: Actor,
    profile: Profile,
    *,
    first_name: str,
    last_name: str,
    number: str,
    email: str,
    mobile: str,
    language: str,
    seen: str = "",
) -> Profile:
    """Changes what the organisation knows. ``seen``: the mark of the form, see fingerprints.

    A new work e-mail ends the activations mailed to the old one. If the profile has a log-in, that
    stays as it is, and its holder is told (``person.email_changed``).
    """
    profile = to_change(changeable_profiles(actor), profile)
    refuse_if_changed(profile, PERSON_FIELDS, seen)
    facts = _facts(first_name, last_name, number, email, mobile, language)
    facts["number"] = facts["number"] or profile.number
    if facts["number"] != profile.number:
        _refuse_number_taken(actor, facts["number"])
    changed = set_fields(profile, **facts)
    if changed:
        log.note(actor, "person.changed", object_id=profile.pk, about=profile.pk)
    if "email" in changed:
        _end_mailed_activations(profile)
        if profile.person_id:
            log.note(actor, "person.email_changed", object_id=profile.pk, about=profile.pk)
    return profile


@transaction.atomic
def end_person(actor: Actor, profile: Profile, *, last_day: dt.date) -> Profile:
    """Ends employments, leaderships and roles with the last day, which may lie ahead.

    When the day is over, the access closes (at once where it is over already). Talks and agreements
    stay as they are. Raises Refused for oneself: somebody else must do that.
    """
    stay_in_hr(actor)
    profile = to_change(changeable_profiles(actor), profile)
    _refuse_oneself(actor, profile)
    ended: list[tuple[str, int, int | None]] = [("person.ended", profile.pk, profile.pk)]
    for verb, rows in (
        ("employment.ended", Employment.objects.filter(profile=profile)),
        ("leadership.ended", Leadership.objects.filter(employment__profile=profile)),
        ("role.ended", Role.objects.filter(profile=profile)),
    ):
        ended += [(verb, pk, profile.pk) for pk in end_rows(rows, last_day)]
    log.note_many(actor, ended)
    if last_day < actor.today:
        close_access(actor, profile)
    return profile


@transaction.atomic
def close_access(actor: Actor, profile: Profile) -> Profile:
    """Closes the organisation to this person at once; the log-in itself stays its holder's."""
    stay_in_hr(actor)
    profile = to_change(changeable_profiles(actor), profile)
    _refuse_oneself(actor, profile)
    if profile.disabled_at is None:
        profile.disabled_at = clock.now()
        profile.save(update_fields=["disabled_at"])
        _end_mailed_activations(profile)
        end_sessions([profile.person_id or 0])
        log.note(actor, "person.access_closed", object_id=profile.pk, about=profile.pk)
    return profile


@transaction.atomic
def open_access(actor: Actor, profile: Profile) -> Profile:
    """Opens the organisation to this person again."""
    profile = to_change(changeable_profiles(actor), profile)
    if profile.disabled_at is not None:
        profile.disabled_at = None
        profile.save(update_fields=["disabled_at"])
        log.note(actor, "person.access_opened", object_id=profile.pk, about=profile.pk)
    return profile


@transaction.atomic
def close_for_who_left(day: dt.date) -> int:
    """Closes the access of whoever's last employment ended before the day; returns how many.

    Whoever never was employed, is employed from a later day on or holds a role stays. For the
    schedule, which has no actor. Four statements and one per batch of the log.
    """
    stays = Q(ends_on=None) | Q(ends_on__gte=day)
    left = (
        Profile.objects.filter(disabled_at=None, employments__isnull=False)
        .exclude(pk__in=Employment.objects.filter(stays).values("profile"))
        .exclude(pk__in=Role.objects.filter(in_force(day)).values("profile"))
        .distinct()
    )
    rows = list(left.values_list("pk", "organisation_id", "person_id"))
    pks = [pk for pk, _organisation, _person in rows]
    Profile.objects.filter(pk__in=pks).update(disabled_at=clock.now())
    end_sessions([person for _pk, _organisation, person in rows if person])
    for organisation in {organisation for _pk, organisation, _person in rows}:
        own = [pk for pk, its, _person in rows if its == organisation]
        program = Actor(None, 0, organisation, clock.now())
        log.note_many(program, [("person.access_closed", pk, pk) for pk in own])
    return len(rows)


def end_rows(rows: QuerySet[Any], last_day: dt.date) -> list[int]:
    """Ends dated rows that go on beyond the last day; returns their ids. Two statements."""
    going_on = rows.filter(Q(ends_on=None) | Q(ends_on__gt=last_day))
    pks = list(going_on.values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=pks).update(ends_on=last_day)
    return pks


def _facts(
    first_name: str, last_name: str, number: str, email: str, mobile: str, language: str
) -> dict[str, str]:
    return {
        "first_name": typed(values.text(80), first_name, "first_name", required=True),
        "last_name": typed(values.text(80), last_name, "last_name"),
        "number": typed(values.number(40), number, "number"),
        "email": typed(values.email, email, "email"),
        "mobile": typed(values.phone, mobile, "mobile"),
        "language": typed(values.language, language, "language", required=True),
    }


def _refuse_number_taken(actor: Actor, number: str) -> None:
    if Profile.objects.filter(organisation_id=actor.organisation_id, number=number).exists():
        raise Refused(_("Another person has this number. Choose another."), "number")


def _refuse_oneself(actor: Actor, profile: Profile) -> None:
    if profile.pk == actor.profile_id:
        raise Refused(_("Nobody ends oneself. Ask somebody else in HR."))


def _end_mailed_activations(profile: Profile) -> None:
    """A code that was mailed to an address which no longer counts must not open anything."""
    Activation.objects.filter(
        profile=profile, how=Activation.How.MAIL, used_at=None, ended_at=None
    ).update(ended_at=clock.now())
