"""Creating an organisation together with its first person, who is HR."""

from dataclasses import dataclass

from django.db import transaction

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.organisations import actions as organisations
from musling.organisations.models import Organisation
from musling.people.actions.typed import typed
from musling.people.import_files import values
from musling.people.log_ins import make_log_in
from musling.people.models import Employment, Leadership, Person, Profile, Role


@dataclass(frozen=True, slots=True)
class Founded:
    """The organisation, its first person, and that person as actor."""

    organisation: Organisation
    person: Person
    profile: Profile
    actor: Actor


@transaction.atomic
def found_organisation(
    *,
    name: str,
    slug: str,
    sector: str,
    talk_name: str = "MUS",
    first_name: str,
    last_name: str = "",
    email: str,
    password: str,
    leads: bool = False,
    language: str = "da",
) -> Founded:
    """An organisation with one unit and one person, who is employed there and is HR.

    ``leads``: this person leads the unit too, as the citizen does who employs helpers. The address
    counts as verified: whoever installs the program vouches for it. Raises Refused with the field.
    """
    name = typed(values.text(120), name, "name", required=True)
    organisation = organisations.found(
        name=name,
        slug=slug,
        sector=sector,
        talk_name=typed(values.text(40), talk_name, "talk_name"),
    )
    person = make_log_in(
        email=typed(values.email, email, "email", required=True),
        password=password,
        language=language,
    )
    profile = Profile.objects.create(
        organisation=organisation,
        person=person,
        linked_at=clock.now(),
        number="1",
        first_name=typed(values.text(80), first_name, "first_name", required=True),
        last_name=typed(values.text(80), last_name, "last_name"),
        email=person.email,
        language=language,
    )
    actor = Actor(person.pk, profile.pk, organisation.pk, clock.now(), language)
    _settle(actor, profile, name, leads)
    return Founded(organisation, person, profile, actor)


def _settle(actor: Actor, profile: Profile, name: str, leads: bool) -> None:
    """The first unit, employment and role: nobody is there yet who could give them."""
    own = {"organisation_id": actor.organisation_id, "starts_on": actor.today}
    log.note(actor, "organisation.founded", object_id=actor.organisation_id)
    unit = organisations.add_unit(actor, name=name, number="1")
    log.note(actor, "person.added", object_id=profile.pk, about=profile.pk)
    employment = Employment.objects.create(profile=profile, unit=unit, number="1", **own)
    log.note(actor, "employment.added", object_id=employment.pk, about=profile.pk)
    role = Role.objects.create(profile=profile, name=Role.Name.HR, **own)
    log.note(actor, "role.given", object_id=role.pk, about=profile.pk)
    if leads:
        post = Leadership.objects.create(employment=employment, unit=unit, **own)
        log.note(actor, "leadership.given", object_id=post.pk, about=profile.pk)
