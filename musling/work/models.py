"""Long work: each step is safe to run twice and commits with its cursor."""

from django.db import models

from musling.foundation.public_ids import PublicIdField


class Run(models.Model):
    """One long piece of work with its place, who holds it, and how far it is."""

    class State(models.TextChoices):
        """Where the run stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    public_id = PublicIdField()
    organisation_id = models.BigIntegerField(null=True)
    started_by_id = models.BigIntegerField(null=True)  # a profile
    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)  # ids only
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)  # counts and ids only
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    # How often the database broke off the step that is due; a step that is done begins anew.
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="work_run_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.public_id}"
