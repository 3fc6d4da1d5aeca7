"""Changing what a team is asked: for good, for the talks that begin from now on (row D5)."""

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, NotThere, Refused
from musling.frames import team_changes
from musling.frames.models import TeamVersion
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import check
from musling.frames.team_queries import TeamAsks, team_asks
from musling.organisations.models import Unit
from musling.people.leading import headed_units


@transaction.atomic
def change_team_version(
    actor: Actor, *, unit: Unit, kind: str, base: str, changes: TeamChanges, seen: int
) -> TeamVersion | None:
    """What the unit's talks of the kind ask otherwise, from now on; None where nothing ever was.

    ``base`` and ``seen``: the public id of the organisation's version and the number of the team's
    that the leader had before the eyes (0: none). The same twice changes nothing. Raises NotThere
    for who does not lead the unit today, Clash where another saved meanwhile, and Refused for what
    may not be changed.
    """
    if not headed_units(actor).filter(pk=unit.pk).exists():
        raise NotThere
    Unit.objects.select_for_update().get(pk=unit.pk)  # two who save at once wait for each other
    asks = team_asks(actor, unit, kind)
    newest = _newest(actor, unit, kind)
    if changes == asks.stored:
        return newest
    _check_seen(asks, base, seen)
    check(asks.base, changes)
    made = TeamVersion.objects.create(
        organisation_id=actor.organisation_id,
        unit=unit,
        kind=kind,
        number=asks.number + 1,
        base=asks.version,
        changes=team_changes.to_json(changes),
        made_at=clock.now(),
        made_by_id=actor.profile_id,
    )
    log.note(actor, "team_version.changed", object_id=made.pk)
    return made


def take_back(actor: Actor, *, unit: Unit, kind: str, base: str, seen: int) -> TeamVersion | None:
    """The unit's talks that begin from now on ask what the organisation asks, nothing else."""
    return change_team_version(
        actor, unit=unit, kind=kind, base=base, changes=TeamChanges(), seen=seen
    )


def _newest(actor: Actor, unit: Unit, kind: str) -> TeamVersion | None:
    rows = TeamVersion.objects.filter(
        organisation_id=actor.organisation_id, unit=unit, kind=kind
    ).order_by("number")
    return rows.last()


def _check_seen(asks: TeamAsks, base: str, seen: int) -> None:
    if asks.number != seen:
        raise Clash("", asks.number)
    if asks.version.public_id != base:
        raise Refused(_("There are other questions now. Look at them, and save again."))
