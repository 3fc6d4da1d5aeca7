"""``musling demo``: fills an empty database with three organisations, and says who can log in.

Refused in production. A second run changes nothing.
"""

import argparse
import json
import sys

from django.conf import settings

NAME = "demo"
HELP = "fill an empty database with the demo organisations"
PASSWORD = "musling"  # noqa: S105 (published; production refuses a database that holds it)
ACCOUNTS = (
    ("medarbejder@havneby.example", "employee in a municipality of 1,200"),
    ("leder@havneby.example", "her leader"),
    ("chef@havneby.example", "the leader's leader"),
    ("kollega@havneby.example", "colleague in the same team"),
    ("hr@havneby.example", "HR"),
    ("med@havneby.example", "main MED committee"),
    ("tr@havneby.example", "union representative"),
    ("drift@havneby.example", "operator"),
    ("bruger@bpa.example", "citizen who employs four helpers"),
    ("hjaelper@bpa.example", "one of the helpers"),
    ("konsulent@bpa.example", "consultant of the BPA association"),
    ("nabo@sandvig.example", "employee in another organisation"),
    ("vikar@havneby.example", "employed in both municipalities"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose; --json comes from the command itself."""


def run(arguments: argparse.Namespace) -> int:
    """Fills what is empty; prints the accounts. 1 in production."""
    if settings.MUSLING_MODE == "production":
        print("The demo's passwords are public: set MUSLING_MODE=demo.", file=sys.stderr)
        return 1
    from musling.cli.demo.filling import fill
    from musling.gate.checks import demo_mark

    made = fill(told=lambda words: print(words, file=sys.stderr))
    demo_mark().parent.mkdir(parents=True, exist_ok=True)
    demo_mark().write_text("The demo's data: never serve it in production.\n")
    if getattr(arguments, "json", False):
        print(json.dumps({"made": made, "accounts": [address for address, _part in ACCOUNTS]}))
        return 0
    print(
        f"\nLog in on {settings.MUSLING_BASE_URL} with the password '{PASSWORD}':", file=sys.stderr
    )
    for address, part in ACCOUNTS:
        print(f"  {address:30} {part}", file=sys.stderr)
    return 0
