"""A talk between Mette (employee) and Lars (leader) in each of its stages; Mette writes."""

import datetime as dt
from typing import Any

from musling.conversations.actions import (
    approving,
    following_up,
    offering,
    on_paper,
    preparing,
    releasing,
    talking,
)
from musling.conversations.actions.fitting import fit_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.actions.understanding import tick_alike
from musling.conversations.models import (
    Agreement,
    Conversation,
    Minutes,
    MinutesSection,
    Participant,
    Release,
)
from musling.conversations.queries import talks as queries
from musling.conversations.queries.room import opened_minutes
from musling.foundation import clock
from musling.frames.document import content_hash
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import add_own
from musling.people.models import Leadership
from tests.cast import Cast, Member, booked_talk, next_week, planned_talk

SECTION = "wellbeing"


def seat(talk: Conversation, part: str) -> Participant:
    """The living row of that part in the talk."""
    return Participant.objects.get(conversation=talk, part=part, ended_at=None)


def agreed_frame(cast: Cast, talk: Conversation, *, taker: str = "employee") -> None:
    """Both agree on the frame; the room opens."""
    talking.choose_minute_taker(
        cast.employee.actor, public_id=talk.public_id, participant=seat(talk, taker).public_id
    )
    talking.agree_on_frame(cast.employee.actor, public_id=talk.public_id)
    talking.agree_on_frame(cast.leader.actor, public_id=talk.public_id)
    talk.refresh_from_db()


def agreed_frame_by(first: Member, second: Member, talk: Conversation) -> None:
    """The same for two others; the first of them writes."""
    mine = Participant.objects.get(conversation=talk, profile=first.profile, ended_at=None)
    talking.choose_minute_taker(first.actor, public_id=talk.public_id, participant=mine.public_id)
    talking.agree_on_frame(first.actor, public_id=talk.public_id)
    talking.agree_on_frame(second.actor, public_id=talk.public_id)
    talk.refresh_from_db()


def fit(cast: Cast, talk: Conversation, words: str = "Hvad mere?") -> None:
    """The leader asks one more question in this talk alone."""
    found = queries.talk(cast.leader.actor, talk.public_id)
    item = {"type": "text", "text": {"da": words}, "phase": "now"}
    changes = add_own(found.document, TeamChanges(), theme="team", item=item)
    seen = content_hash(found.document)
    fit_talk(cast.leader.actor, public_id=talk.public_id, changes=changes, seen=seen)
    talk.refresh_from_db()


def open_talk(cast: Cast, kind: str = "mus", *, taker: str = "employee") -> Conversation:
    """In the room."""
    talk = booked_talk(cast, kind)
    agreed_frame(cast, talk, taker=taker)
    return talk


def tick(cast: Cast, talk: Conversation, *points: str) -> None:
    """Mette says that the two understand points alike; the first of the frame's where none."""
    first = talk.content.document["four_points"][0]["id"]
    tick_alike(cast.employee.actor, public_id=talk.public_id, points=points or (first,), before=())


def agree(cast: Cast, talk: Conversation, what: str = "Fast makker", **more: Any) -> Agreement:
    """An agreement, written by the leader."""
    return talking.write_agreement(
        cast.leader.actor, public_id=talk.public_id, content={"what": what, **more}
    )


def write(cast: Cast, talk: Conversation, text: str, section: str = SECTION) -> None:
    """Words in a section, by whoever takes the minutes; whatever stood there goes."""
    taker = talk.minute_taker
    assert taker is not None
    mine = cast.employee if taker.part == "employee" else cast.leader
    there = _version(talk, section)
    talking.write_section(
        mine.actor, public_id=talk.public_id, section=section, text=text, version=there
    )


def _version(talk: Conversation, section: str) -> int:
    row = MinutesSection.objects.filter(minutes__conversation=talk, section=section).first()
    return row.version if row else 0


def section_of(cast: Cast, talk: Conversation, section: str) -> str:
    """What is stored in a section now."""
    found = queries.talk(cast.employee.actor, talk.public_id)
    return opened_minutes(cast.employee.actor, found).sections.get(section, "")


