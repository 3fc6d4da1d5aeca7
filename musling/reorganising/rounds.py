"""What a change of units does to rounds: places, who comes in, forms that leaders chose."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from musling.reorganising.people import People
from musling.reorganising.tree import Tree
from musling.rounds.looking import look_of
from musling.rounds.models import Covered, FormChoice, LeftOut, Place, Round, State
from musling.rounds.placing import Scope

FEW = 2000  # employments that are asked for by their ids


@dataclass
class InRound:
    """How one round is concerned."""

    name: str
    planned: bool
    places: int = 0
    waiting: int = 0  # of them, those without a talk yet
    entering: int = 0  # people whom the round covers then and does not cover now
    form_chosen: bool = False
    names_unit: bool = False  # the round covers the unit, or leaves it out, by name

    @property
    def concerned(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.places or self.entering or self.form_chosen or self.names_unit)


@dataclass(frozen=True)
class Rounds:
    """The rounds that the change concerns and that are not over; whether one opens just now."""

    all: list[InRound] = field(default_factory=list)
    opening: bool = False


def look_at_rounds(tree: Tree, people: People) -> Rounds:
    """Five queries, and three for each open round."""
    rows = Round.objects.filter(organisation_id=tree.unit.organisation_id)
    rows = rows.exclude(state=State.CLOSED).order_by("starts_on", "pk")
    rounds = {row.pk: row for row in rows}
    if not rounds:
        return Rounds()
    found = {pk: InRound(row.name, row.state == State.PLANNED) for pk, row in rounds.items()}
    _add_names(tree, found)
    taken = _add_places(tree, people, found)
    for pk, row in rounds.items():
        if row.state != State.PLANNED:
            scope = look_of(row, tree.change.day).scope
            found[pk].entering = len(set(_entering(tree, people, scope, taken[pk])))
    opening = any(row.state == State.OPENING for row in rounds.values())
    return Rounds([one for one in found.values() if one.concerned], opening)


def _add_names(tree: Tree, found: dict[int, InRound]) -> None:
    own = {"round__in": found, "unit": tree.unit.pk}
    for pk in FormChoice.objects.filter(**own).values_list("round", flat=True):
        found[pk].form_chosen = True
    covered = Covered.objects.filter(**own).values_list("round", flat=True)
    left_out = LeftOut.objects.filter(**own).values_list("round", flat=True)
    for pk in (*covered, *left_out):
        found[pk].names_unit = tree.change.ends_unit and found[pk].planned


def _add_places(tree: Tree, people: People, found: dict[int, InRound]) -> dict[int, set[int]]:
    """Counts the open places of who moves; the employments with a place, by round. One query."""
    moving = {one.row.pk for one in people.rows if one.goes or one.new_leader}
    rows = Place.objects.filter(round__in=found)
    if len(people.rows) <= FEW:
        rows = rows.filter(employment__in=[one.row.pk for one in people.rows])
    else:
        rows = rows.filter(employment__unit__path__startswith=tree.unit.path)
    taken: dict[int, set[int]] = defaultdict(set)
    columns = ("round", "employment", "conversation", "closed_at")
    for pk, employment, talk, closed_at in rows.values_list(*columns):
        taken[pk].add(employment)
        if closed_at is None and employment in moving:
            found[pk].places += 1
            found[pk].waiting += talk is None
    return taken


def _entering(tree: Tree, people: People, scope: Scope, taken: set[int]) -> Iterator[int]:
    """Profiles that the round covers then and does not cover now. Who has a place keeps it."""
    then = replace(
        scope,
        covered=tuple(tree.moved(path) for path in scope.covered),
        left_out=tuple(tree.moved(path) for path in scope.left_out),
    )
    for one in people.rows:
        row = one.row
        if one.after is None or row.pk in taken:
            continue
        path = tree.goal_path if one.goes else tree.moved(row.path)
        covered = then.holds(path, row.title, row.agreement)
        if covered and not scope.holds(row.path, row.title, row.agreement):
            yield row.profile_id
