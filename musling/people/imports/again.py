"""Bringing in a list that came before with little changed, as payroll systems send it every night.

Rows that stand as they say are neither read nor compared (``known``, ``part``). What comes of it is
what ``apply_import`` makes of the whole list; where that is not plain to see, the whole is read.
"""

from collections.abc import Callable

from django.db import transaction

from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.among import Among
from musling.organisations.models import Organisation, Unit
from musling.people.import_files import ReadUnits
from musling.people.import_files.again import PeopleAgain
from musling.people.imports import known
from musling.people.imports.part import Part, TooMuch
from musling.people.imports.plan import ImportPlan
from musling.people.imports.writing import apply_import


def import_again(
    actor: Actor,
    name: str,
    data: bytes,
    units: ReadUnits | None = None,
    *,
    allow_ending: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportPlan:
    """Brings the lists in; ``name`` and ``data`` are the file of people.

    Returns what ``apply_import`` returns, and raises what it raises, and UnreadableFile. The drafts
    in the plan are those of the rows that were read.
    """
    own, begun = actor.organisation_id, clock.now()
    before = known.load(own)
    people = PeopleAgain(name, data, before.prints if before else frozenset(), known.secret(own))
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=own)
        standing = _part(actor, people, units, before)
        if standing is None:
            people.read_all()
        plan = apply_import(
            actor,
            people.result(),
            units,
            allow_ending=allow_ending,
            progress=progress,
            standing=standing,
        )
        last = known.last_deed()
    noted = [plan.noted_at, *(before.noted_lately(begun) if before else ())]
    what = known.Known(begun.isoformat(), noted, *last)
    known.keep(own, what, people.prints_of(plan.persons.drafts))
    return plan


def _part(
    actor: Actor, people: PeopleAgain, units: ReadUnits | None, before: known.Known | None
) -> Part | None:
    """None where everything is to be compared."""
    own = actor.organisation_id
    if before is None or not people.passed or _closes(own, units):
        return None
    touched = before.touched(own)
    if touched is None:
        return None
    try:
        return Part(own, actor.today, people, units, touched)
    except TooMuch:
        return None


def _closes(own: int, units: ReadUnits | None) -> bool:
    """Whether a unit that is open would close: then it counts who is in it, be it by old rows."""
    closed = {row.unit_id for row in units.rows if row.closed} if units else set()
    return Unit.objects.filter(
        Among("number", closed), organisation_id=own, closed_on=None
    ).exists()
