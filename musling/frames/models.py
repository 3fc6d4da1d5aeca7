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
    # Of the frames of a kind the one taken last is in use for talks that begin from then on.
    taken_at = models.DateTimeField(null=True)

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


class FrameDraft(models.Model):
    """The next version of a frame while it is being made, or a new frame (``frame`` empty).

    ``document`` is raw: it may lack what a finished frame needs. ``revision`` counts the changes.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    frame = models.ForeignKey(Frame, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    document = models.JSONField()
    revision = models.PositiveIntegerField(default=0)
    presses = models.JSONField(default=list)  # of buttons, done already: the latest, by their ids
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)  # a profile
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)  # a profile
    # Of a form that was read from paper: what it was called, its lines, and where each went.
    original_name = models.CharField(max_length=200, blank=True)
    original = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"draft {self.public_id}"


class DraftStep(models.Model):
    """The document before a change, so that who made the change can undo it.

    ``what`` and ``element`` tell one change of one thing from the next: typing on is one step.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    draft = models.ForeignKey(
        FrameDraft, models.CASCADE, related_name="+", related_query_name="step"
    )
    revision = models.PositiveIntegerField()
    document = models.JSONField()
    what = models.CharField(max_length=20)
    element = models.CharField(max_length=60, blank=True)  # the id of a theme or an item
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)  # a profile
    undone = models.BooleanField(default=False)  # holds the document after it, to do it again

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["draft", "revision", "undone"], name="draft_step_once"),
        )

    def __str__(self) -> str:
        return f"{self.draft_id} step {self.revision}"


class TeamVersion(models.Model):
    """What a unit's leader changed in the organisation's frame, for the unit's talks of a kind.

    ``changes`` is read by ``team_changes.parse``; the newest row counts, and an empty one takes
    back what was changed. ``base`` is the version that the leader had before the eyes.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    base = models.ForeignKey(FrameVersion, models.PROTECT, related_name="+")
    changes = models.JSONField()
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)  # a profile

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "unit", "kind", "number"], name="team_version_once"
            ),
        )

    def __str__(self) -> str:
        return f"unit {self.unit_id} {self.kind} v{self.number}"


class OrganisationTheme(models.Model):
    """What the main committee chose for two years from an odd one (row D8).

    ``document`` is one theme as it stands in a frame. Within a period the newest row counts.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    first_year = models.PositiveSmallIntegerField()  # odd; the period is this year and the next
    document = models.JSONField()
    chosen_at = models.DateTimeField()
    chosen_by_id = models.BigIntegerField(null=True)  # a profile

    def __str__(self) -> str:
        return f"{self.first_year}: {self.public_id}"


class RequiredItem(models.Model):
    """What a committee made mandatory in its own units, for the kinds that it names (row E11).

    ``item`` names one of the frame's own; where it is empty, ``document`` is an item of the
    committee's, asked in a theme of its own at the end.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # empty: all
    kinds = models.JSONField()  # kinds of talk
    item = models.CharField(max_length=60, blank=True)
    document = models.JSONField(null=True)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)  # a profile
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"required {self.public_id}"


class CoreTask(models.Model):
    """What the organisation, or a unit in it, is for; worded and validated; versions."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    text = models.CharField(max_length=500)
    validated_by = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    worded_at = models.DateTimeField(null=True)
    worded_by_id = models.BigIntegerField(null=True)  # a profile
    validated_on = models.DateField(null=True)
    told_at = models.DateTimeField(null=True)  # when everybody was told

    def __str__(self) -> str:
        return self.text
