"""A round, what it covers, what HR decided about what is odd, and a place for each employment."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from musling.conversations.models import Conversation
from musling.foundation import clock
from musling.foundation.public_ids import PublicIdField
from musling.frames.models import FrameVersion
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Profile


class Form(models.TextChoices):
    """In which form talks are held; each unit's leader chooses, HR sets the default (E4)."""

    INDIVIDUAL = "individual", _("Individual talks")
    GROUP = "group", _("A talk of the group")
    BOTH = "both", _("Both")


class State(models.TextChoices):
    """Where a round stands."""

    PLANNED = "planned", _("Planned")
    OPENING = "opening", _("Being opened")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Round(models.Model):
    """One period's talks of one kind in part or all of an organisation."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()  # whose talks these are
    starts_on = models.DateField()
    ends_on = models.DateField()  # talks are held by then
    # Empty: the frame that is in use on the day of opening.
    frame_version = models.ForeignKey(FrameVersion, models.PROTECT, null=True, related_name="+")
    default_form = models.CharField(max_length=10, choices=Form, default=Form.INDIVIDUAL)
    choose_by = models.DateField(null=True)  # until when a unit's leader chooses the form
    leader_word = models.CharField(max_length=40, blank=True)  # own word for who leads the talk
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    run = models.CharField(max_length=12, blank=True)  # the work that opens it, by public id
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)  # the joint note that closes it, of no single person

    class Meta:
        indexes = (models.Index(fields=["organisation", "-starts_on"], name="round_by_start"),)

    def __str__(self) -> str:
        return f"round {self.public_id}"


class Covered(models.Model):
    """A unit that the round covers, with all below it. A round without one covers all."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", related_query_name="covered")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "unit"], name="covered_once"),)

    def __str__(self) -> str:
        return f"covered {self.pk}"


class LeftOut(models.Model):
    """Who is left out, by unit, title or agreement, with the reason that HR noted."""

    class By(models.TextChoices):
        """By what."""

        UNIT = "unit", _("Unit, with all below it")
        TITLE = "title", _("Job title")
        AGREEMENT = "agreement", _("Collective agreement")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, models.CASCADE, related_name="+", related_query_name="left_out"
    )
    by = models.CharField(max_length=9, choices=By)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=120, blank=True)  # the title or agreement
    reason = models.CharField(max_length=300)
    noted_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"left out {self.pk}"


class Ruling(models.Model):
    """What HR decided about one oddity in a round; where there is none, the proposal holds."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", related_query_name="ruling")
    oddity = models.CharField(max_length=12)
    answer = models.CharField(max_length=12)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "oddity"], name="ruling_once"),)

    def __str__(self) -> str:
        return f"{self.oddity}: {self.answer}"


class FormChoice(models.Model):
    """The form that a unit's leader chose for the unit before the date."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, models.CASCADE, related_name="+", related_query_name="form_choice"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    form = models.CharField(max_length=10, choices=Form)
    chosen_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "unit"], name="form_choice_once"),)

    def __str__(self) -> str:
        return f"{self.form} {self.pk}"


class Place(models.Model):
    """An employment that is to be offered a talk in the round; points to it once there is one.

    ``waits`` names what it waits for, and ``due_on`` the day from which it is offered. A place
    that was closed says why; a talk that was begun goes on.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", related_query_name="place")
    employment = models.ForeignKey(Employment, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, related_name="+", related_query_name="round_place"
    )
    waits = models.CharField(max_length=12, blank=True)
    due_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "employment"], name="place_once"),)
        indexes = (
            models.Index(
                fields=["round", "due_on"],
                condition=models.Q(conversation=None, closed_at=None),
                name="place_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"place {self.pk}"


class Step(models.Model):
    """One of the five steps of a round (C4): its day, its text, and who has done it.

    ``texts``: language → the organisation's words; empty: the ready-made ones.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", related_query_name="step")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    by_itself = models.BooleanField(default=True)  # on its day, without a click
    texts = models.JSONField(default=dict)
    ticked = models.JSONField(default=list)  # the tasks of its list that are done, by id
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "number"], name="step_once"),)

    def __str__(self) -> str:
        return f"step {self.number}"

    @property
    def comes_by_itself(self) -> bool:
        """Whether it is done on its day, without a click.

        A day that was past when the round was planned never comes: nobody has looked at it yet.
        """
        return self.by_itself and self.due_on >= clock.day_of(self.round.made_at)


class FormSent(models.Model):
    """That a leader (or HR in her or his place) sent the form to the team, by one click (C4)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="+", related_query_name="form_sent"
    )
    leader = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "leader"], name="form_sent_once"),)

    def __str__(self) -> str:
        return f"form sent {self.pk}"


class HelpAsked(models.Model):
    """That a leader asked HR for help with the round; about no talk in particular (C4)."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="+", related_query_name="help_asked"
    )
    leader = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["round", "leader"],
                condition=models.Q(answered_at=None),
                name="help_asked_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"help {self.public_id}"


class KeptPreview(models.Model):
    """What a look at a large organisation counted, in the background; see ``actions/previewing``.

    ``counts`` are numbers and ids; unfinished while ``looked_at`` is empty.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.OneToOneField(
        Round, models.CASCADE, related_name="+", related_query_name="kept_preview"
    )
    run = models.CharField(max_length=12)
    counts = models.JSONField(default=dict)
    looked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"preview {self.pk}"
