"""Emptying the database after a test with real transactions.

Django's own way empties every table and makes permissions and content types anew, which takes
longer than most such tests. Here whatever holds a row is emptied, but for those two.
"""

from functools import cache

from django.db import connection, transaction

# What Django itself wrote when it made the database, and nobody changes.
DJANGOS_OWN = {"auth_permission", "django_content_type"}


@cache
def tables() -> list[str]:
    """The tables of all models that tests may write to, as they stand in SQL."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(name) for name in sorted(set(names) - DJANGOS_OWN)]


def filled() -> list[str]:
    """Those that hold a row; one query."""
    asked = [f"EXISTS (SELECT 1 FROM {table})" for table in tables()]  # noqa: S608 names of ours
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(asked))
        return [name for name, holds in zip(tables(), cursor.fetchone(), strict=True) if holds]


@transaction.atomic
def empty() -> None:
    """Remove all rows, as the owner of the tables. Whoever is just writing one is waited for."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables())}")
        for table in filled():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 names of ours
