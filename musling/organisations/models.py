"""The tenant and its tree of units."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from musling.foundation.public_ids import PublicIdField


class Organisation(models.Model):
    """One workplace: a municipality, a company, an association. Its slug is in every address."""

    class Sector(models.TextChoices):
        """What rules apply by default: in the public sector the talk is a right."""

        MUNICIPAL = "municipal", _("Municipality")
        REGIONAL = "regional", _("Region")
        STATE = "state", pgettext_lazy("sector", "State")
        PRIVATE = "private", _("Private company")
        BPA = "bpa", _("Citizens with own helpers (BPA)")

    # How firm the yearly talk is (row C10): a right by agreement or statute, or recommended.
    RIGHT = (Sector.MUNICIPAL, Sector.REGIONAL, Sector.STATE)
    RECOMMENDED = (Sector.PRIVATE,)

    public_id = PublicIdField()
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    sector = models.CharField(max_length=10, choices=Sector)
    talk_name = models.CharField(max_length=40, default="MUS")
    # Whether an employee may say "no thanks" to the yearly talk; empty: as the sector has it.
    may_decline = models.BooleanField(null=True)
    accent = models.CharField(max_length=7, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def lets_decline(self) -> bool:
        """Whether an employee may say no thanks. Where the talk is a right by agreement it is a
        duty, too, unless the organisation says otherwise: another time or form, or later.
        """
        if self.may_decline is None:
            return self.sector not in self.RIGHT
        return self.may_decline

    @classmethod
    def firmness(cls, sector: str) -> str:
        """How firm the talk is in that sector: "right", "recommended", or empty for neither."""
        if sector in cls.RIGHT:
            return "right"
        return "recommended" if sector in cls.RECOMMENDED else ""


class Unit(models.Model):
    """A workplace in the tree. ``path`` is ``/1/5/9/``: ids from the top to the unit itself."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)  # the organisation's own id, as imported
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=400, db_index=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="unit_number_once"),
        )
        indexes = (
            # Finds a subtree by its beginning, whatever the database's collation.
            models.Index(fields=["organisation", "parent"], name="unit_children"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def way_up(self) -> list[int]:
        """Ids of the units from this one to the top."""
        return [int(part) for part in reversed(self.path.strip("/").split("/")) if part]
