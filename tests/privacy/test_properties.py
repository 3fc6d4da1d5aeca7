"""Random histories: nobody reads what the table denies, everybody what it grants, and what is
destroyed opens for nobody.

A history is a list of deeds with random people, talks and times; what does not apply is refused by
the actions themselves. Beside it runs a ledger of a few lines that knows, from the deeds alone, who
should read which text. After each history both are compared, for everybody and every text.
"""

import base64
import datetime as dt
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from musling.conversations import access
from musling.conversations.actions import (
    approving,
    following_up,
    offering,
    planning,
    preparing,
    releasing,
    talking,
)
from musling.conversations.actions.new_leader import choose_what_goes_along
from musling.conversations.actions.standing_in import end_stand_in, tell_stand_in
from musling.conversations.models import (
    Agreement,
    Answer,
    Conversation,
    GoesAlong,
    HandedIn,
    Minutes,
    MinutesSection,
    Participant,
    Release,
    StandIn,
)
from musling.foundation import clock
from musling.foundation.problems import Clash, NotThere, Refused
from musling.people.models import Employment, Leadership
from musling.privacy import destroying
from musling.schedule.handing_over import hand_over
from musling.vault import keys, rotation
from musling.vault.models import Key
from tests.cast import Cast, Member, make_cast, next_week
from tests.conversations import stages

A_DAY = dt.timedelta(days=1)
EMPLOYEES = ("employee", "colleague")
LEADERS = ("leader", "leaders_leader", "consultant")
READERS = ("union_rep", "hr", "committee")
TELLERS = (*EMPLOYEES, *LEADERS, *READERS, "operator", "two_places", "neighbour")


@dataclass
class Said:
    """A text, and what the deeds say of it: of which talk, by whom, of which kind."""

    words: str
    talk: int
    kind: str  # preparation, handed_in, minutes, agreement, release
    by: str
    reader: str = ""  # of a release


@dataclass
class History:
    """The world of one example, and the ledger beside it."""

    cast: Cast
    said: list[Said] = field(default_factory=list)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def words(self) -> str:
        return f"Tekst-{next(self.counter)}."

    def talk(self, number: int) -> Conversation:
        """One of the talks there are, by a random number. Raises NotThere."""
        rows = list(Conversation.objects.order_by("pk"))
        if not rows:
            raise NotThere
        return rows[number % len(rows)]

    def party(self, talk: Conversation, part: str) -> Member:
        """Who sits in that part now."""
        seat = stages.seat(talk, part)
        return next(m for m in self.cast.everybody.values() if m.profile.pk == seat.profile_id)

    def name(self, member: Member) -> str:
        return next(name for name, one in self.cast.everybody.items() if one is member)


# --- the deeds: each with two random numbers -----------------------------------------------------


def plan(world: History, a: int, _b: int) -> None:
    employee = world.cast.everybody[EMPLOYEES[a % 2]]
    leads = Leadership.objects.filter(unit=world.cast.unit, ends_on=None).latest("pk")
    leader = next(
        m
        for m in world.cast.everybody.values()
        if m.employment and m.employment == leads.employment
    )
    (talk,) = planning.plan_talks(leader.actor, employments=[employee.employment]) or [None]
    if talk:
        time = next_week()
        known = {"public_id": talk.public_id}
        offering.offer_talk(leader.actor, times=[time], minutes=45, **known)
        offering.accept_offer(employee.actor, time=time, **known)


