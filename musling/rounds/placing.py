"""What a round does with one employment: talk now, later, or not, with whom, and what is odd.

Pure: the preview, the opening and each day's look ask the same, so that they cannot differ.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from musling.foundation.clock import months_later
from musling.people.leading import Found, Passed, Problem
from musling.people.models import Employment

Text = str | Promise

NEW_WITHIN_MONTHS = 3

NO_LEADER = "no_leader"
VACANT = "vacant"
OWN_LEADER = "own_leader"
SEVERAL = "several"
ON_LEAVE = "on_leave"
NEW = "new"
HOURLY = "hourly"
LEAVING = "leaving"

OFFER = "offer"
WAIT = "wait"
LEAVE_OUT = "leave_out"
ONE = "one"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that HR should look at, and what can be done about it; the proposal first."""

    id: str
    name: Text
    why: Text
    answers: tuple[tuple[str, Text], ...]

    @property
    def proposal(self) -> str:
        """What holds where HR says nothing."""
        return self.answers[0][0]


ODDITIES = {
    one.id: one
    for one in (
        Oddity(
            NO_LEADER,
            _("Nobody to talk with"),
            _("Nobody else leads the unit or any above it."),
            (
                (WAIT, _("Wait until somebody leads the unit")),
                (LEAVE_OUT, _("Leave them out")),
            ),
        ),
        Oddity(
            VACANT,
            _("The leader's post is vacant"),
            _("The nearest leader above is meant, until the post is filled."),
            (
                (OFFER, _("Talk with the nearest leader above")),
                (WAIT, _("Wait until the post is filled")),
                (LEAVE_OUT, _("Leave them out")),
            ),
        ),
        Oddity(
            OWN_LEADER,
            _("Leads the unit"),
            _("A leader's talk is with the leader above."),
            (
                (OFFER, _("Talk with the leader above")),
                (LEAVE_OUT, _("Leave them out: they have a talk of their own kind")),
            ),
        ),
        Oddity(
            SEVERAL,
            _("Employed in several places"),
            _("Each employment has a leader of its own."),
            (
                (OFFER, _("A talk for each employment")),
                (ONE, _("One talk for all, with the leader of the oldest employment")),
            ),
        ),
        Oddity(
            ON_LEAVE,
            _("On leave"),
            _("Whoever is on leave has the right too, and is called soon after."),
            (
                (WAIT, _("Offer the talk when the leave ends")),
                (OFFER, _("Offer it now")),
                (LEAVE_OUT, _("Leave them out")),
            ),
        ),
        Oddity(
            NEW,
            _("Hired less than three months before"),
            _("Three months give something to talk about."),
            (
                (WAIT, _("Offer the talk after three months")),
                (OFFER, _("Offer it now")),
                (LEAVE_OUT, _("Leave them out")),
            ),
        ),
        Oddity(
            HOURLY,
            _("Paid by the hour"),
            _("The agreement covers all employees."),
            (
                (OFFER, _("Offer the talk")),
                (LEAVE_OUT, _("Leave them out")),
            ),
        ),
        Oddity(
            LEAVING,
            _("Leaves before the round ends"),
            _("Their employment ends within the period."),
            (
                (LEAVE_OUT, _("Leave them out")),
                (OFFER, _("Offer the talk")),
            ),
        ),
    )
}
# What a place may say that it waits for, and why it was closed.
LEFT = "left"
OUT_OF_SCOPE = "left_out"
OF_ANOTHER = "of_another"  # the talk of another of the person's employments is for this one too


@dataclass(frozen=True)
class Scope:
    """What the round covers: paths of units, and what is left out."""

    covered: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    titles: frozenset[str] = frozenset()
    agreements: frozenset[str] = frozenset()

    def holds(self, path: str, title: str, agreement: str) -> bool:
        """Whether somebody with this title and agreement, employed at that path, is in it."""
        if self.covered and not path.startswith(self.covered):
            return False
        if self.left_out and path.startswith(self.left_out):
            return False
        return folded(title) not in self.titles and folded(agreement) not in self.agreements


