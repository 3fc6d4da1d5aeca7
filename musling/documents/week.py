"""A leader's week on paper: when, with whom, where. No content of any talk."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from musling.documents.letterhead import Letterhead, day
from musling.documents.typesetting import typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """One talk. Both moments in Danish time."""

    starts: dt.datetime
    ends: dt.datetime
    name: str
    title: str = ""
    place: str = ""


def week(head: Letterhead, leader: str, first: dt.date, lines: Sequence[WeekLine]) -> bytes:
    """The week from the Monday ``first`` as a tagged PDF. Raises TypesettingFailedError.

    ``lines`` in order of time; a day without talks is left out.
    """
    with head.wording():
        last = first + dt.timedelta(days=6)
        number = first.isocalendar().week
        data = head.page(_("Talks in week {number}").format(number=number)) | {
            "leader": leader,
            "days-of": _("{first} to {last}").format(first=day(first), last=day(last)),
            "days": [
                {"name": _weekday(date), "talks": [_talk(line) for line in of_day]}
                for date, of_day in groupby(lines, key=lambda line: line.starts.date())
            ],
            "columns": [_("When"), _("Whom"), _("Where")],
            "none": _("No talks are booked this week."),
        }
    return typeset("week.typ", data, made_at=head.made_at)


def _weekday(date: dt.date) -> str:
    words = f"{date_format(date, 'l')} {day(date)}"
    return words[:1].upper() + words[1:]


def _talk(line: WeekLine) -> dict[str, str]:
    times = "–".join(date_format(moment, "TIME_FORMAT") for moment in (line.starts, line.ends))
    return {"when": times, "name": line.name, "title": line.title, "place": line.place}
