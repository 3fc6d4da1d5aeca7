"""What nobody needs any more: ended sessions, finished tasks, posts that were never fetched."""

import datetime as dt
from importlib import import_module

from django.conf import settings
from django_tasks_db.models import DBTaskResult

from musling.foundation import clock
from musling.identity import held
from musling.identity.models import HeldPost

TASKS_ARE_KEPT = dt.timedelta(days=14)


def destroy_held_posts() -> int:
    """Destroys posts that were held longer than they may be; returns how many."""
    late = HeldPost.objects.filter(made_at__lt=clock.now() - held.LIFETIME)
    posts = list(late.select_related("key")[:500])
    held.destroy(posts, reason="expired")
    return len(posts)


def clean_up() -> None:
    """Removes ended sessions and tasks that ended two weeks ago."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    DBTaskResult.objects.finished().filter(finished_at__lt=clock.now() - TASKS_ARE_KEPT).delete()
