"""What a change of units would do, computed from what stands; nothing is changed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.activity.models import Activity
from musling.foundation import fingerprints
from musling.foundation.actor import Actor
from musling.foundation.alphabet import Folded
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Unit
from musling.people.access import is_hr
from musling.people.actions.reach import would_lead
from musling.people.actions.roles import others_in_hr
from musling.people.leading import Leaders
from musling.people.models import Employment, Leadership, Profile
from musling.reorganising.applying import Matter, look_at_what_applies
from musling.reorganising.changes import MOVE, SPLIT, Change
from musling.reorganising.people import (
    LeaderChange,
    Moved,
    People,
    leads_there,
    led_from_above,
    look_at_people,
    nobody_leads,
)
from musling.reorganising.refusing import why_not
from musling.reorganising.rounds import Rounds, look_at_rounds
from musling.reorganising.talks import Talks, look_at_talks
from musling.reorganising.tree import Tree

DONE = "unit.reorganised"  # the deed in the log
MOST_NAMED = 20  # people named for each thing that is odd


@dataclass(frozen=True)
class Odd:
    """Something to look at before, about how many people, the first of them by name."""

    what: str
    do: str
    people: int
    named: Sequence[str]


@dataclass(frozen=True)
class Consequences:
    """All of it. ``refusals``: why it cannot be done; then the rest may be incomplete."""

    change: Change
    tree: Tree
    people: People
    talks: Talks
    posts: list[Leadership]  # that end with the unit
    matters: list[Matter]
    refusals: list[Refused]
    odd: list[Odd]
    times: int  # that the unit was changed before

    @cached_property
    def going(self) -> list[Moved]:
        """Whose unit is another then, in the order of their employments."""
        return self.people.going

    @cached_property
    def leader_changes(self) -> list[LeaderChange]:
        """From which leader to which, the most people first."""
        return self.people.leader_changes()

    @property
    def persons_going(self) -> int:
        """How many people move."""
        return len({one.row.profile_id for one in self.going})

    @property
    def staying(self) -> int:
        """Of a split: how many employments stay."""
        return self.people.all_there - len(self.going)

    @property
    def units_moving(self) -> list[Unit]:
        """The units that lie elsewhere then, without those further below."""
        if self.change.ends_unit:
            return self.tree.open_below
        return [self.tree.unit] if self.change.verb == MOVE else []

    @cached_property
    def mark(self) -> str:
        """What was shown, in short: whoever says yes says it to this."""
        change = self.change
        return fingerprints.of_values(
            {
                "times": self.times,
                "change": [change.verb, change.unit.pk, self.tree.goal, str(change.last_day)],
                "under": change.under.pk if change.under else None,
                "new": _of_new(change),
                "units": [(row.pk, row.path, row.name) for row in self.tree.units.values()],
                "people": [
                    (one.row.pk, one.goes, _leader(one.before), _leader(one.after))
                    for one in self.people.rows
                ],
                "talks": [(pk, one.value) for pk, one in sorted(self.talks.fares.items())],
                "posts": [post.pk for post in self.posts],
                "matters": [(one.what, one.fate) for one in self.matters],
                "odd": [(one.what, one.people) for one in self.odd],
            }
        )


def _of_new(change: Change) -> list[object]:
    new = change.new
    if new is None:
        return []
    leader, parent = new.leader, new.parent
    return [new.name, new.number, parent and parent.pk, leader and leader.pk]


def _leader(found: object) -> int | None:
    leader = getattr(found, "leader", None)
    return leader.pk if isinstance(leader, Employment) else None


def look(actor: Actor, change: Change) -> Consequences:
    """What the change would do now. Raises NotThere for who is not HR.

    Some thirty queries and three for each open round, whatever the number of people.
    """
    if not is_hr(actor) or change.unit.organisation_id != actor.organisation_id:
        raise NotThere
    change = change.as_it_stands()
    tree = Tree.load(change)
    refusals = why_not(actor, tree)
    ways = {pk for row in tree.units.values() for pk in row.way_up}
    leaders = Leaders(actor.organisation_id, change.day, ways)
    people = look_at_people(tree, leaders)
    after = tree.leaders_after(leaders)
    talks = look_at_talks(change, people, after)
    rounds = look_at_rounds(tree, people)
    posts = _posts(change)
    return Consequences(
        change,
        tree,
        people,
        talks,
        posts,
        look_at_what_applies(tree, rounds),
        [
            *refusals,
            *_of_people(change, people),
            *_of_reach(actor, change, people),
            *_of_rounds(rounds),
        ],
        list(_odd(tree, people, posts)),
        _times_changed(change),
    )


def _times_changed(change: Change) -> int:
    """How often the unit was changed before: there and back again is another change. One query."""
    return Activity.objects.filter(verb=DONE, object_id=change.unit.pk).count()


def _posts(change: Change) -> list[Leadership]:
    """The posts that end with the unit; one query."""
    if not change.ends_unit:
        return []
    posts = Leadership.objects.filter(unit=change.unit).exclude(ends_on__lt=change.day)
    return list(posts.select_related("employment__profile").order_by("-kind", "starts_on", "pk"))


def _of_people(change: Change, people: People) -> Iterator[Refused]:
    if change.ends_unit and people.all_there and change.into is None:
        yield Refused(
            ngettext(
                "%(n)s employment is here. Choose the unit that it goes to.",
                "%(n)s employments are here. Choose the unit that they go to.",
                people.all_there,
            )
            % {"n": people.all_there},
            "into",
        )
    if change.verb == SPLIT and not people.rows:
        yield Refused(_("Choose who moves."), "who")


def _of_reach(actor: Actor, change: Change, people: People) -> Iterator[Refused]:
    """Nobody in HR brings people below oneself while there are others in HR (T30)."""
    leader = change.new.leader if change.new else None
    if leader and leader.profile_id == actor.profile_id:
        return  # that is refused by itself
    if people.won_by(actor.profile_id) and others_in_hr(actor).exists():
        yield Refused(would_lead())


def _of_rounds(rounds: Rounds) -> Iterator[Refused]:
    if rounds.opening:
        yield Refused(
            _("A round is being opened just now. Wait until it is open: it takes minutes.")
        )


def _odd(tree: Tree, people: People, posts: list[Leadership]) -> Iterator[Odd]:
    """What HR should look at; two queries."""
    found = [
        (
            [one for one in people.rows if nobody_leads(one)],
            _("Nobody leads them."),
            _(
                "Give their unit or one above it a leader first. Until then their talks wait with"
                " whoever has them."
            ),
        ),
        (
            [one for one in people.rows if led_from_above(one)],
            _("The post is vacant there: the nearest leader above leads them."),
            _("Give the unit a leader first, if another is meant: a talk then moves once."),
        ),
        (
            [one for one in people.rows if leads_there(one)],
            _("They lead the unit where they work: the leader above leads them."),
            "",
        ),
        (
            _going_leaders(tree, people),
            _("They move, and go on leading the unit that they leave."),
            _("End the post on the unit's page, if that is not meant."),
        ),
        (
            [one for one in people.going if one.row.comes],
            _("They start later, in the new unit."),
            "",
        ),
    ]
    names = _names([one.row.profile_id for rows, *_rest in found for one in rows[:MOST_NAMED]])
    for rows, what, do in found:
        if rows:
            profiles = list(dict.fromkeys(one.row.profile_id for one in rows))
            named = [names[pk] for pk in profiles[:MOST_NAMED] if pk in names]
            yield Odd(what, do, len(profiles), named)
    if posts:
        own = list(dict.fromkeys(post.employment.profile.name for post in posts))
        yield Odd(
            _("They lead %(unit)s or stand in there: the post ends, and they are logged out.")
            % {"unit": tree.unit.name},
            _("Give them another post first, if they are to lead elsewhere."),
            len(own),
            own[:MOST_NAMED],
        )


def _going_leaders(tree: Tree, people: People) -> list[Moved]:
    """Of a split: who holds a post at the unit through the employment that moves; one query."""
    if tree.change.verb != SPLIT:
        return []
    posts = Leadership.objects.filter(unit=tree.unit).exclude(ends_on__lt=tree.change.day)
    held = set(posts.values_list("employment", flat=True))
    return [one for one in people.going if one.row.pk in held]


def _names(profiles: Collection[int]) -> dict[int, str]:
    return {row.pk: row.name for row in Profile.objects.filter(pk__in=set(profiles))}


def named(found: Consequences, page: int, size: int) -> list[Employment]:
    """Who moves, by name, one page of them; one query."""
    change = found.change
    rows = Employment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=change.last_day), unit=change.unit
    )
    if change.verb == SPLIT:
        rows = rows.filter(pk__in=[one.row.pk for one in found.going])
    by_name = (Folded("profile__first_name"), Folded("profile__last_name"), "pk")
    ordered = rows.select_related("profile").order_by(*by_name)
    return list(ordered[(page - 1) * size : page * size])
