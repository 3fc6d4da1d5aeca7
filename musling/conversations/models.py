"""A talk and what belongs to it: separate objects with separate readers, keys and lifetimes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from musling.foundation import clock
from musling.foundation.public_ids import PublicIdField
from musling.frames.models import FrameContent
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Profile
from musling.vault.models import Key, SealedField, SealedModel


class State(models.TextChoices):
    """Where a talk stands. Moves happen in ``actions`` only."""

    PLANNED = "planned", _("Planned")
    OFFERED = "offered", _("Offered")
    DECLINED = "declined", _("Declined")
    BOOKED = "booked", _("Booked")
    OPEN = "open", _("In progress")
    HELD = "held", _("Held")
    MINUTES_OUT = "minutes_out", _("Minutes out for approval")
    AGREED = "agreed", _("Agreed")
    CANCELLED = "cancelled", _("Called off")


class Reveal(models.TextChoices):
    """When what was handed in shows to the other party; decided by the frame."""

    HANDED_IN = "handed_in", _("As soon as it is handed in")
    AFTER_BOTH = "after_both", _("When both have handed in")
    NEVER = "never", _("Preparation is never handed in")


class Part(models.TextChoices):
    """The part that somebody plays in a talk."""

    EMPLOYEE = "employee", _("Employee")
    LEADER = "leader", _("Leader")
    FACILITATOR = "facilitator", _("Facilitator")


class GoesAlong(models.TextChoices):
    """What goes along to a new leader, by the employee's choice; empty: sat in the talk itself."""

    NOTHING = "nothing", _("Nothing but the open agreements")
    MINUTES = "minutes", _("The minutes, too")
    EVERYTHING = "everything", _("The minutes, and what I handed in")


class Conversation(models.Model):
    """One occasion. Its dates and state are open text: they are proof, and carry no content."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    content = models.ForeignKey(FrameContent, models.PROTECT, related_name="+")
    # What it would ask without what the leader changed for the team; empty: the same.
    base_content = models.ForeignKey(FrameContent, models.PROTECT, null=True, related_name="+")
    # The leader fitted this talk alone: its content is put together with its ``Fitting``.
    fitted_at = models.DateTimeField(null=True)
    # A round offered it, and its leader has yet to send the form: until then what it asks can
    # still be fitted, and the employee cannot prepare.
    form_waits = models.BooleanField(default=False)
    reveal = models.CharField(max_length=10, choices=Reveal, default=Reveal.HANDED_IN)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # Made with the first text that it is to seal: a round makes talks by the hundred thousand.
    key = models.ForeignKey(Key, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    made_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=120, blank=True)
    postponed = models.PositiveSmallIntegerField(default=0)
    calendar_sequence = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_on_paper = models.BooleanField(default=False)
    minute_taker = models.ForeignKey("Participant", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "year", "state"], name="conversation_by_year"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Participant(models.Model):
    """Who takes part, as what. Rights in a talk come from these rows."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="participant"
    )
    profile = models.ForeignKey(
        Profile, models.PROTECT, related_name="+", related_query_name="participant"
    )
    employment = models.ForeignKey(Employment, models.PROTECT, null=True, related_name="+")
    part = models.CharField(max_length=11, choices=Part)
    # From when this seat sees what the other hands in.
    seated_at = models.DateTimeField(default=clock.now)
    handed_in_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)  # "we agree on the frame"
    ended_at = models.DateTimeField(null=True)  # handed the talk to somebody else
    # The leader's seat that this one stands in for, in this one talk.
    deputises_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # Of whoever became the leader after the talk was held.
    goes_along = models.CharField(max_length=10, choices=GoesAlong, blank=True)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "profile", "part"], name="participant_once"
            ),
            models.UniqueConstraint(
                fields=["conversation", "part"],
                condition=models.Q(ended_at=None) & ~models.Q(part="facilitator"),
                name="participant_one_per_part",
            ),
        )
        indexes = (models.Index(fields=["profile", "part", "ended_at"], name="participant_mine"),)

    def __str__(self) -> str:
        return f"{self.part} {self.public_id}"


