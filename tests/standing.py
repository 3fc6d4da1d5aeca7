"""The standing cast over and over: made once a minute, and its rows written again in between.

Making it takes some two hundred statements. Its rows and nobody else's were in the database, so
writing them again takes one statement per table and leaves the same.
"""

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from musling.foundation import clock
from musling.frames.document import FrameDocument
from musling.frames.models import FrameContent
from musling.frames.queries import document_of, remember
from musling.vault import keyring
from tests.cast import Cast, make_cast
from tests.emptying import filled

# The rows say when they were made, and tests may ask whether that is just now.
KEPT_FOR = dt.timedelta(minutes=1)
# Django fills these when it makes the database.
NOT_OURS = {"auth", "contenttypes"}

Statement = tuple[str, Any]


@dataclass(frozen=True)
class Kept:
    """A cast, when it was made, and all that making it left behind."""

    at: dt.datetime
    cast: Cast
    statements: list[Statement]
    documents: dict[str, FrameDocument]


_kept: list[Kept] = []


def standing_cast() -> Cast:
    """A cast of one's own, in all that a test can see as ``make_cast`` makes it.

    Where rows stay (transaction=True), or somebody is in the database already, it is made.
    """
    if not connection.in_atomic_block or filled():
        return make_cast()
    if not _kept or not dt.timedelta() <= clock.now() - _kept[0].at < KEPT_FOR:
        _kept[:] = [keep()]
    else:
        write_again(_kept[0])
    return copy.deepcopy(_kept[0].cast)


def models() -> list[type[Model]]:
    """All that may hold a row because of the cast."""
    every = apps.get_models(include_auto_created=True)
    return [one for one in every if one._meta.managed and one._meta.app_label not in NOT_OURS]


def keep() -> Kept:
    """Make a cast, and then once more as it will be written from now on."""
    at = clock.now()
    with transaction.atomic():
        cast = make_cast()
        rows = {model: list(model._base_manager.all()) for model in models()}
        documents = {row.hash: document_of(row) for row in rows[FrameContent]}
        transaction.set_rollback(True)
    statements: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for model, found in rows.items():
            model._base_manager.bulk_create(found)
    return Kept(at, cast, [one for one in statements if one[0].startswith("INSERT")], documents)


def write_again(kept: Kept) -> None:
    """Leave behind what making the cast does: rows, a keyring, documents that have been read."""
    if not keyring.numbers():
        keyring.begin()
    with connection.cursor() as cursor:
        for sql, params in kept.statements:
            cursor.execute(sql, params)
    for name, document in kept.documents.items():
        remember(name, document)
