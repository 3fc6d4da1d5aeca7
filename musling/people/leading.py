"""Who leads whom, at a date.

A unit has a leader, who may be employed elsewhere; while somebody stands in, the stand-in leads
instead. The post may be vacant, then the nearest leader above is meant. Whoever leads or stands in
at the unit is led from above. A circle or an empty top is a fault that HR sees, not an exception
that the employee sees. Source: docs/glossary.md.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from enum import Enum

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.prepared import prepared
from musling.foundation.visibility import within
from musling.organisations.models import Unit
from musling.people.models import Employment, Leadership

# What a leader's list says of somebody.
OF_AN_EMPLOYEE = (
    *("public_id", "unit_id", "title", "leave_from", "leave_until", "profile__public_id"),
    *("profile__person_id", "profile__first_name", "profile__last_name"),
)


def in_force(day: dt.date, prefix: str = "") -> Q:
    """The condition that a dated row (``starts_on``, ``ends_on``) holds at the date."""
    ends = f"{prefix}ends_on"
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": day})
    )


def active(day: dt.date) -> QuerySet[Employment]:
    """Employments that hold at the date, of profiles that are not disabled."""
    return Employment.objects.filter(in_force(day), profile__disabled_at=None)


def leading(day: dt.date, organisation_id: int) -> QuerySet[Leadership]:
    """Leaderships that hold at the date, by people who are there; who leads a unit comes first.

    A stand-in comes before the leader. Where two hold one post, the one who had it first counts.
    """
    return _posts_held(day).filter(organisation_id=organisation_id)


def _posts_held(day: dt.date) -> QuerySet[Leadership]:
    return Leadership.objects.filter(
        in_force(day), in_force(day, "employment__"), employment__profile__disabled_at=None
    ).order_by("unit_id", "-kind", "starts_on", "pk")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nobody leads an employment; in words for HR."""

    message: str


NO_LEADER = _("Nobody leads this unit or any above it. Give one of them a leader.")
CIRCLE = _("The units above this one form a circle. Move one of them.")


class Passed(Enum):
    """Why the search for the nearest leader went on to the unit above."""

    VACANT = "vacant"
    OWN = "own"  # the employee leads, or stands in at, this unit


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest leader or the problem, the unit led from, and the units passed on the way up."""

    leader: Employment | Problem
    unit_id: int | None
    passed: tuple[tuple[int, Passed], ...]


class Leaders:
    """Units and their leaders at one date, loaded once; answers without further queries."""

    def __init__(self, organisation_id: int, day: dt.date, unit_ids: Collection[int] | None = None):
        units = Unit.objects.filter(organisation_id=organisation_id)
        held = leading(day, organisation_id).select_related("employment__profile")
        if unit_ids is not None:
            units, held = units.filter(pk__in=unit_ids), held.filter(unit_id__in=unit_ids)
        self.parents: dict[int, int | None] = dict(units.values_list("pk", "parent_id"))
        # Who leads the unit comes first; the others (a leader stood in for) are led from above too.
        self.led: dict[int, list[Employment]] = defaultdict(list)
        for row in held:
            self.led[row.unit_id].append(row.employment)

    @classmethod
    def of_rows(
        cls, parents: Mapping[int, int | None], led: Mapping[int, list[Employment]]
    ) -> "Leaders":
        """Of what is known already: the unit above each, and the posts at it, who leads first."""
        made = cls.__new__(cls)
        made.parents, made.led = dict(parents), defaultdict(list, led)
        return made

    def changed(
        self,
        *,
        parents: Mapping[int, int | None],
        ended: Collection[int] = (),
        given: Mapping[int, Employment] | None = None,
    ) -> "Leaders":
        """The same as it would be with these units there, no posts at those, and these given."""
        made = copy(self)
        made.parents = self.parents | dict(parents)
        made.led = defaultdict(list, {u: p for u, p in self.led.items() if u not in ended})
        for unit, leader in (given or {}).items():
            made.led[unit] = [leader]
        return made

    def of(self, employment: Employment) -> Employment | Problem:
        """The nearest leader of the employment, or why there is none."""
        return self.find(employment.profile_id, employment.unit_id).leader

    def find(self, profile_id: int, unit_id: int) -> Found:
        """The nearest leader of somebody employed at the unit, and how that was found."""
        passed: dict[int, Passed] = {}
        unit: int | None = unit_id
        while unit is not None and unit not in passed:
            posts = self.led.get(unit, [])
            if posts and all(post.profile_id != profile_id for post in posts):
                return Found(posts[0], unit, tuple(passed.items()))
            passed[unit] = Passed.OWN if posts else Passed.VACANT
            unit = self.parents.get(unit)
        problem = Problem(str(NO_LEADER if unit is None else CIRCLE))
        return Found(problem, None, tuple(passed.items()))


def nearest_leader(employment: Employment, day: dt.date) -> Employment | Problem:
    """The nearest leader of one employment at a date; three queries."""
    way_up = Unit.objects.only("path").get(pk=employment.unit_id).way_up
    return Leaders(employment.organisation_id, day, way_up).of(employment)


def led_employments(actor: Actor) -> QuerySet[Employment]:
    """The employments whose nearest leader the actor is, today: the inverse of ``Leaders.of``.

    Driven from the actor's own few leaderships; one query where there are none, three at most.
    """
    area = _area(actor)
    return Employment.objects.none() if area is None else _of_area(actor, area)


def _of_area(actor: Actor, area: "_Area") -> QuerySet[Employment]:
    wanted = Q(unit_id__in=sorted(area.led)) & ~Q(profile_id__in=sorted(area.at_the_head))
    for profile, units in area.led_alone.items():
        wanted |= Q(profile_id=profile, unit_id__in=units)
    return active(actor.today).filter(wanted).exclude(profile_id=actor.profile_id)


def led_rows(actor: Actor) -> list[Employment]:
    """``led_employments`` with their profiles, by name, as a leader's list shows them.

    One query where there are none, four at most.
    """
    area = _area(actor)
    if area is None:
        return []
    if any(area.led_alone.values()):
        return list(_by_name(_of_area(actor, area)))
    return _led_rows(actor=actor, units=list(area.led), heads=list(area.at_the_head))


@prepared
def _led_rows(actor: Actor, units: list[int], heads: list[int]) -> QuerySet[Employment]:
    return _by_name(_of_area(actor, _Area(set(units), set(), set(heads), {})))


def _by_name(rows: QuerySet[Employment]) -> QuerySet[Employment]:
    ordered = rows.order_by("profile__first_name", "profile__last_name", "pk")
    return ordered.select_related("profile").only(*OF_AN_EMPLOYEE)


def headed_units(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor leads today, by name: whose post counts there, not those below."""
    posts = _posts_held(actor.today)
    own = posts.filter(employment__profile_id=actor.profile_id)
    head = posts.filter(unit=OuterRef("pk")).values("employment__profile_id")[:1]
    units = Unit.objects.filter(pk__in=own.order_by().values("unit")).alias(head=Subquery(head))
    return within(units.filter(head=actor.profile_id), actor).order_by("name", "pk")


