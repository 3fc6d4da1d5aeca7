"""Who can lead one talk instead of its leader."""

from django.db.models import QuerySet

from musling.conversations.models import Part, Participant
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.people.leading import active, in_force
from musling.people.models import Employment, Leadership


def possible_deputies(actor: Actor, found: Talk) -> QuerySet[Employment]:
    """Leaders of the organisation and colleagues in the leader's or the employee's unit.

    Deliberately not everybody: a list of a municipality's 10,000 names tells who works there.
    """
    near = {row.employment.unit_id for row in (found.me, found.other) if row.employment}
    leads = Leadership.objects.filter(
        in_force(actor.today), organisation_id=actor.organisation_id
    ).values("employment")
    people = active(actor.today).filter(organisation_id=actor.organisation_id)
    return (
        (people.filter(unit__in=near) | people.filter(pk__in=leads))
        .exclude(profile__in=[found.me.profile_id, found.other.profile_id])
        .select_related("profile")
        .order_by("profile__first_name", "profile__last_name", "pk")
    )


def handed_over_by(found: Talk) -> Participant | None:
    """Who led the talk before it was handed to the one who leads it now; None where nobody did.

    A deputy's seat is always younger than that of whoever handed the talk over, so once the
    employee has said no, and the leader has it back, there is nothing more to say no to.
    """
    return (
        Participant.objects.filter(
            conversation=found.conversation,
            part=Part.LEADER,
            ended_at__isnull=False,
            pk__lt=found.leader.pk,
        )
        .select_related("profile")
        .order_by("-ended_at", "-pk")
        .first()
    )
