"""A round that is open, with as many employees and leaders as a test of its evaluation needs."""

import datetime as dt
from dataclasses import dataclass

from musling.conversations.actions.opening import Pair, open_talks
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.organisations.models import Organisation
from musling.people.models import Employment
from musling.rounds.evaluation import closing
from musling.rounds.evaluation.actions import answer, ask_for_evaluation
from musling.rounds.evaluation.models import Evaluation
from musling.rounds.evaluation.questions import QUESTIONS
from musling.rounds.models import Place, Round, State
from tests.cast import Cast, Member, member, unit

A_DAY = dt.timedelta(days=1)


@dataclass
class World:
    """Havneby with a round whose talks are held by somebody else's employees."""

    cast: Cast
    round: Round
    employees: list[Member]
    leaders: list[Member]

    @property
    def hr(self) -> Actor:
        """Hanne."""
        return self.cast.hr.actor

    @property
    def evaluation(self) -> Evaluation:
        """The round's, as it stands now."""
        return Evaluation.objects.get(round=self.round)

    def asks(self, **how: object) -> Evaluation:
        """HR asks everybody who took part."""
        return ask_for_evaluation(self.hr, self.round, **how)  # type: ignore[arg-type]

    def answers(
        self,
        who: Member,
        score: int = 3,
        text: str = "",
        *,
        group: str = "employees",
        only: str = "",
    ) -> None:
        """Somebody gives all (or the named) statements the same score, and writes one text."""
        statements = [one.id for one in QUESTIONS[group] if not one.is_text]
        answer(
            who.actor,
            public_id=self.round.public_id,
            scores=dict.fromkeys([only] if only else statements, score),
            texts={"good": text},
        )

    def closes(self) -> None:
        """The last day passes, and the job runs."""
        clock.move(dt.timedelta(days=(self.evaluation.closes_on - clock.today()).days + 1))
        closing.close_due()


def make_round(place: Organisation, **facts: object) -> Round:
    """A round that is open."""
    today = clock.today()
    return Round.objects.create(
        **{
            "organisation": place,
            "kind": "mus",
            "name": "MUS 2026",
            "year": today.year,
            "starts_on": today - 60 * A_DAY,
            "ends_on": today,
            "state": State.OPEN,
            "made_at": clock.now(),
            **facts,
        }
    )


def make_world(cast: Cast, employees: int = 12, leaders: int = 1, *, log_in: bool = False) -> World:
    """So many of each, everybody with a talk in the round."""
    heads = []
    for number in range(leaders):
        place = unit(cast.havneby, f"9{number}", f"Enhed {number}", cast.top)
        heads.append(member(cast.havneby, place, f"Leder{number}", leads=place, log_in=log_in))
    staff = []
    for number in range(employees):
        head = heads[number % leaders]
        staff.append(
            member(cast.havneby, head.employment.unit, f"Ansat{number:02}", log_in=log_in)  # type: ignore[union-attr]
        )
    row = make_round(cast.havneby)
    take_in(cast, row, staff, heads)
    return World(cast, row, staff, heads)


def take_in(cast: Cast, row: Round, staff: list[Member], heads: list[Member]) -> None:
    """Gives each a place and a talk with one of the leaders."""
    pairs = [
        Pair(employed(one), employed(heads[n % len(heads)]), employed(one).unit_id)
        for n, one in enumerate(staff)
    ]
    talks = open_talks(cast.hr.actor, pairs, kind="mus", year=row.year, minutes=45, round_id=row.pk)
    Place.objects.bulk_create(
        Place(
            organisation=cast.havneby,
            round=row,
            employment_id=employment,
            conversation_id=talk,
        )
        for employment, talk in talks.items()
    )


def employed(one: Member) -> Employment:
    """The person's employment."""
    assert one.employment is not None
    return one.employment
