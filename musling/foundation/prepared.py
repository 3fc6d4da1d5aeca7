"""Queries that Django puts into SQL once per process and that are then asked with other values.

Putting a query of ``access`` into SQL takes Django longer than the database takes to answer it
(measured: nearly half of a start page). What is asked stays written as a queryset, made from the
rows of ``access``; only its SQL is kept. In tests whatever is asked is compared with the SQL that
Django makes afresh, once per test for each query and its values, so a query that cannot be kept
this way shows itself at once.
"""

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection, connections
from django.db.models import QuerySet
from django.utils.translation import get_language
from psycopg.sql import Literal

from musling.foundation.actor import Actor

MARK = re.compile("%[s%]")
_numbers = count()
# Which statements each session of PostgreSQL has been given.
_there: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
# In tests: what was compared already, see _known_by.
_compared: set[tuple[Any, ...]] = set()

Row = TypeVar("Row")
Values = Mapping[str, Any]


class CannotPrepare(TypeError):
    """The query's SQL depends on the values themselves. Ask it as a plain queryset."""


class Prepared(Generic[Row]):
    """A query as a function: values in, rows out, one SQL query."""

    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self.build = build
        self.plans: dict[tuple[Any, ...], _Plan] = {}
        self.name = f"{build.__module__}.{build.__qualname__}"
        update_wrapper(self, build)

    def __call__(self, **values: Any) -> list[Row]:
        """The rows for these values: numbers, texts, dates, actors, lists of ids; no None."""
        values = {name: _filled_up(value) for name, value in values.items()}
        shape = (connection.vendor, *(len(v) for v in values.values() if isinstance(v, list)))
        plan = self.plans.get(shape)
        if plan is None:
            plan = self.plans[shape] = self._plan(values)
        if settings.MUSLING_MODE == "test":
            self._compare(plan, values)
        return list(plan.rows(values))

    def _plan(self, values: Values) -> "_Plan":
        """Puts the query into SQL twice, with other stand-ins each: what differs is a value."""
        one, other = _stand_ins(values, 1), _stand_ins(values, 2)
        queryset = self.build(**one)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        other_sql, other_params = self.build(**other).query.sql_with_params()
        if sql != other_sql or len(params) != len(other_params):
            raise CannotPrepare(f"{self.name}: the SQL is not always the same.")
        first, second = _flat(one), _flat(other)
        slots = {}
        for place, (mine, theirs) in enumerate(zip(params, other_params, strict=True)):
            if mine != theirs:
                slots[place] = self._slot(first, second, mine, theirs)
        return _Plan(f"musling_{next(_numbers)}", queryset, compiler, sql, tuple(params), slots)

    def _slot(self, first: Values, second: Values, mine: Any, theirs: Any) -> "_Slot":
        """Which value stands there: as it is, or as what a text begins with."""
        for name in first:
            if (first[name], second[name]) == (mine, theirs):
                return _Slot(name)
            if (f"{first[name]}%", f"{second[name]}%") == (mine, theirs):
                return _Slot(name, beginning=True)
        raise CannotPrepare(f"{self.name}: {mine!r} is none of its values.")

    def _compare(self, plan: "_Plan", values: Values) -> None:
        known_by = plan.name, *_known_by(values)
        if known_by in _compared:
            return
        sql, params = self.build(**values).query.sql_with_params()
        if (sql, tuple(params)) != (plan.sql, plan.parameters(values)):
            raise CannotPrepare(f"{self.name}: {plan.sql} is not {sql}")
        _compared.add(known_by)


@dataclass(frozen=True)
class _Slot:
    """A place among the parameters. ``beginning``: of what LIKE looks for."""

    name: str
    beginning: bool = False

    def value(self, flat: Values) -> Any:
        """What goes there."""
        value = flat[self.name]
        return f"{connection.ops.prep_for_like_query(value)}%" if self.beginning else value


