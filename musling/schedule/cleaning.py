"""What nobody needs any more: ended sessions and finished tasks."""

import datetime as dt
from importlib import import_module

from django.conf import settings
from django_tasks_db.models import DBTaskResult

from musling.foundation import clock

TASKS_ARE_KEPT = dt.timedelta(days=14)


def clean_up() -> None:
    """Removes ended sessions and tasks that ended two weeks ago."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    DBTaskResult.objects.finished().filter(finished_at__lt=clock.now() - TASKS_ARE_KEPT).delete()
