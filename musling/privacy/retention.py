"""How long what is kept, by which rule: the one table.

Sources: Herlev keeps minutes until the next talk is held (E8); no law gives a number, so each
organisation sets its own within the bounds. The ceilings, for talks whose next one never comes, are
our own default.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from musling.foundation.clock import months_later
from musling.foundation.visibility import Text

Unit = Literal["days", "months", "years"]

# Nothing that has two owners goes sooner than so long after both were told.
NOTICE = dt.timedelta(days=14)
LEAST_NOTICE = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what goes, how long after what. ``default``, ``least`` and ``most`` in ``unit``."""

    id: str
    what: Text
    after: Text
    unit: Unit
    default: int
    least: int
    most: int


SHARED = _("What was handed in, minutes, comments, goals and agreements that are done")
NEXT_HELD = Rule(
    "next_held", SHARED, _("after the next talk is held"), "days", default=14, least=7, most=180
)
CEILING = Rule(
    "ceiling",
    SHARED,
    _("after the talk, where the next one never comes"),
    "months",
    default=24,
    least=6,
    most=60,
)
LEFT = Rule(
    "left", SHARED, _("after the employment has ended"), "months", default=6, least=1, most=24
)
PREPARATION = Rule(
    "preparation",
    _("What each wrote to prepare and kept to herself or himself"),
    _("after its own talk is held and the minutes are approved"),
    "days",
    default=0,
    least=0,
    most=90,
)
ACCESS = Rule(
    "access_answer",
    _("What a leader handed out when asked for access, and the reason of a refusal"),
    _("after the answer"),
    "days",
    default=90,
    least=30,
    most=365,
)
EVALUATION = Rule(
    "evaluation",
    _("What was written, without names, in the evaluation of a round"),
    _("after the evaluation closed"),
    "months",
    default=24,
    least=1,
    most=60,
)
PROOF = Rule(
    "proof",
    _("Dates, states, offers and answers: the proof that a talk was offered"),
    _("after the end of the talk's year"),
    "years",
    default=5,
    least=1,
    most=10,
)
RULES = {
    rule.id: rule for rule in (NEXT_HELD, CEILING, LEFT, PREPARATION, ACCESS, EVALUATION, PROOF)
}

Periods = dict[str, int]
DEFAULTS: Periods = {rule.id: rule.default for rule in RULES.values()}


def in_words(rule: Rule, number: int) -> str:
    """A period in words: "14 days", "at once"."""
    if not number:
        return gettext("at once")
    if rule.unit == "days":
        return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}
    if rule.unit == "months":
        return ngettext("%(n)d month", "%(n)d months", number) % {"n": number}
    return ngettext("%(n)d year", "%(n)d years", number) % {"n": number}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules ask of a talk: moments, no content."""

    made_at: dt.datetime
    held_at: dt.datetime | None = None
    next_held_at: dt.datetime | None = None
    left_on: dt.date | None = None  # the last day of the employee's employment


@dataclass(frozen=True, slots=True)
class Due:
    """By which rule a talk's content goes, and when."""

    rule: str
    at: dt.datetime


def due(facts: Facts, periods: Periods) -> Due:
    """The first rule that takes what is under the talk's key, and the moment."""
    found = [Due(CEILING.id, later(facts.held_at or facts.made_at, CEILING, periods))]
    if facts.next_held_at:
        found.append(Due(NEXT_HELD.id, later(facts.next_held_at, NEXT_HELD, periods)))
    if facts.left_on:
        left_at = dt.datetime.combine(facts.left_on, dt.time(), dt.UTC)
        found.append(Due(LEFT.id, later(left_at, LEFT, periods)))
    return min(found, key=lambda one: one.at)


def later(moment: dt.datetime, rule: Rule, periods: Periods) -> dt.datetime:
    """The moment by so much later as the rule's period is long."""
    return _shifted(moment, rule, periods[rule.id])


def earlier(moment: dt.datetime, rule: Rule, periods: Periods) -> dt.datetime:
    """The moment by so much earlier. What happened before it is due by that rule, give or take
    three days where months differ in length: ``due`` says it exactly.
    """
    return _shifted(moment, rule, -periods[rule.id])


def _shifted(moment: dt.datetime, rule: Rule, number: int) -> dt.datetime:
    if rule.unit == "days":
        return moment + dt.timedelta(days=number)
    return months_later(moment, number * (12 if rule.unit == "years" else 1))
