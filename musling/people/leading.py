"""Who leads whom, at a date.

A unit has a leader, who may be employed elsewhere; the post may be vacant, then the nearest leader
above is meant; if the unit's leader is the employee, the leader above is meant. A circle or an
empty top is a fault that HR sees, not an exception that the employee sees. Source: docs/glossary.md.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.organisations.models import Unit
from musling.people.models import Employment, Leadership


def in_force(day: dt.date, prefix: str = "") -> Q:
    """The condition that a dated row (``starts_on``, ``ends_on``) holds at the date."""
    ends = f"{prefix}ends_on"
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": day})
    )


def active(day: dt.date) -> QuerySet[Employment]:
    """Employments that hold at the date, of profiles that are not disabled."""
    return Employment.objects.filter(in_force(day), profile__disabled_at=None)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nobody leads an employment; in words for HR."""

    message: str


NO_LEADER = _("Nobody leads this unit or any above it. Give one of them a leader.")
CIRCLE = _("The units above this one form a circle. Move one of them.")


class Leaders:
    """Units and their leaders at one date, loaded once; answers without further queries."""

    def __init__(self, organisation_id: int, day: dt.date, unit_ids: Iterable[int] | None = None):
        units = Unit.objects.filter(organisation_id=organisation_id)
        held = Leadership.objects.filter(in_force(day), organisation_id=organisation_id)
        if unit_ids is not None:
            wanted = set(unit_ids)
            units, held = units.filter(pk__in=wanted), held.filter(unit_id__in=wanted)
        self.parents = dict(units.values_list("pk", "parent_id"))
        self.led: dict[int, list[Employment]] = defaultdict(list)
        rows = held.filter(
            in_force(day, "employment__"), employment__profile__disabled_at=None
        ).select_related("employment__profile")
        # A stand-in leads instead of the leader as long as the standing in lasts.
        for row in rows.order_by("unit_id", "-kind", "starts_on"):
            self.led[row.unit_id].append(row.employment)

    def of(self, employment: Employment) -> Employment | Problem:
        """The nearest leader of the employment, or why there is none."""
        seen: set[int] = set()
        unit: int | None = employment.unit_id
        while unit is not None:
            if unit in seen:
                return Problem(str(CIRCLE))
            seen.add(unit)
            for leader in self.led.get(unit, []):
                if leader.profile_id != employment.profile_id:
                    return leader
            unit = self.parents.get(unit)
        return Problem(str(NO_LEADER))


def nearest_leader(employment: Employment, day: dt.date) -> Employment | Problem:
    """The nearest leader of one employment at a date; two queries."""
    way_up = Unit.objects.only("path").get(pk=employment.unit_id).way_up
    return Leaders(employment.organisation_id, day, way_up).of(employment)


def led_employments(actor: Actor) -> QuerySet[Employment]:
    """The employments whose nearest leader the actor is, today.

    Driven from the actor's own few leaderships: the led units, the vacant ones below them, and
    those below whose leader is the employee.
    """
    units = led_units(actor)
    below = [unit for unit, own in units.items() if not own]
    mine = [unit for unit, own in units.items() if own]
    day = actor.today
    people = active(day).exclude(profile_id=actor.profile_id)
    leads_own_unit = Leadership.objects.filter(
        in_force(day), unit_id=OuterRef("unit_id"), employment__profile_id=OuterRef("profile_id")
    )
    return people.filter(Q(unit_id__in=mine) | (Q(unit_id__in=below) & Q(Exists(leads_own_unit))))


def led_units(actor: Actor) -> dict[int, bool]:
    """Unit ids the actor leads (True: own, or vacant below), and those right below with a leader.

    A unit right below that has a leader counts as False: only its leader is led by the actor.
    Two queries.
    """
    day = actor.today
    own = Leadership.objects.filter(
        in_force(day),
        in_force(day, "employment__"),
        organisation_id=actor.organisation_id,
        employment__profile_id=actor.profile_id,
    ).select_related("unit")
    heads = [row.unit for row in own if not _stood_in_for(row, day)]
    if not heads:
        return {}
    reach = Q()
    for unit in heads:
        reach |= Q(path__startswith=unit.path)
    others = Leadership.objects.filter(
        in_force(day),
        in_force(day, "employment__"),
        unit_id=OuterRef("pk"),
        employment__profile__disabled_at=None,
    ).exclude(employment__profile_id=actor.profile_id)
    below = (
        Unit.objects.filter(reach, organisation_id=actor.organisation_id)
        .annotate(has_other=Exists(others))
        .order_by("path")
        .values_list("pk", "parent_id", "has_other")
    )
    return _reached({unit.pk for unit in heads}, list(below))


def _stood_in_for(row: Leadership, day: dt.date) -> bool:
    """Whether somebody stands in for this leader today: then the stand-in leads."""
    if row.kind == Leadership.Kind.STAND_IN:
        return False
    return (
        Leadership.objects.filter(in_force(day), unit_id=row.unit_id, kind=Leadership.Kind.STAND_IN)
        .exclude(employment__profile_id=row.employment.profile_id)
        .exists()
    )


def _reached(heads: set[int], below: list[tuple[int, int | None, bool]]) -> dict[int, bool]:
    """Walks down from the heads through vacant units; stops at units somebody else leads."""
    reached = dict.fromkeys(heads, True)
    children = defaultdict(list)
    for unit, parent, has_other in below:
        children[parent].append((unit, has_other))
    queue = list(heads)
    while queue:
        for unit, has_other in children[queue.pop()]:
            if unit in reached:
                continue
            reached[unit] = not has_other
            if not has_other:
                queue.append(unit)
    return reached
