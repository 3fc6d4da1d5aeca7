"""What each of many talks asks on a day: one content per distinct document, in few statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from musling.frames import team_changes
from musling.frames.composing import Composed, Required, compose, with_period_theme
from musling.frames.document import FrameDocument, Item, Theme, content_hash, to_json
from musling.frames.models import FrameContent, FrameVersion, RequiredItem, TeamVersion
from musling.frames.parsing import parse, parse_item, parse_theme
from musling.frames.queries import (
    document_in_use,
    document_of,
    newest_team_versions,
    once_asked,
    remember,
    required_items,
    theme_in_force,
)
from musling.organisations.models import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """Where a talk is held in the tree: the employee's unit, and the one that the leader leads.

    ``led_unit_id`` is None where nobody's team version applies.
    """

    unit_id: int
    led_unit_id: int | None


class Asked:
    """What talks of a kind ask in an organisation in a year; loaded once, answers from memory.

    ``version``: of which frame; None for the one in use. Raises Refused where there is no frame for
    the kind. Six queries, and more only where a committee requires what the frame in use asks no
    longer.
    """

    def __init__(
        self,
        organisation_id: int,
        kind: str,
        year: int,
        places: Iterable[Place],
        version: FrameVersion | None = None,
    ) -> None:
        self.organisation_id = organisation_id
        self.version = version or document_in_use(organisation_id, kind)
        self.base = document_of(self.version.content)
        chosen = theme_in_force(organisation_id, year)
        self.theme = period_theme(chosen.document, chosen.first_year) if chosen else None
        self.required = required_items(organisation_id, kind)
        # The theme of the period takes the place of what the frame asks there.
        asked = with_period_theme(self.base, self.theme) if self.theme else self.base
        gone = missing(asked, self.required)
        self.gone = once_asked(organisation_id, kind, gone) if gone else {}
        places = list(places)
        led = {one.led_unit_id for one in places if one.led_unit_id is not None}
        self.teams: Mapping[int, TeamVersion] = newest_team_versions(organisation_id, kind, led)
        units = Unit.objects.filter(pk__in={one.unit_id for one in places}).only("path")
        self.ways_up = {unit.pk: set(unit.way_up) for unit in units} if self.required else {}
        self._made: dict[tuple[object, ...], Composed] = {}

    def at(self, place: Place) -> Composed:
        """The document at a place, and what of the team's changes did not fit."""
        return self._composed(place, self.teams.get(place.led_unit_id or 0))

    def without_team(self, place: Place) -> Composed:
        """The same without the team's changes: what these are made to."""
        return self._composed(place, None)

    def _composed(self, place: Place, team: TeamVersion | None) -> Composed:
        required = [row for row in self.required if self._holds(row, place.unit_id)]
        name = (*(row.pk for row in required), "team", team.pk if team else None)
        if name not in self._made:
            self._made[name] = compose(
                self.base,
                theme=self.theme,
                required=[_requirement(row, self.gone) for row in required],
                team=team_changes.parse(team.changes) if team else None,
            )
        return self._made[name]

    def _holds(self, row: RequiredItem, unit_id: int) -> bool:
        return row.unit_id is None or row.unit_id in self.ways_up.get(unit_id, ())

    def contents(self, places: Iterable[Place]) -> dict[Place, FrameContent]:
        """The stored content for each place; what is new is written, in a fixed number of calls."""
        documents = {place: self.at(place).document for place in places}
        stored = keep_contents(self.organisation_id, documents.values())
        return {place: stored[id(document)] for place, document in documents.items()}

    def with_bases(
        self, places: Iterable[Place]
    ) -> dict[Place, tuple[FrameContent, FrameContent | None]]:
        """The same, and beside each what it would be without the team; None where that is it."""
        pairs = {one: (self.at(one).document, self.without_team(one).document) for one in places}
        distinct = [document for pair in pairs.values() for document in pair]
        stored = keep_contents(self.organisation_id, distinct)
        rows = {one: (stored[id(made)], stored[id(base)]) for one, (made, base) in pairs.items()}
        return {one: (made, None if made == base else base) for one, (made, base) in rows.items()}


def period_theme(document: Mapping[str, object], first_year: int) -> Theme:
    """A chosen theme as it stands in frames, with its two years."""
    return replace(parse_theme(document), years=(first_year, first_year + 1))


def missing(document: FrameDocument, required: Iterable[RequiredItem]) -> set[str]:
    """The ids of required items of the organisation's own that the frame does not ask."""
    return {row.item for row in required if row.item and document.find(row.item) is None}


def _requirement(row: RequiredItem, gone: Mapping[str, Item]) -> Required:
    if row.document is None:
        return Required(item=row.item, own=gone.get(row.item))
    return Required(own=parse_item(row.document, "item", []))


def keep_contents(
    organisation_id: int, documents: Iterable[FrameDocument]
) -> dict[int, FrameContent]:
    """The rows of documents, by ``id()``: one per organisation and content; three statements.

    Raises FrameFault, and stores nothing, for one that could not be read again.
    """
    distinct = {id(document): document for document in documents}
    hashes = {key: content_hash(document) for key, document in distinct.items()}
    rows = FrameContent.objects.filter(
        organisation_id=organisation_id, hash__in=set(hashes.values())
    )
    found = {row.hash: row for row in rows}
    fresh = {hashes[k]: document for k, document in distinct.items() if hashes[k] not in found}
    if fresh:
        written = {name: to_json(document) for name, document in fresh.items()}
        for raw in written.values():
            parse(raw)
        FrameContent.objects.bulk_create(
            (
                FrameContent(organisation_id=organisation_id, hash=name, document=raw)
                for name, raw in written.items()
            ),
            ignore_conflicts=True,
        )
        found |= {row.hash: row for row in rows.filter(hash__in=list(fresh))}
    for name, document in fresh.items():
        remember(name, document)
    return {key: found[name] for key, name in hashes.items()}
