"""What must be so before anything is served, and that nothing outlives whoever started it."""

import os
import signal
import threading
import time

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from musling.gate.checks import refuse_unsound_start
from musling.vault import keyring, keys

STARTED_BY = "MUSLING_STARTED_BY"  # the process id of the 'musling serve' that starts others


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
        keys.check_keyring()
        keyring.to_wrap_with()
    except OperationalError as problem:
        raise ImproperlyConfigured(
            f"The database does not answer: {problem}. Is DATABASE_URL right, and does it run? "
            "A new installation begins with 'musling migrate'."
        ) from problem
    finally:
        connections.close_all()


def missing_migrations() -> list[str]:
    """The migrations that the database lacks."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def begin_to_start_others() -> None:
    """Says to the processes that this one will start whom they shall not outlive."""
    os.environ[STARTED_BY] = str(os.getpid())


def end_with_starter() -> None:
    """Has this process end soon after the one that started it, however that ended."""
    starter = os.environ.get(STARTED_BY)
    if not starter:
        return

    def watch() -> None:
        while str(os.getppid()) == starter:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="starter", daemon=True).start()
