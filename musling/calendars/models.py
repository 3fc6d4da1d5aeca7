"""Working hours, an own calendar that is read for its busy times alone, and the secret feed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from musling.foundation.public_ids import PublicIdField
from musling.organisations.models import Organisation
from musling.people.models import Profile
from musling.vault.models import Key, SealedField, SealedModel


class WorkingHours(models.Model):
    """When somebody works, and how long a pause between two talks. Who has none has the usual."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.OneToOneField(Profile, models.PROTECT, related_name="+")
    # From Monday: ["08:00", "16:00"], or null for a day off.
    days = models.JSONField(default=list)
    pause = models.PositiveSmallIntegerField(default=15)  # minutes

    def __str__(self) -> str:
        return f"working hours {self.pk}"


class OwnCalendar(SealedModel):
    """A secret address at which somebody's own calendar is read; sealed under a key of its own."""

    class Problem(models.TextChoices):
        """Why it could not be read the last time."""

        ADDRESS = "address", _("Musling may not read from that address.")
        AWAY = "away", _("The calendar's server did not answer.")
        REFUSED = "refused", _("The calendar's server says that there is nothing at that address.")
        SLOW = "slow", _("The calendar's server took too long.")
        LARGE = "large", _("The calendar is too large: more than 2 MB or 5,000 entries.")
        NO_CALENDAR = "no_calendar", _("There is no calendar at that address.")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.OneToOneField(Profile, models.PROTECT, related_name="+")
    key = models.ForeignKey(Key, models.PROTECT, related_name="+")
    address = SealedField()
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True)  # the last time that went well
    problem = models.CharField(max_length=12, choices=Problem, blank=True)


class BusyTime(models.Model):
    """A stretch in which somebody is taken, as the own calendar said. Nothing of what it is."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["profile", "ends_at"], name="busy_time_of"),)

    def __str__(self) -> str:
        return f"busy time {self.pk}"


class Feed(models.Model):
    """The secret address from which somebody's calendar reads the own talks; a hash of it."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.OneToOneField(Profile, models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed {self.public_id}"
