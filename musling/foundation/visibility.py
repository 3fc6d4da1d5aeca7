"""The one mechanism of visibility: rows, and the querysets, questions and page made from them.

A domain package writes its rows in ``access.py``: content × part × stages, and the query that finds
what an actor in that part reaches. Nothing else says who sees what.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import Func, QuerySet
from django.utils.functional import Promise

from musling.foundation.actor import Actor

Text = str | Promise
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class PartPlayed:
    """A part somebody can play towards content, with the words for it."""

    id: str
    name: Text  # "the leader's leader": on the page
    you: Text  # who reads the line with the eye, in this part


@dataclass(frozen=True, slots=True)
class Content:
    """A class of content with the words for it."""

    id: str
    name: Text
    what: Text  # one line: what it is


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch in the life of what somebody writes, with the states that belong to it.

    One without states is no state that a row could be in: what was there is destroyed.
    """

    id: str
    name: Text  # the head of a column: "Before the talk"
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One rule: this part may see (or also change) this content, in these stages.

    ``find`` gives the ids that the actor reaches by this rule, driven from the actor's own rows;
    ``narrow`` keeps those that are in some stages. A row without stages holds at any time.
    """

    content: Content
    part: PartPlayed
    when: Text  # what else must be so, in words: "once it is handed in"
    find: Callable[[Actor], QuerySet[Any]]
    change: bool = False
    source: str = ""  # the row or rule that asks for it
    seats: tuple[str, ...] = ()  # where a part is played from seats that differ: from which
    stages: tuple[Stage, ...] = ()
    changes: tuple[Stage, ...] = ()  # those of the stages in which it may be changed, too
    narrow: Callable[[QuerySet[Any], tuple[Stage, ...]], QuerySet[Any]] | None = None

    @property
    def may_change(self) -> bool:
        """Whether anything may be changed by this rule, at any time."""
        return self.change or bool(self.changes)

    def reached(self, actor: Actor, *, change: bool = False) -> QuerySet[Any]:
        """What the actor reaches by this rule alone."""
        found = self.find(actor).order_by()
        if self.narrow:
            found = self.narrow(found, self.changes if change else self.stages)
        return found.values("pk")


def reach(
    base: QuerySet[M], rows: Iterable[Row], actor: Actor, *, change: bool = False
) -> QuerySet[M]:
    """What of ``base`` the actor reaches by the rows (to change: only by rows that say so).

    One ``pk IN (… UNION ALL …)``: each arm starts from the actor's own few rows, so the plan does
    not depend on how many talks there are.
    """
    arms = [row.reached(actor, change=change) for row in rows if row.may_change or not change]
    scoped = within(base, actor)
    if not arms:
        return scoped.none()
    first, *rest = arms
    return scoped.filter(pk__in=first.union(*rest, all=True) if rest else first)


def within(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """Those of the actor's organisation, where something else already finds the few that count.

    The organisation is a second wall here, not the way in. SQLite would take it for one and go
    through all rows of the organisation (500,000 talks took 40 ms).
    """
    walled: QuerySet[M] = rows.alias(_place=_NotByIndex("organisation_id"))  # type: ignore[assignment]
    return walled.filter(_place=actor.organisation_id)


class _NotByIndex(Func):
    """The column itself; for SQLite with the plus that keeps it from using an index of it."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite's documentation, "The SQLite Query Optimizer Overview", section 8.4."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)
