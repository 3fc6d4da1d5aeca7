"""Deliveries: which deed is told to whom, and how far that is. No text of any mail is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from musling.foundation.public_ids import PublicIdField
from musling.organisations.models import Organisation
from musling.people.models import Profile

LONGEST_PROBLEM = 300


class State(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    FAILED = "failed", _("Failed, will be tried again")
    SENT = "sent", _("Sent")
    GIVEN_UP = "given_up", _("Given up")
    NOBODY = "nobody", _("No address to send to")
    TURNED_DOWN = "turned_down", _("Turned down by the recipient")
    OVERTAKEN = "overtaken", _("No longer true when its turn came")
    NOT_NEEDED = "not_needed", _("Nobody is told")


UNSENT = (State.WAITING, State.FAILED, State.SENDING)
UNDELIVERED = (State.FAILED, State.GIVEN_UP, State.NOBODY)


class MailChoices(models.Model):
    """What a person chose about mail in one organisation; no row: nothing turned down, the night.

    ``quiet_from`` and ``quiet_until``: own quiet hours on the clock in Denmark, both or neither.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.OneToOneField(
        Profile, models.PROTECT, related_name="+", related_query_name="mail_choices"
    )
    turned_down = models.JSONField(default=list)  # names in the catalogue
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="mail_choices_both_hours",
            ),
        )

    def __str__(self) -> str:
        return f"choices {self.pk}"


class Digest(models.Model):
    """That somebody's waiting mails of a day leave as one: at most one a person and day.

    ``taken_by`` tells the worker that made the row from one that came at the same moment.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        Profile, models.PROTECT, related_name="+", related_query_name="digest"
    )
    day = models.DateField()
    taken_by = models.CharField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["recipient", "day"], name="digest_once_a_day"),
        )

    def __str__(self) -> str:
        return f"digest {self.pk}"


class Reminder(models.Model):
    """That somebody was reminded: once per person, reason, object, date it counts from, and step.

    No content: the deed in the log says what it is about, the delivery how it went.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        Profile, models.PROTECT, related_name="+", related_query_name="reminder"
    )
    reason = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    anchor = models.DateField()
    step = models.PositiveSmallIntegerField()
    made_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "reason", "object_id", "anchor", "step", "recipient"],
                name="reminder_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} {self.pk}"


class Delivery(models.Model):
    """One deed of the log told to one recipient; no recipient: nobody needs to be told.

    ``next_try_at`` is when it may be tried next, and while it is being sent how long whoever sends
    it holds it: after that somebody else takes it up.

    Each row is written three times within minutes, and each time every index of the table with it:
    there are no more of them than are asked for.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    activity_id = models.BigIntegerField()
    recipient = models.ForeignKey(
        Profile, models.PROTECT, null=True, related_name="+", related_query_name="delivery"
    )
    mail = models.CharField(max_length=40, blank=True)  # its name in the catalogue
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    again = models.PositiveSmallIntegerField(default=0)  # how often somebody had it sent again
    # The mail that it left in together with others; none: a mail of its own.
    digest = models.ForeignKey(
        Digest,
        models.PROTECT,
        null=True,
        related_name="+",
        related_query_name="delivery",
        db_index=False,
    )
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True)  # the server's own words
    # A keyed hash of the address that was refused, to see when it has been mended.
    refused_at = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["activity_id", "recipient"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["activity_id"],
                condition=models.Q(recipient=None),
                name="delivery_to_nobody_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_try_at", "id"],
                condition=models.Q(state__in=UNSENT),
                name="delivery_unsent",
            ),
            models.Index(
                fields=["organisation", "id"],
                condition=models.Q(state__in=UNDELIVERED),
                name="delivery_undelivered",
            ),
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="delivery_in_digest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mail} {self.public_id}"


class Planned(models.Model):
    """The one row that says up to when every deed has its deliveries.

    It moves only after a look that found nothing left, and stays well behind the clock, since a
    slow transaction may yet commit a deed with an earlier moment.
    """

    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.until.isoformat()
