"""Reminding: which steps of which reasons are due today, noted once each. Mails follow the notes.

Safe to run any number of times and in several workers: one at a time works in an organisation, and
a row per person, reason, matter, anchor and step, unique, is written with the note. On days off
nothing is noted, so that nobody finds three reminders on a Monday.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from musling.activity import log
from musling.foundation.actor import Actor, program
from musling.mail.hours import A_DAY, is_working_day
from musling.mail.models import Reminder
from musling.mail.reasons import REASONS, Case, Reason, Step, on_leave
from musling.organisations.models import Organisation
from musling.people.queries import everybody_in_hr

LATE = 2 * A_DAY  # a reminder of something to come is of no use later than this
HR_WAITS = dt.timedelta(days=10)  # after the last step of a case, until HR is told that talks wait
COVERAGE = "coverage"

Made = dict[tuple[int, dt.date], list[Reminder]]  # by matter and anchor, oldest first


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder to be noted."""

    reason: str
    case: Case
    step: int
    verb: str
    to: int


@transaction.atomic
def remind_in(organisation_id: int) -> int:
    """Notes every reminder that is due in the organisation today; returns how many.

    A fixed number of queries, whatever the number of people.
    """
    Organisation.objects.select_for_update().get(pk=organisation_id)
    actor = program(organisation_id)
    if not is_working_day(actor.today):
        return 0
    absent = on_leave(organisation_id, actor.today)
    found: list[Due] = []
    waiting = False
    for reason in REASONS:
        cases = reason.find(organisation_id, actor.today)
        made = _made(organisation_id, reason.name, cases)
        for case in cases:
            before = made.get((case.object_id, case.anchor), [])
            found.extend(due for due in _due(reason, case, before, actor.today))
            waiting = waiting or (reason.waits and _is_through(reason, before, actor.today))
    if waiting:
        found.extend(_to_hr(actor))
    found = [due for due in found if due.to not in absent]
    _note(actor, found)
    return len(found)


def _made(organisation_id: int, reason: str, cases: list[Case]) -> Made:
    found: Made = defaultdict(list)
    if not cases:
        return found
    since = min(case.anchor for case in cases)
    rows = Reminder.objects.filter(organisation=organisation_id, reason=reason, anchor__gte=since)
    for row in rows.order_by("step", "pk"):
        found[row.object_id, row.anchor].append(row)
    return found


def _due(reason: Reason, case: Case, before: list[Reminder], day: dt.date) -> Iterator[Due]:
    """The step that is due for the case today, for each person whom it has not reached yet."""
    number = _step(reason, case, before, day)
    if number is None:
        return
    step = reason.steps[number]
    reached = {row.recipient_id for row in before if row.step == number}
    for profile in _recipients(step, case):
        if profile not in reached:
            yield Due(reason.name, case, number, step.verb, profile)


def _step(reason: Reason, case: Case, before: list[Reminder], day: dt.date) -> int | None:
    if reason.steps[0].days < 0:
        return _step_ahead(reason, case, before, day)
    return _next_step(reason, case, before, day)


def _step_ahead(reason: Reason, case: Case, before: list[Reminder], day: dt.date) -> int | None:
    """Of steps before the anchor the latest whose day has come, unless that is long ago."""
    days = [_working_day_before(case.anchor + step.days * A_DAY) for step in reason.steps]
    come = [number for number, on in enumerate(days) if on <= day]
    if not come or case.anchor <= day or day - days[come[-1]] > LATE:
        return None
    return come[-1] if all(row.step <= come[-1] for row in before) else None


def _working_day_before(day: dt.date) -> dt.date:
    """The day itself, or the last working day before it: a reminder after it would be too late."""
    while not is_working_day(day):
        day -= A_DAY
    return day


def _next_step(reason: Reason, case: Case, before: list[Reminder], day: dt.date) -> int | None:
    """Of steps after the anchor the first that was not taken, never sooner after the last one.

    So nobody above is told before the person was reminded, however old the case is.
    """
    taken = {row.step for row in before}
    number = max(taken) + 1 if taken else 0
    if number >= len(reason.steps):
        return None
    since = reason.steps[number].days
    if case.anchor + since * A_DAY > day:
        return None
    if taken:
        between = (since - reason.steps[number - 1].days) * A_DAY
        if max(row.made_on for row in before) + between > day:
            return None
    return number


def _recipients(step: Step, case: Case) -> tuple[int, ...]:
    if step.to == "person":
        return case.persons
    # Whoever could act was reminded already; a leader who is that person is not told twice.
    is_another = case.leader is not None and case.leader not in case.persons
    return (case.leader,) if is_another and case.leader is not None else ()


def _is_through(reason: Reason, before: list[Reminder], day: dt.date) -> bool:
    """Whether the case still stands so long after those who could act were reminded twice."""
    persons = sum(step.to == "person" for step in reason.steps)
    last = [row.made_on for row in before if row.step >= persons - 1]
    return bool(last) and max(last) + HR_WAITS <= day


def _to_hr(actor: Actor) -> Iterator[Due]:
    """Once a month everybody in HR, of no case: the page behind the link counts by unit."""
    month = actor.today.replace(day=1)
    case = Case(actor.organisation_id, None, month, ())
    told = set(
        Reminder.objects.filter(
            organisation=actor.organisation_id, reason=COVERAGE, anchor=month
        ).values_list("recipient", flat=True)
    )
    for profile in everybody_in_hr(actor.organisation_id, actor.today):
        if profile in told:
            continue
        yield Due(COVERAGE, case, 0, "reminder.coverage", profile)


def _note(actor: Actor, found: list[Due]) -> None:
    """The rows that keep it from being said twice, and the notes that the mails follow."""
    Reminder.objects.bulk_create(
        (
            Reminder(
                organisation_id=actor.organisation_id,
                recipient_id=due.to,
                reason=due.reason,
                object_id=due.case.object_id,
                anchor=due.case.anchor,
                step=due.step,
                made_on=actor.today,
            )
            for due in found
        ),
        batch_size=1000,
    )
    by_verb: dict[str, list[tuple[int, int | None, dict[str, object]]]] = defaultdict(list)
    for due in found:
        about = due.case.about or actor.organisation_id
        by_verb[due.verb].append((about, due.to, due.case.more))
    for verb, rows in by_verb.items():
        log.note_each(actor, verb, rows)
