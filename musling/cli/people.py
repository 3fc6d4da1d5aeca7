"""``musling people import``: brings lists of people and units into one organisation.

Standard output gets the outcome, with ``--json`` the one document of docs/contract.md; messages and
progress go to standard error. Exit 0: done, be it with rejected rows; 1: refused, or a file that
cannot be read; 2: wrong usage.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused

if TYPE_CHECKING:  # models can be imported once Django is set up, when a command runs
    from musling.people.import_files import ReadPeople, ReadUnits
    from musling.people.imports import ImportPlan

NAME = "people"
HELP = "import lists of people and units"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes; ``--json`` comes from the command itself."""
    parser.add_argument("action", choices=["import"])
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--people", required=True, type=Path, metavar="FILE", help=".csv or .xlsx")
    parser.add_argument("--units", type=Path, metavar="FILE", help=".csv or .xlsx")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    parser.add_argument(
        "--allow-ending",
        action="store_true",
        help="let everybody end who is not in the list, even if that is more than a fifth",
    )


def run(arguments: argparse.Namespace) -> int:
    """Imports, or with ``--dry-run`` plans to, and prints what became of it."""
    try:
        plan = _imported(arguments)
    except (Refused, OSError) as problem:
        print(getattr(problem, "message", "") or problem, file=sys.stderr)
        return 1
    if getattr(arguments, "json", False):
        print(json.dumps(plan.as_json(), ensure_ascii=False))
    else:
        _tell(plan)
    return 0


def _imported(arguments: argparse.Namespace) -> "ImportPlan":
    from musling.people.imports import TooManyEnd, apply_import, plan_import

    actor = _program_in(arguments.organisation)
    people, units = _lists(arguments)
    if not arguments.dry_run:
        try:
            return apply_import(
                actor, people, units, allow_ending=arguments.allow_ending, progress=_progress
            )
        except TooManyEnd as refused:
            raise Refused(f"{refused.message} (--allow-ending)") from None
    plan = plan_import(actor, people, units)
    if plan.ends_too_many and not arguments.allow_ending:
        print(_("This import would be refused without --allow-ending."), file=sys.stderr)
    return plan


def _program_in(slug: str) -> Actor:
    """The program itself, acting in the organisation for whoever runs the server."""
    from musling.organisations.models import Organisation

    found = Organisation.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Refused(_("There is no organisation with this address: %(slug)s.") % {"slug": slug})
    return Actor(None, 0, found, clock.now())


def _lists(arguments: argparse.Namespace) -> "tuple[ReadPeople, ReadUnits | None]":
    from musling.people.import_files import read_people, read_units

    people = read_people(arguments.people.name, arguments.people.read_bytes())
    if arguments.units is None:
        return people, None
    return people, read_units(arguments.units.name, arguments.units.read_bytes())


def _progress(done: int, total: int) -> None:
    """On a screen only: a log has no use for it."""
    if sys.stderr.isatty():
        print(f"\r{done} / {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _tell(plan: "ImportPlan") -> None:
    for what, counts in ((_("People"), plan.people), (_("Units"), plan.units)):
        numbers = _(
            "%(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(ended)s ended"
        )
        told = numbers % {
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "ended": counts.ended,
        }
        print(f"{what}: {told}")
    for one in plan.rejected:
        where = ", ".join(filter(None, (one.file, str(one.row), one.column)))
        print(f"{where}: {one.problem}")
