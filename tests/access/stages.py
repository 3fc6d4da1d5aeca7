"""A talk of the cast in each of its states, made by the actions that the pages call."""

from collections.abc import Callable

from musling.conversations.actions import approving, offering, on_paper, talking
from musling.conversations.models import Conversation, Minutes
from musling.conversations.queries.talks import talk
from tests.cast import Cast, booked_talk, next_week, planned_talk

CONCLUSION = "Vi er enige om det hele"


def offered(cast: Cast) -> Conversation:
    row = planned_talk(cast)
    offering.offer_talk(cast.leader.actor, public_id=row.public_id, times=[next_week()], minutes=45)
    return row


def other_time(cast: Cast) -> Conversation:
    row = offered(cast)
    offering.propose_other_times(
        cast.employee.actor, public_id=row.public_id, times=[next_week(14)]
    )
    return row


def declined(cast: Cast) -> Conversation:
    row = offered(cast)
    offering.decline_offer(cast.employee.actor, public_id=row.public_id)
    return row


def called_off(cast: Cast) -> Conversation:
    row = booked_talk(cast)
    offering.call_off_talk(cast.leader.actor, public_id=row.public_id)
    return row


def opened(cast: Cast) -> Conversation:
    row = booked_talk(cast)
    found = talk(cast.leader.actor, row.public_id)
    talking.choose_minute_taker(
        cast.leader.actor, public_id=row.public_id, participant=found.employee.public_id
    )
    talking.agree_on_frame(cast.leader.actor, public_id=row.public_id)
    talking.agree_on_frame(cast.employee.actor, public_id=row.public_id)
    talking.write_section(
        cast.employee.actor,
        public_id=row.public_id,
        section="conclusion",
        text=CONCLUSION,
        version=0,
    )
    talking.write_agreement(
        cast.leader.actor, public_id=row.public_id, content={"what": "Fast makker"}
    )
    return row


def held(cast: Cast) -> Conversation:
    row = opened(cast)
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    return row


def minutes_out(cast: Cast) -> Conversation:
    row = held(cast)
    approving.send_minutes(cast.employee.actor, public_id=row.public_id)
    return row


def returned(cast: Cast) -> Conversation:
    row = minutes_out(cast)
    version = Minutes.objects.get(conversation=row).version
    approving.return_minutes(
        cast.leader.actor, public_id=row.public_id, comment="Ikke helt", version=version
    )
    return row


def agreed(cast: Cast) -> Conversation:
    row = minutes_out(cast)
    version = Minutes.objects.get(conversation=row).version
    approving.approve_minutes(cast.leader.actor, public_id=row.public_id, version=version)
    return row


def said_to_be_held_on_paper(cast: Cast) -> Conversation:
    row = planned_talk(cast)
    on_paper.register_paper_talk(
        cast.leader.actor, public_id=row.public_id, held_on=cast.leader.actor.today
    )
    return row


STAGES: dict[str, Callable[[Cast], Conversation]] = {
    "planned": planned_talk,
    "offered": offered,
    "other time": other_time,
    "declined": declined,
    "booked": booked_talk,
    "called off": called_off,
    "open": opened,
    "held": held,
    "minutes out": minutes_out,
    "returned": returned,
    "agreed": agreed,
    "said to be held on paper": said_to_be_held_on_paper,
}