@dataclass(frozen=True)
class _Plan:
    """The kept SQL of one query, and where each value goes. ``name`` is PostgreSQL's for it."""

    name: str
    queryset: "QuerySet[Any, Any]"
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    slots: dict[int, _Slot]

    def parameters(self, values: Values) -> tuple[Any, ...]:
        """What goes with the SQL."""
        flat, params = _flat(values), list(self.params)
        for place, slot in self.slots.items():
            params[place] = slot.value(flat)
        return tuple(params)

    def rows(self, values: Values) -> Iterator[Any]:
        """Asks the database; Django makes the rows as always."""
        queryset = self.queryset.all()
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[queryset.db]  # each thread has its own
        statement = self.sql, self.parameters(values)
        if compiler.connection.vendor == "postgresql" and settings.MUSLING_PREPARE:
            statement = self._planned(compiler.connection, statement[1])
        compiler.as_sql = lambda *_args, **_options: statement
        queryset.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return iter(queryset)

    def _planned(self, database: Any, params: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        """What asks it of PostgreSQL, which plans it once per connection: PREPARE, then EXECUTE."""
        database.close_if_health_check_failed()  # as Django does before a query of its own
        database.ensure_connection()
        there = _there.setdefault(database.connection, set())
        if self.name not in there:
            with database.wrap_database_errors:
                database.connection.execute(self._prepare(database.connection))
            there.add(self.name)
        places = ", ".join(["%s"] * len(self.slots))
        call = f"EXECUTE {self.name} ({places})" if places else f"EXECUTE {self.name}"
        return call, tuple(params[place] for place in self.slots)

    def _prepare(self, session: Any) -> str:
        """The values become $1, $2 …; constants stay, since a plan may lean on them."""
        numbers = {place: f"${n}" for n, place in enumerate(self.slots, 1)}
        marks = count()

        def written(mark: re.Match[str]) -> str:
            if mark[0] == "%%":
                return "%"
            place = next(marks)
            return numbers.get(place) or Literal(self.params[place]).as_string(session)

        return f"PREPARE {self.name} AS " + MARK.sub(written, self.sql)


def prepared(build: Callable[..., "QuerySet[Any, Row]"]) -> Prepared[Row]:
    """Makes a function that returns a queryset into one that asks it; arguments by keyword.

    Its SQL must be the same for all values, so none may be None. A list of ids may have any length
    and comes sorted. A query that locks rows must be asked inside a transaction.
    """
    return Prepared(build)


def compare_again() -> None:
    """Called between tests: what one test compared says nothing to the next."""
    _compared.clear()


def _filled_up(value: Any) -> Any:
    """A list of ids, sorted, filled up to the next of 1, 2, 4, 8 … by numbers that are no id."""
    if not isinstance(value, list | set | tuple):
        return value
    wanted = 1 << max(len(value) - 1, 0).bit_length()
    return [*range(len(value) - wanted, 0), *sorted(value)]


def _flat(values: Values) -> dict[str, Any]:
    """The values one by one, as the database is given them."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Actor):
            flat |= {
                f"{name}.person": value.person_id,
                f"{name}.profile": value.profile_id,
                f"{name}.organisation": value.organisation_id,
                f"{name}.today": connection.ops.adapt_datefield_value(value.today),
            }
        elif isinstance(value, list):
            flat |= {f"{name}.{n}": one for n, one in enumerate(value)}
        elif type(value) is dt.date:
            flat[name] = connection.ops.adapt_datefield_value(value)
        else:
            flat[name] = value
    return flat


def _known_by(values: Values) -> tuple[Any, ...]:
    """All that can tell two askings apart: the values, their kinds, and the languages."""
    speak = [value.language for value in values.values() if isinstance(value, Actor)]
    return get_language(), *speak, *((type(value), value) for value in _flat(values).values())


def _stand_ins(values: Values, which: int) -> dict[str, Any]:
    """Other values of the same kinds, all different; small enough for a column of small numbers."""
    numbers, ids = count(which * 10_000), count(which * 1_000_000_000)
    return {name: _stand_in(value, numbers, ids) for name, value in values.items()}


def _stand_in(value: Any, numbers: Iterator[int], ids: Iterator[int]) -> Any:
    number = next(numbers)
    if isinstance(value, Actor):
        at = dt.datetime(1900, 1, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=number)
        return Actor(next(numbers), next(numbers), next(numbers), at)
    if isinstance(value, list):
        return [next(ids) for _ in value]
    if type(value) is dt.date:
        return dt.date(1900, 1, 1) + dt.timedelta(days=number)
    if type(value) is int:
        return number
    if isinstance(value, str):
        return f"stand-in {number}"
    raise CannotPrepare(f"{value!r} can be no value of a prepared query.")
