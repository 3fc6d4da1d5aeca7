"""``musling doctor``: says what is wrong with an installation, and what to do about it."""

import argparse
import datetime as dt
import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import connection
from django.db.models import Max

from musling.cli.output import result
from musling.cli.rights import (
    append_only_tables,
    goes_round_walls,
    owned_by_program,
    without_wall,
)
from musling.cli.starting import missing_migrations
from musling.documents import certificate
from musling.foundation import clock
from musling.gate.checks import refuse_unsound_start
from musling.mail.models import Delivery
from musling.mail.models import State as MailState
from musling.schedule.models import Turn
from musling.vault import copies, keyring, keys, ledger
from musling.vault.models import Key

NAME = "doctor"
HELP = "say what is wrong with this installation"

OK, WARNING, WRONG = "ok", "warning", "wrong"
SECONDS_FOR_SERVER = 10
WORKER_IS_LATE = dt.timedelta(minutes=2)
NIGHTLY = dt.timedelta(days=1)
GENERATION_IS_LATE = 2 * keys.GENERATION_AGE
SEAL_ENDS_SOON = dt.timedelta(days=60)
NO_PROXY = (
    "MUSLING_BEHIND_PROXY is off: Musling cannot tell TLS from plain HTTP, and counts guesses at "
    "log-ins from everywhere as those of one address, the proxy's"
)
OWNS = (
    "the program owns {} tables: give DATABASE_URL a role that owns none, and DATABASE_OWNER_URL "
    "the owner; then run 'musling migrate'"
)
DIFFERS = "{} differs from {}: stop Musling, and copy the one that is right"
AWAY = (
    "the disk with {}, a copy of the keyring of {:%Y-%m-%d}, is away, and the copy opens what was "
    "destroyed since: bring it back for a night, or destroy the copy and take its line out of {}"
)
STRAY = (
    "{} holds a copy of the keyring that Musling did not make and does not destroy: it opens what "
    "is destroyed from then on. Shred it within a week"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``wrong``: do not go on so; ``warning``: look at it."""

    check: str
    state: str
    message: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Runs every check; 1 where one found something wrong. Changes nothing."""
    found = [finding for check in CHECKS for finding in carried_out(check)]
    healthy = all(finding.state != WRONG for finding in found)
    marks = {OK: "ok     ", WARNING: "look at", WRONG: "WRONG  "}
    result(
        arguments,
        {"healthy": healthy, "findings": [asdict(finding) for finding in found]},
        [f"{marks[finding.state]}  {finding.check}: {finding.message}" for finding in found],
    )
    return 0 if healthy else 1


Check = Callable[[], Iterator[tuple[str, str]]]


def carried_out(check: Check) -> list[Finding]:
    """The findings of one check; a check that cannot be carried out is a finding too."""
    name = check.__name__.replace("_", " ")
    try:
        return [Finding(name, state, message) for state, message in check()]
    except Exception as problem:  # noqa: BLE001  (whatever it was, the other checks go on)
        return [Finding(name, WRONG, f"cannot be looked at: {problem}")]


def configuration() -> Iterator[tuple[str, str]]:
    """Mode, secret, host names, rules of views."""
    try:
        refuse_unsound_start()
    except ImproperlyConfigured as problem:
        yield WRONG, str(problem)
    else:
        yield OK, f"mode {settings.MUSLING_MODE}, data in {settings.MUSLING_VAR}"
    address = urlsplit(settings.MUSLING_BASE_URL)
    if not settings.IN_PRODUCTION:
        return
    if not _is_allowed(address.hostname or ""):
        yield WRONG, f"MUSLING_HOSTS lacks {address.hostname}, the host of MUSLING_BASE_URL"
    if not settings.MUSLING_MFA_REQUIRED:
        yield WARNING, "HR and operators need no second step: MUSLING_MFA_REQUIRED is off"
    if not settings.SECURE_PROXY_SSL_HEADER:
        yield WARNING, NO_PROXY


def _is_allowed(host: str) -> bool:
    return any(
        host == allowed or (allowed.startswith(".") and host.endswith(allowed))
        for allowed in settings.ALLOWED_HOSTS
    )


def database() -> Iterator[tuple[str, str]]:
    """It answers, is in step, and the program's role is no owner."""
    connection.ensure_connection()
    if missing := missing_migrations():
        yield WRONG, f"{len(missing)} migrations are missing: run 'musling migrate'"
    else:
        yield OK, f"{connection.display_name} answers and is in step"
    if connection.vendor == "postgresql":
        yield from _role()
    elif settings.IN_PRODUCTION:
        yield WARNING, "SQLite suits a small association; use PostgreSQL for more (DATABASE_URL)"


def _role() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        if owned := owned_by_program(cursor):
            yield WRONG, OWNS.format(len(owned))
        if goes_round_walls(cursor):
            yield WRONG, "the program's role is a superuser or may bypass row-level security"
        if open_tables := without_wall(cursor):
            yield WRONG, f"{len(open_tables)} tables lack row-level security: run 'musling migrate'"
        for table in append_only_tables():
            cursor.execute("SELECT has_table_privilege(%s, 'UPDATE, DELETE')", [table])
            if cursor.fetchone() == (True,):
                yield WRONG, f"the program may change the log ({table}): run 'musling migrate'"


def keyring_and_ledger() -> Iterator[tuple[str, str]]:
    """Every generation that living keys need is there and fits; the ledger can be written."""
    youngest = keyring.current()
    living = Key.objects.filter(destroyed_at=None)
    for number in keys.generations_in_use():
        keyring.generation(number)
        keys.unwrap(living.filter(generation=number).order_by("pk")[:1])
    yield OK, f"{len(keyring.numbers())} generations, and they fit the database"
    if clock.now() - youngest.made_at > GENERATION_IS_LATE:
        made = f"{youngest.made_at:%Y-%m-%d}"
        yield WARNING, f"the youngest generation is from {made}: is a worker running?"
    if _others_may_read(keyring.folder()):
        yield WRONG, f"others may read the keyring: chmod -R go= {keyring.folder()}"
    yield from _ledger()


def copies_of_the_keyring() -> Iterator[tuple[str, str]]:
    """The twin is the same; no other copy lives for more than a week, or unfollowed."""
    yield from _twin()
    known = copies.known()
    late = [copy for copy in known if copy.is_old(more=NIGHTLY)]
    for copy in late:
        yield from _late(copy)
    strays = copies.strays()
    for folder in strays:
        yield WARNING, STRAY.format(folder)
    if not late and not strays:
        yield OK, f"{len(known)} are known besides a twin, none older than a week"


def _twin() -> Iterator[tuple[str, str]]:
    if not settings.MUSLING_KEYRING_COPY:
        if settings.IN_PRODUCTION:
            yield WARNING, "the keyring has no twin on another disk: set MUSLING_KEYRING_COPY"
        return
    ours, twin = (
        {
            number: (place / keyring.name_of(number)).read_text()
            for number in keyring.numbers_in(place)
        }
        for place in keyring.folders()
    )
    if ours != twin:
        yield WRONG, DIFFERS.format(settings.MUSLING_KEYRING_COPY, keyring.folder())


def _late(copy: copies.Copy) -> Iterator[tuple[str, str]]:
    if copy.is_away():
        yield WARNING, AWAY.format(copy.folder, copy.made_at, copies.path())
    elif copy.folder.exists():
        yield WRONG, f"{copy.folder}, an old copy of the keyring, could not be destroyed"


def _others_may_read(folder: Path) -> bool:
    places = [folder, *folder.iterdir()]
    return any(place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) for place in places)


