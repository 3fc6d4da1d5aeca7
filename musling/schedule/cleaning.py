"""What nobody needs any more: ended sessions, finished tasks, posts that were never fetched."""

import datetime as dt
from importlib import import_module

from django.conf import settings
from django_tasks_db.models import DBTaskResult

from musling.foundation import clock
from musling.identity import counters, held

TASKS_ARE_KEPT = dt.timedelta(days=14)


def destroy_held_posts() -> int:
    """Destroys posts that were held longer than they may be; returns how many."""
    return held.destroy_old()


def clean_up() -> None:
    """Removes ended sessions, counters that ran out, and tasks that ended two weeks ago."""
    counters.forget_old()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    DBTaskResult.objects.finished().filter(finished_at__lt=clock.now() - TASKS_ARE_KEPT).delete()
