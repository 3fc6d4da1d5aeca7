"""``musling restore DIR``: brings a copy back, which then forgets what was destroyed since."""

import argparse
from pathlib import Path

from django.db import connection

from musling.cli.migrate import as_owner, bring_up_to_date
from musling.cli.output import note, result
from musling.foundation.problems import Refused
from musling.organisations.models import Organisation
from musling.privacy import backups

NAME = "restore"
HELP = "bring back a copy that 'musling backup' made; stop the server first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The copy, and where the ledger and the keyring come from if their own disks are gone."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        type=Path,
        nargs="?",
        help="the folder of one copy; without it only the keyring comes back",
    )
    parser.add_argument(
        "--keyring", metavar="DIR", type=Path, help="a copy of the keyring, where ours is gone"
    )
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a copy of the ledger, as new as there is; may be given several times",
    )
    parser.add_argument(
        "--replace", action="store_true", help="replace a database that holds an organisation"
    )


def run(arguments: argparse.Namespace) -> int:
    """Brings it back, or says why not before anything is changed."""
    generations = backups.bring_keyring_back(arguments.keyring) if arguments.keyring else []
    if arguments.folder is None:
        if not arguments.keyring:
            raise Refused("Name the copy to bring back, or a copy of the keyring with --keyring.")
        result(
            arguments, {"generations": generations}, [f"Generations brought back: {generations}"]
        )
        return 0
    copy = backups.read(arguments.folder)
    ledgers = backups.check(copy, arguments.ledger)
    if _holds_something() and not arguments.replace:
        raise Refused(
            "The database holds an organisation already. Give --replace to lose what it holds now."
        )
    note("Bringing the database back …")
    added = backups.take_ledgers_over(ledgers)
    backups.put_back(copy)
    with as_owner():
        bring_up_to_date()
    done = {"ledger_lines_added": added, **backups.forget_again()}
    result(
        arguments,
        {**backups.facts(copy), "generations": generations, **done},
        [
            f"Brought back the copy of {copy.made_at}",
            f"Destroyed again, as the ledgers say: {done['destroyed_again']} keys",
            f"Sessions ended: {done['sessions_ended']}",
            "Look at it with 'musling doctor', then start the server.",
        ],
    )
    return 0


def _holds_something() -> bool:
    if Organisation._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001
        return False
    return Organisation.objects.exists()
