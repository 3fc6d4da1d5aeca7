"""What an import would do: counts, rejected rows, who would end. Changes nothing."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.access import is_hr
from musling.people.actions.roles import others_in_hr
from musling.people.import_files import ReadPeople, ReadUnits, Rejected
from musling.people.imports.candidates import Candidates
from musling.people.imports.leaders import Leaders
from musling.people.imports.people import EmploymentDraft, People
from musling.people.imports.standing import EmploymentNow, Standing
from musling.people.imports.units import Tree, UnitDraft

# A file that was cut off, or of one department only, looks as if many had left. Where few are
# employed one person is a large share, so that a share alone says nothing.
MOST_TO_END = 0.20
FEW = 25


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of one kind: the contract's four numbers."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What becomes of the people and units of an organisation.

    ``ending`` are the employments that are in the list no more. ``tree``, ``persons`` and
    ``leaders`` hold the drafts, for who writes or shows them.
    """

    people: Counts
    units: Counts
    rejected: list[Rejected]
    ending: list[EmploymentNow]
    in_force: int
    standing: Standing
    tree: Tree
    persons: People
    leaders: Leaders
    noted_at: str = ""  # the moment of what was noted, once it is done

    @property
    def ends_too_many(self) -> bool:
        """Whether so many would end that somebody has to say that it is meant."""
        ending = len(self.ending)
        return ending >= FEW and ending > MOST_TO_END * self.in_force

    def as_json(self) -> dict[str, Any]:
        """The document that ``musling people import --json`` prints."""
        return {
            "people": asdict(self.people),
            "units": asdict(self.units),
            "rejected": [asdict(one) for one in self.rejected],
        }

    def employments(self, outcome: str) -> list[EmploymentDraft]:
        """The rows of people with that outcome: ``created``, ``updated``, ``unchanged``, ``ended``.

        Who ends by being in the list no more is in ``ending``.
        """
        drafts = self.persons.drafts.values()
        return [draft for draft in drafts if _person_outcome(self.persons, draft) == outcome]

    def changed_units(self, outcome: str) -> list[UnitDraft]:
        """The rows of units with that outcome."""
        drafts = self.tree.drafts.values()
        return [one for one in drafts if one.row and self.tree.outcome(one) == outcome]


def plan_import(
    actor: Actor,
    people: ReadPeople | None,
    units: ReadUnits | None = None,
    standing: Standing | None = None,
) -> ImportPlan:
    """Compares the lists with what stands in the actor's organisation. At most eight queries.

    ``standing`` is what stands, or the part of it that the rows are about. Without a list of people
    nobody ends. Raises NotThere for who is not HR; profile 0 is the program itself, at the command
    of whoever runs the server.
    """
    if actor.profile_id and not is_hr(actor):
        raise NotThere
    standing = standing or Standing(actor.organisation_id, actor.today)
    candidates = Candidates(standing, people, oneself=_oneself(actor))
    tree = Tree(standing, units, candidates)
    persons = People(standing, tree, people, candidates)
    while occupied := persons.left_in_closing():
        tree.keep_open(occupied)
        persons = People(standing, tree, people, candidates)
    leaders = Leaders(standing, tree, persons, candidates)
    return ImportPlan(
        people=_count_people(persons, people.passed if people else 0),
        units=_count_units(tree),
        rejected=_rejected(people, units, persons, tree),
        ending=persons.missing,
        in_force=len(persons.in_force()) + standing.unseen,
        standing=standing,
        tree=tree,
        persons=persons,
        leaders=leaders,
    )


class TooManyEnd(Refused):
    """So many would end that the list is probably not complete."""


def refuse_too_many(plan: ImportPlan) -> None:
    """Raises TooManyEnd, whose message says how many."""
    if plan.ends_too_many:
        raise TooManyEnd(
            _(
                "%(ending)s of %(all)s employments are not in the list and would end today. Is the"
                " list complete? If it is, say that they may end."
            )
            % {"ending": len(plan.ending), "all": plan.in_force}
        )


def _oneself(actor: Actor) -> int:
    """Nobody in HR becomes a leader by an own import, unless there is nobody else to do it."""
    return actor.profile_id if actor.profile_id and others_in_hr(actor).exists() else 0


def _person_outcome(persons: People, draft: EmploymentDraft) -> str:
    outcome = persons.outcome(draft)
    return "updated" if outcome == "unchanged" and draft.profile.changed else outcome


def _count_people(persons: People, passed: int) -> Counts:
    found = Counter(_person_outcome(persons, draft) for draft in persons.drafts.values())
    found["ended"] += len(persons.missing)
    found["unchanged"] += passed
    return Counts(**found)


def _count_units(tree: Tree) -> Counts:
    return Counts(**Counter(tree.outcome(one) for one in tree.drafts.values() if one.row))


def _rejected(
    people: ReadPeople | None,
    units: ReadUnits | None,
    *planned: People | Tree,
) -> list[Rejected]:
    """All that was rejected, file by file and row by row."""
    found = [*(people.rejected if people else ()), *(units.rejected if units else ())]
    for part in planned:
        found += part.rejected
    files = [read.file for read in (people, units) if read]
    return sorted(found, key=lambda one: (files.index(one.file), one.row))