class SharedTimes(models.Model):
    """Times that a leader put out for several: each picks one, and who picks it first has it.

    Who took which stands nowhere but in the talks themselves: a time is gone when a talk of the
    leader's is booked there, or when the leader took it out.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    leader = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    times = models.JSONField(default=list)  # beginnings that may still be picked, ISO with offset

    def __str__(self) -> str:
        return f"shared times {self.pk}"


class Fitting(SealedModel):
    """What the leader changed in what this one talk asks (D5): it may be about one person.

    ``changes`` is read by ``team_changes.parse`` and put onto the talk's ``content`` for whoever
    sees the talk; with the talk's key it is gone.
    """

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="fitting")
    changes = SealedField()
    made_by = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()


class Offer(models.Model):
    """The documented invitation: what was offered, when, how, and the answer. No content."""

    class Answer(models.TextChoices):
        """What the employee answered."""

        NONE = "none", _("No answer yet")
        ACCEPTED = "accepted", _("Accepted")
        OTHER_TIME = "other_time", _("Another time proposed")
        OUTSIDE = "outside", _("Outside own working hours")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="offer"
    )
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, default="mail")
    times = models.JSONField(default=list)  # proposed beginnings, ISO with offset
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)
    proposed_times = models.JSONField(default=list)  # the employee's, where another time
    # Where several pick from the same times: what was sent stands above, what is left there.
    shared = models.ForeignKey(SharedTimes, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"offer {self.pk}"


class Preparation(models.Model):
    """One per participant, under an own key: private until the person hands in.

    Where a round made the talk, it is made with the first answer.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    participant = models.OneToOneField(Participant, models.PROTECT, related_name="preparation")
    key = models.ForeignKey(Key, models.PROTECT, related_name="+")
    short = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"preparation {self.public_id}"


class Answer(SealedModel):
    """What was answered to one item: score, choices, text and cells, sealed together."""

    sealed_by = "preparation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, related_name="+", related_query_name="answer"
    )
    item = models.CharField(max_length=60)
    content = SealedField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["preparation", "item"], name="answer_once"),)


# Written for the other to see before the room opens: what each expects of this talk (C7).
EXPECTATION = "talk.expectation"
# Which of the points that both must share the employee understands alike (C2), ticked in the talk.
ALIKE = "talk.alike"
# Said to each other in the talk, not chosen from a preparation.
SAID = (EXPECTATION, ALIKE)


class HandedIn(SealedModel):
    """A copy of an answer under the talk's key: what the person chose to hand in."""

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="handed_in"
    )
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    item = models.CharField(max_length=60)
    content = SealedField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["participant", "item"], name="handed_in_once"),
        )


class Minutes(SealedModel):
    """The minutes as a whole: where they stand and what fixes them."""

    class State(models.TextChoices):
        """Where the minutes stand."""

        DRAFT = "draft", _("Being written")
        OUT = "out", _("Out for approval")
        RETURNED = "returned", _("Sent back")
        APPROVED = "approved", _("Approved")

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="minutes")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    salt = SealedField()
    hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+")


class MinutesSection(SealedModel):
    """One part of the minutes: a theme, the ground rules or the conclusion; edited by version."""

    sealed_by = "minutes__conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="+", related_query_name="section"
    )
    section = models.CharField(max_length=60)
    text = SealedField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["minutes", "section"], name="section_once"),)


class Comment(SealedModel):
    """Why the minutes were sent back."""

    sealed_by = "minutes__conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="+", related_query_name="comment"
    )
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = SealedField()


class Signature(models.Model):
    """That a participant signed what the hash fixes."""

    class How(models.TextChoices):
        """How it was signed."""

        ALONE = "alone", _("in Musling")
        TOGETHER = "together", _("together on one screen")
        PAPER = "paper", _("on paper")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="+", related_query_name="signature"
    )
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    hash = models.CharField(max_length=64)
    how = models.CharField(max_length=8, choices=How)
    confirmed_at = models.DateTimeField(null=True)  # on paper: by the other party

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["minutes", "participant"], name="signature_once"),
        )

    def __str__(self) -> str:
        return f"signature {self.pk}"


class FocusArea(SealedModel):
    """Goals and future: a focus area, what I do, how my leader supports."""

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="focus_area"
    )
    content = SealedField()  # title, mine, support
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)


class Initiative(SealedModel):
    """Goals and future: something that is set going."""

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="initiative"
    )
    content = SealedField()  # text
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)


class Agreement(SealedModel):
    """What, proposed solution, action, who, when, how followed up.

    ``origin`` is the talk it comes from, ``conversation`` the talk it is in now. Dates are open
    text, for the reminders.
    """

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="agreement"
    )
    origin = models.ForeignKey(Conversation, models.PROTECT, related_name="+")
    content = SealedField()  # what, solution, action, who, follow_up
    due_on = models.DateField(null=True)
    follow_up_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    done_by_employee_at = models.DateTimeField(null=True)
    done_by_leader_at = models.DateTimeField(null=True)
    typed_in_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)  # typed in from paper: by the other party
    removed_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_on"],
                condition=models.Q(removed_at=None, due_on__isnull=False),
                name="agreement_due",
            ),
        )


