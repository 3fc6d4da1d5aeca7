"""``musling rounds open|status``: opening a round from a shell, and how far rounds are."""

import argparse
from dataclasses import asdict
from typing import Any

from django.db import transaction

from musling.cli.output import note, result
from musling.foundation.actor import Actor, program
from musling.foundation.problems import Refused
from musling.organisations.models import Organisation
from musling.rounds.actions.opening import begin_opening
from musling.rounds.actions.rolling_out import do_here
from musling.rounds.five_steps import EMPLOYEES
from musling.rounds.models import Round, State
from musling.rounds.queries import progress_of
from musling.work.models import Run
from musling.work.runs import carry_out

NAME = "rounds"
HELP = "open a round that HR has planned, or say how far rounds are"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which organisation, and which round."""
    deeds = parser.add_subparsers(dest="deed", metavar="open|status", required=True)
    opens = deeds.add_parser("open", help="offer everybody in the round a talk; safe to run twice")
    status = deeds.add_parser("status", help="counts of places and talks; nothing of what is said")
    for one in (opens, status):
        one.add_argument("--organisation", required=True, metavar="SLUG")
    opens.add_argument("round", help="the round's id, as in its address")
    status.add_argument("round", nargs="?", help="the round's id; default: all that are not closed")


def run(arguments: argparse.Namespace) -> int:
    """Does it, and prints counts only. Raises Refused for what is not there."""
    place = Organisation.objects.filter(slug=arguments.organisation).first()
    if place is None:
        raise Refused(f"There is no organisation {arguments.organisation}.")
    rows = Round.objects.filter(organisation=place).order_by("starts_on", "pk")
    if arguments.round:
        rows = rows.filter(public_id=arguments.round)
        if not rows:
            raise Refused(f"There is no round {arguments.round} in {place.slug}.")
    else:
        rows = rows.exclude(state=State.CLOSED)
    actor = program(place.pk)
    if arguments.deed == "open":
        _open(actor, rows.get())
    found = [_status(row) for row in rows.all()]
    result(arguments, {"rounds": found}, [_line(one) for one in found] or ["No round."])
    return 0


def _open(actor: Actor, row: Round) -> None:
    """Begins it, and does the work here where no worker is at it."""
    with transaction.atomic():
        held = Round.objects.select_for_update(of=("self",)).select_related("frame_version")
        row = held.get(pk=row.pk)
        planned = row.state == State.PLANNED
        # As on the page: the step that tells the employees is done, too.
        begun = do_here(actor, row, EMPLOYEES) if planned else begin_opening(actor, row)
    if begun:
        note("Opening; a round of half a million takes minutes.")
    else:
        note("Somebody has opened this round before; nothing is done a second time.")
    carry_out.func(row.run)
    run = Run.objects.filter(public_id=row.run).first()
    if run is not None and run.state == Run.State.FAILED:
        raise Refused(f"The work stopped: {run.problem}. What was offered stays; run it again.")
    if run is not None and run.tries:
        note(f"The database broke it off ({run.problem}). A worker goes on in a moment.")


def _status(row: Round) -> dict[str, Any]:
    return {
        "round": row.public_id,
        "name": row.name,
        "state": row.state,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        **asdict(progress_of(row)),
    }


def _line(one: dict[str, Any]) -> str:
    counts = ", ".join(
        f"{one[name]} {name}" for name in ("places", "waiting", "offered", "booked", "held")
    )
    return f"{one['round']} {one['name']} ({one['state']}): {counts}"
