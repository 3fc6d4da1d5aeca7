"""Writes what a plan says: a fixed number of statements, in one transaction."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.foundation.public_ids import new_public_ids
from musling.organisations.models import Organisation, Unit
from musling.people.actions.reach import leading_nobody_more
from musling.people.import_files import ReadPeople, ReadUnits
from musling.people.imports.people import EmploymentDraft, ProfileDraft
from musling.people.imports.plan import ImportPlan, plan_import, refuse_too_many
from musling.people.imports.standing import Standing
from musling.people.imports.units import UnitDraft
from musling.people.models import Activation, Employment, Leadership, Profile
from musling.people.sessions import end_sessions

Progress = Callable[[int, int], None]  # rows written, and of how many
EACH = 500  # rows between two reports of progress

EMPLOYMENT = (
    *("unit_id", "title", "starts_on", "ends_on", "pay"),
    *("leave_from", "leave_until", "agreement", "imported"),
)
PROFILE = ("first_name", "last_name", "email", "mobile", "language", "disabled_at", "imported")


def apply_import(
    actor: Actor,
    people: ReadPeople | None,
    units: ReadUnits | None = None,
    *,
    allow_ending: bool = False,
    progress: Progress | None = None,
    standing: Standing | None = None,
) -> ImportPlan:
    """Brings the lists in and returns what was done. All of it, or nothing.

    ``progress`` is called inside the transaction, so what it writes elsewhere is seen, what it
    writes to the same database only at the end. Raises NotThere for who is not HR, TooManyEnd where
    ``allow_ending`` does not say that it is meant, Refused where somebody changed the same people
    in the meantime, or where whoever imports would lead more people by it (T30).
    """
    try:
        with transaction.atomic():
            # One import at a time, and no change of the tree beside it.
            Organisation.objects.select_for_update().get(pk=actor.organisation_id)
            plan = plan_import(actor, people, units, standing)
            if not allow_ending:
                refuse_too_many(plan)
            with leading_nobody_more(actor):
                noted_at = _Writing(actor, plan, progress or _unseen).write()
            return replace(plan, noted_at=noted_at.isoformat())
    except IntegrityError as clash:
        raise Refused(
            _("Somebody changed the same people in the meantime. Import the file again.")
        ) from clash


def _unseen(_done: int, _total: int) -> None:
    """Nobody watches."""


class _Writing:
    """One plan on its way into the tables; units first, since the others point to them."""

    def __init__(self, actor: Actor, plan: ImportPlan, progress: Progress) -> None:
        self.actor, self.plan, self.progress = actor, plan, progress
        self.deeds: list[tuple[str, int, int | None]] = []
        persons = plan.persons
        self.profiles = list(persons.profiles.values())
        self.employments = list(persons.drafts.values())
        self.done = 0
        self.total = sum(
            (
                plan.units.created + plan.units.updated + plan.units.ended,
                sum(1 for one in self.profiles if one.changed or not one.before),
                plan.people.created + plan.people.updated + plan.people.ended,
            )
        )

    def write(self) -> dt.datetime:
        """Writes all of it; returns the moment that its deeds have in the log."""
        self._units()
        self._profiles()
        self._employments()
        self._missing()
        self._leaderships()
        noted_at = log.note_many(self.actor, self.deeds)
        self.progress(self.total, self.total)
        return noted_at

    def _counted(self, rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            self.done += 1
            if self.done % EACH == 0:
                self.progress(min(self.done, self.total), self.total)
            yield row

    def _note(self, verb: str, objects: Sequence[Any]) -> None:
        """Deeds about rows that are about nobody."""
        self.deeds += [(verb, one.id, None) for one in objects]

    # --- units -------------------------------------------------------------------------------

    def _units(self) -> None:
        tree = self.plan.tree
        new = [draft for draft in tree.drafts.values() if draft.before is None]
        for draft, number in zip(new, bulk.new_ids(Unit, len(new)), strict=True):
            draft.id = number
        paths = tree.paths()
        ids = {draft.number: draft.id for draft in tree.drafts.values()} | {"": None}

        def values(draft: UnitDraft) -> tuple[Any, ...]:
            return draft.name, ids[draft.parent], paths[draft.number], draft.closed_on

        def differs(draft: UnitDraft) -> bool:
            """Also a unit that was moved along with the one above it."""
            was = draft.before
            return was is not None and draft.number in paths and was[2:] != values(draft)

        columns = ("name", "parent_id", "path", "closed_on")
        rows = (
            (draft.id, public_id, self.actor.organisation_id, draft.number, *values(draft))
            for draft, public_id in zip(new, new_public_ids(len(new)), strict=True)
        )
        fixed = ("id", "public_id", "organisation_id", "number")
        bulk.insert(Unit, (*fixed, *columns), self._counted(rows))
        changed = [draft for draft in tree.drafts.values() if differs(draft)]
        bulk.update(Unit, ("id", *columns), ((one.id, *values(one)) for one in changed))
        self._note("unit.added", new)
        self._note("unit.changed", [one for one in changed if tree.outcome(one) == "updated"])
        self._note("unit.closed", [one for one in changed if one.closing])

    # --- people ------------------------------------------------------------------------------

    def _profiles(self) -> None:
        new = [draft for draft in self.profiles if draft.before is None]
        for draft, number in zip(new, bulk.new_ids(Profile, len(new)), strict=True):
            draft.id = number
        rows = (
            (draft.id, public_id, self.actor.organisation_id, draft.number, *_profile(draft))
            for draft, public_id in zip(new, new_public_ids(len(new)), strict=True)
        )
        fixed = ("id", "public_id", "organisation_id", "number")
        bulk.insert(Profile, (*fixed, *PROFILE), self._counted(rows))
        changed = [draft for draft in self.profiles if draft.changed]
        updates = ((draft.id, *_profile(draft)) for draft in changed)
        bulk.update(Profile, ("id", *PROFILE), self._counted(updates))
        self._note_profiles(new, changed)
        self._redirect([draft for draft in changed if draft.email_redirected])

    def _note_profiles(self, new: list[ProfileDraft], changed: list[ProfileDraft]) -> None:
        self.deeds += [("person.added", one.id, one.id) for one in new]
        self.deeds += [("person.changed", one.id, one.id) for one in changed]
        self.deeds += [("person.access_opened", one.id, one.id) for one in changed if one.returns]

    def _redirect(self, drafts: list[ProfileDraft]) -> None:
        """T35: what was mailed to the old address opens nothing, and whoever has a log-in is told.

        The log-in itself has addresses of its own, which no import can reach.
        """
        redirected = {draft.id for draft in drafts}
        mailed = Activation.objects.filter(
            organisation_id=self.actor.organisation_id,
            how=Activation.How.MAIL,
            used_at=None,
            ended_at=None,
        ).values_list("pk", "profile_id")
        now = clock.now()
        ended = ((pk, now) for pk, profile in mailed if profile in redirected)
        bulk.update(Activation, ("id", "ended_at"), ended)
        self.deeds += [
            ("person.email_changed", draft.id, draft.id)
            for draft in drafts
            if draft.before and draft.before.person_id
        ]

    def _employments(self) -> None:
        persons = self.plan.persons
        units = {draft.number: draft.id for draft in self.plan.tree.drafts.values()}
        new = [draft for draft in self.employments if draft.before is None]
        for draft, number in zip(new, bulk.new_ids(Employment, len(new)), strict=True):
            draft.id = number
        rows = (
            (
                *(draft.id, public_id, self.actor.organisation_id, draft.profile.id, draft.number),
                *_employment(draft, units),
            )
            for draft, public_id in zip(new, new_public_ids(len(new)), strict=True)
        )
        fixed = ("id", "public_id", "organisation_id", "profile_id", "number")
        bulk.insert(Employment, (*fixed, *EMPLOYMENT), self._counted(rows))
        changed = [draft for draft in self.employments if persons.changed(draft)]
        updates = ((draft.id, *_employment(draft, units)) for draft in changed)
        bulk.update(Employment, ("id", *EMPLOYMENT), self._counted(updates))
        ended = {draft.id for draft in changed if persons.outcome(draft) == "ended"}
        self._note_employments("employment.added", new)
        self._note_employments("employment.changed", [d for d in changed if d.id not in ended])
        self._note_employments("employment.ended", [d for d in changed if d.id in ended])

    def _note_employments(self, verb: str, drafts: list[EmploymentDraft]) -> None:
        self.deeds += [(verb, draft.id, draft.profile.id) for draft in drafts]

    def _missing(self) -> None:
        """Who is in the list no more ends today."""
        missing, day = self.plan.ending, self.plan.standing.day
        bulk.update(Employment, ("id", "ends_on"), self._counted((one.id, day) for one in missing))
        self.deeds += [("employment.ended", one.id, one.profile_id) for one in missing]

    # --- leaders -----------------------------------------------------------------------------

    def _leaderships(self) -> None:
        leaders, tree, persons = self.plan.leaders, self.plan.tree, self.plan.persons
        standing = self.plan.standing
        about = {one.id: one.profile_id for one in standing.employments.values()}
        about |= {draft.id: draft.profile.id for draft in self.employments}
        employments = {one.number: one.id for one in standing.employments.values()}
        employments |= {draft.number: draft.id for draft in persons.drafts.values()}
        ids = bulk.new_ids(Leadership, len(leaders.opened))
        opened = [
            (number, self.actor.organisation_id, tree.drafts[one.unit].id,
             employments[one.employment], Leadership.Kind.LEADER.value, one.starts_on)
            for number, one in zip(ids, leaders.opened, strict=True)
        ]  # fmt: skip
        columns = ("id", "organisation_id", "unit_id", "employment_id", "kind", "starts_on")
        bulk.insert(Leadership, columns, opened)
        bulk.update(Leadership, ("id", "ends_on"), leaders.closed.items())
        self.deeds += [("leadership.given", row[0], about[row[3]]) for row in opened]
        closed = [one for one in standing.leaderships if one.id in leaders.closed]
        self.deeds += [("leadership.ended", one.id, about[one.employment_id]) for one in closed]
        self._end_sessions([about[one.employment_id] for one in closed
                            if leaders.closed[one.id] < standing.day])  # fmt: skip

    def _end_sessions(self, profile_ids: list[int]) -> None:
        """Whoever leads no more is logged out, as when it ends by form."""
        who = set(profile_ids)
        log_ins = [one.person_id for one in self.plan.standing.profiles.values() if one.id in who]
        end_sessions([person for person in log_ins if person])


def _profile(draft: ProfileDraft) -> tuple[Any, ...]:
    disabled_at = draft.before.disabled_at if draft.before and not draft.returns else None
    return (*draft.values, disabled_at, True)


def _employment(draft: EmploymentDraft, units: dict[str, int]) -> tuple[Any, ...]:
    return (
        units[draft.unit],
        draft.title,
        draft.starts_on,
        draft.ends_on,
        draft.pay,
        draft.leave_from,
        draft.leave_until,
        draft.agreement,
        True,
    )
