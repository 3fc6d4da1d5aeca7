"""Activation: how the holder of a profile links it to a log-in of her or his own.

HR or the nearest leader sends a link or prints a slip, for profiles that nobody is linked to yet.
From then on only the holder can do anything: no import, HR or leader ever links or changes a
log-in. A code works once, for 14 days, and the database holds only a keyed hash of it.

A mail is rendered when it is sent, from ids; so its code is made only then (``code_to_mail``).
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.access import activatable_profiles
from musling.people.leading import led_employments
from musling.people.models import Activation, Person, Profile

# No I, L, O, 0 or 1: they look alike on paper. 12 of them are 59 bits of chance.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 12
GROUP = 4
LIFETIME = dt.timedelta(days=14)
A_DAY = dt.timedelta(days=1)
A_DAYS_LIMIT = 10  # per profile: nobody's mailbox is flooded, and guesses have few targets


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """What is printed for one person. The code is known only here and now."""

    profile: Profile
    code: str
    link: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody without a log-in, and when the slip was printed that still works, if one does."""

    profile: Profile
    printed_at: dt.datetime | None


def team_without_log_in(actor: Actor) -> list[Waiting]:
    """Whom the actor leads and may give a slip, by name. A fixed number of queries."""
    slips = still_open().filter(profile=OuterRef("pk"), how=Activation.How.SLIP)
    printed_at = Subquery(slips.order_by("-made_at").values("made_at")[:1])
    led = led_employments(actor).values("profile")
    found = activatable_profiles(actor).filter(pk__in=led).annotate(printed_at=printed_at)
    ordered = found.order_by("first_name", "last_name", "pk")
    return [Waiting(profile, profile.printed_at) for profile in ordered]


@transaction.atomic
def send_activation(actor: Actor, profile: Profile) -> Activation:
    """Has a link mailed to the profile's work e-mail; the mail follows from the activity.

    Raises NotThere for whom the actor may not activate (or who is linked already), Refused where
    there is no e-mail or too many were sent today.
    """
    _reachable(actor, [profile.pk])
    if not profile.email:
        raise Refused(_("There is no work e-mail here. Print a slip instead."), "email")
    _refuse_flood(profile)
    _end_open([profile.pk], how=Activation.How.MAIL)
    activation = Activation.objects.create(
        **_made(actor), profile=profile, how=Activation.How.MAIL, code_hash=None
    )
    log.note(
        actor,
        "activation.sent",
        object_id=profile.pk,
        about=profile.pk,
        activation=activation.pk,
    )
    return activation


@transaction.atomic
def print_slips(actor: Actor, profiles: Iterable[Profile]) -> list[Slip]:
    """Makes a slip for each profile and returns them with their codes: shown this once.

    An older slip of the same person ends. Raises NotThere where the actor may not activate one of
    them, or somebody is linked to it already. A fixed number of queries, however many there are.
    """
    found = _reachable(actor, [profile.pk for profile in profiles])
    made = _made(actor)
    slips = []
    for profile in found:
        code = new_code()
        slips.append(Slip(profile, code, link_of(code), made["expires_at"]))
    _end_open([profile.pk for profile in found], how=Activation.How.SLIP)
    Activation.objects.bulk_create(
        (
            Activation(
                **made,
                profile=slip.profile,
                how=Activation.How.SLIP,
                code_hash=hash_of(slip.code),
            )
            for slip in slips
        ),
        batch_size=1000,
    )
    log.note_many(actor, [("activation.printed", pk, pk) for pk in (p.pk for p in found)])
    return slips


@transaction.atomic
def code_to_mail(activation_id: int) -> str | None:
    """A new code for an activation that is mailed just now; an earlier one of it ends.

    None where there is nothing to mail any more: used, ended, expired, or linked meanwhile.
    """
    activation = (
        still_open().select_for_update(of=("self",)).filter(pk=activation_id, how="mail").first()
    )
    if activation is None:
        return None
    code = new_code()
    activation.code_hash = hash_of(code)
    activation.save(update_fields=["code_hash"])
    return code