def folded(words: str) -> str:
    """A title or agreement as it is compared: spaces and case do not count."""
    return " ".join(words.split()).casefold()


@dataclass(frozen=True, slots=True)
class Placed:
    """What becomes of an employment in the round.

    ``leader``: with whom, where a talk is offered at once. ``waits`` names the oddity it waits for,
    ``due_on`` the day until when, where that is known. ``out`` names the oddity by which it is left
    out. ``odd``: all that is odd about it.
    """

    employment: Employment
    leader: Employment | None = None
    led_unit_id: int | None = None
    waits: str = ""
    due_on: dt.date | None = None
    out: str = ""
    odd: tuple[str, ...] = ()
    of: int | None = None  # the employment of the same person whose talk is for this one, too

    @property
    def offered(self) -> bool:
        """Whether a talk is offered at once."""
        return self.leader is not None


@dataclass(frozen=True)
class Rules:
    """The round's answers about what is odd, on a day."""

    day: dt.date
    ends_on: dt.date
    answers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, oddity: str) -> str:
        """What is done about it: HR's ruling, else the proposal."""
        return self.answers.get(oddity) or ODDITIES[oddity].proposal

    def placed(
        self,
        row: Employment,
        found: Found,
        others: Collection[Employment] = (),
        holder: int | None = None,
    ) -> Placed:
        """What becomes of the employment. ``others``: the person's other ones in the round.

        ``holder``: the employment whose talk is for all of them, where that was agreed.
        """
        odd = tuple(self._odd(row, found, others))
        leader = None if isinstance(found.leader, Problem) else found.leader
        for oddity in odd:
            answer = self.answer(oddity)
            if answer == LEAVE_OUT:
                return Placed(row, out=oddity, odd=odd)
            if oddity == SEVERAL and (holder is not None or answer == ONE):
                of = _oldest(row, others).pk if holder is None else holder
                if of != row.pk:
                    return Placed(row, out=OF_ANOTHER, odd=odd, of=of)
        for oddity in odd:
            if self.answer(oddity) == WAIT:
                return Placed(row, waits=oddity, due_on=self._until(row, oddity), odd=odd)
        return Placed(row, leader, found.unit_id, odd=odd)

    def _odd(self, row: Employment, found: Found, others: Collection[Employment]) -> Iterator[str]:
        """What is odd about it; what keeps it out or waiting for long comes first."""
        if row.ends_on is not None and row.ends_on <= self.ends_on:
            yield LEAVING
        if row.pay == Employment.Pay.HOURLY:
            yield HOURLY
        if others:
            yield SEVERAL
        yield from _odd_above(found)
        if self._on_leave(row):
            yield ON_LEAVE
        if months_later(row.starts_on, NEW_WITHIN_MONTHS) > self.day:
            yield NEW

    def _on_leave(self, row: Employment) -> bool:
        begins, ends = row.leave_from, row.leave_until
        return begins is not None and begins <= self.day and (ends is None or ends >= self.day)

    def _until(self, row: Employment, oddity: str) -> dt.date | None:
        if oddity == ON_LEAVE and row.leave_until:
            return row.leave_until + dt.timedelta(days=1)
        return months_later(row.starts_on, NEW_WITHIN_MONTHS) if oddity == NEW else None


def _odd_above(found: Found) -> Iterator[str]:
    if isinstance(found.leader, Problem):
        yield NO_LEADER
        return
    passed = {why for _unit, why in found.passed}
    if Passed.OWN in passed:
        yield OWN_LEADER
    if Passed.VACANT in passed:
        yield VACANT


def _oldest(row: Employment, others: Collection[Employment]) -> Employment:
    return min((row, *others), key=lambda one: (one.starts_on, one.pk))