def _ledger() -> Iterator[tuple[str, str]]:
    listed = sum(1 for _key in ledger.destroyed())
    place = ledger.path() if ledger.path().exists() else _nearest(ledger.path())
    if os.access(place, os.W_OK):
        yield OK, f"the ledger can be written; it lists {listed} keys"
    else:
        yield WRONG, f"the ledger {ledger.path()} cannot be written: nothing could be destroyed"


def _nearest(path: Path) -> Path:
    """The nearest folder above that exists."""
    return next(parent for parent in path.parents if parent.exists())


def seal_certificate() -> Iterator[tuple[str, str]]:
    """The certificate that seals documents can be used and holds for a while."""
    own = Path(settings.MUSLING_VAR) / "certificate" / "seal.pem"
    if not settings.MUSLING_CERTIFICATE and not own.exists():
        yield WARNING, "there is none yet; 'musling migrate' makes one"
        return
    until = certificate.installed().valid_until
    state = WARNING if until - clock.now() < SEAL_ENDS_SOON else OK
    yield state, f"valid until {until:%Y-%m-%d}"


def static_files() -> Iterator[tuple[str, str]]:
    """They are collected, and the Danish texts are compiled."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    try:
        count = len(json.loads(manifest.read_text())["paths"])
    except (OSError, ValueError, KeyError):
        yield WRONG, f"{manifest} is missing or damaged: run 'musling migrate'"
    else:
        yield OK, f"{count} files"
    for folder in settings.LOCALE_PATHS:
        catalogue = Path(folder) / "da" / "LC_MESSAGES" / "django.mo"
        if not catalogue.exists():
            yield WRONG, f"{catalogue} is missing: pages would be in English; run 'make install'"


def mail_server() -> Iterator[tuple[str, str]]:
    """It answers and lets us in; no mail is sent."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if settings.IN_PRODUCTION and sender.endswith("localhost"):
        yield WRONG, "MUSLING_MAIL_FROM, the sender of every mail, is not set"
    server = get_connection(timeout=SECONDS_FOR_SERVER)
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        state = WARNING if settings.IN_PRODUCTION else OK
        yield state, f"mails go to no server ({settings.EMAIL_BACKEND}); set EMAIL_URL"
        return
    try:
        server.open()
    except (OSError, socket.gaierror) as problem:
        yield WRONG, f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} says: {problem}"
    else:
        yield OK, f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers"
    finally:
        server.close()


