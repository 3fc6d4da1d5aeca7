"""Coverage the slow and plain way: person by person, unit by unit. What the sums must equal."""

from collections import defaultdict

from musling.conversations.coverage.standing import FIELDS, STANDS, Stand
from musling.conversations.kinds import KINDS
from musling.conversations.models import (
    Agreement,
    Conversation,
    FocusArea,
    FollowUp,
    Initiative,
    Participant,
    TalliedUntil,
    Tally,
)
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment

Rows = dict[tuple[int, bool, int], dict[str, int]]  # unit (0: all), itself, year → numbers


def walked(organisation: Organisation, years: list[int]) -> Rows:
    """Every unit and year in which anybody counts."""
    found: Rows = {}
    employments = [
        row for row in Employment.objects.filter(organisation=organisation) if _holds(row)
    ]
    for unit in (None, *Unit.objects.filter(organisation=organisation)):
        for itself in (False, True) if unit else (False,):
            here = [row for row in employments if _is_in(row, unit, itself=itself)]
            for year in years:
                if here:
                    key = (unit.pk if unit else 0, itself, year)
                    found[key] = _numbers(here, employments, year)
    return found


def tallied(organisation: Organisation, years: list[int]) -> Rows:
    """The same from the sums, as a page reads them."""
    own = TalliedUntil.objects.get(organisation=organisation).years
    rows = Tally.objects.filter(organisation=organisation, people__gt=0)
    return {
        (row.unit_id or 0, row.itself, year): {name: getattr(row, name) for name in FIELDS}
        for year in years
        for row in rows.filter(year=year if year in own else 0)
    }


def _holds(row: Employment) -> bool:
    day = clock.today()
    there = row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)
    return there and row.profile.disabled_at is None


def _is_in(row: Employment, unit: Unit | None, *, itself: bool) -> bool:
    if unit is None:
        return True
    return row.unit_id == unit.pk if itself else row.unit.path.startswith(unit.path)


def _numbers(here: list[Employment], employments: list[Employment], year: int) -> dict[str, int]:
    """Each person once: the furthest stand, and every mark."""
    by_person: dict[int, list[Employment]] = defaultdict(list)
    for row in here:
        by_person[row.profile_id].append(row)
    numbers = dict.fromkeys(FIELDS, 0)
    for profile, own in by_person.items():
        present = {row.pk for row in employments if row.profile_id == profile}
        seats = [
            seat
            for seat in Participant.objects.filter(profile=profile, part="employee", ended_at=None)
            if seat.conversation.kind in KINDS
            and (seat.employment_id not in present or seat.employment_id in {row.pk for row in own})
        ]
        stands = [
            STANDS[seat.conversation.state] for seat in seats if seat.conversation.year == year
        ]
        stands += [Stand.ON_LEAVE for row in own if _on_leave(row)]
        numbers["people"] += 1
        furthest = max(stands, default=Stand.NONE)
        numbers["late" if furthest == Stand.NONE else furthest.name.lower()] += 1
        talks = [seat.conversation for seat in seats]
        numbers["plan_made"] += any(_planned(talk) for talk in talks if talk.year == year)
        for quarter in range(1, 5):
            numbers[f"followed_{quarter}"] += any(_followed(t, (year, quarter)) for t in talks)
    return numbers


def _on_leave(row: Employment) -> bool:
    day = clock.today()
    begun = row.leave_from is not None and row.leave_from <= day
    return begun and (row.leave_until is None or row.leave_until >= day)


def _planned(talk: Conversation) -> bool:
    if talk.state != "agreed":
        return False
    made = Agreement.objects.filter(origin=talk, typed_in_by=None, removed_at=None)
    goals = (
        model.objects.filter(conversation=talk, removed_at=None)
        for model in (FocusArea, Initiative)
    )
    return made.exists() or any(rows.exists() for rows in goals)


def _followed(talk: Conversation, quarter: tuple[int, int]) -> bool:
    for row in Agreement.objects.filter(conversation=talk):
        done = [row.done_by_employee_at, row.done_by_leader_at]
        if all(done) and _quarter(max(at for at in done if at)) == quarter:
            return True
        notes = [
            one for one in FollowUp.objects.filter(agreement=row) if _quarter(one.at) == quarter
        ]
        if {note.author.part == "employee" for note in notes} == {True, False}:
            return True
    return False


def _quarter(at) -> tuple[int, int]:
    local = at.astimezone(COPENHAGEN)
    return local.year, -(-local.month // 3)
