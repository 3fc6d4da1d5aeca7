"""Log-ins, what an organisation knows of a person, employments, who leads what, roles."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from musling.foundation import clock
from musling.foundation.alphabet import Folded
from musling.foundation.public_ids import PublicIdField
from musling.organisations.models import Organisation, Unit
from musling.vault.models import Key


class PersonManager(BaseUserManager["Person"]):
    """Makes and finds log-ins."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> "Person":
        """A new log-in with a normalised address; without a password it cannot log in by one."""
        person = self.model(email=email.strip().lower(), made_at=clock.now(), **more)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Finds a log-in by address, whatever its case."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """A log-in with verified addresses, and nothing else. Lies outside every organisation.

    No import and no HR ever changes or links one: the holder confirms.
    """

    public_id = PublicIdField()
    email = models.EmailField(unique=True)
    language = models.CharField(max_length=2, default="da")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    # Seals the secrets of the second factor; made when the first one is set up.
    key = models.ForeignKey(Key, models.PROTECT, null=True, related_name="+")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="person_email_once"),)

    def __str__(self) -> str:
        return str(self.public_id)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Ends all sessions at once when the epoch moves (disabled, role removed)."""
        own = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # Django's own, not stubbed
        return f"{own}{self.session_epoch}"


def full_name(first_name: str, last_name: str) -> str:
    """A person's name as it is written everywhere; many have no last name here."""
    return f"{first_name} {last_name}".strip()


class Profile(models.Model):
    """What one organisation knows of a person: name, work e-mail, number."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="profiles")
    linked_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=40)  # the organisation's own id of the person
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    mobile = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=2, default="da")
    disabled_at = models.DateTimeField(null=True)
    imported = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="profile_number_once"),
            models.UniqueConstraint(fields=["organisation", "person"], name="profile_person_once"),
        )
        indexes = (
            models.Index(
                models.F("organisation"),
                Folded("last_name"),
                Folded("first_name"),
                models.F("id"),
                name="profile_by_name",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)  # never the name: this goes into tracebacks

    @property
    def name(self) -> str:
        """First and last name."""
        return full_name(self.first_name, self.last_name)


class Employment(models.Model):
    """A profile at a unit, from a date, perhaps to one. A person can have several."""

    class Pay(models.TextChoices):
        """How one is paid; hourly staff have the right to the talk too."""

        MONTHLY = "monthly", _("Monthly")
        HOURLY = "hourly", _("Hourly")

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="employments")
    number = models.CharField(max_length=40)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", related_query_name="employment"
    )
    title = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the last day
    pay = models.CharField(max_length=8, choices=Pay, default=Pay.MONTHLY)
    leave_from = models.DateField(null=True)
    leave_until = models.DateField(null=True)
    agreement = models.CharField(max_length=80, blank=True)
    imported = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "number"], name="employment_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.public_id}"


class Leadership(models.Model):
    """An employment leads a unit, from a date, perhaps to one; the leader may work elsewhere."""

    class Kind(models.TextChoices):
        """The unit's leader, or who stands in."""

        LEADER = "leader", _("Leader")
        STAND_IN = "stand_in", _("Stand-in")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", related_query_name="leadership"
    )
    employment = models.ForeignKey(
        Employment, models.PROTECT, related_name="+", related_query_name="leadership"
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LEADER)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the last day

    def __str__(self) -> str:
        return f"{self.kind} of {self.unit_id}"


class Role(models.Model):
    """HR, committee, union representative, consultant or operator, from a date, perhaps to one."""

    class Name(models.TextChoices):
        """The roles that there are."""

        HR = "hr", _("HR")
        COMMITTEE = "committee", _("MED committee")
        UNION_REP = "union_rep", _("Union representative")
        CONSULTANT = "consultant", _("Consultant")
        OPERATOR = "operator", _("Operator")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.ForeignKey(
        Profile, models.PROTECT, related_name="+", related_query_name="role"
    )
    name = models.CharField(max_length=10, choices=Name)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the last day

    def __str__(self) -> str:
        return self.name


class Activation(models.Model):
    """A one-time code with which the holder of a profile links it to a log-in of her or his own.

    The code itself is nowhere: only a keyed hash of it, and none at all until it is mailed.
    """

    class How(models.TextChoices):
        """By which way the code reaches its holder."""

        MAIL = "mail", _("By mail")
        SLIP = "slip", _("On a printed slip")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.ForeignKey(
        Profile, models.PROTECT, related_name="+", related_query_name="activation"
    )
    how = models.CharField(max_length=4, choices=How)
    code_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (unique)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # by a newer one, or by another that was used

    class Meta:
        indexes = (
            models.Index(
                fields=["profile"],
                condition=models.Q(used_at=None, ended_at=None),
                name="activation_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.how} {self.pk}"
