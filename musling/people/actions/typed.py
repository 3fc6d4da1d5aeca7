"""What a form brings, read exactly as the import reads a cell: one rule for both ways in."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from musling.foundation.problems import NotThere, Refused
from musling.people.import_files import values

M = TypeVar("M", bound=Model)


def typed(read: values.Reader, value: str, field: str, *, required: bool = False) -> Any:
    """The value as the reader makes it; empty stays empty.

    Raises Refused with the field for what the reader cannot use, or where a required one is empty.
    """
    if not value.strip():
        if required:
            raise Refused(_("This must be filled in."), field)
        return ""
    try:
        return read(value)
    except values.Unusable as problem:
        raise Refused(str(problem), field) from None


def to_change(rows: QuerySet[M], row: M) -> M:
    """The row read anew among those that the actor may change, locked. Raises NotThere."""
    found = rows.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise NotThere
    return found


def set_fields(row: Model, **values: Any) -> list[str]:
    """Sets what differs, saves only that, and returns the names of what differed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed
