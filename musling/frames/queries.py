"""What doors and talks read of frames."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import Refused
from musling.frames.document import FrameDocument, Item
from musling.frames.models import (
    CoreTask,
    DraftStep,
    Frame,
    FrameContent,
    FrameDraft,
    FrameVersion,
    OrganisationTheme,
    RequiredItem,
    TeamVersion,
)
from musling.frames.parsing import parse
from musling.people.models import Profile

# Documents are immutable and public, so a process may keep the last few by their hash.
_parsed: dict[str, FrameDocument] = {}
MOST_PARSED = 64


def document_of(content: FrameContent) -> FrameDocument:
    """The document of a content row, parsed once per process and hash."""
    document = _parsed.get(content.hash)
    if document is None:
        document = parse(content.document)
        remember(content.hash, document)
    return document


def remember(name: str, document: FrameDocument) -> None:
    """Keeps the document of that hash at hand in this process."""
    if len(_parsed) >= MOST_PARSED:
        _parsed.clear()
    _parsed[name] = document


def in_use(organisation_id: int, kind: str) -> FrameVersion | None:
    """The version that new talks of that kind begin with, or None; one query.

    Of the frame that was taken into use last, the newest version.
    """
    rows = FrameVersion.objects.filter(
        organisation_id=organisation_id,
        frame__kind=kind,
        frame__retired_at=None,
        frame__taken_at__isnull=False,
    )
    ordered = rows.order_by("-frame__taken_at", "-frame", "-number")
    return ordered.select_related("content", "frame").first()


def document_in_use(organisation_id: int, kind: str) -> FrameVersion:
    """The same. Raises Refused where the organisation has no frame for that kind."""
    version = in_use(organisation_id, kind)
    if version is None:
        raise Refused(_("There is no frame for this kind of talk yet. Ask HR to choose one."))
    return version


def theme_in_force(organisation_id: int, year: int) -> OrganisationTheme | None:
    """The theme chosen for the two years that the year lies in, or None; one query."""
    rows = OrganisationTheme.objects.filter(
        organisation_id=organisation_id, first_year=first_year_of(year)
    )
    return rows.order_by("-chosen_at", "-pk").first()


def first_year_of(year: int) -> int:
    """The odd year that the period of two years begins with (row D8)."""
    return year if year % 2 else year - 1


def newest_team_versions(
    organisation_id: int, kind: str, units: Collection[int]
) -> dict[int, TeamVersion]:
    """The team's version of each unit that has one; one query."""
    rows = TeamVersion.objects.filter(
        organisation_id=organisation_id, kind=kind, unit_id__in=units
    ).order_by("number")
    return {row.unit_id: row for row in rows}


def required_items(organisation_id: int, kind: str) -> list[RequiredItem]:
    """What committees require in talks of that kind, the oldest first; one query."""
    rows = RequiredItem.objects.filter(organisation_id=organisation_id, ended_at=None)
    return [row for row in rows.order_by("made_at", "pk") if kind in row.kinds]


def once_asked(organisation_id: int, kind: str, items: Collection[str]) -> dict[str, Item]:
    """Items by their ids as a version of that kind asked them last, each for who prepared it.

    One query that reads the newest versions first and ends when all are found.
    """
    rows = FrameVersion.objects.filter(organisation_id=organisation_id, frame__kind=kind)
    found: dict[str, Item] = {}
    for row in rows.select_related("content").order_by("-published_at", "-pk").iterator(20):
        document = document_of(row.content)
        for name in set(items) - set(found):
            item = document.find(name)
            if item is not None and not item.together:
                found[name] = item
        if len(found) == len(set(items)):
            break
    return found


def core_task(
    actor: Actor, way_up: Collection[int] = (), at: dt.datetime | None = None
) -> list[CoreTask]:
    """The organisation's core task and the nearest unit's contribution; one query.

    The organisation's words head a talk once the management has validated them (row C1); until
    then those before do. A contribution is its leader's own; one that was withdrawn is none.
    ``at``: as they were worded at that moment, for a talk that was held; otherwise now.
    """
    moment = at or actor.at
    day = moment.astimezone(COPENHAGEN).date()
    validated = Q(validated_on__lte=day) | Q(validated_on=None) & ~Q(validated_by="")
    rows = CoreTask.objects.filter(
        Q(unit=None) & validated | Q(unit__in=way_up),
        Q(worded_at=None) | Q(worded_at__lte=moment),
        organisation_id=actor.organisation_id,
        valid_from__lte=day,
    ).select_related("unit")
    newest: dict[int | None, CoreTask] = {}
    for row in rows.order_by("-valid_from", "-pk"):
        newest.setdefault(row.unit_id, row)
    found = [newest[None]] if None in newest else []
    worded = {unit: row for unit, row in newest.items() if row.text}
    nearest = next((worded[unit] for unit in way_up if unit in worded), None)
    return found + ([nearest] if nearest else [])


