"""What an import would do to who leads whom, and letting talks follow after it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from musling.conversations.actions.following import let_follow
from musling.conversations.queries.following import FOLLOW, fare, running
from musling.foundation.actor import Actor
from musling.organisations.models import Unit
from musling.people.imports import ImportPlan
from musling.people.imports.part import Part
from musling.people.leading import Found, Leaders
from musling.people.models import Employment, Leadership
from musling.reorganising.actions import tell_leaders
from musling.reorganising.talks import FEW, Talks, talks_of

MOST_NAMED = 50
MOST_ASKED = 200  # units and people asked for one by one; beyond, all are looked at


@dataclass(frozen=True, slots=True)
class _Someone:
    """An employment that holds before and after the import."""

    pk: int
    profile_id: int
    before: int  # the unit
    after: int


class _Pictures:
    """Who leads whom before and after, both from the plan: no query.

    What is new has no id before it is written; then it gets one below zero here.
    """

    def __init__(self, plan: ImportPlan) -> None:
        self.plan, self.day = plan, plan.standing.day
        drafts = plan.tree.drafts.values()
        self.units = {one.number: one.id or -place for place, one in enumerate(drafts, 1)}
        persons = plan.persons.profiles.values()
        self.profiles = {one.number: one.id or -place for place, one in enumerate(persons, 1)}
        self.disabled = {
            one.id for one in plan.standing.profiles.values() if one.disabled_at is not None
        }
        self.returning = {one.id for one in persons if one.returns}
        self.new_employments = {
            number: draft.id or -place
            for place, (number, draft) in enumerate(plan.persons.drafts.items(), 1)
            if draft.before is None
        }

    def before(self) -> Leaders:
        """As it stands."""
        standing = self.plan.standing
        here = {
            one.id: one.profile_id
            for one in standing.employments.values()
            if self._holds(one.starts_on, one.ends_on) and one.profile_id not in self.disabled
        }
        parents = {unit.id: unit.parent_id for unit in standing.units.values()}
        posts = [
            (one.unit_id, one.kind, one.starts_on, one.id, one.employment_id)
            for one in standing.leaderships
            if self._holds(one.starts_on, one.ends_on)
        ]
        return self._leaders(parents, posts, here)

    def after(self) -> Leaders:
        """As it would stand today."""
        plan = self.plan
        parents = {
            self.units[one.number]: self.units[one.parent] if one.parent else None
            for one in plan.tree.drafts.values()
        }
        here = {pk: profile for pk, profile, _unit in self._employed_after()}
        posts = [
            (one.unit_id, one.kind, one.starts_on, one.id, one.employment_id)
            for one in plan.standing.leaderships
            if self._holds(one.starts_on, plan.leaders.closed.get(one.id, one.ends_on))
        ]
        posts += [
            (self.units[one.unit], Leadership.Kind.LEADER.value, one.starts_on, 0,
             self._employment(one.employment))
            for one in plan.leaders.opened
            if one.starts_on <= self.day
        ]  # fmt: skip
        return self._leaders(parents, posts, here)

    def people(self) -> Iterator[_Someone]:
        """Who is employed before and after."""
        before = {
            one.id: one.unit_id
            for one in self.plan.standing.employments.values()
            if self._holds(one.starts_on, one.ends_on) and one.profile_id not in self.disabled
        }
        for pk, profile, unit in self._employed_after():
            if pk in before:
                yield _Someone(pk, profile, before[pk], unit)

    def _employment(self, number: str) -> int:
        """The employment's id; one that is new has one below zero."""
        before = self.plan.standing.employments.get(number)
        return before.id if before else self.new_employments.get(number, 0)

    def _employed_after(self) -> Iterator[tuple[int, int, int]]:
        """Employment, profile and unit of everybody who would be employed today."""
        plan, standing = self.plan, self.plan.standing
        for place, draft in enumerate(plan.persons.drafts.values(), 1):
            profile = self.profiles[draft.profile.number]
            closed = profile in self.disabled and profile not in self.returning
            if not closed and self._holds(draft.starts_on, draft.ends_on):
                yield draft.id or -place, profile, self.units[draft.unit]
        for number, one in standing.employments.items():
            stays = number not in plan.persons.drafts and one.profile_id not in self.disabled
            if stays and self._holds(one.starts_on, one.ends_on):
                yield one.id, one.profile_id, one.unit_id

    def _holds(self, starts_on: dt.date, ends_on: dt.date | None) -> bool:
        return starts_on <= self.day and (ends_on is None or ends_on >= self.day)

    @staticmethod
    def _leaders(
        parents: dict[int, int | None], posts: list[tuple[Any, ...]], here: dict[int, int]
    ) -> Leaders:
        led: dict[int, list[Employment]] = defaultdict(list)
        # A stand-in before the leader, then who had the post first: as people.leading orders them.
        for unit, _kind, _since, _pk, employment in sorted(
            posts, key=lambda post: (post[1] == Leadership.Kind.LEADER, post[2], post[3])
        ):
            if employment in here:
                led[unit].append(Employment(pk=employment, profile_id=here[employment]))
        return Leaders.of_rows(parents, led)


