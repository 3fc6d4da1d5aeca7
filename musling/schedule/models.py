"""Whose turn it is: one row per job of the list."""

from django.db import models


class Turn(models.Model):
    """When a job runs next, and until when somebody holds it.

    The lease keeps any number of workers from running a job twice at once.
    """

    job = models.CharField(max_length=40, unique=True)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)  # the kind of error, no text of it

    def __str__(self) -> str:
        return self.job
