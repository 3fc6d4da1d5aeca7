"""What doors read about people: fixed number of queries, whatever the number of rows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from musling.people.leading import in_force
from musling.people.models import Leadership, Profile, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands in one organisation, at one date."""

    organisation_id: int
    slug: str
    organisation_name: str
    talk_name: str
    accent: str
    profile_id: int
    name: str
    language: str
    roles: frozenset[str]
    leads: bool


def standing(*, person_id: int | None, slug: str, today: dt.date) -> Standing | None:
    """Where the person stands in the organisation of the slug; None where there is no place.

    Two queries: the profile with its organisation and whether it leads, and the roles.
    """
    profile = (
        Profile.objects.select_related("organisation")
        .filter(person_id=person_id, organisation__slug=slug, disabled_at=None)
        .annotate(
            leads=Exists(
                Leadership.objects.filter(in_force(today), employment__profile_id=OuterRef("pk"))
            )
        )
        .first()
    )
    if profile is None or person_id is None:
        return None
    roles = Role.objects.filter(in_force(today), profile=profile).values_list("name", flat=True)
    organisation = profile.organisation
    return Standing(
        organisation_id=organisation.pk,
        slug=organisation.slug,
        organisation_name=organisation.name,
        talk_name=organisation.talk_name,
        accent=organisation.accent,
        profile_id=profile.pk,
        name=profile.name,
        language=profile.language,
        roles=frozenset(roles),
        leads=profile.leads,
    )
