"""Bringing lists of people and units into an organisation.

``plan_import`` compares the lists with what stands and changes nothing; ``apply_import`` plans anew
and writes, in one transaction. Both take a fixed number of queries, whatever the number of rows.

A list is complete: an employment that came from an import and is in it no more ends today. An
import makes profiles and employments; it never makes, changes or links a log-in. ``standing`` is
what the database holds, ``units``, ``people`` and ``leaders`` say what becomes of it, ``plan`` puts
that together, ``writing`` writes it. ``import_again`` does the same with a list that came before:
of rows that stand as they say it looks at none.
"""

from musling.people.imports.again import import_again
from musling.people.imports.plan import Counts, ImportPlan, TooManyEnd, plan_import
from musling.people.imports.writing import apply_import

__all__ = ["Counts", "ImportPlan", "TooManyEnd", "apply_import", "import_again", "plan_import"]
