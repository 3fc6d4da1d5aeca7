"""The leader's team: a row per person, what waits for me first; planning one talk."""

import datetime as dt
from functools import lru_cache

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Minutes, Offer, State
from musling.conversations.queries.deputies import left_behind
from musling.conversations.queries.team import BOOKED, HELD, OFFERED, TeamRow, team
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.people.access import readable_employments
from musling.people.leading import led_employments
from musling.rounds.queries import my_rounds
from musling.web.pieces import rows as board_rows

PER_PAGE = 50
MINE, NOTHING = SafeString(' class="mine"'), SafeString(' class="none"')
KINDS_OF_MARK = {"me": "wait", "other": "", "nobody": "ok"}


@rules.member("GET")
def team_board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A row per person, stages as columns. Whoever leads nobody and nothing gets a 404."""
    found = team(actor)
    if not found.rows and not request.standing.leads:  # type: ignore[attr-defined]
        raise NotThere
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    slug = request.standing.slug  # type: ignore[attr-defined]
    return render(
        request,
        "team/team.html",
        {
            "page": page,
            "my_rounds": my_rounds(actor),
            "joint_asked": found.joint_asked,
            "year": found.year,
            "waiting": found.waiting,
            "unoffered": len(found.unoffered),
            "next_week": actor.today + dt.timedelta(days=7),
            "slips": found.somebody_without_log_in,
            "rows": board_rows("team/_row.html", [_row(row, slug) for row in page]),
            "sums": [
                {"number": len(found.rows), "label": _("in the team")},
                {"number": found.count(OFFERED), "label": _("offered")},
                {"number": found.count(BOOKED), "label": _("booked")},
                {"number": found.count(HELD), "label": _("held")},
                {"number": found.count({State.AGREED}), "label": _("approved by both")},
            ],
        },
    )


def _row(row: TeamRow, slug: str) -> dict[str, str]:
    """One line of the board, in words."""
    base = f"/{slug}/talks/{row.found.public_id}/" if row.found else ""
    leave_until = row.employment.leave_until
    mark = row.step.text
    if row.on_leave:
        mark = (
            _("On leave until %(day)s") % {"day": _day(leave_until)}
            if leave_until
            else _("On leave")
        )
    cells = {
        "offer": _offer(row),
        "prepared": _prepared(row),
        "talk": _talk(row),
        "minutes": _minutes(row),
        "agreements": _agreed(row),
    }
    return {
        "name": row.employment.profile.name,
        "title": row.employment.title,
        "url": base or f"/{slug}/team/plan/{row.employment.public_id}/",
        "mine": MINE if row.waits_for_me else "",
        "mark": mark,
        "kind": _kind(row),
        **{name: words or "–" for name, words in cells.items()},
        **{f"no_{name}": "" if words else NOTHING for name, words in cells.items()},
    }


def _kind(row: TeamRow) -> str:
    declined = row.found is not None and row.found.state == State.DECLINED
    return "plain" if row.on_leave or declined else KINDS_OF_MARK[row.step.waits]


def _day(day: dt.date | dt.datetime | None) -> str:
    if isinstance(day, dt.datetime):
        day = day.astimezone(COPENHAGEN).date()
    return _day_in_words(day, get_language()) if day else ""


@lru_cache(maxsize=2000)
def _day_in_words(day: dt.date, _language: str | None) -> str:
    """Kept, since a board says the same few days over and over."""
    return date_format(day, "SHORT_DAY_FORMAT")


def _agreed(row: TeamRow) -> str:
    if not row.agreements:
        return ""
    if row.agreed_in:
        words = _("%(done)s of %(all)s done, from %(year)s")
        return words % {"done": row.done, "all": row.agreements, "year": row.agreed_in}
    return _("%(done)s of %(all)s done") % {"done": row.done, "all": row.agreements}


def _offer(row: TeamRow) -> str:
    if row.found is None or not row.found.answer:
        return ""
    if row.found.answer == Offer.Answer.ACCEPTED:
        return _("Accepted %(day)s") % {"day": _day(row.found.answered_at)}
    if row.found.answer == Offer.Answer.DECLINED:
        return _("Declined %(day)s") % {"day": _day(row.found.answered_at)}
    if row.found.answer == Offer.Answer.OTHER_TIME:
        return _("Proposes another time")
    if row.found.needs_time:
        return _("Offered %(day)s, no time yet") % {"day": _day(row.found.offered_at)}
    if row.found.answer == Offer.Answer.OUTSIDE:
        return _("Outside working hours")
    if row.found.times_passed:
        return _("Sent %(day)s, the times have passed") % {"day": _day(row.found.offered_at)}
    return _("Sent %(day)s") % {"day": _day(row.found.offered_at)}


def _prepared(row: TeamRow) -> str:
    if row.found is None:
        return ""
    if row.found.i_handed_in_at:
        return _("Both") if row.found.other_handed_in_at else _("You")
    return row.employment.profile.first_name if row.found.other_handed_in_at else ""


def _talk(row: TeamRow) -> str:
    found = row.found
    if found is None:
        return ""
    if found.held_at:
        return _("Held %(day)s") % {"day": _day(found.held_at)}
    if found.state in BOOKED and found.starts_at:
        local = found.starts_at.astimezone(COPENHAGEN)
        words = _("%(day)s at %(time)s") % {
            "day": _day(local),
            "time": date_format(local, "TIME_FORMAT"),
        }
        return words + (" · " + _("put off") if found.postponed else "")
    if not found.postponed:
        return ""
    return _("Put off, no new time yet") if found.state == State.PLANNED else _("Put off")


def _minutes(row: TeamRow) -> str:
    if row.found is None or not row.found.minutes_state:
        return ""
    if row.found.minutes_state == Minutes.State.APPROVED:
        return _("Approved %(day)s") % {"day": _day(row.found.minutes_approved_at)}
    return str(Minutes.State(row.found.minutes_state).label)


@rules.member("GET", "POST")
def plan(request: HttpRequest, actor: Actor, employment: str) -> HttpResponse:
    """Somebody of the team without a talk this year: plan one and go on to propose times."""
    row = (
        readable_employments(actor)
        .filter(public_id=employment, pk__in=led_employments(actor).values("pk"))
        .select_related("profile")
        .first()
    )
    if row is None:
        raise NotThere
    slug = request.standing.slug  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            planned = plan_talks(actor, employments=[row])
        except Refused as problem:
            messages.error(request, problem.message)
            return redirect("team", slug)
        if not planned:
            messages.info(request, _("There is a talk this year already."))
            return redirect("team", slug)
        return redirect("offer", slug, planned[0].public_id)
    return render(
        request,
        "team/plan.html",
        {
            "employment": row,
            "year": actor.today.year,
            "left_behind": left_behind(actor, [row.pk]).exists(),
        },
    )
