"""A leader's week on paper."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date

from musling.conversations.queries.times import appointments, week_of
from musling.documents.letterhead import Letterhead
from musling.documents.week import WeekLine, week
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules


@rules.member("GET")
def team_week(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The talks that the actor leads in the week of ``?day=`` (else this week) as PDF."""
    standing = request.standing  # type: ignore[attr-defined]
    period = week_of(_day(request.GET.get("day", "")) or actor.today)
    talks = appointments(actor, period, over_too=True)
    if not standing.leads and not talks:
        raise NotThere
    head = Letterhead(
        language=actor.language,
        organisation=standing.organisation_name,
        talk_name=standing.talk_name,
        made_at=actor.at,
    )
    lines = [
        WeekLine(
            starts=talk.starts_at,
            ends=talk.ends_at,
            name=talk.name,
            title=talk.title,
            place=talk.place,
        )
        for talk in talks
    ]
    response = HttpResponse(
        week(head, standing.name, period.first, lines), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'inline; filename="musling.pdf"'
    return response


def _day(text: str) -> dt.date | None:
    """The day; nothing where the text is none, such as 31 February."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2200 else None
