"""Two people at one form: noticing that a row changed since the form was shown."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from musling.foundation.problems import Refused


class ChangedMeanwhile(Refused):
    """Somebody else saved the row while this person was writing. Nothing was saved now."""

    @classmethod
    def saying_so(cls) -> "ChangedMeanwhile":
        """With the words for who was writing."""
        return cls(
            _(
                "Somebody else changed this while you were writing. Nothing is saved yet: compare, "
                "and save again if what you wrote is right."
            )
        )


def fingerprint(row: models.Model, fields: Iterable[str]) -> str:
    """A short mark of these fields' values; the form carries it as what its reader saw."""
    values = [str(row.serializable_value(name)) for name in fields]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def of_values(values: Mapping[str, Any]) -> str:
    """The same of what a page showed: what is acted on is what was seen."""
    shown = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def refuse_if_changed(row: models.Model, fields: Iterable[str], seen: str) -> None:
    """Raises ChangedMeanwhile unless the row is as it was seen. An empty mark asks nothing."""
    if seen and seen != fingerprint(row, fields):
        raise ChangedMeanwhile.saying_so()
