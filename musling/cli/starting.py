"""What must be so before anything is served: a sound configuration and a database in step."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from musling.gate.checks import refuse_unsound_start
from musling.vault import keyring


def refuse_unready_start() -> None:
    """Raises ImproperlyConfigured, or KeyringProblem, with what to do about it.

    Leaves no connection open: the caller may fork.
    """
    try:
        refuse_unsound_start()
        if missing := missing_migrations():
            raise ImproperlyConfigured(
                f"The database lacks {len(missing)} migrations. Run 'musling migrate' first."
            )
        keyring.current()
    finally:
        connections.close_all()


def missing_migrations() -> list[str]:
    """The migrations that the database lacks."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]
