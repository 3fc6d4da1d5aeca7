"""Many rows at once, in a fixed number of statements on both databases.

On PostgreSQL many rows go by COPY into a temporary table and from there by one INSERT or UPDATE
into their own: COPY itself is refused where row-level security holds, and cannot change rows. On
SQLite one prepared statement takes them all. Values are taken as they are: no model's ``save``
runs, and fields are named by their columns (``unit_id``).
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

Rows = Iterable[Sequence[Any]]
TEMPORARY = "bulk_rows"
FEW = 1000  # rows below which a temporary table costs more than it saves


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


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, unless_there: bool = False
) -> None:
    """Inserts the rows; ``columns`` names what each of them holds, in order.

    Columns that are not named get their field's default, the same in every row. ``unless_there``:
    a row that a constraint of uniqueness forbids is passed over; else it is an error.
    """
    remaining = iter(rows)
    few = list(itertools.islice(remaining, FEW))
    if not few:
        return
    defaults = _defaults(model, columns)
    statement = f"INSERT INTO {_table(model)} ({_quoted((*columns, *defaults))})"
    rest = tuple(defaults.values())
    end = " ON CONFLICT DO NOTHING" if unless_there else ""
    if connection.vendor != "postgresql":
        whole = ((*row, *rest) for row in (*few, *remaining))
        _each(statement, len(columns) + len(rest), whole, end)
    elif len(few) < FEW:
        _at_once(statement, [(*row, *rest) for row in few], end)
    else:
        with _staged(model, columns, itertools.chain(few, remaining)) as cursor:
            values = ", ".join((_quoted(columns), *["%s"] * len(rest)))
            cursor.execute(
                f"{statement} SELECT {values} FROM {TEMPORARY}{end}",  # noqa: S608 (own names)
                rest,
            )


def update(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Updates rows by their ``id``, which is the first of ``columns``."""
    if columns[0] != "id":
        raise ValueError("Rows are updated by their id: name it first.")
    remaining = iter(rows)
    first = list(itertools.islice(remaining, 1))
    if not first:
        return
    table, present = _table(model), itertools.chain(first, remaining)
    changed = [connection.ops.quote_name(column) for column in columns[1:]]
    if connection.vendor == "postgresql":
        values = ", ".join(f"{name} = {TEMPORARY}.{name}" for name in changed)
        with _staged(model, columns, present) as cursor:
            cursor.execute(
                f"UPDATE {table} SET {values} FROM {TEMPORARY}"  # noqa: S608 (names of our own)
                f" WHERE {table}.id = {TEMPORARY}.id"
            )
        return
    places = ", ".join(f"{name} = %s" for name in changed)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {places} WHERE id = %s",  # noqa: S608 (as above)
            [_plain_row((*row[1:], row[0])) for row in present],
        )


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


@contextmanager
def _staged(model: type[models.Model], columns: Sequence[str], rows: Rows) -> Iterator[Any]:
    """Puts the rows into a temporary table: columns and types of the real one, nothing else."""
    names = _quoted(columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {TEMPORARY} ON COMMIT DROP AS"  # noqa: S608 (as above)
            f" SELECT {names} FROM {_table(model)} WITH NO DATA"
        )
        with cursor.copy(f"COPY {TEMPORARY} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        yield cursor
        cursor.execute(f"DROP TABLE {TEMPORARY}")


def _at_once(statement: str, rows: list[tuple[Any, ...]], end: str) -> None:
    """One statement with all values in it; cheaper than a table where there are few."""
    places = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} VALUES {', '.join([places] * len(rows))}{end}",
            list(itertools.chain.from_iterable(rows)),
        )


def _each(statement: str, width: int, rows: Rows, end: str) -> None:
    places = ", ".join(["%s"] * width)
    with connection.cursor() as cursor:
        cursor.executemany(f"{statement} VALUES ({places}){end}", list(map(_plain_row, rows)))


def _plain_row(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(map(_plain, row))


def _plain(value: Any) -> Any:
    """What SQLite stores for the value, the way that Django writes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, dt.date) else value
