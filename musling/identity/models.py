"""What somebody posted after the session had ended, sealed for half an hour; the shared cache."""

from django.db import models

from musling.people.models import Person
from musling.vault.models import Key, SealedField, SealedModel


class HeldPost(SealedModel):
    """One post, kept for the one who wrote it. Address and fields are sealed under its own key."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    key = models.ForeignKey(Key, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_index=True)
    content = SealedField()


class CacheEntry(models.Model):
    """The table of Django's database cache: counters of rate limits and used codes, nothing else.

    As ``createcachetable`` would make it, but by a migration, so that it is always there.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache"

    def __str__(self) -> str:
        return self.cache_key
