"""Who answers an evaluation, and who sees what came of it: rows, nothing else.

Nobody has a row for an answer: once given it is part of a figure, or a text without a name.
"""

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Row, reach
from musling.people.access import HR, holds
from musling.people.models import Role
from musling.rounds.evaluation.models import (
    Evaluation,
    EvaluationFigure,
    EvaluationText,
    EvaluationTicket,
)
from musling.rounds.models import Round, State

LEAST = 5  # answers of a group, below which nothing of theirs is opened
LEAST_TEXTS = 10  # answers of a group, below which no text of theirs and no spread is

TOOK_PART = PartPlayed("took_part", _("whoever took part in the round"), _("you"))

TICKET = Content(
    "evaluation_ticket",
    _("The invitation to say how a round went"),
    _("That you can answer once. Who has answered is noted nowhere"),
)
EVALUATION = Content(
    "evaluation",
    _("The evaluation of a round"),
    _("Until when it is open, how many of each group were asked and have answered, never who"),
)
FIGURE = Content(
    "evaluation_figure",
    _("Figures of an evaluation"),
    _("The average of a group's answers, and how they are spread where ten have answered"),
)
TEXT = Content(
    "evaluation_text",
    _("What was written in an evaluation"),
    _("Texts in no order, without a name, a time or the other answers of who wrote them"),
)


def _own_tickets(actor: Actor) -> QuerySet[EvaluationTicket]:
    return EvaluationTicket.objects.filter(
        profile_id=actor.profile_id,
        evaluation__closed_at=None,
        evaluation__closes_on__gte=actor.today,
    )


def _for_hr(actor: Actor) -> dict[str, object]:
    return {"organisation__in": holds(actor, Role.Name.HR).values("organisation")}


def _evaluations(actor: Actor) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(**_for_hr(actor))


def _figures(actor: Actor) -> QuerySet[EvaluationFigure]:
    return EvaluationFigure.objects.filter(
        **_for_hr(actor), evaluation__closed_at__isnull=False, answered__gte=LEAST
    )


def _texts(actor: Actor) -> QuerySet[EvaluationText]:
    return EvaluationText.objects.filter(
        **_for_hr(actor),
        evaluation__closed_at__isnull=False,
        evaluation__text_key__destroyed_at=None,
        evaluation__group_row__group=F("group"),
        evaluation__group_row__answered__gte=LEAST_TEXTS,
    )


TICKET_ROWS = (
    Row(TICKET, TOOK_PART, _("until it is answered or closes"), _own_tickets, change=True),
)
EVALUATION_ROWS = (Row(EVALUATION, HR, _("always"), _evaluations, change=True),)
FIGURE_ROWS = (
    Row(FIGURE, HR, _("once it has closed, where at least five of the group answered"), _figures),
)
TEXT_ROWS = (
    Row(TEXT, HR, _("once it has closed, where at least ten of the group answered"), _texts),
)
ROWS = (*TICKET_ROWS, *EVALUATION_ROWS, *FIGURE_ROWS, *TEXT_ROWS)


def own_tickets(actor: Actor) -> QuerySet[EvaluationTicket]:
    """What the actor can answer now."""
    return reach(EvaluationTicket.objects.all(), TICKET_ROWS, actor)


def readable_evaluations(actor: Actor) -> QuerySet[Evaluation]:
    """The evaluations that the actor may follow."""
    return reach(Evaluation.objects.all(), EVALUATION_ROWS, actor)


def changeable_evaluations(actor: Actor) -> QuerySet[Evaluation]:
    """The evaluations that the actor may close."""
    return reach(Evaluation.objects.all(), EVALUATION_ROWS, actor, change=True)


def readable_figures(actor: Actor) -> QuerySet[EvaluationFigure]:
    """The figures that the actor may see."""
    return reach(EvaluationFigure.objects.all(), FIGURE_ROWS, actor)


def readable_texts(actor: Actor) -> QuerySet[EvaluationText]:
    """The texts that the actor may read."""
    return reach(EvaluationText.objects.all(), TEXT_ROWS, actor)


def can_be_evaluated(row: Round) -> bool:
    """Whether somebody can have taken part in it."""
    return row.state in {State.OPEN, State.CLOSED}
