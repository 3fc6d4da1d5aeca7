"""``musling retention run|receipts``: destroying what is due, and what was destroyed."""

import argparse
from collections import Counter
from dataclasses import asdict
from itertools import islice
from typing import Any

from musling.activity.models import Activity
from musling.cli.output import result
from musling.privacy import destroying

NAME = "retention"
HELP = "destroy what is due by the rules of retention, or list the receipts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Run, also to look only; receipts, the newest first."""
    deeds = parser.add_subparsers(dest="deed", metavar="run|receipts", required=True)
    run_now = deeds.add_parser("run", help="tell both parties what goes, and destroy what is due")
    run_now.add_argument(
        "--dry-run", action="store_true", help="say what would be destroyed now; change nothing"
    )
    listing = deeds.add_parser("receipts", help="what was destroyed, when, by which rule")
    listing.add_argument("--most", type=int, default=1000, help="how many, the newest (1000)")


def run(arguments: argparse.Namespace) -> int:
    """Does it and says how much that was; ids, rules and dates only."""
    if arguments.deed == "receipts":
        return _receipts(arguments)
    if arguments.dry_run:
        return _would_go(arguments)
    done = destroying.run()
    result(
        arguments,
        done,
        [
            f"Talks whose parties were told: {done['told']}",
            f"Called off again: {done['called_off']}",
            f"Talks destroyed: {done['talks']}",
            f"Preparations destroyed: {done['preparations']}",
            f"Answers to access requests destroyed: {done['answers']}",
            f"Evaluations whose texts are destroyed: {done['evaluations']}",
            f"Talks of which even the dates are removed: {done['proofs']}",
            f"People who left long ago and are removed: {done['people']}",
        ],
    )
    return 0


def _would_go(arguments: argparse.Namespace) -> int:
    going = list(destroying.would_go())
    counted = Counter((one.content, one.rule) for one in going)
    lines = [
        f"{number} × {content}, by the rule {rule}" for (content, rule), number in counted.items()
    ]
    document = [{**asdict(one), "at": one.at.isoformat()} for one in going]
    result(arguments, {"would_go": document}, lines or ["Nothing is due."])
    return 0


def _receipts(arguments: argparse.Namespace) -> int:
    rows = Activity.objects.filter(verb="retention.destroyed").order_by("-pk")
    found: list[dict[str, Any]] = [
        {
            "at": row.at.isoformat(),
            "organisation": row.organisation_id,
            "conversation": row.object_id,
            "profile": row.about_id,
            **row.more,
        }
        for row in islice(rows.iterator(), arguments.most)
    ]
    lines = [
        f"{row['at'][:16]}  talk {row['conversation']}  profile {row['profile']}  "
        f"{row['content']}  by {row['rule']}  final from {row['final_from']}"
        for row in found
    ]
    result(arguments, {"receipts": found}, lines or ["Nothing has been destroyed."])
    return 0
