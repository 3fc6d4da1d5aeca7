"""Who leads a unit, and who stands in: given and ended with dates."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.organisations.models import Unit
from musling.people.access import (
    changeable_employments,
    changeable_leaderships,
    changeable_units,
)
from musling.people.actions.reach import leading_nobody_more
from musling.people.actions.roles import others_in_hr
from musling.people.actions.typed import to_change
from musling.people.leading import in_force
from musling.people.models import Employment, Leadership
from musling.people.sessions import end_sessions

A_DAY = dt.timedelta(days=1)


@transaction.atomic
def give_leadership(
    actor: Actor,
    *,
    unit: Unit,
    employment: Employment,
    kind: str = Leadership.Kind.LEADER,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Leadership:
    """The employment leads the unit (or stands in) from this day; whoever had the post ends.

    Raises Refused where the unit is closed, the employment does not hold on the day, or somebody
    in HR would make herself the leader while there are others in HR (T30).
    """
    unit = to_change(changeable_units(actor), unit)
    employment = to_change(changeable_employments(actor), employment)
    if unit.closed_on:
        raise Refused(_("This unit is closed. Choose one that is open."), "unit")
    refuse_unfit(actor, employment, starts_on, ends_on)
    held = Leadership.objects.filter(unit=unit, kind=kind)
    if held.filter(in_force(starts_on), employment=employment, ends_on=ends_on).exists():
        raise Refused(_("This person has the post already."), "employment")
    _make_room(actor, held.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)), starts_on, ends_on)
    leadership = Leadership.objects.create(
        organisation_id=actor.organisation_id,
        unit=unit,
        employment=employment,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    log.note(actor, "leadership.given", object_id=leadership.pk, about=employment.profile_id)
    return leadership


@transaction.atomic
def end_leadership(
    actor: Actor, leadership: Leadership, *, last_day: dt.date | None = None
) -> Leadership:
    """Ends the post with the last day; without one, now. Sessions end as soon as it is over.

    Raises Refused where the people of the unit would fall to whoever ends it (T30).
    """
    leadership = to_change(changeable_leaderships(actor), leadership)
    last_day = last_day or actor.today - A_DAY
    with leading_nobody_more(actor, "last_day", from_on=last_day + A_DAY):
        _end(actor, [leadership], last_day)
    return leadership


def refuse_unfit(
    actor: Actor, employment: Employment, starts_on: dt.date, ends_on: dt.date | None = None
) -> None:
    """Raises Refused with the field where the employment cannot have a post from that day."""
    if ends_on and ends_on < starts_on:
        raise Refused(_("The end lies before the start. Correct one of the dates."), "ends_on")
    if not Employment.objects.filter(in_force(starts_on), pk=employment.pk).exists():
        raise Refused(
            _("This person is not employed on that day. Choose another day or person."),
            "employment",
        )
    if employment.profile_id == actor.profile_id and others_in_hr(actor).exists():
        raise Refused(_("Nobody makes oneself a leader. Ask somebody else in HR."), "employment")


def _make_room(
    actor: Actor, held: QuerySet[Leadership], starts_on: dt.date, ends_on: dt.date | None
) -> None:
    """Ends who has the post before the new one starts; a later one that does not meet it stays."""
    if ends_on:
        held = held.filter(starts_on__lte=ends_on)
    _end(actor, list(held.select_related("employment__profile")), starts_on - A_DAY)


def _end(actor: Actor, posts: list[Leadership], last_day: dt.date) -> None:
    for post in posts:
        post.ends_on = last_day
    Leadership.objects.bulk_update(posts, ["ends_on"])
    log.note_many(actor, [("leadership.ended", p.pk, p.employment.profile_id) for p in posts])
    if last_day < actor.today:
        end_sessions([post.employment.profile.person_id or 0 for post in posts])