def held_talk(cast: Cast, kind: str = "mus") -> Conversation:
    """Held, with a few words and one agreement, not sent."""
    talk = open_talk(cast, kind)
    write(cast, talk, "Vi talte om vagterne.", "talk")
    agree(cast, talk, due_on=None)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    return talk


def sent_talk(cast: Cast, kind: str = "mus") -> Conversation:
    """The minutes are with the leader."""
    talk = held_talk(cast, kind)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    return talk


def approved_talk(cast: Cast) -> Conversation:
    """Approved and signed by both."""
    talk = sent_talk(cast)
    answer(cast, talk)
    talk.refresh_from_db()
    return talk


def approve(cast: Cast, talk: Conversation) -> None:
    """Mette sends the minutes, and Lars approves them."""
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    answer(cast, talk)


def answer(cast: Cast, talk: Conversation) -> None:
    """Lars approves the minutes that are with him."""
    version = minutes_of(talk).version
    approving.approve_minutes(cast.leader.actor, public_id=talk.public_id, version=version)


def book(cast: Cast, talk: Conversation, hour: int = 10) -> None:
    """A planned talk gets a time."""
    time = next_week(hour)
    offering.offer_talk(cast.leader.actor, public_id=talk.public_id, times=[time], minutes=45)
    offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=time)


def planned_by(leader: Member, employee: Member) -> Conversation:
    """A talk that this leader plans with that employee."""
    return plan_talks(leader.actor, employments=[employee.employment])[0]


def minutes_of(talk: Conversation) -> Minutes:
    """The minutes as they stand."""
    return Minutes.objects.get(conversation=talk)


def next_year(cast: Cast, kind: str = "mus") -> Conversation:
    """A year later, the next talk is booked."""
    clock.move(dt.timedelta(days=365))
    return booked_talk(cast, kind)


def typed_in_agreement(cast: Cast, talk: Conversation, *, confirmed: bool = True) -> Agreement:
    """Typed in by Mette; on wish confirmed by Lars."""
    row = following_up.type_in_agreement(
        cast.employee.actor, public_id=talk.public_id, content={"what": "Færre møder"}
    )
    if confirmed:
        following_up.confirm_typed_in(cast.leader.actor, agreement=row.public_id, confirm=True)
        row.refresh_from_db()
    return row


def paper_talk(cast: Cast, *, confirmed: bool = True) -> Conversation:
    """Registered by Lars as held on paper today; on wish confirmed by Mette."""
    talk = planned_talk(cast)
    on_paper.register_paper_talk(cast.leader.actor, public_id=talk.public_id, held_on=clock.today())
    if confirmed:
        on_paper.answer_paper_talk(cast.employee.actor, public_id=talk.public_id, confirm=True)
    talk.refresh_from_db()
    return talk


def hand_in(cast: Cast, talk: Conversation, text: str = "Glad for vagterne") -> None:
    """Mette writes to one item and hands it in."""
    preparing.save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={"wellbeing.general": {"score": 4, "text": text}},
        versions={},
    )
    preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=["wellbeing.general"])


def somebody_stands_in(cast: Cast, days: int = 60) -> None:
    """HR says that Jonas stands in for Lars from today."""
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.colleague.employment,
        kind=Leadership.Kind.STAND_IN,
        starts_on=clock.today(),
        ends_on=clock.today() + dt.timedelta(days=days),
    )


def asked_to_release(cast: Cast, talk: Conversation, **more: Any) -> Release:
    """Mette asks Lars whether Tanja, who represents the union, may read the minutes."""
    given = {
        "document": "minutes",
        "email": cast.union_rep.profile.email,
        "until": clock.today() + dt.timedelta(days=30),
        "why": "Hun hjælper mig videre",
    }
    return releasing.ask_to_release(cast.employee.actor, public_id=talk.public_id, **(given | more))


def released(cast: Cast, talk: Conversation, copy: bytes = b"%PDF-") -> Release:
    """Lars has said yes."""
    row = asked_to_release(cast, talk)
    return releasing.agree_to_release(
        cast.leader.actor, release=row.public_id, make_copy=lambda _row: copy
    )
