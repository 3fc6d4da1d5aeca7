"""What the program may do in a PostgreSQL database whose tables belong to somebody else.

The owner runs the migrations and then says this; the tests say it with the same function.
"""

from typing import Any

from django.apps import apps
from psycopg import sql

# The log grows and is never changed, not even by the program itself.
APPEND_ONLY = ("activity.Activity", "activity.Reading", "activity.Batch")
READ_ONLY_TABLES = ("django_migrations",)


def grant_to_program(cursor: Any, program: str) -> None:
    """Gives the role ``program`` what it needs on all tables that there are, and nothing more.

    ``cursor`` belongs to the owner of the tables. Safe to say again; needed after each migration
    that makes a table.
    """
    role = sql.Identifier(program)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    ):
        cursor.execute(sql.SQL(statement).format(role))
    for table in append_only_tables():
        _revoke(cursor, "UPDATE, DELETE, TRUNCATE", table, role)
    for table in READ_ONLY_TABLES:
        _revoke(cursor, "INSERT, UPDATE, DELETE, TRUNCATE", table, role)


# The organisation that the transaction names, if any; asked once per statement, not per row.
_NAMED = "(SELECT NULLIF(current_setting('musling.organisation', true), '')::bigint)"
POLICY = "one_organisation"
# The tree of units holds names that everybody in the organisation knows, and a subtree is found by
# the beginning of its path: behind a policy PostgreSQL would look at every unit there is instead.
OPEN = {"organisations_unit"}


def put_up_walls(cursor: Any) -> int:
    """Row-level security on every table that has an organisation; how many were without it.

    ``cursor`` belongs to the owner of the tables, who is bound by it as well. A transaction that
    names an organisation (``foundation.tenancy``) sees and writes its rows alone.
    """
    cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = %s", [POLICY])
    there = {name for (name,) in cursor.fetchall()}
    new = [(table, empty) for table, empty in walled_tables() if table not in there]
    for table, may_be_empty in new:
        rule = f"{_NAMED} IS NULL OR organisation_id = {_NAMED}"
        if may_be_empty:
            rule += " OR organisation_id IS NULL"
        for statement in (
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            "CREATE POLICY {policy} ON {table} USING ({rule}) WITH CHECK ({rule})",
        ):
            cursor.execute(
                sql.SQL(statement).format(
                    table=sql.Identifier(table),
                    policy=sql.Identifier(POLICY),
                    rule=sql.SQL(rule),
                )
            )
    return len(new)


def walled_tables() -> list[tuple[str, bool]]:
    """Every table of ours with an organisation, and whether that may be empty."""
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("musling."):
            continue
        fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
        table = model._meta.db_table  # noqa: SLF001
        if "organisation_id" in fields and table not in OPEN:
            found.append((table, fields["organisation_id"].null))
    return sorted(found)


def append_only_tables() -> list[str]:
    """The tables of the log."""
    return [apps.get_model(label)._meta.db_table for label in APPEND_ONLY]  # noqa: SLF001


def owned_by_program(cursor: Any) -> list[str]:
    """The tables that the role of this connection owns: there should be none in production."""
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        " ORDER BY tablename"
    )
    return [name for (name,) in cursor.fetchall()]


def goes_round_walls(cursor: Any) -> bool:
    """Whether row-level security does not bind the role of this connection at all."""
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return bool(cursor.fetchone()[0])


def without_wall(cursor: Any) -> list[str]:
    """The tables that should have row-level security and do not, or not for their owner too."""
    cursor.execute(
        "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
        " WHERE polname = %s AND relrowsecurity AND relforcerowsecurity",
        [POLICY],
    )
    walled = {name for (name,) in cursor.fetchall()}
    return [table for table, _may_be_empty in walled_tables() if table not in walled]


def _revoke(cursor: Any, rights: str, table: str, role: sql.Identifier) -> None:
    statement = sql.SQL("REVOKE {} ON {} FROM {}")
    cursor.execute(statement.format(sql.SQL(rights), sql.Identifier(table), role))