def led_units(actor: Actor) -> dict[int, bool]:
    """Unit ids the actor leads (True: own, or vacant below), and those right below with a leader.

    A unit right below that has a leader counts as False: only its leader is led by the actor.
    """
    area = _area(actor)
    if area is None:
        return {}
    return dict.fromkeys(area.led, True) | dict.fromkeys(area.border, False)


@dataclass(frozen=True, slots=True)
class _Area:
    """What one person leads: units, those at whose leader it ends, and single persons.

    ``at_the_head`` lead or stand in beside the actor, so the actor does not lead them there;
    ``led_alone`` are units in which the actor leads that one profile only.
    """

    led: set[int]
    border: set[int]
    at_the_head: set[int]
    led_alone: dict[int, set[int]]


def _area(actor: Actor) -> _Area | None:
    below = _Below.load(actor)
    if below is None:
        return None
    heads = {unit for unit, posts in below.posts.items() if posts[0] == actor.profile_id}
    led = below.reached_from(heads)
    border = {
        child
        for unit in led
        for child in below.children.get(unit, ())
        if child not in led and below.posts.get(child)
    }
    at_the_head = {profile for unit in heads for profile in below.posts[unit]}
    alone = {
        profile: below.reached_from(
            {unit for unit in border if profile in below.posts[unit]}, profile
        )
        for unit in border
        for profile in below.posts[unit]
        if profile not in at_the_head
    }
    for profile in at_the_head:
        others = {unit for unit in heads if profile not in below.posts[unit]}
        alone[profile] = below.reached_from(others, profile)
    return _Area(led, border, at_the_head, alone)


@dataclass(frozen=True, slots=True)
class _Below:
    """The units from the actor's own down, and the profiles with posts there, who leads first."""

    children: dict[int | None, list[int]]
    posts: dict[int, list[int]]

    @classmethod
    def load(cls, actor: Actor) -> "_Below | None":
        """Loads it; None for whoever leads nothing."""
        own = _own_units(actor=actor)
        if not own:
            return None
        children: dict[int | None, list[int]] = defaultdict(list)
        posts: dict[int, list[int]] = defaultdict(list)
        units = {unit for unit, _path, _above in own}
        paths = {path for _unit, path, above in own if above}
        for unit, parent in _units_under(actor, paths) if paths else ():
            units.add(unit)
            children[parent].append(unit)
        for unit, profile in _posts_at(actor=actor, units=list(units)):
            posts[unit].append(profile)
        return cls(children, posts)

    def reached_from(self, starts: Iterable[int], profile: int | None = None) -> set[int]:
        """The starts, and below them what is vacant (or where this profile holds a post itself)."""
        reached = set(starts)
        waiting = list(reached)
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                posts = self.posts.get(child)
                if child not in reached and (not posts or profile in posts):
                    reached.add(child)
                    waiting.append(child)
        return reached


@prepared
def _own_units(actor: Actor) -> QuerySet[Leadership, tuple[int, str, bool]]:
    """The units that the actor has a post at, with their paths, and whether others lie below."""
    own = _posts_held(actor.today).filter(employment__profile_id=actor.profile_id)
    below = Exists(Unit.objects.filter(parent=OuterRef("unit_id")))
    return within(own, actor).values_list("unit_id", "unit__path", below)


@prepared
def _posts_at(actor: Actor, units: list[int]) -> QuerySet[Leadership, tuple[int, int]]:
    held = _posts_held(actor.today).filter(unit_id__in=units)
    return within(held, actor).values_list("unit_id", "employment__profile_id")


def _units_under(actor: Actor, paths: set[str]) -> Iterable[tuple[int, int | None]]:
    """Units at and below these, with the one above each. One query; most people lead one unit."""
    if len(paths) == 1:
        return _units_under_one(actor=actor, path=min(paths))
    return _units(actor, paths)


@prepared
def _units_under_one(actor: Actor, path: str) -> QuerySet[Unit, tuple[int, int | None]]:
    return _units(actor, [path])


def _units(actor: Actor, paths: Iterable[str]) -> QuerySet[Unit, tuple[int, int | None]]:
    wanted = Q()
    for path in paths:
        wanted |= Q(path__startswith=path)
    below = Unit.objects.filter(wanted, organisation_id=actor.organisation_id)
    return below.values_list("pk", "parent_id")
