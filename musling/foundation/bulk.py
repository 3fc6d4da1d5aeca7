"""Many rows at once, in a fixed number of statements on both databases.

On PostgreSQL the rows go by COPY into a temporary table and from there by one INSERT or UPDATE into
their own: COPY itself is refused where row-level security holds, and cannot change rows. On SQLite
one prepared statement takes them all. Values are taken as they are: no model's ``save`` runs, and
fields are named by their columns (``unit_id``).
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction

Rows = Iterable[Sequence[Any]]
TEMPORARY = "bulk_rows"


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """As many ids for rows that are about to be inserted, so that others can point to them.

    One query, inside a transaction: on SQLite, where only one transaction writes, it is what keeps
    the ids from being taken twice.
    """
    if not count:
        return []
    table = _table(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [number for (number,) in cursor.fetchall()]
        # Ids of rows that are gone are not used again.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + count + 1))


def insert(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Inserts the rows; ``columns`` names what each of them holds, in order.

    Columns that are not named get their field's default, the same in every row.
    """
    present = _unless_empty(rows)
    if present is None:
        return
    table, named = _table(model), _quoted(columns)
    defaults = _defaults(model, columns)
    names = ", ".join((named, *map(connection.ops.quote_name, defaults)))
    if connection.vendor == "postgresql":
        values = ", ".join((named, *["%s"] * len(defaults)))
        with transaction.atomic(), connection.cursor() as cursor:
            _stage(cursor, table, named, present)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM {TEMPORARY}",  # noqa: S608 (names of our own)
                list(defaults.values()),
            )
            cursor.execute(f"DROP TABLE {TEMPORARY}")
        return
    rest = tuple(defaults.values())
    places = ", ".join(["%s"] * (len(columns) + len(rest)))
    _each(
        f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608 (as above)
        ((*row, *rest) for row in present),
    )


def update(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Updates rows by their ``id``, which is the first of ``columns``."""
    if columns[0] != "id":
        raise ValueError("Rows are updated by their id: name it first.")
    present = _unless_empty(rows)
    if present is None:
        return
    table = _table(model)
    changed = [connection.ops.quote_name(column) for column in columns[1:]]
    if connection.vendor == "postgresql":
        values = ", ".join(f"{name} = {TEMPORARY}.{name}" for name in changed)
        with transaction.atomic(), connection.cursor() as cursor:
            _stage(cursor, table, _quoted(columns), present)
            cursor.execute(
                f"UPDATE {table} SET {values} FROM {TEMPORARY}"  # noqa: S608 (as above)
                f" WHERE {table}.id = {TEMPORARY}.id"
            )
            cursor.execute(f"DROP TABLE {TEMPORARY}")
        return
    places = ", ".join(f"{name} = %s" for name in changed)
    ids_last = ((*row[1:], row[0]) for row in present)
    _each(f"UPDATE {table} SET {places} WHERE id = %s", ids_last)  # noqa: S608 (as above)


def _unless_empty(rows: Rows) -> Rows | None:
    """The rows, or None where there are none: then no statement is sent."""
    remaining = iter(rows)
    first = next(remaining, None)
    return None if first is None else itertools.chain((first,), remaining)


def _defaults(model: type[models.Model], columns: Sequence[str]) -> dict[str, Any]:
    """Column and value of the fields that are not named. Null needs no saying.

    Raises ValueError for one that must be unique: it has to be named.
    """
    found = {}
    for field in model._meta.concrete_fields:  # noqa: SLF001 (Django documents it)
        if field.primary_key or field.column is None or field.column in columns:
            continue
        if field.unique and not field.null:
            raise ValueError(f"Each row needs its own {field.column}.")
        value = field.get_default()
        if value is not None:
            found[field.column] = field.get_db_prep_save(value, connection)
    return found


def _table(model: type[models.Model]) -> str:
    """The table's name; ours are plain words, so that it can stand in SQL without quotes."""
    return model._meta.db_table  # noqa: SLF001 (Django documents it)


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(connection.ops.quote_name(column) for column in columns)


def _stage(cursor: Any, table: str, names: str, rows: Rows) -> None:
    """Puts the rows into a temporary table: columns and types of the real one, nothing else."""
    cursor.execute(
        f"CREATE TEMPORARY TABLE {TEMPORARY} ON COMMIT DROP AS"  # noqa: S608 (as above)
        f" SELECT {names} FROM {table} WITH NO DATA"
    )
    with cursor.copy(f"COPY {TEMPORARY} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _each(statement: str, rows: Rows) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, [tuple(map(_plain, row)) for row in rows])


def _plain(value: Any) -> Any:
    """What SQLite stores for the value, the way that Django writes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, dt.date) else value
