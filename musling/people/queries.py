"""What doors read about people: fixed number of queries, whatever the number of rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from musling.foundation.actor import Actor
from musling.foundation.alphabet import Folded, folded
from musling.foundation.prepared import prepared
from musling.organisations.access import readable_units
from musling.organisations.models import Unit
from musling.organisations.queries import Tree
from musling.people.access import (
    changeable_profiles,
    readable_employments,
    readable_leaderships,
    readable_roles,
)
from musling.people.leading import Found, Leaders, Problem, active, in_force, leading
from musling.people.models import Employment, Leadership, Profile, Role, full_name


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands in one organisation, at one date."""

    organisation_id: int
    slug: str
    organisation_name: str
    talk_name: str
    accent: str
    sector: str
    profile_id: int
    name: str
    language: str
    roles: frozenset[str]
    leads: bool


def standing(*, person_id: int | None, slug: str, today: dt.date) -> Standing | None:
    """Where the person stands in the organisation of the slug; None where there is no place.

    One query.
    """
    places = _places(person=person_id, slug=slug, today=today) if person_id else []
    if not places:
        return None
    organisation_id, own_slug, organisation, talk_name, accent, sector, *own = places[0]
    profile_id, first_name, last_name, language, leads, _role = own
    return Standing(
        organisation_id=organisation_id,
        slug=own_slug,
        organisation_name=organisation,
        talk_name=talk_name,
        accent=accent,
        sector=sector,
        profile_id=profile_id,
        name=full_name(first_name, last_name),
        language=language,
        roles=frozenset(place[-1] for place in places if place[-1]),
        leads=leads,
    )


@prepared
def _places(person: int, slug: str, today: dt.date) -> QuerySet[Profile, tuple[Any, ...]]:
    """The profile with its organisation, once per role that it holds, or once without a role."""
    leads = Leadership.objects.filter(in_force(today), employment__profile_id=OuterRef("pk"))
    return (
        Profile.objects.filter(person_id=person, organisation__slug=slug, disabled_at=None)
        .annotate(
            leads=Exists(leads),
            held=FilteredRelation("role", condition=in_force(today, "role__")),
        )
        .values_list(
            *("organisation_id", "organisation__slug", "organisation__name"),
            *("organisation__talk_name", "organisation__accent", "organisation__sector", "pk"),
            *("first_name", "last_name", "language", "leads", "held__name"),
        )
    )


def everybody_in_hr(organisation_id: int, day: dt.date) -> list[int]:
    """The profiles that hold the role on a day and can log in, in a fixed order; one query."""
    roles = Role.objects.filter(
        in_force(day),
        organisation=organisation_id,
        name=Role.Name.HR,
        profile__disabled_at=None,
    )
    return sorted(set(roles.values_list("profile", flat=True)))


def employed(actor: Actor, *, most: int) -> int:
    """How many employments hold today, counted up to ``most``; one query."""
    return readable_employments(actor).filter(in_force(actor.today))[:most].count()


# --- the list of people -----------------------------------------------------------------------

SEARCH_WORDS = 5  # more make no search narrower, only slower
CANDIDATES = 20


