"""The periods of two years that the organisation's theme is chosen for (row D8)."""

import datetime as dt
from dataclasses import dataclass

from musling.foundation.actor import Actor
from musling.frames.access import readable_themes
from musling.frames.document import Theme
from musling.frames.effective import period_theme
from musling.frames.models import OrganisationTheme
from musling.frames.queries import first_year_of, theme_in_force

AHEAD = 2  # how many coming periods a theme can be chosen for
FIRST_REMINDER = (7, 1)  # month and day of the even year before: half a year ahead
SECOND_REMINDER = (12, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Two years from an odd one, and what was chosen for them. ``when``: past, now or coming."""

    first_year: int
    when: str
    chosen: OrganisationTheme | None = None

    @property
    def years(self) -> str:
        """``2027–2028``."""
        return f"{self.first_year}–{self.first_year + 1}"

    @property
    def theme(self) -> Theme | None:
        """The theme as it is asked."""
        return period_theme(self.chosen.document, self.first_year) if self.chosen else None

    @property
    def begins_on(self) -> dt.date:
        """The first day on which talks of the period can be planned for the present year."""
        return dt.date(self.first_year, 1, 1)


def when_is(first_year: int, day: dt.date) -> str:
    """Whether a period is past, now or coming on a day."""
    now = first_year_of(day.year)
    return "now" if first_year == now else "past" if first_year < now else "coming"


def is_period(first_year: int, day: dt.date) -> bool:
    """Whether it begins in an odd year, not further ahead than a theme can be chosen for."""
    last = first_year_of(day.year) + 2 * AHEAD
    return first_year % 2 == 1 and 2001 <= first_year <= last


def periods(actor: Actor) -> list[Period]:
    """Coming periods, the present one, and past ones with a theme; the latest first. One query."""
    newest = {row.first_year: row for row in readable_themes(actor).order_by("chosen_at", "pk")}
    now = first_year_of(actor.today.year)
    years = {now + 2 * ahead for ahead in range(AHEAD + 1)} | set(newest)
    return [
        Period(year, when_is(year, actor.today), newest.get(year))
        for year in sorted(years, reverse=True)
    ]


def period(actor: Actor, first_year: int) -> list[OrganisationTheme]:
    """What was chosen for one period, the newest first; one query."""
    rows = readable_themes(actor).filter(first_year=first_year)
    return list(rows.order_by("-chosen_at", "-pk"))


def due_period(day: dt.date) -> tuple[int, dt.date] | None:
    """The period that a theme is missed for if none is chosen, and from which day it is said.

    From half a year before it begins; once more from one month before. None at other times.
    """
    if day.year % 2 or (day.month, day.day) < FIRST_REMINDER:
        return None
    late = (day.month, day.day) >= SECOND_REMINDER
    return day.year + 1, dt.date(day.year, *(SECOND_REMINDER if late else FIRST_REMINDER))


def missing_period(organisation_id: int, day: dt.date) -> int | None:
    """The first year of a coming period that is due and has no theme yet; one query at most."""
    due = due_period(day)
    if due is None or theme_in_force(organisation_id, due[0]):
        return None
    return due[0]
