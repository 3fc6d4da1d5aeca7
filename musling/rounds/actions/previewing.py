"""Counting whom a round is about where everybody is too many for one request."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction

from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.people.leading import active
from musling.people.models import Employment
from musling.rounds.actions.planning import locked_round
from musling.rounds.looking import look_of
from musling.rounds.models import KeptPreview, Round
from musling.rounds.placing import Placed
from musling.rounds.queries import Preview, count_in, new_preview, with_names
from musling.work import runs
from musling.work.models import Run

COUNT = "rounds.preview"
MOST_IN_A_REQUEST = 10_000  # employments: about a second


def is_large(actor: Actor) -> bool:
    """Whether the organisation is counted in the background; one query."""
    rows = active(actor.today).filter(organisation_id=actor.organisation_id).order_by()
    return rows[: MOST_IN_A_REQUEST + 1].count() > MOST_IN_A_REQUEST


@transaction.atomic
def count_anew(actor: Actor, *, public_id: str) -> KeptPreview:
    """HR has everybody counted. Pressed again while it goes on, nothing new begins.

    Raises NotThere for who is not HR.
    """
    row = locked_round(actor, public_id)
    kept = KeptPreview.objects.filter(round=row).first()
    going = (Run.State.WAITING, Run.State.RUNNING)
    if kept and Run.objects.filter(public_id=kept.run, state__in=going).exists():
        return kept
    run = runs.start(
        COUNT, organisation_id=actor.organisation_id, by=actor.profile_id or None, round=row.pk
    )
    kept, _made = KeptPreview.objects.update_or_create(
        round=row,
        defaults={
            "organisation_id": row.organisation_id,
            "run": run.public_id,
            "counts": {},
            "looked_at": None,
        },
    )
    return kept


@runs.step(COUNT)
def count_some(run: Run) -> bool:
    """Counts some units; what it has counted so far commits with the cursor."""
    row = Round.objects.filter(pk=run.arguments["round"]).first()
    kept = KeptPreview.objects.filter(round=row, run=run.public_id).first() if row else None
    if row is None or kept is None:  # removed, or begun anew
        return False
    look = look_of(row, clock.today())
    found = _loaded(new_preview(look), kept.counts)
    units = look.some_units(run.cursor.get("unit", 0))
    for one in look.placed_in(units):
        count_in(found, one)
    if not units:
        everybody = active(look.day).filter(organisation_id=row.organisation_id).count()
        found.scoped_out = everybody - found.people - sum(found.out.values())
        kept.looked_at = clock.now()
    kept.counts = _stored(found)
    kept.save(update_fields=["counts", "looked_at"])
    run.done = found.people + sum(found.out.values())
    run.cursor = {"unit": units[-1]} if units else run.cursor
    return bool(units)


def kept_preview(row: Round) -> tuple[Preview | None, KeptPreview | None]:
    """What was counted last, with names; nothing while it is counted. Nine queries at most."""
    kept = KeptPreview.objects.filter(round=row).first()
    if kept is None or kept.looked_at is None:
        return None, kept
    found = _loaded(new_preview(look_of(row, clock.today())), kept.counts)
    return with_names(found), kept


def _stored(found: Preview) -> dict[str, Any]:
    return {
        "people": found.people,
        "now": found.now,
        "scoped_out": found.scoped_out,
        "waits": found.waits,
        "out": found.out,
        "leaders": found.leaders,
        "odd": {
            name: [odd.people, [_id_of(one) for one in odd.named]]
            for name, odd in found.odd.items()
        },
    }


def _id_of(one: Placed) -> list[Any]:
    return [one.employment.pk, one.due_on.isoformat() if one.due_on else None]


def _loaded(found: Preview, counts: dict[str, Any]) -> Preview:
    """The preview with what was stored; two queries where somebody is named."""
    if not counts:
        return found
    found.people, found.now = counts["people"], counts["now"]
    found.scoped_out = counts["scoped_out"]
    found.waits, found.out = Counter(counts["waits"]), Counter(counts["out"])
    found.leaders = Counter({int(pk): people for pk, people in counts["leaders"].items()})
    wanted = {pk for _people, named in counts["odd"].values() for pk, _day in named}
    rows = Employment.objects.select_related("unit").in_bulk(wanted)
    for name, (people, named) in counts["odd"].items():
        found.odd[name].people = people
        found.odd[name].named = [
            Placed(rows[pk], due_on=dt.date.fromisoformat(day) if day else None)
            for pk, day in named
            if pk in rows
        ]
    return found
