"""Frames, their versions, the immutable documents that talks point to, and the core task."""

from django.db import models

from musling.foundation.public_ids import PublicIdField
from musling.organisations.models import Organisation, Unit


class FrameContent(models.Model):
    """One immutable document, once per organisation and content, found by its hash."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)
    document = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "hash"], name="frame_content_once"),
        )

    def __str__(self) -> str:
        return self.hash[:12]


class Frame(models.Model):
    """What an organisation asks in one kind of talk."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    standard = models.CharField(max_length=40, blank=True)  # the standard frame it came from
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class FrameVersion(models.Model):
    """A published version; it never changes."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    frame = models.ForeignKey(Frame, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.ForeignKey(FrameContent, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    published_by_id = models.BigIntegerField(null=True)  # a profile
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["frame", "number"], name="frame_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.frame_id} v{self.number}"


class CoreTask(models.Model):
    """What the organisation, or a unit in it, is for; worded and validated; versions."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    text = models.CharField(max_length=500)
    validated_by = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()

    def __str__(self) -> str:
        return self.text
