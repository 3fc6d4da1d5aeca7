"""Importing as long work: first a look that changes nothing, then, when HR has said yes, the deed.

The runs hold ids and counts. What was found in words (names, rejected rows) lies in the import's
folder, and goes with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import translation

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.access import is_hr
from musling.people.import_folder import ImportFolder
from musling.people.imports import ImportPlan, apply_import, plan_import
from musling.people.models import Profile
from musling.work import runs
from musling.work.models import Run

CHECK, APPLY = "people.check_import", "people.apply_import"
OUTCOMES = ("created", "updated", "ended")
MOST_NAMED = 50
MOST_REJECTED_SHOWN = 100
# What lies above adds what it tells of a plan, and what it does once it is written: talks are
# known there. Filled when the program starts, as the steps of long work are.
TELLS: list[Callable[[Actor, ImportPlan], dict[str, Any]]] = []
AFTERWARDS: list[Callable[[Actor, ImportPlan], None]] = []


def start_check(actor: Actor, folder: ImportFolder) -> Run:
    """Starts the look at the uploaded files. Raises NotThere for who is not HR."""
    return _start(actor, CHECK, folder)


def start_import(actor: Actor, folder: ImportFolder, *, allow_ending: bool) -> Run:
    """Starts the import; pressed twice, it is the same one."""
    begun = imports_of(actor).filter(name=APPLY, arguments__folder=folder.token).first()
    return begun or _start(actor, APPLY, folder, allow_ending=allow_ending)


def imports_of(actor: Actor) -> Any:
    """The looks and imports of the actor's organisation, for who is HR; none for others."""
    rows = Run.objects.filter(organisation_id=actor.organisation_id, name__in=(CHECK, APPLY))
    return rows if is_hr(actor) else rows.none()


def _start(actor: Actor, name: str, folder: ImportFolder, **more: Any) -> Run:
    if not is_hr(actor):
        raise NotThere
    return runs.start(
        name,
        organisation_id=actor.organisation_id,
        by=actor.profile_id,
        folder=folder.token,
        language=actor.language,
        **more,
    )


@runs.step(CHECK)
def check(run: Run) -> bool:
    """Plans and tells what would change; changes nothing."""

    def look(actor: Actor, folder: ImportFolder) -> ImportPlan:
        return plan_import(actor, *folder.read())

    _tell(run, CHECK, look)
    return False


@runs.step(APPLY)
def apply(run: Run) -> bool:
    """Brings the lists in, all of it or nothing. Safe twice: the second time nothing differs."""

    def bring_in(actor: Actor, folder: ImportFolder) -> ImportPlan:
        people, units = folder.read()
        plan = apply_import(
            actor,
            people,
            units,
            allow_ending=bool(run.arguments.get("allow_ending")),
            progress=folder.progress,
        )
        log.note(actor, "import.done", object_id=run.pk)
        for deed in AFTERWARDS:
            deed(actor, plan)
        return plan

    if _tell(run, APPLY, bring_in):
        # Not before it is committed: whoever takes up what was broken off needs the files again.
        transaction.on_commit(ImportFolder(run.arguments["folder"]).forget_files)
    return False


def _tell(run: Run, step: str, deed: Callable[[Actor, ImportFolder], ImportPlan]) -> bool:
    """Does it and keeps what came of it, or why it was refused; True where it was done."""
    folder = ImportFolder(run.arguments["folder"])
    with translation.override(run.arguments["language"]):
        actor = _actor(run)
        try:
            plan = deed(actor, folder)
        except Refused as refused:
            folder.tell(step, {"refused": str(refused.message)})
            run.result = {"refused": True}
            return False
        told = _in_words(plan)
        for tell in TELLS if step == CHECK else ():
            told |= tell(actor, plan)
        folder.tell(step, told)
    run.result = _counts(plan)
    return True


def _actor(run: Run) -> Actor:
    profile = Profile.objects.get(
        pk=run.started_by_id or 0, organisation_id=run.organisation_id or 0, disabled_at=None
    )
    return Actor(
        profile.person_id,
        profile.pk,
        profile.organisation_id,
        clock.now(),
        run.arguments["language"],
    )


def _counts(plan: ImportPlan) -> dict[str, Any]:
    return {
        "people": asdict(plan.people),
        "units": asdict(plan.units),
        "rejected": len(plan.rejected),
        "too_many": plan.ends_too_many,
    }


def _in_words(plan: ImportPlan) -> dict[str, Any]:
    people = {
        outcome: [f"{draft.profile.first_name} {draft.profile.last_name}".strip() for draft in rows]
        for outcome in OUTCOMES
        if (rows := plan.employments(outcome)[:MOST_NAMED])
    }
    ending = [one.profile_id for one in plan.ending[:MOST_NAMED]]
    people["ended"] = (people.get("ended", []) + _names(ending))[:MOST_NAMED]
    units = {
        outcome: [draft.name for draft in plan.changed_units(outcome)[:MOST_NAMED]]
        for outcome in OUTCOMES
    }
    return {
        "people": people,
        "units": units,
        "ending": len(plan.ending),
        "in_force": plan.in_force,
        "rejected": [asdict(one) for one in plan.rejected],
    }


def _names(profile_ids: Iterable[int]) -> list[str]:
    return [profile.name for profile in Profile.objects.filter(pk__in=list(profile_ids))]