def prepare(world: History, a: int, b: int) -> None:
    talk = world.talk(a)
    part = ("employee", "leader")[b % 2]
    member, words = world.party(talk, part), world.words()
    item = ("wellbeing.general", "tasks.time")[b // 2 % 2]
    preparing.save_answers(
        member.actor, public_id=talk.public_id, answers={item: {"text": words}}, versions={}
    )
    # What stood there is written over: the ledger forgets it.
    mine = [one for one in world.said if one.kind == "preparation" and one.talk == talk.pk]
    for one in mine:
        if one.by == world.name(member) and one.reader == item:
            world.said.remove(one)
    world.said.append(Said(words, talk.pk, "preparation", world.name(member), item))


def hand_in(world: History, a: int, b: int) -> None:
    talk = world.talk(a)
    member = world.party(talk, ("employee", "leader")[b % 2])
    who = world.name(member)
    preparing.hand_in(member.actor, public_id=talk.public_id, items=["wellbeing.general"])
    world.said = [
        one for one in world.said if (one.kind, one.talk, one.by) != ("handed_in", talk.pk, who)
    ]
    for one in list(world.said):
        mine = (one.kind, one.talk, one.by) == ("preparation", talk.pk, who)
        if mine and one.reader == "wellbeing.general":
            world.said.append(Said(one.words, talk.pk, "handed_in", who))


def hold(world: History, a: int, _b: int) -> None:
    talk = world.talk(a)
    employee, leader = world.party(talk, "employee"), world.party(talk, "leader")
    stages.agreed_frame_by(employee, leader, talk)
    words, agreed = world.words(), world.words()
    known = {"public_id": talk.public_id}
    talking.write_section(employee.actor, section="conclusion", text=words, version=0, **known)
    talking.write_agreement(leader.actor, content={"what": agreed}, **known)
    world.said.append(Said(words, talk.pk, "minutes", world.name(employee)))
    world.said.append(Said(agreed, talk.pk, "agreement", world.name(leader)))
    talking.end_talk(leader.actor, **known)


def approve(world: History, a: int, _b: int) -> None:
    talk = world.talk(a)
    known = {"public_id": talk.public_id}
    approving.send_minutes(world.party(talk, "employee").actor, **known)
    version = Minutes.objects.get(conversation=talk).version
    approving.approve_minutes(world.party(talk, "leader").actor, version=version, **known)


def finish_agreement(world: History, a: int, _b: int) -> None:
    rows = list(Agreement.objects.filter(removed_at=None).order_by("pk"))
    if rows:
        row = rows[a % len(rows)]
        for part in ("employee", "leader"):
            following_up.note_follow_up(
                world.party(row.conversation, part).actor,
                agreement=row.public_id,
                says_done=True,
            )


def change_leader(world: History, a: int, _b: int) -> None:
    new = world.cast.everybody[LEADERS[a % len(LEADERS)]]
    held = Leadership.objects.filter(unit=world.cast.unit, kind="leader", ends_on=None)
    if held.filter(employment=new.employment).exists():
        return
    held.update(ends_on=clock.today() - A_DAY)
    Leadership.objects.create(
        organisation=world.cast.havneby,
        unit=world.cast.unit,
        employment=new.employment,
        starts_on=clock.today(),
    )
    hand_over()


def choose(world: History, a: int, b: int) -> None:
    talk = world.talk(a)
    choice = GoesAlong.values[b % len(GoesAlong.values)]
    employee = world.party(talk, "employee")
    choose_what_goes_along(employee.actor, public_id=talk.public_id, choice=choice)


def stand_in(world: History, a: int, b: int) -> None:
    talk = world.talk(a)
    other = world.cast.two_places
    Leadership.objects.get_or_create(
        organisation=world.cast.havneby,
        unit=world.cast.unit,
        employment=other.employment,
        kind=Leadership.Kind.STAND_IN,
        starts_on=clock.today(),
        ends_on=clock.today() + 40 * A_DAY,
    )
    tell_stand_in(
        world.party(talk, "leader").actor,
        talks=[talk.public_id],
        stand_in=str(other.employment.public_id),
        from_on=clock.today() + (b % 3) * A_DAY,
    )


def call_back(world: History, a: int, _b: int) -> None:
    rows = list(StandIn.objects.filter(ended_at=None).select_related("told_by").order_by("pk"))
    if rows:
        row = rows[a % len(rows)]
        leader = next(
            m for m in world.cast.everybody.values() if m.profile.pk == row.told_by.profile_id
        )
        end_stand_in(leader.actor, stand_in=row.public_id)


def release(world: History, a: int, b: int) -> None:
    talk, words = world.talk(a), world.words()
    reader = READERS[b % len(READERS)]
    row = releasing.ask_to_release(
        world.party(talk, "employee").actor,
        public_id=talk.public_id,
        document="minutes",
        email=world.cast.everybody[reader].profile.email,
        until=clock.today() + 20 * A_DAY,
    )
    releasing.agree_to_release(
        world.party(talk, "leader").actor,
        release=row.public_id,
        make_copy=lambda _row: words.encode(),
    )
    world.said.append(Said(words, talk.pk, "release", "", reader))


def end_release(world: History, a: int, _b: int) -> None:
    rows = list(Release.objects.filter(ended_at=None).order_by("pk"))
    if rows:
        row = rows[a % len(rows)]
        employee = world.party(row.conversation, "employee")
        releasing.end_release(employee.actor, release=row.public_id)


def next_talk(world: History, a: int, b: int) -> None:
    """A year later: planned, prepared, held."""
    clock.move(340 * A_DAY)
    plan(world, a, b)
    last = Conversation.objects.count() - 1
    prepare(world, last, 0)
    hold(world, last, 0)


def time_passes(_world: History, a: int, _b: int) -> None:
    clock.move((1, 9, 30, 120, 366)[a % 5] * A_DAY)


def retention_runs(_world: History, _a: int, _b: int) -> None:
    hand_over()
    destroying.run()


def keys_rotate(_world: History, _a: int, _b: int) -> None:
    rotation.rotate()


def leaves(world: History, a: int, _b: int) -> None:
    employee = world.cast.everybody[EMPLOYEES[a % 2]]
    Employment.objects.filter(pk=employee.employment.pk).update(ends_on=clock.today())


Deed = Callable[[History, int, int], None]
DEEDS: tuple[Deed, ...] = (
    *(plan, prepare, hand_in, hold, approve, next_talk, finish_agreement, change_leader),
    *(choose, choose, stand_in, call_back, release, end_release),
    *(time_passes, time_passes, retention_runs, retention_runs, keys_rotate, leaves),
)
# Every history begins where there is something to read: one talk agreed on, another prepared.
BEGINNING: tuple[tuple[Deed, int, int], ...] = (
    (plan, 0, 0),
    *((prepare, 0, number) for number in range(4)),
    *((hand_in, 0, number) for number in range(2)),
    (hold, 0, 0),
    (approve, 0, 0),
    (plan, 1, 0),
    (prepare, 1, 0),
    (hand_in, 1, 0),
)
# MUSLING_EXAMPLES=300 looks further, and elsewhere each time.
EXAMPLES = int(os.environ.get("MUSLING_EXAMPLES", "0"))


DOES_NOT_APPLY = (
    NotThere,
    Refused,
    Clash,
    keys.KeyDestroyed,
    Participant.DoesNotExist,
    Minutes.DoesNotExist,
)

# --- what should be, from the deeds and the seats alone ------------------------------------------


def may_read(world: History, one: Said) -> set[str]:
    """Who should find these words. Knows seats and dates; asks no row of access."""
    talk = Conversation.objects.get(pk=one.talk)
    if one.kind == "preparation":
        key = _preparation_key(world, talk, one.by)
        return {one.by} if key.destroyed_at is None else set()
    if one.kind == "agreement":
        return _of_agreement(world, one)
    if talk.key.destroyed_at is not None:
        return set()
    if one.kind == "release":
        return _of_release(world, talk, one)
    seats = list(Participant.objects.filter(conversation=talk, ended_at=None))
    names = {_who(world, seat): seat for seat in seats}
    if one.kind == "minutes":
        return {
            who for who, seat in names.items() if seat.goes_along in {"", "minutes", "everything"}
        }
    return _of_handed_in(world, talk, one, names)


def _of_handed_in(
    world: History, talk: Conversation, one: Said, names: dict[str, Participant]
) -> set[str]:
    found = {one.by}
    for who, seat in names.items():
        whole = seat.goes_along == "" and _seated(seat) <= _at(talk, world, one)
        along = seat.goes_along == "everything" and one.by in EMPLOYEES
        if whole or along:
            found.add(who)
    return found


def _seated(seat: Participant) -> dt.datetime:
    return (
        seat.preparation.made_at
        if hasattr(seat, "preparation")
        else dt.datetime.min.replace(tzinfo=dt.UTC)
    )


def _at(talk: Conversation, world: History, one: Said) -> dt.datetime:
    profile = world.cast.everybody[one.by].profile
    row = HandedIn.objects.get(
        conversation=talk, participant__profile=profile, item="wellbeing.general"
    )
    return row.at


def _of_agreement(world: History, one: Said) -> set[str]:
    """Follows the agreement through the talks it has gone along to."""
    rows = list(Agreement.objects.filter(origin=one.talk, removed_at=None))
    if not rows:
        return set()
    (row,) = rows
    if row.conversation.key.destroyed_at is not None:
        return set()
    still_open = not (row.done_by_employee_at and row.done_by_leader_at)
    found = set()
    for seat in Participant.objects.filter(conversation=row.conversation, ended_at=None):
        if seat.goes_along == "" or still_open or seat.goes_along != "nothing":
            found.add(_who(world, seat))
    if still_open:
        following = Conversation.objects.filter(previous=row.conversation).exclude(
            state="cancelled"
        )
        for seat in Participant.objects.filter(
            conversation__in=following, part="leader", ended_at=None
        ):
            found.add(_who(world, seat))
    return found


def _of_release(world: History, talk: Conversation, one: Said) -> set[str]:
    rows = Release.objects.filter(
        conversation=talk, reader=world.cast.everybody[one.reader].profile, ended_at=None
    )
    living = [row for row in rows if row.until >= clock.today() and _copy(row) == one.words]
    return {one.reader} if living else set()


def _copy(row: Release) -> str:
    return base64.b64decode(row.unseal(keys.open_key(row.conversation.key_id), "copy")).decode()


def _preparation_key(world: History, talk: Conversation, who: str) -> Key:
    row = Answer.objects.filter(
        preparation__participant__conversation=talk,
        preparation__participant__profile=world.cast.everybody[who].profile,
    ).first()
    assert row is not None
    return row.preparation.key


def _who(world: History, seat: Participant) -> str:
    return next(n for n, m in world.cast.everybody.items() if m.profile.pk == seat.profile_id)


# --- what is ------------------------------------------------------------------------------------


def found_by(member: Member) -> dict[str, str]:
    """All sealed words that somebody reaches by the querysets of access, by class of content."""
    actor = member.actor
    rows: list[tuple[str, Any, str]] = [
        *(
            ("preparation", row, "content")
            for row in Answer.objects.filter(preparation__in=access.own_preparations(actor))
        ),
        *(("handed_in", row, "content") for row in access.readable_handed_in(actor)),
        *(
            ("minutes", row, "text")
            for row in MinutesSection.objects.filter(minutes__in=access.readable_minutes(actor))
        ),
        *(("agreement", row, "content") for row in access.readable_agreements(actor)),
    ]
    texts: dict[str, str] = dict.fromkeys(("preparation", "handed_in", "minutes", "agreement"), "")
    for kind, row, name in rows:
        texts[kind] += str(_opened(row, name))
    texts["release"] = "".join(
        _copy(row) for row in access.released_to(actor) if row.conversation.key.destroyed_at is None
    )
    return texts


def _opened(row: Any, name: str) -> Any:
    key: Any = row
    for step in row.sealed_by.removesuffix("_id").split("__"):
        key = getattr(key, step)
    try:
        return row.unseal(keys.open_key(key.pk), name)
    except keys.KeyDestroyed:
        assert bytes(getattr(row, name)) == b"", "a destroyed key's text is still there"
        return ""


def what_differs(world: History) -> list[str]:
    found = {name: found_by(world.cast.everybody[name]) for name in TELLERS}
    wrong = []
    for one in world.said:
        should = may_read(world, one)
        does = {name for name, texts in found.items() if one.words in texts[one.kind]}
        if does != should & set(TELLERS):
            wrong.append(f"{one.kind} {one.words} by {one.by}: {sorted(does)} not {sorted(should)}")
    return wrong


class Histories(TestCase):
    """Each example in a transaction of its own."""

    @settings(
        max_examples=EXAMPLES or 15,
        deadline=None,
        derandomize=not EXAMPLES,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        st.lists(
            st.tuples(st.sampled_from(DEEDS), st.integers(0, 50), st.integers(0, 50)),
            min_size=6,
            max_size=40,
        )
    )
    def test_after_any_history_everybody_reads_what_they_should_and_nothing_else(self, history):
        try:
            world = History(make_cast())
            happened = []
            for deed, a, b in (*BEGINNING, *history):
                try:
                    deed(world, a, b)
                except DOES_NOT_APPLY:
                    continue
                happened.append(deed.__name__)
            wrong = what_differs(world)
            assert not wrong, (wrong, happened)
        finally:
            clock.reset()
