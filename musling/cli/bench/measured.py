"""Who is measured: leaders with their teams, and one employee of each who prepares.

Their talks are made by the actions that the pages call, with real keys; what only the pages of the
talk itself would have made (offers, minutes, agreements) is put beside them as it would stand.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from itertools import cycle

from django.db import transaction

from musling.conversations.actions.planning import make_talks
from musling.conversations.actions.preparing import choose_length, save_answers
from musling.conversations.models import (
    Agreement,
    Answer,
    Conversation,
    Minutes,
    Offer,
    Part,
    Participant,
    State,
)
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.frames import standard
from musling.frames.actions import keep_content
from musling.frames.document import FrameDocument, Item, Theme
from musling.frames.models import Frame, FrameContent, FrameVersion
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Leadership, Person, Profile
from musling.vault import keys

ITEMS, ANSWERED = 30, 20  # of the measured page of preparation
THEME = "bench"
SEALED = 221  # bytes of a sealed answer of usual length
SAVED_ITEM = f"{THEME}.{ITEMS - 1}"
LONG_AGO = dt.date(2015, 1, 1)
STAGES = (
    State.BOOKED,
    State.OFFERED,
    State.HELD,
    State.AGREED,
    State.PLANNED,
    State.MINUTES_OUT,
    State.BOOKED,
    State.DECLINED,
    State.AGREED,
    State.OFFERED,
)
HELD = {
    State.HELD: Minutes.State.DRAFT,
    State.MINUTES_OUT: Minutes.State.OUT,
    State.AGREED: Minutes.State.APPROVED,
}
WORDS = "Jeg vil gerne have mere tid til det, jeg er bedst til, og mindre til det, der kan vente. "


@dataclass(frozen=True)
class Team:
    """A leader, and the first of those led, with this year's talk."""

    leader: Person
    employee: Person
    talk: Conversation


def adopt_frame(organisation: Organisation) -> FrameContent:
    """The municipal frame, with one theme more: thirty statements on the scale."""
    document = standard.load("mus-municipality")
    content = keep_content(
        organisation.pk, replace(document, themes=(*document.themes, _theme(document)))
    )
    frame = Frame.objects.create(
        organisation=organisation, kind="mus", name="Målt", taken_at=clock.now()
    )
    FrameVersion.objects.create(
        organisation=organisation, frame=frame, number=1, content=content, published_at=clock.now()
    )
    return content


def _theme(document: FrameDocument) -> Theme:
    scales = cycle(item for item in document.items if item.type == "scale")
    items = tuple(_item(next(scales), n) for n in range(ITEMS))
    first = document.themes[0]
    return replace(first, id=THEME, kind="questions", phase="now", items=items, covers=())


def _item(like: Item, number: int) -> Item:
    return replace(
        like,
        id=f"{THEME}.{number}",
        phase="now",
        for_parts=("employee", "leader"),
        mandatory=True,
        short=True,
    )


@transaction.atomic
def add_measured(organisation: Organisation, top: Unit, teams: int, size: int) -> list[Team]:
    """So many leaders with so many employees each; all have a talk last year and one this year."""
    return [_Making(organisation, top, n, size).team() for n in range(teams)]


