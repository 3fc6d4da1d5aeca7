"""``musling migrate``: brings an installation in step, or makes a new one. Safe to run again."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from musling.cli.output import note, result
from musling.cli.rights import grant_to_program, put_up_walls
from musling.cli.starting import missing_migrations
from musling.documents import certificate
from musling.organisations import setup_code
from musling.organisations.models import Organisation
from musling.vault import keyring, keys, rotation
from musling.vault.models import Key

NAME = "migrate"
HELP = "bring the database, the keyring and the static files in step; makes what is missing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Does what is missing and says what that was."""
    Path(settings.MUSLING_VAR).mkdir(parents=True, exist_ok=True, mode=0o700)
    with as_owner():
        applied = bring_up_to_date()
    done = {
        "migrations": applied,
        "keyring": _keyring(),
        "seal_until": certificate.installed().valid_until.date().isoformat(),
        "static_files": collect_static_files(),
        "destruction_finished": keys.finish_destruction(),
    }
    result(
        arguments,
        done,
        [
            f"Migrations applied: {applied}",
            f"Keyring: {done['keyring']}",
            f"Seal certificate valid until: {done['seal_until']}",
            f"Static files written: {done['static_files']}",
            f"Destructions finished: {done['destruction_finished']}",
        ],
    )
    _say_how_to_begin()
    return 0


@contextmanager
def as_owner() -> Iterator[None]:
    """Connects as the owner of the tables meanwhile, where ``DATABASE_OWNER_URL`` names one."""
    if not settings.DATABASE_OWNER:
        yield
        return
    program = connection.settings_dict
    connection.close()
    connection.settings_dict = {**program, **settings.DATABASE_OWNER}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = program


def bring_up_to_date() -> int:
    """Applies what is missing of the migrations, as whoever is connected; returns how many.

    The program's role gets what it needs, where somebody else owns the tables.
    """
    missing = missing_migrations()
    if missing:
        note(f"Applying {len(missing)} migrations …")
        call_command("migrate", interactive=False, verbosity=0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            put_up_walls(cursor)
            if settings.DATABASE_OWNER:
                grant_to_program(cursor, settings.DATABASES["default"]["USER"])
    return len(missing)


def _keyring() -> str:
    """Makes the first generation for a new database; never for one that already holds keys.

    Raises KeyringProblem where the keyring is missing or not this database's.
    """
    with rotation.alone():
        if keyring.numbers() or Key.objects.filter(destroyed_at=None).exists():
            keys.check_keyring()
            return "kept"
        keyring.begin()
        return "made"


def collect_static_files() -> int:
    """Writes hashed and compressed files where a source is newer; returns how many were written."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    marks = _marks()
    if stamp.exists() and stamp.read_text() == marks:
        return 0
    note("Collecting static files …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(marks)
    return sum(1 for path in Path(settings.STATIC_ROOT).rglob("*") if path.is_file())


def _marks() -> str:
    """Changes with any source file: its name, size and time."""
    from django.contrib.staticfiles.finders import get_finders

    found: list[str] = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            place = Path(storage.path(name)).stat()
            found.append(f"{name} {place.st_size} {place.st_mtime_ns}")
    return "\n".join(sorted(found))


def _say_how_to_begin() -> None:
    """An empty installation begins in the browser, in production with a code."""
    if Organisation.objects.exists():
        return
    code = f" The code it asks for: {setup_code.current()}" if setup_code.needed() else ""
    note(f"Create your organisation at {settings.MUSLING_BASE_URL}/ .{code}")