def still_open() -> QuerySet[Activation]:
    """Activations that can be used now: in time, unused, of a living profile without a log-in."""
    return Activation.objects.filter(
        used_at=None,
        ended_at=None,
        expires_at__gt=clock.now(),
        profile__person=None,
        profile__disabled_at=None,
    )


def find(code: str) -> Activation | None:
    """The open activation with this code, with profile and organisation. The caller sets limits."""
    return (
        still_open()
        .filter(code_hash=hash_of(code))
        .select_related("profile", "organisation")
        .first()
    )


def reopen(activation_id: int | None) -> Activation | None:
    """The activation found a page earlier, if it is still open."""
    return (
        still_open().filter(pk=activation_id or 0).select_related("profile", "organisation").first()
    )


@transaction.atomic
def use(activation_id: int, person: Person) -> Profile:
    """Links the profile to the holder's log-in. All other open activations of the profile end.

    Raises NotThere where the activation is not open any more, Refused where this log-in has a
    workplace in the organisation already.
    """
    activation = still_open().select_for_update(of=("self",)).filter(pk=activation_id).first()
    if activation is None:
        raise NotThere
    profile = Profile.objects.select_for_update().get(pk=activation.profile_id)
    if profile.person_id is not None:
        raise NotThere
    if Profile.objects.filter(organisation=profile.organisation_id, person=person).exists():
        raise Refused(
            _("This log-in is already in use at the same workplace. Use another, or ask HR.")
        )
    now = clock.now()
    profile.person, profile.linked_at = person, now
    profile.save(update_fields=["person", "linked_at"])
    activation.used_at = now
    activation.save(update_fields=["used_at"])
    _end_open([profile.pk])
    holder = Actor(
        person_id=person.pk,
        profile_id=profile.pk,
        organisation_id=profile.organisation_id,
        at=now,
        language=person.language,
    )
    log.note(holder, "activation.used", object_id=profile.pk, about=profile.pk)
    return profile


def new_code() -> str:
    """A code of 12 characters that cannot be mistaken for each other."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def spaced(code: str) -> str:
    """``ABCDEFGHJKMN`` as ``ABCD EFGH JKMN``: easier to read aloud and to type."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def as_typed(text: str) -> str:
    """The code in what somebody typed: whatever its case, blanks and dashes."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def hash_of(code: str) -> str:
    """What the database holds: keyed, so that a copy of the database confirms no guess."""
    return salted_hmac("musling.people.activation", as_typed(code), algorithm="sha256").hexdigest()


def link_of(code: str) -> str:
    """The address that a QR code or mail leads to. Opening it changes nothing."""
    return f"{settings.MUSLING_BASE_URL}{reverse('activate-code', args=[as_typed(code)])}"


def _reachable(actor: Actor, profile_ids: list[int]) -> list[Profile]:
    found = {p.pk: p for p in activatable_profiles(actor).filter(pk__in=profile_ids)}
    if set(found) != set(profile_ids):
        raise NotThere
    return [found[pk] for pk in dict.fromkeys(profile_ids)]


def _made(actor: Actor) -> dict[str, Any]:
    now = clock.now()
    return {
        "organisation_id": actor.organisation_id,
        "made_at": now,
        "made_by_id": actor.profile_id,
        "expires_at": now + LIFETIME,
    }


def _refuse_flood(profile: Profile) -> None:
    today = Activation.objects.filter(profile=profile, made_at__gt=clock.now() - A_DAY)
    if today.count() >= A_DAYS_LIMIT:
        raise Refused(_("Many have been sent today. Wait until tomorrow, or print a slip."))


def _end_open(profile_ids: list[int], *, how: str = "") -> None:
    which = Q(profile_id__in=profile_ids, used_at=None, ended_at=None)
    if how:
        which &= Q(how=how)
    Activation.objects.filter(which).update(ended_at=clock.now())
