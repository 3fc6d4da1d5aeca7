"""What the leader fitted to the team in a talk, and in which talks that can still be done."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q

from musling.conversations import access
from musling.conversations.models import Conversation, Fitting, Offer, Part, Participant, State
from musling.conversations.queries.talks import (
    BEFORE_THE_TALK,
    Talk,
    opened_fitting,
    with_fitting,
)
from musling.foundation.actor import Actor
from musling.frames.composing import compose
from musling.frames.document import FrameDocument, content_hash
from musling.frames.effective import Place
from musling.frames.models import FrameContent
from musling.frames.queries import document_of
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import Differences, differences, fitted
from musling.organisations.models import Unit
from musling.people.leading import Leaders
from musling.people.models import Employment
from musling.vault import keys

FITTED_LATELY = dt.timedelta(days=731)


def base_of(found: Talk) -> FrameDocument:
    """What the talk asks without the leader's changes; one query where that is something else."""
    pk = found.conversation.base_content_id
    if pk is None:
        return document_of(found.conversation.content)
    return document_of(FrameContent.objects.defer("document").get(pk=pk))


def what_differs(found: Talk) -> Differences:
    """What the leader added and left out in it; at most three queries, where anything is."""
    if found.conversation.base_content_id is None and not found.is_fitted:
        return Differences()
    return differences(base_of(found), found.document)


def documents_of(actor: Actor, talks: Collection[Conversation]) -> dict[int, FrameDocument]:
    """What each of the talks asks, as far as the actor may see it; two queries at most.

    ``talks`` come with their content.
    """
    alone = [talk for talk in talks if talk.fitted_at is not None]
    changes = _fittings(actor, alone) if alone else {}
    return {talk.pk: with_fitting(talk, changes.get(talk.pk)) for talk in talks}


def _fittings(actor: Actor, talks: Collection[Conversation]) -> dict[int, TeamChanges]:
    found = access.readable_fittings(actor).filter(conversation__in=talks)
    rows = list(found.select_related("conversation__key", "made_by"))
    opened = keys.unwrap(row.conversation.key for row in rows)
    return {
        row.conversation_id: opened_fitting(actor, row, key, row.made_by.profile_id)
        for row in rows
        if (key := opened.get(row.conversation.key_id))
    }


@dataclass(frozen=True, slots=True)
class FittedAlone:
    """How many talks somebody fitted alone, and when last; nothing of what is in them."""

    name: str
    kind: str
    count: int
    latest: dt.datetime


def fitted_alone(actor: Actor) -> list[FittedAlone]:
    """By leader and kind, the talks that were fitted alone in the last two years; for HR; a query.

    Neither whose talks they are nor what was changed: only that it happens, and who does it.
    """
    since = actor.at - FITTED_LATELY
    talks = access.dates_for_hr(actor).filter(fitted_at__gte=since)
    rows = (
        Fitting.objects.filter(conversation__in=talks.values("pk"))
        .values(
            "made_by__profile",
            "made_by__profile__first_name",
            "made_by__profile__last_name",
            "conversation__kind",
        )
        .annotate(count=Count("pk"), latest=Max("made_at"))
        .order_by("made_by__profile__first_name", "made_by__profile__last_name", "made_by__profile")
    )
    return [
        FittedAlone(
            name=f"{row['made_by__profile__first_name']} {row['made_by__profile__last_name']}",
            kind=row["conversation__kind"],
            count=row["count"],
            latest=row["latest"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A talk that its employee cannot prepare yet, and what it asks without the team's changes."""

    conversation: Conversation
    employee: str
    about: int  # the employee's profile
    base: FrameContent

    def with_changes(self, changes: TeamChanges) -> FrameDocument:
        """What it would ask with these changes, as far as they fit what it began with."""
        base = document_of(self.base)
        return compose(base, team=fitted(base, changes)).document


def not_begun(actor: Actor, unit: Unit, kind: str) -> list[NotBegun]:
    """The actor's talks with those who are led from the unit, never offered or without the form.

    What the employee has written is not asked, so the list tells nothing of it. By name; five
    queries at most, however many they are. Talks that were fitted alone are left out.
    """
    mine = Participant.objects.filter(
        profile_id=actor.profile_id, part=Part.LEADER, ended_at=None, deputises_for=None
    )
    offered = Offer.objects.filter(conversation=OuterRef("conversation"))
    talks = access.own_talks(actor).filter(
        pk__in=mine.values("conversation"),
        kind=kind,
        state__in=BEFORE_THE_TALK,
        opened_at=None,
        held_at=None,
        fitted_at=None,
    )
    never_offered = Q(conversation__state=State.PLANNED) & ~Exists(offered)
    seats = Participant.objects.filter(
        never_offered | Q(conversation__form_waits=True),
        conversation__in=talks,
        part=Part.EMPLOYEE,
        ended_at=None,
    ).select_related("profile", "employment", "conversation__content", "conversation__base_content")
    seats = seats.defer("conversation__content__document", "conversation__base_content__document")
    rows = list(seats.order_by("profile__first_name", "profile__last_name", "pk"))
    return _led_from(actor, unit, rows)


def _led_from(actor: Actor, unit: Unit, seats: Sequence[Participant]) -> list[NotBegun]:
    employments = [seat.employment for seat in seats if seat.employment is not None]
    places = places_of(actor, employments) if employments else {}
    return [
        NotBegun(
            seat.conversation,
            seat.profile.name,
            seat.profile_id,
            seat.conversation.base_content or seat.conversation.content,
        )
        for seat in seats
        if seat.employment_id in places and places[seat.employment_id].led_unit_id == unit.pk
    ]


def places_of(actor: Actor, employees: Sequence[Employment]) -> dict[int, Place]:
    """Where the talks of employments are held, and which unit each is led from; three queries."""
    units = Unit.objects.filter(pk__in={row.unit_id for row in employees}).only("path")
    ways_up = {unit for row in units for unit in row.way_up}
    leaders = Leaders(actor.organisation_id, actor.today, ways_up)
    return {
        row.pk: Place(row.unit_id, leaders.find(row.profile_id, row.unit_id).unit_id)
        for row in employees
    }


def out_of_date(rows: Iterable[NotBegun], changes: TeamChanges) -> list[NotBegun]:
    """Those that would ask something else with these changes; no query."""
    hashes: dict[int, str] = {}
    for row in rows:
        if row.base.pk not in hashes:
            hashes[row.base.pk] = content_hash(row.with_changes(changes))
    return [row for row in rows if row.conversation.content.hash != hashes[row.base.pk]]


def kinds_of_units(actor: Actor, units: Sequence[Unit]) -> dict[int, set[str]]:
    """The kinds of talk that the people of each unit have had; one query."""
    seats = Participant.objects.filter(
        organisation_id=actor.organisation_id,
        part=Part.EMPLOYEE,
        employment__unit__in=[unit.pk for unit in units],
    )
    found: dict[int, set[str]] = {unit.pk: set() for unit in units}
    rows = seats.order_by().values_list("employment__unit", "conversation__kind").distinct()
    for unit, kind in rows:
        found[unit].add(kind)
    return found
