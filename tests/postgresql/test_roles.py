"""The program's role reads and writes rows; the tables are somebody else's."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tests import postgres

pytestmark = pytest.mark.django_db


def asked(question: str) -> list[tuple[object, ...]]:
    """The rows that PostgreSQL answers with."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def test_the_suite_runs_as_the_programs_role() -> None:
    assert asked("SELECT current_user") == [(postgres.PROGRAM,)]


def test_the_role_owns_nothing_and_the_owner_owns_all_tables() -> None:
    owners = asked("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [(postgres.OWNER,)]


def test_the_role_is_not_above_the_rules() -> None:
    rights = asked(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
        " WHERE rolname = current_user"
    )
    assert rights == [(False, False, False, False)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE django_session",
        "ALTER TABLE django_session ADD COLUMN mine int",
        "TRUNCATE django_session",
        "SET ROLE musling_owner",
        "UPDATE activity_activity SET verb = ''",
        "DELETE FROM activity_activity",
        "DELETE FROM django_migrations",
    ],
)
def test_the_role_cannot_touch_the_tables_themselves_nor_the_past(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_real_transactions_are_flushed_by_the_owner() -> None:
    assert asked("SELECT current_user") == [(postgres.PROGRAM,)]
