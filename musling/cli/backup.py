"""``musling backup DIR``: a copy of everything, while the server runs."""

import argparse
from pathlib import Path

from musling.cli.output import note, result
from musling.privacy import backups

NAME = "backup"
HELP = "copy the database and the ledgers into a new folder in DIR; the keyring only apart from it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and where the keyring's own copy goes."""
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument(
        "--keyring",
        metavar="DIR",
        type=Path,
        help="copy the keyring too, to another disk; its copies are destroyed after a week",
    )


def run(arguments: argparse.Namespace) -> int:
    """Copies. Raises BackupProblem and KeyringProblem."""
    copy = backups.make(arguments.folder, arguments.keyring)
    if problem := backups.keyring_problem():
        note(f"The copy is whole, but nobody can open it as things are. {problem}")
    if not arguments.keyring:
        note(
            "The keyring is not in it, and without it nothing that is sealed opens: see --keyring."
        )
    told = backups.facts(copy)
    result(arguments, told, [f"Copied to {told['folder']}: {told['bytes']} bytes"])
    return 0
