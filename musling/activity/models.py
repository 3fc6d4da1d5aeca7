"""The log: who did or read what, when. Append-only, ids only, no foreign keys."""

from django.db import models


class Activity(models.Model):
    """One deed. It is also the outbox: ``mail`` finds the rows that have no delivery yet."""

    organisation_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)  # a profile; none: the program itself
    person_id = models.BigIntegerField(null=True)  # a log-in
    verb = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    about_id = models.BigIntegerField(null=True)  # the profile that it concerns
    more = models.JSONField(default=dict)  # ids and dates only

    class Meta:
        indexes = (
            models.Index(fields=["organisation_id", "about_id", "-at"], name="activity_about"),
            models.Index(fields=["verb", "object_id"], name="activity_verb_object"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.object_id}"


class Reading(models.Model):
    """That somebody opened sealed text: once per person, content, object and day."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    first_at = models.DateTimeField()
    reader_id = models.BigIntegerField()  # a profile
    content = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    about_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation_id", "about_id", "reader_id", "content", "object_id", "day"],
                name="activity_reading_once_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.content} {self.object_id} {self.day}"


class Batch(models.Model):
    """Rows of one log linked into the chain (see ``activity.chain``). Append-only as well.

    After its rows have expired it stays without their fingerprints, so that the chain goes on.
    """

    number = models.BigIntegerField(primary_key=True)
    log = models.CharField(max_length=10)  # "activity" or "reading"
    made_at = models.DateTimeField()
    ids = models.JSONField()  # ranges, both ends within
    highest = models.BigIntegerField()
    prints = models.BinaryField()
    prints_hash = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["log", "made_at"], name="activity_batch_made"),)

    def __str__(self) -> str:
        return f"batch {self.number}"
