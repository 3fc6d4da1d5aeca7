"""What doors read of evaluations: what one is asked, and what HR sees of how it goes."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from musling.conversations.models import Part, Participant
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.rounds.access import readable_rounds
from musling.rounds.evaluation.access import (
    LEAST,
    LEAST_TEXTS,
    own_tickets,
    readable_evaluations,
    readable_figures,
    readable_texts,
)
from musling.rounds.evaluation.models import (
    Evaluation,
    EvaluationGroup,
    EvaluationTicket,
    Group,
)
from musling.rounds.evaluation.questions import Question, asked_of
from musling.rounds.models import Place, Round
from musling.vault import keys

STEP = 5  # while it is open, how many answered is told in steps of so many


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked about a round."""

    round: Round
    ticket: EvaluationTicket
    questions: tuple[Question, ...]
    closes_on: dt.date


@dataclass(frozen=True, slots=True)
class Waiting:
    """An evaluation that the actor can answer."""

    round: str  # public id
    name: str
    closes_on: dt.date


def to_answer(actor: Actor) -> list[Waiting]:
    """The evaluations that wait for the actor, the first to close first; one query."""
    rows = own_tickets(actor).order_by("evaluation__closes_on", "pk")
    found = rows.values_list(
        "evaluation__round__public_id", "evaluation__round__name", "evaluation__closes_on"
    )
    return [Waiting(*row) for row in found]


def asked(actor: Actor, public_id: str) -> Asked | None:
    """What the actor is asked about the round; None where there is nothing (more) to answer.

    Raises NotThere for whoever did not take part, and where nobody was asked; three queries.
    """
    rows = own_tickets(actor).filter(evaluation__round__public_id=public_id)
    ticket = rows.select_related("evaluation__round").first()
    if ticket is None:
        if not _was_asked(actor, public_id):
            raise NotThere
        return None
    row = ticket.evaluation
    questions = asked_of(ticket.group, row.own_question, actor.language)
    return Asked(row.round, ticket, questions, row.closes_on)


def _was_asked(actor: Actor, public_id: str) -> bool:
    """Whether the actor took part in a round that was evaluated; nothing notes who was asked."""
    row = Evaluation.objects.filter(
        organisation_id=actor.organisation_id, round__public_id=public_id
    ).first()
    if row is None:
        return False
    leads = Participant.objects.filter(
        profile_id=actor.profile_id,
        part=Part.LEADER,
        ended_at=None,
        conversation__round_place__round=row.round_id,
    )
    own = Place.objects.filter(
        employment__profile=actor.profile_id, round=row.round_id, conversation__isnull=False
    )
    return leads.exists() or own.exists()


# --- HR's page -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What a group answered to one question; nothing of it where too few did.

    ``average``: to one decimal, never below 0.5 or above 4.5. ``spread``: how many gave 0–1, 2–3
    and 4–5, once ten have answered.
    """

    question: Question
    answered: int = 0
    average: Decimal | None = None
    spread: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupState:
    """How it stands with one group.

    ``answered``: in steps of five while it is open; exact once it is closed, 0 for fewer than five.
    """

    group: Group
    asked: int
    answered: int
    results: tuple[Result, ...] = ()

    @property
    def too_small(self) -> bool:
        """Whether it was not asked, since so few could not be anonymous."""
        return self.asked < LEAST

    @property
    def shown(self) -> bool:
        """Whether enough have answered for anything to be shown."""
        return self.answered >= LEAST

    @property
    def texts_shown(self) -> bool:
        """Whether enough have answered for texts to be shown."""
        return self.answered >= LEAST_TEXTS


@dataclass(frozen=True, slots=True)
class EvaluationState:
    """How an evaluation stands: never who, and no figure before it has closed."""

    closes_on: dt.date
    closed: bool
    texts_gone: bool
    groups: tuple[GroupState, ...]


def round_to_evaluate(actor: Actor, public_id: str) -> Round:
    """The round, for HR's page. Raises NotThere."""
    row = readable_rounds(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotThere
    return row


def evaluation_state(actor: Actor, row: Round) -> EvaluationState | None:
    """How the round's evaluation stands; None where nobody was asked, or for who is not HR.

    At most six queries.
    """
    found = readable_evaluations(actor).filter(round=row).select_related("text_key").first()
    if found is None:
        return None
    groups = EvaluationGroup.objects.filter(evaluation=found).order_by("group")
    if found.closed_at:
        states = _closed(actor, found, list(groups))
    else:
        left = EvaluationTicket.objects.filter(evaluation=found).order_by().values("group")
        counted = dict(left.annotate(n=Count("pk")).values_list("group", "n"))
        states = tuple(_open(one, counted.get(one.group, 0)) for one in groups)
    gone = found.text_key is not None and found.text_key.destroyed_at is not None
    return EvaluationState(found.closes_on, found.closed_at is not None, gone, states)


def _open(row: EvaluationGroup, left: int) -> GroupState:
    answered = row.asked - left if row.asked >= LEAST else 0
    return GroupState(Group(row.group), row.asked, answered - answered % STEP)


def _closed(
    actor: Actor, found: Evaluation, groups: list[EvaluationGroup]
) -> tuple[GroupState, ...]:
    results: dict[tuple[str, str], dict[str, object]] = {}
    for figure in readable_figures(actor).filter(evaluation=found):
        spread = (figure.low, figure.middle, figure.high)
        results[figure.group, figure.question] = {
            "answered": figure.answered,
            "average": figure.average,
            "spread": spread if None not in spread else (),
        }
    texts: dict[tuple[str, str], list[str]] = {}
    # By an id that is chance itself: the order tells nothing.
    rows = list(readable_texts(actor).filter(evaluation=found).order_by("public_id"))
    key = keys.open_key(found.text_key_id) if rows else None
    for row in rows:
        if key:
            texts.setdefault((row.group, row.question), []).append(row.unseal(key, "content"))
    return tuple(
        GroupState(
            Group(one.group),
            one.asked,
            one.answered or 0,
            tuple(
                Result(
                    question,
                    **results.get((one.group, question.id), {}),  # type: ignore[arg-type]
                    texts=tuple(texts.get((one.group, question.id), ())),
                )
                for question in asked_of(one.group, found.own_question, actor.language)
            ),
        )
        for one in groups
    )