def deliveries() -> Iterator[tuple[str, str]]:
    """How many mails of the last week could not be delivered."""
    week = Delivery.objects.filter(made_at__gt=clock.now() - dt.timedelta(days=7))
    lost = week.filter(state__in=[MailState.GIVEN_UP, MailState.NOBODY]).count()
    late = week.filter(state=MailState.FAILED).count()
    state = WARNING if lost or late else OK
    yield state, f"last week {lost} could not be delivered, {late} are tried again"


def worker() -> Iterator[tuple[str, str]]:
    """Somebody does what runs by itself."""
    latest = Turn.objects.aggregate(latest=Max("ended_at"))["latest"]
    if latest is None or clock.now() - latest > WORKER_IS_LATE:
        since = f"since {latest:%Y-%m-%d %H:%M} UTC" if latest else "yet"
        yield WARNING, f"nothing has run by itself {since}: is 'musling serve' or a worker running?"
    else:
        yield OK, "what runs by itself runs"
    for turn in Turn.objects.exclude(problem=""):
        yield WARNING, f"{turn.job} failed at its last turn ({turn.problem}); see the worker's log"


def time() -> Iterator[tuple[str, str]]:
    """Nobody moved the clock."""
    offset = clock.offset()
    yield (WARNING, f"moved by {offset}; 'musling clock reset'") if offset else (OK, "not moved")


CHECKS: tuple[Check, ...] = (
    configuration,
    database,
    keyring_and_ledger,
    copies_of_the_keyring,
    seal_certificate,
    static_files,
    mail_server,
    deliveries,
    worker,
    time,
)
