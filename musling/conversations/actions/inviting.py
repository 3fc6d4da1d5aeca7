"""Inviting many of one's team in one go: each gets an own time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from musling.conversations.access import led_talks
from musling.conversations.actions.offering import offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Conversation, Offer, Participant
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.people.leading import led_employments

MOST = 60


@transaction.atomic
def invite_team(
    actor: Actor,
    *,
    times: Mapping[str, dt.datetime],
    minutes: int,
    place: str = "",
    kind: str = "mus",
) -> Sequence[Conversation]:
    """Plans and offers a talk to each: employment's public id → the time proposed to that person.

    All or none: a time that has passed or two at the same time refuse the whole, with the name of
    the field, so that nothing typed is lost.
    """
    if not times:
        raise Refused(_("Choose at least one person."))
    if len(times) > MOST:
        raise Refused(_("Invite at most %(most)d at a time.") % {"most": MOST})
    _refuse_passed(actor, times)
    _refuse_overlaps(times, minutes)
    led = list(led_employments(actor).filter(public_id__in=times).select_related("profile"))
    plan_talks(actor, employments=led, kind=kind)
    seats = Participant.objects.filter(
        employment__in=led,
        part="employee",
        conversation__kind=kind,
        conversation__year=actor.today.year,
        conversation__in=led_talks(actor).values("pk"),
    ).select_related("conversation", "employment")
    # Offered by a round, without a time yet.
    timed = Offer.objects.exclude(times=[]).filter(conversation__in=seats.values("conversation"))
    untimed = set(
        seats.filter(conversation__state="offered")
        .exclude(conversation__in=timed.values("conversation"))
        .values_list("conversation", flat=True)
    )
    offered = []
    for seat in seats:
        if seat.employment and (
            seat.conversation.state in {"planned", "declined"} or seat.conversation_id in untimed
        ):
            offer_talk(
                actor,
                public_id=seat.conversation.public_id,
                times=[times[seat.employment.public_id]],
                minutes=minutes,
                place=place,
            )
            offered.append(seat.conversation)
    return offered


def _refuse_passed(actor: Actor, times: Mapping[str, dt.datetime]) -> None:
    passed = next((who for who, time in times.items() if time <= actor.at), "")
    if passed:
        raise Refused(_("A proposed time has passed. Choose one that lies ahead."), passed)


def _refuse_overlaps(times: Mapping[str, dt.datetime], minutes: int) -> None:
    ordered = sorted(times.items(), key=lambda pair: pair[1])
    for (_first, begins), (second, follows) in pairwise(ordered):
        if follows < begins + dt.timedelta(minutes=minutes):
            raise Refused(_("Two of the times overlap. Leave room between them."), second)
