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


class Delivery(models.Model):
    """One deed of the log told to one recipient; no recipient: nobody needs to be told.

    ``next_try_at`` is when it may be tried next, and while it is being sent how long whoever sends
    it holds it: after that somebody else takes it up.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    activity_id = models.BigIntegerField()
    recipient = models.ForeignKey(
        Profile, models.PROTECT, null=True, related_name="+", related_query_name="delivery"
    )
    mail = models.CharField(max_length=40, blank=True)  # its name in the catalogue
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    again = models.PositiveSmallIntegerField(default=0)  # how often somebody had it sent again
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True)  # the server's own words

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
