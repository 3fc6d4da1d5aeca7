"""Periods that an organisation has set, and what both parties of a talk were told will go."""

from django.db import models

from musling.conversations.models import Conversation
from musling.organisations.models import Organisation


class RetentionPeriod(models.Model):
    """How long a rule of ``retention`` gives, for a kind of talk, from a day on."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    number = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "kind", "rule", "valid_from"], name="retention_period_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.number}"


class Announcement(models.Model):
    """That both parties were told when the content of a talk goes, and by which rule."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=20)
    told_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=models.Q(done_at=None), name="announcement_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.due_at:%Y-%m-%d}"
