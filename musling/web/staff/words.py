"""States and reasons in words for HR."""

import datetime as dt
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from musling.people.leading import Passed
from musling.people.models import Profile
from musling.people.queries import Job

WRITTEN = "DATE_FORMAT"


def day(value: dt.date) -> str:
    """``3. november 2026``."""
    return date_format(value, WRITTEN)


def job_state(profile: Profile, jobs: Sequence[Job], today: dt.date) -> tuple[str, str]:
    """Where a person with these employments stands, and the kind of mark; the foremost only."""
    if profile.disabled_at:
        return _("Access closed"), "plain"
    here = [job for job in jobs if job.found]
    if not here:
        return _not_here(jobs, today)
    if all(job.on_leave for job in here):
        return _on_leave(here), "plain"
    ends = [job.employment.ends_on for job in here]
    if all(ends):
        return _("Ends %(day)s") % {"day": day(max(end for end in ends if end))}, "wait"
    if profile.person_id is None:
        return _("No log-in yet"), "plain"
    return _("Employed"), "ok"


def _not_here(jobs: Sequence[Job], today: dt.date) -> tuple[str, str]:
    coming = [job.employment.starts_on for job in jobs if job.employment.starts_on > today]
    if coming:
        return _("Starts %(day)s") % {"day": day(min(coming))}, ""
    return (_("Left"), "plain") if jobs else (_("Not employed"), "plain")


def _on_leave(here: Sequence[Job]) -> str:
    until = [job.employment.leave_until for job in here]
    if all(until):
        return _("On leave until %(day)s") % {"day": day(min(end for end in until if end))}
    return _("On leave")


def why_this_leader(job: Job) -> str:
    """How the nearest leader was found, where it is not the unit's own."""
    if not job.found or not job.leader:
        return ""
    reasons = dict(job.found.passed)
    if Passed.OWN in reasons.values():
        return _("Leads or stands in here, so the leader above leads.")
    if reasons:
        return _("The post here is vacant, so the leader above leads.")
    return ""
