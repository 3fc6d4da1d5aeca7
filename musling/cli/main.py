"""``musling``: finds the command, gives it its arguments, and turns refusals into an exit code.

Exit 0: done. 1: refused, with a message that says what to do. 2: wrong usage. ``--json``, which
every command has, prints one JSON document on standard output and nothing else there.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

# One module each in musling.cli: NAME, HELP, add_arguments(parser), run(arguments) -> int.
COMMANDS = (
    "serve",
    "worker",
    "migrate",
    "demo",
    "people",
    "frames",
    "vault",
    "activity",
    "retention",
    "rounds",
    "backup",
    "restore",
    "clock",
    "bench",
    "doctor",
)


class Command(Protocol):
    """What a command's module holds."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Says which arguments the command takes."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Does it and returns the exit code. Raises what ``refusals`` lists."""


class Parser(argparse.ArgumentParser):
    """A parser that takes ``--json`` wherever it stands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False, conflict_handler="resolve")
        self.add_argument(
            "--json",
            action="store_true",
            default=argparse.SUPPRESS,
            help="print one JSON document instead of text",
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. Wrong usage ends the program with 2."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musling.config.settings")
    try:
        _set_up()
        parsed = _parser(arguments).parse_args(arguments, argparse.Namespace(json=False))
        return int(parsed.run(parsed))
    except _refusals() as refusal:
        return _refused(str(refusal), as_json="--json" in arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough, such as head; Python would complain at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _set_up() -> None:
    import django

    django.setup()


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="musling", description="Confidential development talks.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _commands(arguments):
        own = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.add_arguments(own)
        own.set_defaults(run=command.run)
    return parser


def _commands(arguments: Sequence[str]) -> Iterator[Command]:
    """The command that is named, or all of them where none is: then for the list of commands."""
    named = next((word for word in arguments if not word.startswith("-")), "")
    for name in [named] if named in COMMANDS else COMMANDS:
        module = f"musling.cli.{name}"
        if find_spec(module):
            yield import_module(module)


def _refusals() -> tuple[type[Exception], ...]:
    """The ways in which the program says no; anything else is a fault of ours and shows itself."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db.utils import OperationalError

    from musling.activity.heads import HeadsProblem
    from musling.documents.certificate import CertificateProblemError
    from musling.foundation.problems import NotThere, Refused
    from musling.privacy.backups import BackupProblem
    from musling.vault.keyring import KeyringProblem
    from musling.vault.ledger import LedgerProblem

    return (
        Refused,
        NotThere,
        KeyringProblem,
        LedgerProblem,
        HeadsProblem,
        BackupProblem,
        CertificateProblemError,
        ImproperlyConfigured,
        CommandError,
        OperationalError,
        PermissionError,
    )


def _refused(message: str, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"refused": message}, ensure_ascii=False))
    print(f"musling: {message}", file=sys.stderr)
    return 1
