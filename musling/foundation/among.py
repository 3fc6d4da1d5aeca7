"""``Among``: a column is one of many numbers, given to the database as one value.

Django's ``in`` writes a place into the SQL for each of them: with hundreds, writing and reading
that takes longer than finding the rows.
"""

import json
from collections.abc import Collection
from typing import Any

from django.db.models import F
from django.db.models.lookups import Lookup


class Among(Lookup[Any]):
    """A condition for ``filter``: ``Among("pk", ids)``."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: Any, ids: Collection[int]) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, list(ids))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For SQLite."""
        lhs, params = self.process_lhs(compiler, connection)
        return lhs + " IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.rhs))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For PostgreSQL."""
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s::bigint[])", (*params, self.rhs)