class StaffState:
    """What HR can narrow the list of people down to."""

    CURRENT, LEAVE, COMING, LEFT = "current", "leave", "coming", "left"
    NO_LOG_IN, CLOSED, ALL = "no_log_in", "closed", "all"
    CHOICES = (
        (CURRENT, gettext_lazy("Employed now or later")),
        (LEAVE, gettext_lazy("On leave")),
        (COMING, gettext_lazy("Starting later")),
        (LEFT, gettext_lazy("Left")),
        (NO_LOG_IN, gettext_lazy("No log-in yet")),
        (CLOSED, gettext_lazy("Access closed")),
        (ALL, gettext_lazy("Everybody")),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """An employment with how its nearest leader was found (none where it does not hold today)."""

    employment: Employment
    found: Found | None
    on_leave: bool

    @property
    def leader(self) -> Employment | None:
        """The nearest leader, if there is one."""
        leader = self.found.leader if self.found else None
        return leader if isinstance(leader, Employment) else None

    @property
    def problem(self) -> str:
        """Why nobody leads, in words; empty where somebody does."""
        leader = self.found.leader if self.found else None
        return leader.message if isinstance(leader, Problem) else ""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of the list, with the employments that hold now or later."""

    profile: Profile
    jobs: list[Job]


def staff(
    actor: Actor, *, words: str = "", unit: str = "", state: str = StaffState.CURRENT
) -> QuerySet[Profile]:
    """The people whom HR sees, in Danish order, narrowed down. One query when it is evaluated.

    ``words`` are looked for in name, number and e-mail, whatever case and spelling of å; ``unit``
    in names and numbers of units, with all below them; an unknown ``state`` is nobody's.
    """
    people = changeable_profiles(actor).filter(_in_state(state, actor.today))
    for word in words.split()[:SEARCH_WORDS]:
        people = people.annotate(folded_name=_folded_name()).filter(_matches(word))
    if unit.strip():
        paths = Q()
        for path in _units_named(actor, unit).values_list("path", flat=True)[:CANDIDATES]:
            paths |= Q(unit__path__startswith=path)
        there = Employment.objects.filter(paths) if paths else Employment.objects.none()
        people = people.filter(Exists(there.filter(profile=OuterRef("pk"))))
    return people.order_by(Folded("last_name"), Folded("first_name"), "pk")


def staff_rows(actor: Actor, profiles: Iterable[Profile]) -> list[StaffRow]:
    """The rows of one page of the list; three queries."""
    shown = list(profiles)
    employments = (
        readable_employments(actor)
        .filter(Q(ends_on=None) | Q(ends_on__gte=actor.today), profile__in=shown)
        .select_related("unit")
        .order_by("starts_on", "pk")
    )
    jobs = defaultdict(list)
    for job in jobs_of(actor, employments):
        jobs[job.employment.profile_id].append(job)
    return [StaffRow(profile, jobs[profile.pk]) for profile in shown]


def jobs_of(actor: Actor, employments: Iterable[Employment]) -> list[Job]:
    """These employments (with their units), each with its nearest leader; two queries more."""
    wanted = list(employments)
    ways = {unit for employment in wanted for unit in employment.unit.way_up}
    leaders = Leaders(actor.organisation_id, actor.today, ways)
    return [_job(employment, leaders, actor.today) for employment in wanted]


def _job(employment: Employment, leaders: Leaders, day: dt.date) -> Job:
    holds = employment.starts_on <= day and (not employment.ends_on or employment.ends_on >= day)
    found = leaders.find(employment.profile_id, employment.unit_id) if holds else None
    return Job(employment, found, holds and on_leave(employment, day))


def on_leave(employment: Employment, day: dt.date) -> bool:
    """Whether the date lies in the employment's leave; the last day is part of it."""
    begins, ends = employment.leave_from, employment.leave_until
    return bool(begins and begins <= day and (ends is None or ends >= day))


def _in_state(state: str, day: dt.date) -> Q:
    own = Employment.objects.filter(profile=OuterRef("pk"))
    here = Q(Exists(own.filter(in_force(day))))
    coming = Q(Exists(own.filter(starts_on__gt=day)))
    gone = Q(Exists(own)) & ~here & ~coming
    leave = in_force(day) & Q(leave_from__lte=day)
    leave &= Q(leave_until=None) | Q(leave_until__gte=day)
    return {
        StaffState.CURRENT: ~gone,
        StaffState.LEAVE: Q(Exists(own.filter(leave))),
        StaffState.COMING: coming & ~here,
        StaffState.LEFT: gone,
        StaffState.NO_LOG_IN: Q(person=None, disabled_at=None) & ~gone,
        StaffState.CLOSED: Q(disabled_at__isnull=False),
        StaffState.ALL: Q(),
    }.get(state, Q(pk__in=[]))


def _folded_name() -> Folded:
    return Folded(
        Concat("first_name", Value(" "), "last_name", output_field=TextField()),
    )


def _matches(word: str) -> Q:
    numbers = Employment.objects.filter(profile=OuterRef("pk"), number__iexact=word)
    return (
        Q(folded_name__contains=folded(word))
        | Q(email__icontains=word)
        | Q(number__iexact=word)
        | Q(Exists(numbers))
    )


def _units_named(actor: Actor, words: str) -> QuerySet[Unit]:
    """Units with this number or public id, else those whose name holds the words."""
    units = readable_units(actor)
    wanted = words.strip()
    exact = units.filter(Q(number__iexact=wanted) | Q(public_id=wanted))
    if exact.exists():
        return exact
    return units.annotate(folded_name=Folded("name")).filter(folded_name__contains=folded(wanted))


# --- choosing one among many ------------------------------------------------------------------


def units_to_choose(actor: Actor, words: str) -> list[Unit]:
    """Open units that the words may mean, in Danish order; at most 21, one more than are shown."""
    units = _units_named(actor, words).filter(Q(closed_on=None) | Q(closed_on__gt=actor.today))
    return list(units.order_by(Folded("name"), "pk")[: CANDIDATES + 1])


def employments_to_choose(actor: Actor, words: str, day: dt.date) -> list[Employment]:
    """Employments of that day that the words may mean, by number or by holder; at most 21."""
    here = readable_employments(actor).filter(in_force(day), profile__disabled_at=None)
    here = here.select_related("profile", "unit")
    by_number = list(here.filter(number__iexact=words.strip())[:1])
    if by_number:
        return by_number
    people = changeable_profiles(actor)
    for word in words.split()[:SEARCH_WORDS]:
        people = people.annotate(folded_name=_folded_name()).filter(_matches(word))
    by_name = (Folded("profile__last_name"), Folded("profile__first_name"), "pk")
    return list(here.filter(profile__in=people).order_by(*by_name)[: CANDIDATES + 1])


# --- one person, one unit ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonForSupport:
    """What HR sees of one person: employments with their leaders, posts and roles; no content."""

    profile: Profile
    jobs: list[Job]
    posts: list[Leadership]
    roles: list[Role]


def person_for_support(actor: Actor, public_id: str) -> PersonForSupport | None:
    """One person for HR's page; None where there is none. Six queries."""
    profile = changeable_profiles(actor).filter(public_id=public_id).first()
    if profile is None:
        return None
    employments = readable_employments(actor).filter(profile=profile).select_related("unit")
    posts = readable_leaderships(actor).filter(employment__profile=profile)
    roles = readable_roles(actor).filter(profile=profile).select_related("unit")
    return PersonForSupport(
        profile,
        jobs_of(actor, employments.order_by("starts_on", "pk")),
        list(posts.select_related("unit").order_by("-starts_on", "pk")),
        list(roles.order_by("-starts_on", "pk")),
    )


def posts_at(actor: Actor, unit: Unit) -> list[Leadership]:
    """Who leads or stands in at the unit now or later, the first who leads first."""
    rows = readable_leaderships(actor).filter(
        Q(ends_on=None) | Q(ends_on__gte=actor.today), unit=unit
    )
    ordered = rows.order_by("-kind", "starts_on", "pk")
    return list(ordered.select_related("employment__profile", "employment__unit"))


# --- the tree and what is wrong in it ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about who leads a unit that HR should put right."""

    unit: Unit
    message: str


@dataclass(frozen=True, slots=True)
class Workforce:
    """Per unit: how many work there today, who leads it, and what is wrong."""

    people: dict[int, int]
    leaders: dict[int, Employment]
    troubles: list[Trouble]


def workforce(actor: Actor, tree: Tree) -> Workforce:
    """Counts, leaders and troubles of the whole tree; four queries, whatever its size."""
    day = actor.today
    here = active(day).filter(organisation_id=actor.organisation_id)
    counted = here.values("unit_id").annotate(n=Count("profile_id", distinct=True))
    people = dict(counted.order_by().values_list("unit_id", "n"))
    leaders = Leaders(actor.organisation_id, day)
    heads = {unit: posts[0] for unit, posts in leaders.led.items()}
    double = _held_twice(actor)
    troubles = [
        Trouble(branch.unit, message)
        for branch in tree.branches.values()
        for message in _troubles(branch.unit, people.get(branch.unit.pk, 0), leaders, double)
    ]
    return Workforce(people, heads, troubles)


def _held_twice(actor: Actor) -> set[int]:
    """Units in which two people hold the leader's post today."""
    posts = leading(actor.today, actor.organisation_id).filter(kind=Leadership.Kind.LEADER)
    counted = (
        posts.order_by()
        .values("unit_id")
        .annotate(holders=Count("employment__profile_id", distinct=True))
    )
    return set(counted.filter(holders__gt=1).values_list("unit_id", flat=True))


def _troubles(unit: Unit, people: int, leaders: Leaders, double: set[int]) -> Iterable[str]:
    # Nobody has the id 0: this asks for somebody who holds no post.
    leader = leaders.find(0, unit.pk).leader
    if people and isinstance(leader, Problem):
        yield leader.message
    elif people and not leaders.led.get(unit.pk):
        yield ngettext(
            "The post is vacant: %(n)s person is led from above.",
            "The post is vacant: %(n)s people are led from above.",
            people,
        ) % {"n": people}
    if unit.pk in double:
        yield _("Two hold the leader's post. Only the first leads; end one of them.")
