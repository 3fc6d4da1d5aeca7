"""What nobody needs any more: ended sessions, finished work, old codes, mails long since sent."""

import datetime as dt
from importlib import import_module

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from musling.activity.expiring import forgotten_before
from musling.foundation import clock
from musling.mail.models import Delivery, Digest, Reminder
from musling.people.models import Activation
from musling.work.models import Run

TASKS_ARE_KEPT = dt.timedelta(days=14)
RUNS_ARE_KEPT = dt.timedelta(days=90)
CODES_ARE_KEPT = dt.timedelta(days=365)  # after they have opened nothing any more


def clean_up() -> None:
    """Removes what has ended in its time; a mail's line when the log has forgotten its deed."""
    now = clock.now()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_ARE_KEPT).delete()
    # Those whose worker was killed never finish; what they began was taken up by others.
    long_ago = timezone.now() - TASKS_ARE_KEPT  # noqa: TID251 (the library writes by this clock)
    DBTaskResult.objects.running().filter(started_at__lt=long_ago).delete()
    Run.objects.filter(ended_at__lt=now - RUNS_ARE_KEPT).delete()
    Activation.objects.filter(expires_at__lt=now - CODES_ARE_KEPT).delete()
    before = forgotten_before()
    Delivery.objects.filter(made_at__lt=before).delete()
    Digest.objects.filter(day__lt=before.date(), delivery=None).delete()
    Reminder.objects.filter(made_on__lt=before.date()).delete()
