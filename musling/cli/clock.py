"""``musling clock``: moves the time of the demo and the tests, so that a year takes a minute."""

import argparse
import datetime as dt
import re

from musling.cli.output import result
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import Refused

NAME = "clock"
HELP = "show or move the time of the demo and the tests; refused in production"
UNITS = {"h": dt.timedelta(hours=1), "d": dt.timedelta(days=1), "w": dt.timedelta(weeks=1)}
UNITS["y"] = dt.timedelta(days=365)
DURATION = re.compile(r"(\d{1,4})([hdwy])")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Show, move and reset; show where nothing is said."""
    parser.set_defaults(deed="show")
    deeds = parser.add_subparsers(dest="deed", metavar="show|move|reset")
    deeds.add_parser("show", help="what time it is here (the default)")
    move = deeds.add_parser("move", help="move the clock on, such as 'move 10d' or 'move 1y'")
    how = move.add_mutually_exclusive_group(required=True)
    how.add_argument("by", nargs="?", type=duration, help="how far: 6h, 10d, 2w, 1y")
    how.add_argument("--to", type=day, metavar="DAY", help="to a day, such as 2027-03-10")
    move.add_argument("--back", action="store_true", help="back instead of on")
    deeds.add_parser("reset", help="put the clock right again")


def duration(text: str) -> dt.timedelta:
    """``6h``, ``10d``, ``2w`` or ``1y`` as a length of time."""
    found = DURATION.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a length such as 6h, 10d, 2w or 1y")
    return int(found[1]) * UNITS[found[2]]


def day(text: str) -> dt.date:
    """An ISO date."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2027-03-10") from None


def run(arguments: argparse.Namespace) -> int:
    """Does it, and says what time it is then."""
    if arguments.deed == "move":
        _move(arguments)
    elif arguments.deed == "reset":
        clock.reset()
    now, offset = clock.now().astimezone(COPENHAGEN), clock.offset()
    moved = f"moved by {offset}" if offset else "not moved"
    result(
        arguments,
        {"now": now.isoformat(timespec="seconds"), "moved_seconds": offset.total_seconds()},
        [f"{now:%Y-%m-%d %H:%M} in Denmark ({moved})"],
    )
    return 0


def _move(arguments: argparse.Namespace) -> None:
    """Raises PermissionError in production."""
    if arguments.to:
        now = clock.now().astimezone(COPENHAGEN)
        target = dt.datetime.combine(arguments.to, now.time(), COPENHAGEN)
        by = target.astimezone(dt.UTC) - now  # across summer time, too
    else:
        by = -arguments.by if arguments.back else arguments.by
    try:
        clock.move(by)
    except OverflowError:
        raise Refused("That is further than there are dates.") from None
