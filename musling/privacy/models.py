"""Periods that an organisation has set, and what both parties of a talk were told will go."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from musling.conversations.models import Conversation, Preparation
from musling.organisations.models import Organisation
from musling.people.models import Profile
from musling.vault.models import Key, SealedField, SealedModel


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


class AccessRequest(SealedModel):
    """That somebody asks to see what a leader wrote to prepare a talk with her or him (art. 15).

    The leader hands it out or refuses with a reason; either is sealed under the request's own key.
    """

    class Answer(models.TextChoices):
        """What the leader answered."""

        NONE = "none", _("No answer yet")
        HANDED_OUT = "handed_out", _("Handed out")
        REFUSED = "refused", _("Refused")

    sealed_by = "key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="+")
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, related_name="+", related_query_name="access_request"
    )
    asker = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    key = models.ForeignKey(Key, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # taken back
    content = SealedField()  # what was handed out: item → score, choice, text
    reason = SealedField()  # of a refusal

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["preparation"],
                condition=models.Q(answered_at=None, ended_at=None),
                name="access_request_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["holder"],
                condition=models.Q(answered_at=None, ended_at=None),
                name="access_request_waiting",
            ),
        )
