"""``Among``: a column is one of many numbers or texts, given to the database as one value.

Django's ``in`` writes a place into the SQL for each of them: with hundreds, writing and reading
that takes longer than finding the rows.
"""

import json
from collections.abc import Collection
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F
from django.db.models.lookups import Lookup


class Among(Lookup[Any]):
    """A condition for ``filter``: ``Among("pk", ids)``."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: Any, ids: Collection[int] | Collection[str]) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, list(ids))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For SQLite."""
        self._refuse_nothing()
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.rhs))  # noqa: S608 (the column's name)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For PostgreSQL."""
        self._refuse_nothing()
        lhs, params = self.process_lhs(compiler, connection)
        kind = "text" if any(isinstance(one, str) for one in self.rhs[:1]) else "bigint"
        return f"{lhs} = ANY(%s::{kind}[])", (*params, self.rhs)

    def _refuse_nothing(self) -> None:
        """None of nothing: Django does not ask the database then."""
        if not self.rhs:
            raise EmptyResultSet
