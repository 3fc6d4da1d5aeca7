"""Who may see and change working hours, an own calendar and a feed: the person alone."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.calendars.models import BusyTime, Feed, OwnCalendar, WorkingHours
from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, Row, reach
from musling.people.access import ALWAYS, SELF

WORKING_HOURS = Content(
    "working_hours", _("Working hours"), _("When you work, and the pause between two talks")
)
OWN_CALENDAR = Content(
    "own_calendar", _("Own calendar"), _("The secret address at which your calendar is read")
)
BUSY_TIME = Content(
    "busy_time", _("Busy times"), _("When your own calendar says that you are taken")
)
FEED = Content("feed", _("Calendar feed"), _("That your calendar reads your talks from Musling"))


def _own(model: Any) -> Any:
    return lambda actor: model.objects.filter(profile_id=actor.profile_id)


WORKING_HOURS_ROWS = (Row(WORKING_HOURS, SELF, ALWAYS, _own(WorkingHours), change=True),)
OWN_CALENDAR_ROWS = (Row(OWN_CALENDAR, SELF, ALWAYS, _own(OwnCalendar), change=True),)
BUSY_TIME_ROWS = (Row(BUSY_TIME, SELF, ALWAYS, _own(BusyTime)),)
FEED_ROWS = (Row(FEED, SELF, ALWAYS, _own(Feed), change=True),)
ROWS = WORKING_HOURS_ROWS + OWN_CALENDAR_ROWS + BUSY_TIME_ROWS + FEED_ROWS


def own_hours(actor: Actor) -> QuerySet[WorkingHours]:
    """The actor's working hours, if any were set."""
    return reach(WorkingHours.objects.all(), WORKING_HOURS_ROWS, actor)


def own_calendars(actor: Actor) -> QuerySet[OwnCalendar]:
    """The calendar that the actor lets Musling read, if any."""
    return reach(OwnCalendar.objects.all(), OWN_CALENDAR_ROWS, actor)


def own_busy_times(actor: Actor) -> QuerySet[BusyTime]:
    """When the actor's own calendar says that she or he is taken."""
    return reach(BusyTime.objects.all(), BUSY_TIME_ROWS, actor)


def own_feeds(actor: Actor) -> QuerySet[Feed]:
    """The actor's feed, if any."""
    return reach(Feed.objects.all(), FEED_ROWS, actor)
