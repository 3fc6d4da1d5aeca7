"""Keys, and the base of every table that holds sealed text."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models

from musling.foundation.public_ids import PublicIdField
from musling.vault.sealing import OpenKey


class Key(models.Model):
    """A random content key, wrapped by a generation.

    Destroyed: the row stays as the receipt, the key is gone. From ``final_from`` on, no copy of the
    wrapped key that a backup may hold can be opened any more.
    """

    public_id = PublicIdField()
    organisation_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    generation = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)  # the rule by which it was destroyed
    final_from = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["generation", "id"],
                condition=models.Q(destroyed_at=None),
                name="vault_key_living",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """A field that only ever holds what ``vault`` sealed, or nothing."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("default", b"")
        options.setdefault("editable", False)
        super().__init__(**options)


class SealedModel(models.Model):
    """A table with sealed fields.

    ``sealed_by`` is the look-up from a row to the id of its key; destroying walks it.
    """

    public_id = PublicIdField()
    sealed_by: ClassVar[str] = "key_id"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.label} {self.public_id}"

    @classmethod
    def sealed_fields(cls) -> list[str]:
        """The names of the sealed fields."""
        return [field.name for field in cls._meta.fields if isinstance(field, SealedField)]

    def binding(self, field: str) -> str:
        """What a sealed text of this row and field is bound to."""
        return f"{self._meta.db_table}|{self.public_id}|{field}"

    def seal(self, key: OpenKey, field: str, value: Any) -> None:
        """Puts a sealed JSON value into the field (not saved yet); None empties it."""
        setattr(self, field, b"" if value is None else key.seal(self.binding(field), value))

    def unseal(self, key: OpenKey, field: str) -> Any:
        """The JSON value in the field, or None. Raises SealBroken."""
        return key.open(self.binding(field), getattr(self, field))


def sealed_models() -> list[type[SealedModel]]:
    """Every table that holds sealed text."""
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]
