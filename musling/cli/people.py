"""``musling people import``: brings lists of people and units into one organisation.

Rejected rows are part of the outcome and no failure: the others went in. Refused is a file that
cannot be read at all, and one after which so many would end that it is probably cut off.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from musling.cli.output import note, result
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.organisations.models import Organisation
from musling.people.import_files import ReadUnits, read_people, read_units
from musling.people.imports import Counts, ImportPlan, TooManyEnd, import_again, plan_import
from musling.reorganising.imports import let_talks_follow

NAME = "people"
HELP = "import lists of people and units"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One action so far, and what it takes."""
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
    """Imports, or with ``--dry-run`` plans to, and prints what became of it. Raises Refused."""
    actor = _program_in(arguments.organisation)
    name, people = arguments.people.name, _bytes(arguments.people)
    if arguments.dry_run:
        plan = plan_import(actor, read_people(name, people), _units(arguments))
        if plan.ends_too_many and not arguments.allow_ending:
            note(_("This import would be refused without --allow-ending."))
    else:
        plan = _imported(arguments, actor, name, people)
        let_talks_follow(actor, plan)
    result(arguments, plan.as_json(), _told(plan))
    return 0


def _imported(arguments: argparse.Namespace, actor: Actor, name: str, people: bytes) -> ImportPlan:
    try:
        return import_again(
            actor,
            name,
            people,
            _units(arguments),
            allow_ending=arguments.allow_ending,
            progress=_progress,
        )
    except TooManyEnd as refused:
        raise Refused(f"{refused.message} (--allow-ending)") from None


def _program_in(slug: str) -> Actor:
    """The program itself, acting in the organisation for whoever runs the server."""
    found = Organisation.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Refused(_("There is no organisation with this address: %(slug)s.") % {"slug": slug})
    return Actor(None, 0, found, clock.now())


def _units(arguments: argparse.Namespace) -> ReadUnits | None:
    if arguments.units is None:
        return None
    return read_units(arguments.units.name, _bytes(arguments.units))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise Refused(f"{file}: {problem.strerror}") from None


def _progress(done: int, total: int) -> None:
    """On a screen only: a log has no use for it."""
    if sys.stderr.isatty():
        print(f"\r{done} / {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _told(plan: ImportPlan) -> Iterator[str]:
    yield f"{_('People')}: {_counted(plan.people)}"
    yield f"{_('Units')}: {_counted(plan.units)}"
    for one in plan.rejected:
        where = ", ".join(filter(None, (one.file, str(one.row), one.column)))
        yield f"{where}: {one.problem}"


def _counted(counts: Counts) -> str:
    return _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(ended)s ended") % {
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "ended": counts.ended,
    }
