"""What leaders and HR read of the teams' versions."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames import team_changes
from musling.frames.access import readable_team_versions
from musling.frames.composing import Misfit
from musling.frames.document import FrameDocument
from musling.frames.effective import Asked, Place
from musling.frames.models import FrameVersion, TeamVersion
from musling.frames.queries import document_of
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import fitted
from musling.organisations.models import Unit
from musling.people.leading import headed_units


@dataclass(frozen=True)
class TeamAsks:
    """What the talks of a unit and kind ask that begin now, and what the leader changed.

    ``base``: without the team's changes. ``saved``: those that fit; ``misfits``: those that do not.
    ``number``: of the newest team version, 0 where there is none. ``before``: the version that the
    leader had before the eyes when something does not fit any more.
    """

    unit: Unit
    kind: str
    version: FrameVersion
    base: FrameDocument
    stored: TeamChanges
    saved: TeamChanges
    number: int
    misfits: tuple[Misfit, ...]
    before: FrameDocument | None = None


def led_unit(actor: Actor, public_id: str) -> Unit:
    """One of the units that the actor leads today; one query. Raises NotThere."""
    found = next((unit for unit in headed_units(actor) if unit.public_id == public_id), None)
    if found is None:
        raise NotThere
    return found


def team_asks(actor: Actor, unit: Unit, kind: str) -> TeamAsks:
    """What a unit's talks of a kind ask; eight queries at most. Raises Refused without a frame."""
    place = Place(unit.pk, unit.pk)
    asked = Asked(actor.organisation_id, kind, actor.today.year, [place])
    row = asked.teams.get(unit.pk)
    stored = team_changes.parse(row.changes) if row else TeamChanges()
    base = asked.without_team(place).document
    misfits = asked.at(place).misfits
    return TeamAsks(
        unit=unit,
        kind=kind,
        version=asked.version,
        base=base,
        stored=stored,
        saved=fitted(base, stored),
        number=row.number if row else 0,
        misfits=misfits,
        before=_document_of_version(row.base_id) if row and misfits else None,
    )


def _document_of_version(pk: int) -> FrameDocument:
    rows = FrameVersion.objects.select_related("content").defer("content__document")
    return document_of(rows.get(pk=pk).content)


def changed_teams(actor: Actor) -> QuerySet[TeamVersion]:
    """Of every unit and kind the newest team version that changes something, by the unit's name."""
    newer = TeamVersion.objects.filter(
        organisation=OuterRef("organisation"),
        unit=OuterRef("unit"),
        kind=OuterRef("kind"),
        number__gt=OuterRef("number"),
    )
    rows = readable_team_versions(actor).filter(~Exists(newer)).exclude(changes={})
    rows = rows.select_related("unit", "base__content").defer("base__content__document")
    return rows.order_by("unit__name", "unit", "kind")
