"""Closing: all boxes are opened at once, counted, shuffled and destroyed."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import transaction

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import program
from musling.rounds.evaluation.access import LEAST, LEAST_TEXTS
from musling.rounds.evaluation.box import Answer, shuffle, taken_out
from musling.rounds.evaluation.models import (
    Evaluation,
    EvaluationBox,
    EvaluationFigure,
    EvaluationGroup,
    EvaluationText,
    EvaluationTicket,
)
from musling.rounds.evaluation.questions import Question, asked_of
from musling.vault import keys
from musling.vault.models import Key

LOWEST, HIGHEST = Decimal("0.5"), Decimal("4.5")  # beyond it would say what each one answered
BOX_REASON = "evaluation closed"


def close_due() -> int:
    """Closes what has passed its last day and destroys what the boxes held; returns how many.

    Safe to run twice and to be cut off anywhere.
    """
    due = Evaluation.objects.filter(closed_at=None, closes_on__lt=clock.today()).order_by("pk")
    done = 0
    for pk, organisation, round_ in list(due.values_list("pk", "organisation", "round")):
        with transaction.atomic():
            if pour(pk):
                log.note(program(organisation), "evaluation.closed", object_id=round_)
                done += 1
    _destroy_box_keys()
    return done


def _destroy_box_keys() -> None:
    """Once what they held is poured and committed: the ledger cannot be taken back."""
    closed = Evaluation.objects.filter(closed_at__isnull=False).values("box_key")
    keys.destroy(
        list(Key.objects.filter(pk__in=closed, destroyed_at=None)[:500]), reason=BOX_REASON
    )


def pour(pk: int) -> bool:
    """Makes figures and texts of an evaluation's boxes, in one transaction; False where it is done.

    After it no row tells who answered or who did not, and no two answers of one person stand
    together. What so few gave that it is never shown is not kept.
    """
    row = Evaluation.objects.select_for_update().get(pk=pk)
    if row.closed_at:
        return False
    key = keys.open_key(row.box_key_id)
    texts: list[tuple[str, str, str]] = []
    for group in EvaluationGroup.objects.filter(evaluation=row):
        boxes = EvaluationBox.objects.filter(evaluation=row, group=group.group)
        answers = [one for box in boxes for one in taken_out(box, key)]
        group.answered = len(answers) if len(answers) >= LEAST else 0
        group.save(update_fields=["answered"])
        questions = asked_of(group.group, row.own_question, "da")
        EvaluationFigure.objects.bulk_create(_figures(row, group.group, questions, answers))
        if len(answers) >= LEAST_TEXTS:
            texts += _texts(group.group, questions, answers)
    _keep_texts(row, texts)
    EvaluationTicket.objects.filter(evaluation=row).delete()
    EvaluationBox.objects.filter(evaluation=row).delete()
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at", "text_key"])
    return True


def _figures(
    row: Evaluation, group: str, questions: Iterable[Question], answers: list[Answer]
) -> Iterator[EvaluationFigure]:
    if len(answers) < LEAST:
        return
    for question in questions:
        scores = [one[question.id] for one in answers if question.id in one]
        if question.is_text or len(scores) < LEAST:
            continue
        made = EvaluationFigure(
            organisation_id=row.organisation_id,
            evaluation=row,
            group=group,
            question=question.id,
            answered=len(scores),
            average=average_of(scores),
        )
        if len(scores) >= LEAST_TEXTS:
            made.low, made.middle, made.high = (
                sum(score // 2 == third for score in scores) for third in range(3)
            )
        yield made


def average_of(scores: list[int]) -> Decimal:
    """To one decimal, and never so near an end that everybody must have chosen it."""
    average = (Decimal(sum(scores)) / len(scores)).quantize(Decimal("0.1"))
    return min(max(average, LOWEST), HIGHEST)


def _texts(
    group: str, questions: Iterable[Question], answers: list[Answer]
) -> Iterator[tuple[str, str, str]]:
    for question in questions:
        if question.is_text:
            yield from (
                (group, question.id, one[question.id]) for one in answers if question.id in one
            )


def _keep_texts(row: Evaluation, texts: list[tuple[str, str, str]]) -> None:
    """Each by itself, in an order of chance."""
    if not texts:
        return
    shuffle(texts)
    row.text_key = keys.new_key(organisation_id=row.organisation_id, purpose="evaluation")
    key = keys.open_key(row.text_key.pk)
    made = []
    for group, question, text in texts:
        one = EvaluationText(
            organisation_id=row.organisation_id, evaluation=row, group=group, question=question
        )
        one.seal(key, "content", text)
        made.append(one)
    EvaluationText.objects.bulk_create(made, batch_size=500)