@dataclass(frozen=True)
class _Effect:
    """Who has another leader by the import, and how their talks fare."""

    moving: int  # people whose unit is another
    people: int  # people with another leader
    leaders: set[int]  # profiles of those who lead others than before
    talks: Talks


def _effect(actor: Actor, plan: ImportPlan) -> _Effect:
    """Three queries at most."""
    pictures = _Pictures(plan)
    before, after = pictures.before(), pictures.after()
    found: dict[int, Found] = {}
    moving, people, leaders = set(), set(), set()
    for one in pictures.people():
        if one.before != one.after:
            moving.add(one.profile_id)
        was = before.find(one.profile_id, one.before)
        will = after.find(one.profile_id, one.after)
        pair = _leader(was), _leader(will)
        if pair[0] != pair[1]:
            found[one.pk] = will
            people.add(one.profile_id)
            leaders |= {pk for pk in pair if pk is not None and pk > 0}
    if len(found) > FEW:
        wanted = Q(organisation_id=actor.organisation_id)
    else:
        wanted = Q(employment__in=list(found))
    talks = talks_of(found, wanted, plan.standing.day, after) if found else Talks()
    return _Effect(len(moving), len(people), leaders, talks)


def _leader(found: Found) -> int | None:
    return found.leader.profile_id if isinstance(found.leader, Employment) else None


def consequences(actor: Actor, plan: ImportPlan) -> dict[str, Any]:
    """What is told of the plan beside the people and units in it: counts, and names of units."""
    effect = _effect(actor, plan)
    tree, standing = plan.tree, plan.standing
    merged, closed, moved = [], [], []
    goals = _goals(plan)
    for one in tree.drafts.values():
        if one.closing:
            goal = goals.get(one.number)
            if goal:
                merged.append([one.name, tree.drafts[goal].name])
            else:
                closed.append(one.name)
        elif one.before is not None:
            parent = standing.unit_numbers.get(one.before.parent_id or 0, "")
            if parent != one.parent:
                moved.append(one.name)
    return {
        "reorganised": {
            "merged": merged[:MOST_NAMED],
            "closed": closed[:MOST_NAMED],
            "moved": moved[:MOST_NAMED],
            "numbers": [len(merged), len(closed), len(moved)],
            "moving": effect.moving,
            "new_leader": effect.people,
            "talks": dict(Counter(one.value for one in effect.talks.fares.values())),
            "waiting": effect.talks.waiting,
        }
    }


def _goals(plan: ImportPlan) -> dict[str, str]:
    """Of units that the import closes: the one unit that all their people go to, by number."""
    closing = {one.id: one.number for one in plan.tree.drafts.values() if one.closing}
    goals: dict[str, set[str]] = defaultdict(set)
    for draft in plan.persons.drafts.values():
        if draft.before and draft.before.unit_id in closing:
            goals[closing[draft.before.unit_id]].add(draft.unit)
    return {unit: goal.pop() for unit, goal in goals.items() if len(goal) == 1 and unit not in goal}


def let_talks_follow(actor: Actor, plan: ImportPlan) -> None:
    """After the import: talks go to who leads now, and leaders are told. HR has seen how many."""
    if isinstance(plan.standing, Part):
        _follow_of_part(actor, plan)
        return
    effect = _effect(actor, plan)
    tell_leaders(actor, effect.leaders)
    let_follow(actor, effect.talks.following)


def _follow_of_part(actor: Actor, plan: ImportPlan) -> None:
    """The same where only some rows were compared: asked of what stands now, around what changed.

    Not everybody was loaded, so that who led whom before is not known of all.
    """
    wanted = _around(actor, plan)
    rows = running(wanted, actor.today) if wanted else []
    if not rows:
        return
    leaders = Leaders(actor.organisation_id, actor.today)
    going, told = [], set()
    for row in rows:
        found = leaders.find(row.employee_id, row.unit_id)
        if fare(row, found, leaders, ()) in FOLLOW and isinstance(found.leader, Employment):
            going.append(row.conversation_id)
            told |= {row.holder_id, found.leader.profile_id}
    tell_leaders(actor, told)
    let_follow(actor, going)


def _around(actor: Actor, plan: ImportPlan) -> Q | None:
    """Whose leader the import may have changed: who moved, and all below what changed."""
    tree, standing = plan.tree, plan.standing
    units = {one.unit_id for one in standing.leaderships if one.id in plan.leaders.closed}
    units |= {tree.drafts[one.unit].id for one in plan.leaders.opened}
    for unit in tree.drafts.values():
        before = unit.before
        if before and standing.unit_numbers.get(before.parent_id or 0, "") != unit.parent:
            units.add(unit.id)
    moved = [
        one.id
        for one in plan.persons.drafts.values()
        if one.before and one.before.unit_id != tree.drafts[one.unit].id
    ]
    if not units and not moved:
        return None
    if len(units) + len(moved) > MOST_ASKED:
        return Q(organisation_id=actor.organisation_id)
    wanted = Q(employment__in=moved)
    for path in Unit.objects.filter(pk__in=units).values_list("path", flat=True):
        wanted |= Q(employment__unit__path__startswith=path)
    return wanted