def version(actor: Actor, public_id: str) -> FrameVersion | None:
    """One published version of the organisation's frames, or None; one query."""
    rows = FrameVersion.objects.filter(organisation_id=actor.organisation_id, public_id=public_id)
    return rows.select_related("frame", "content").first()


def frame_history(actor: Actor, public_id: str) -> list[FrameVersion]:
    """The versions of a frame, newest first; one query. Empty: not there.

    Without what they ask, which ``with_documents`` loads for those that are shown.
    """
    rows = FrameVersion.objects.filter(
        organisation_id=actor.organisation_id, frame__public_id=public_id
    )
    return list(rows.select_related("frame").order_by("-number"))


def with_documents(rows: Iterable[FrameVersion]) -> list[tuple[FrameVersion, FrameDocument]]:
    """Each version and what it asks; one query."""
    rows = list(rows)
    contents = FrameContent.objects.in_bulk({row.content_id for row in rows})
    return [(row, document_of(contents[row.content_id])) for row in rows]


def newest_version(actor: Actor, public_id: str) -> FrameVersion | None:
    """The newest version of a frame with its content, or None; one query."""
    rows = FrameVersion.objects.filter(
        organisation_id=actor.organisation_id, frame__public_id=public_id
    )
    return rows.select_related("frame", "content").order_by("-number").first()


def frames_to_choose(actor: Actor, *, retired: bool = False) -> list[FrameVersion]:
    """The newest version of each frame on the list, by kind and name; one query.

    ``retired``: of each that was taken off it instead. Without what they ask, as above.
    """
    versions = FrameVersion.objects.filter(frame=OuterRef("frame")).order_by("-number")
    rows = FrameVersion.objects.filter(
        organisation_id=actor.organisation_id,
        frame__retired_at__isnull=not retired,
        pk=Subquery(versions.values("pk")[:1]),
    )
    return list(rows.select_related("frame").order_by("frame__kind", "frame__name", "pk"))


def drafts(actor: Actor) -> list[FrameDraft]:
    """What is being made, newest change first, with its ``title`` alone; one query."""
    rows = FrameDraft.objects.filter(organisation_id=actor.organisation_id)
    named = rows.annotate(title=F("document__title")).select_related("frame")
    return list(named.defer("document", "original").order_by("-changed_at"))


def has_draft(frame: Frame) -> bool:
    """Whether somebody is making the frame's next version; one query."""
    return FrameDraft.objects.filter(frame=frame).exists()


def draft(actor: Actor, public_id: str) -> FrameDraft | None:
    """One of the drafts, or None; one query, which also says what can be undone and done again."""
    steps = DraftStep.objects.filter(draft=OuterRef("pk"))
    latest = steps.filter(undone=False).order_by("-revision")
    rows = FrameDraft.objects.filter(organisation_id=actor.organisation_id, public_id=public_id)
    return (
        rows.select_related("frame")
        .annotate(
            undo_by=Subquery(latest.values("made_by_id")[:1]),
            changed_by=Subquery(
                Profile.objects.filter(pk=OuterRef("changed_by_id")).values("first_name")[:1]
            ),
            can_undo=Exists(latest),
            can_redo=Exists(steps.filter(undone=True)),
        )
        .first()
    )


def names_of(profiles: Collection[int | None]) -> dict[int, str]:
    """The names of those who published or changed something; one query."""
    rows = Profile.objects.filter(pk__in={pk for pk in profiles if pk})
    return {row.pk: row.name for row in rows}


def kinds_in_use(actor: Actor) -> list[str]:
    """The kinds of talk that the organisation has taken a frame into use for; one query."""
    rows = Frame.objects.filter(
        organisation_id=actor.organisation_id, retired_at=None, taken_at__isnull=False
    )
    return sorted(set(rows.values_list("kind", flat=True)))