class _Making:
    """One team on its way into the tables."""

    def __init__(self, organisation: Organisation, top: Unit, number: int, size: int) -> None:
        self.organisation, self.number = organisation, number
        self.unit = Unit.objects.create(
            organisation=organisation,
            number=f"M{number}",
            name=f"Plejecenter {number}",
            parent=top,
            path="",
        )
        self.unit.path = f"{top.path}{self.unit.pk}/"
        self.unit.save(update_fields=["path"])
        self.leader = self._employed("leder", "Annemette", "Bjerregaard", log_in=True)
        Leadership.objects.create(
            organisation=organisation, unit=self.unit, employment=self.leader, starts_on=LONG_AGO
        )
        self.people = [
            self._employed(str(n), f"Karoline{n}", "Sønderskov Mikkelsen", log_in=n == 0)
            for n in range(size)
        ]

    def _employed(self, which: str, first: str, last: str, *, log_in: bool) -> Employment:
        name = f"m{self.number}-{which}"
        email = f"{name}@bench.invalid"
        own = {"organisation": self.organisation, "number": name}
        person = Person.objects.create_user(email) if log_in else None
        profile = Profile.objects.create(
            person=person, first_name=first, last_name=last, email=email, **own
        )
        return Employment.objects.create(
            profile=profile,
            unit=self.unit,
            title="Social- og sundhedsassistent",
            starts_on=LONG_AGO,
            **own,
        )

    def team(self) -> Team:
        """Last year's talks with agreements, this year's in every stage, one preparation."""
        actor = self._actor(self.leader.profile)
        pairs = [(employment, self.leader) for employment in self.people]
        this_year = actor.today.year
        before = make_talks(actor, pairs=pairs, kind="mus", year=this_year - 1)
        self._bring(before, cycle([State.AGREED]), clock.now() - dt.timedelta(days=360))
        self._give_reference(before[0])
        talks = make_talks(actor, pairs=pairs, kind="mus", year=this_year)
        self._bring(talks, cycle(STAGES), clock.now() + dt.timedelta(days=5))
        self._prepare(talks[0])
        leader, employee = self.leader.profile.person, self.people[0].profile.person
        if leader is None or employee is None:
            raise ValueError("Both were to get a log-in.")
        return Team(leader, employee, talks[0])

    def _actor(self, profile: Profile) -> Actor:
        return Actor(profile.person_id, profile.pk, self.organisation.pk, clock.now())

    def _bring(self, talks: list[Conversation], stages: "cycle[State]", at: dt.datetime) -> None:
        """Brings the talks to their stages, with what belongs to that."""
        seats = Participant.objects.filter(conversation__in=talks, part=Part.LEADER)
        leaders = {seat.conversation_id: seat for seat in seats}
        for talk, stage in zip(talks, stages, strict=False):
            talk.state = stage
            talk.starts_at, talk.ends_at = at, at + dt.timedelta(minutes=45)
            talk.held_at = talk.ends_at if stage in HELD else None
            talk.minute_taker = leaders[talk.pk] if stage in HELD else None
            talk.save()
            if stage != State.PLANNED:
                self._offer(talk, leaders[talk.pk])
            if stage in HELD:
                self._minutes(talk, HELD[stage])

    def _offer(self, talk: Conversation, sender: Participant) -> None:
        answer = {State.OFFERED: Offer.Answer.NONE, State.DECLINED: Offer.Answer.DECLINED}
        Offer.objects.create(
            organisation=self.organisation,
            conversation=talk,
            sent_by=sender,
            sent_at=clock.now() - dt.timedelta(days=20),
            times=[talk.starts_at.isoformat() if talk.starts_at else ""],
            answer=answer.get(State(talk.state), Offer.Answer.ACCEPTED),
            answered_at=clock.now() - dt.timedelta(days=18),
        )

    def _minutes(self, talk: Conversation, state: Minutes.State) -> None:
        """The minutes, and three agreements, the first of them done."""
        own = {"organisation": self.organisation, "conversation": talk}
        Minutes.objects.create(state=state, approved_at=talk.held_at, **own)
        key = keys.open_key(talk.key_id)
        for n in range(3):
            done = talk.held_at if n == 0 else None
            agreement = Agreement(
                origin=talk,
                due_on=clock.today() + dt.timedelta(days=30 * n + 10),
                done_by_employee_at=done,
                done_by_leader_at=done,
                **own,
            )
            agreement.seal(key, "content", {"what": WORDS, "action": WORDS, "who": "Begge"})
            agreement.save()

    def _give_reference(self, talk: Conversation) -> None:
        """The reference writes over an answer of last year, which no measured page opens."""
        seat = Participant.objects.get(conversation=talk, part=Part.EMPLOYEE)
        Answer.objects.create(
            organisation=self.organisation,
            preparation=seat.preparation,
            item=SAVED_ITEM,
            content=secrets.token_bytes(SEALED),
        )

    def _prepare(self, talk: Conversation) -> None:
        actor = self._actor(self.people[0].profile)
        choose_length(actor, public_id=talk.public_id, short=False)
        answers = {
            f"{THEME}.{n}": {"score": n % 6, "text": WORDS if n % 2 else ""}
            for n in range(ANSWERED)
        }
        save_answers(actor, public_id=talk.public_id, answers=answers, versions={})
