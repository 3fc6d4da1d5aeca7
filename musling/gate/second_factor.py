"""Who must have a second step at log-in, and whether there is one.

Who has one cannot log in without it: the stage of log-in comes before the session. So for the gate
it is enough to ask whether one is set up.
"""

from collections.abc import Collection

from allauth.mfa.models import Authenticator
from django.conf import settings

from musling.foundation import clock
from musling.people.leading import in_force
from musling.people.models import Role


def missing(person_id: int | None, roles: Collection[str]) -> bool:
    """Whether somebody with these roles must set up a second step before entering.

    One query, only for the roles of MUSLING_MFA_ROLES and where MUSLING_MFA_REQUIRED is on.
    """
    if not settings.MUSLING_MFA_REQUIRED or not set(settings.MUSLING_MFA_ROLES) & set(roles):
        return False
    return not (
        Authenticator.objects.filter(user_id=person_id)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    )


def asked_but_missing(person_id: int) -> bool:
    """The same, over all organisations of the person."""
    held = Role.objects.filter(
        in_force(clock.today()), profile__person_id=person_id, profile__disabled_at=None
    )
    return missing(person_id, held.values_list("name", flat=True))
