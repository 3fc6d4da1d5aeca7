"""``musling activity verify``: whether the log is as it was written."""

import argparse
from dataclasses import asdict
from itertools import islice

from musling.activity import heads
from musling.activity.chain import link
from musling.activity.models import Batch
from musling.activity.verifying import Fault, verify
from musling.cli.output import note, result

NAME = "activity"
HELP = "whether the log of who did and read what is as it was written"
MOST_SHOWN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verify is all there is."""
    deeds = parser.add_subparsers(dest="deed", metavar="verify", required=True)
    deeds.add_parser(
        "verify",
        help="go through the chain and name every row that was changed, removed or slipped in",
    )


def run(arguments: argparse.Namespace) -> int:
    """Links what waits, goes through the chain, names the faults; 1 where there is one."""
    linked = link()
    note(f"{linked} new rows linked; going through the chain …")
    found = list(islice(verify(heads.written_heads()), MOST_SHOWN))
    batches = Batch.objects.count()
    lines = [f"Batches: {batches}", *map(words, found)]
    if len(found) == MOST_SHOWN:
        lines.append("There may be more.")
    lines.append("The log is NOT as it was written." if found else "The log is as it was written.")
    result(
        arguments,
        {"batches": batches, "linked": linked, "faults": [asdict(fault) for fault in found]},
        lines,
    )
    return 1 if found else 0


def words(fault: Fault) -> str:
    """A fault as a line."""
    if fault.what == "head":
        return f"Batch {fault.batch} is not the one whose hash is in {heads.path()}."
    if fault.what == "chain":
        return f"Batch {fault.batch} is changed, or does not follow the one before it."
    return f"Row {fault.row} of {fault.log}: {fault.what}."