class FollowUp(SealedModel):
    """A note on how an agreement goes."""

    sealed_by = "agreement__conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="+", related_query_name="follow_up"
    )
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = SealedField()
    says_done = models.BooleanField(default=False)


class PaperTalk(models.Model):
    """A talk held on paper: registered by one, confirmed or contested by the other."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="paper")
    registered_by = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    held_on = models.DateField()
    registered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    contested_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"paper {self.pk}"


class Release(SealedModel):
    """That both parties let somebody else read a copy of a document of the talk, for a time (A5).

    One asks, the other agrees: only then is there a copy, made at that moment. Either ends it.
    """

    class Document(models.TextChoices):
        """Which document."""

        MINUTES = "minutes", _("The minutes")
        SHEET = "sheet", _("The agreement sheet")

    sealed_by = "conversation__key_id"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="release"
    )
    document = models.CharField(max_length=8, choices=Document)
    reader = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    until = models.DateField()  # the last day
    why = SealedField()
    asked_by = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # refused, taken back or withdrawn
    ended_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+")
    copy = SealedField()  # the file, in base64

    class Meta:
        indexes = (
            models.Index(
                fields=["reader", "until"],
                condition=models.Q(agreed_at__isnull=False, ended_at=None),
                name="release_living",
            ),
        )


class StandIn(models.Model):
    """That the leader lets a stand-in follow up on a talk from a day on, told by the leader.

    ``begun_at``: when the stand-in got the leader's seat. ``ended_at``: called back, or over.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", related_query_name="stand_in"
    )
    told_by = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    employment = models.ForeignKey(Employment, models.PROTECT, related_name="+")
    from_on = models.DateField()
    told_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(ended_at=None),
                name="stand_in_one_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"stand-in {self.public_id}"


class Counted(models.Model):
    """What one person counts as in the coverage: made from open columns, and made anew at will.

    ``places``: paths of the units where she or he is employed, the oldest employment first.
    ``years``: for each year in which something is to be counted ("0": where nothing is) a number
    for each place (``coverage.standing``).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.OneToOneField(Profile, models.CASCADE, related_name="+")
    places = models.JSONField()
    years = models.JSONField()

    def __str__(self) -> str:
        return f"counted {self.profile_id}"


class Tally(models.Model):
    """How many persons count as what in a unit with all below it, or in the unit itself, in a year.

    Without a unit: the whole organisation. Year 0: where nothing is offered yet. The sum of what
    ``Counted`` says; written with it, in one transaction. ``parent`` and ``sort`` are the unit's,
    so that one index finds a page of units, the late ones first. Where nobody is, there is no row.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, related_name="+", related_query_name="tally"
    )
    itself = models.BooleanField(default=False)
    parent = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    sort = models.CharField(max_length=120, blank=True)
    people = models.IntegerField(default=0)
    late = models.IntegerField(default=0)  # no offer, and not on leave
    on_leave = models.IntegerField(default=0)
    offered = models.IntegerField(default=0)
    declined = models.IntegerField(default=0)
    booked = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    agreed = models.IntegerField(default=0)
    plan_made = models.IntegerField(default=0)
    followed_1 = models.IntegerField(default=0)
    followed_2 = models.IntegerField(default=0)
    followed_3 = models.IntegerField(default=0)
    followed_4 = models.IntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "year", "unit", "itself"], name="tally_of_unit"),
            models.Index(
                fields=["organisation", "year", "parent", "-late", "sort", "unit", "itself"],
                name="tally_late_first",
            ),
        )

    def __str__(self) -> str:
        return f"tally {self.unit_id} {self.year}"


class TalliedUntil(models.Model):
    """How far an organisation is counted: up to which moment, day and batch of the log."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="+")
    years = models.JSONField(default=list)  # those that have rows of their own
    until = models.DateTimeField(null=True)  # none: being counted for the first time
    day = models.DateField(null=True)
    batch = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"tallied {self.until}"


class JointTalk(models.Model):
    """That one talk a year is for several employments of a person: asked for, agreed, or refused.

    The leader of ``holder`` leads it. A round that gives everybody one talk makes it settled.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    holder = models.ForeignKey(Employment, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["profile", "kind", "year"], name="joint_talk_once"),
        )

    def __str__(self) -> str:
        return f"joint talk {self.public_id}"


class JointPart(models.Model):
    """One of the employments that a joint talk is for, and the leader who agreed for it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    joint = models.ForeignKey(
        JointTalk, models.CASCADE, related_name="+", related_query_name="part"
    )
    employment = models.ForeignKey(Employment, models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(Profile, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["joint", "employment"], name="joint_part_once"),
        )

    def __str__(self) -> str:
        return f"joint part {self.pk}"
