"""An evaluation: who may answer, the box in which answers wait, and what came of them.

No row here joins an answer to a person or to a moment. See docs/decisions/0020-evaluation.md.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from musling.organisations.models import Organisation
from musling.people.models import Profile
from musling.rounds.models import Round
from musling.vault.models import Key, SealedField, SealedModel


class Group(models.TextChoices):
    """Who is asked; each group has questions of its own and is counted by itself."""

    EMPLOYEES = "employees", _("Employees")
    LEADERS = "leaders", _("Leaders")


class Evaluation(models.Model):
    """That a round is evaluated: until when, and what HR asks besides.

    ``own_question``: language → HR's own statement, answered from 0 to 5; empty: none.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.OneToOneField(
        Round, models.PROTECT, related_name="+", related_query_name="evaluation"
    )
    own_question = models.JSONField(default=dict)
    closes_on = models.DateField()  # the last day on which one can answer
    closed_at = models.DateTimeField(null=True)
    box_key = models.ForeignKey(Key, models.PROTECT, related_name="+")  # destroyed once it closed
    text_key = models.ForeignKey(Key, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"evaluation {self.pk}"


class EvaluationGroup(models.Model):
    """How many of a group were asked, and how many answered: known when it closes.

    ``answered``: 0 stands for fewer than are ever shown.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(
        Evaluation, models.CASCADE, related_name="+", related_query_name="group_row"
    )
    group = models.CharField(max_length=9, choices=Group)
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["evaluation", "group"], name="evaluation_group_once"),
        )

    def __str__(self) -> str:
        return f"{self.group} {self.pk}"


class EvaluationTicket(models.Model):
    """That somebody may answer once. Answering takes the row away, and so does closing."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="+")
    group = models.CharField(max_length=9, choices=Group)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["evaluation", "profile"], name="evaluation_ticket_once"
            ),
        )

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class EvaluationBox(SealedModel):
    """Answers that wait, sealed together, in no order; as long as it was when it was empty."""

    sealed_by: ClassVar[str] = "evaluation__box_key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="+")
    group = models.CharField(max_length=9, choices=Group)
    number = models.PositiveIntegerField()
    content = SealedField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["evaluation", "group", "number"], name="evaluation_box_once"
            ),
        )


class EvaluationFigure(models.Model):
    """What a group answered to one statement; made when it closes, and only what may be shown.

    ``low``, ``middle``, ``high``: how many gave 0–1, 2–3, 4–5; empty where fewer than ten answered.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="+")
    group = models.CharField(max_length=9, choices=Group)
    question = models.CharField(max_length=20)
    answered = models.PositiveIntegerField()
    average = models.DecimalField(max_digits=2, decimal_places=1)
    low = models.PositiveIntegerField(null=True)
    middle = models.PositiveIntegerField(null=True)
    high = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["evaluation", "group", "question"], name="evaluation_figure_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.question} {self.pk}"


class EvaluationText(SealedModel):
    """What one of at least ten wrote to one question: apart from all else that he or she said."""

    sealed_by: ClassVar[str] = "evaluation__text_key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="+")
    group = models.CharField(max_length=9, choices=Group)
    question = models.CharField(max_length=20)
    content = SealedField()
