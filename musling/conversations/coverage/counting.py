"""Keeps the sums up to date: persons of whom the log tells something new are counted anew.

A person's old numbers are taken off and the new ones put on, in every unit from where she or he is
employed to the top, in one transaction with what was remembered of the person. So the sums are
exact whatever is counted when, and counting somebody twice changes nothing. The log's batches tell
who is concerned (``activity.chain``): none is passed over, whatever the order of commits.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max, Q

from musling.activity.models import Activity, Batch
from musling.conversations.coverage.persons import NOTHING_OFFERED, Counts, counts_of
from musling.conversations.coverage.sums import Changes, open_year, put_on, set_right
from musling.conversations.models import Counted, TalliedUntil
from musling.foundation import clock
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Profile

AT_ONCE = 1000  # persons in one transaction
BATCHES_AT_ONCE = 20
RANGES_AT_ONCE = 200  # SQLite takes no more than a thousand conditions in one another
A_DAY = dt.timedelta(days=1)


@dataclass
class _News:
    """Of whom and of which units the log tells something new, in one organisation."""

    profiles: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)


def bring_up_to_date() -> int:
    """Counts what is new in the log and what a new day changed; returns how many persons it was.

    Called by the schedule. Safe to run twice and to be cut off anywhere.
    """
    begun, day = clock.now(), clock.today()
    last: int = Batch.objects.aggregate(last=Max("number"))["last"] or 0
    counted = sum(_begin(place) for place in _uncounted(day))
    states = {state.organisation_id: state for state in TalliedUntil.objects.all()}
    for organisation, state in states.items():
        if state.day and state.day < day:
            counted += count(organisation, _changed_by_date(organisation, state.day, day))
    seen = min((state.batch for state in states.values()), default=last)
    for news in _news(seen, last):
        for organisation in news.keys() & states.keys():
            counted += _take_in(organisation, news[organisation])
    TalliedUntil.objects.filter(until__isnull=False).update(until=begun, day=day, batch=last)
    return counted


def count_all() -> int:
    """Counts everybody anew, everywhere; returns how many persons counted as something else."""
    places = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(_begin(place) for place in places)


def _uncounted(day: dt.date) -> list[int]:
    """Organisations that are counted for the first time, or that a clock moved back concerns."""
    there = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    fine = TalliedUntil.objects.filter(until__isnull=False, day__lte=day)
    return list(there.exclude(pk__in=fine.values("organisation")))


def _begin(organisation: int) -> int:
    """Counts everybody in the organisation, portion by portion."""
    TalliedUntil.objects.get_or_create(organisation_id=organisation)
    # What happens meanwhile is told by later batches.
    batch: int = Batch.objects.aggregate(last=Max("number"))["last"] or 0
    begun = clock.now()
    changed = count(
        organisation,
        Profile.objects.filter(organisation_id=organisation)
        .order_by("pk")
        .values_list("pk", flat=True),
    )
    units = Unit.objects.filter(organisation_id=organisation)
    with transaction.atomic():
        set_right(_locked(organisation), units)
        TalliedUntil.objects.filter(organisation_id=organisation).update(
            until=begun, day=clock.today(), batch=batch
        )
    return changed


def _news(after: int, last: int) -> Iterator[dict[int, _News]]:
    """What the batches after that one tell, some of them at a time, by organisation."""
    batches = Batch.objects.filter(log="activity", number__gt=after, number__lte=last)
    ranges = list(batches.order_by("number").values_list("ids", flat=True))
    for start in range(0, len(ranges), BATCHES_AT_ONCE):
        found: dict[int, _News] = defaultdict(_News)
        for ids in ranges[start : start + BATCHES_AT_ONCE]:
            for organisation, verb, about, object_id in _rows(ids):
                news = found[organisation]
                if about:
                    news.profiles.add(about)
                elif verb.startswith("unit.") and object_id:
                    news.units.add(object_id)
        yield found


def _rows(ids: list[tuple[int, int]]) -> Iterator[tuple[int, str, int | None, int | None]]:
    """Organisation, verb, profile and object of the rows within the ranges."""
    columns = ("organisation_id", "verb", "about_id", "object_id")
    for start in range(0, len(ids), RANGES_AT_ONCE):
        within = Q()
        for lowest, highest in ids[start : start + RANGES_AT_ONCE]:
            within |= Q(pk__range=(lowest, highest))
        for organisation, verb, about, object_id in Activity.objects.filter(within).values_list(
            *columns
        ):
            if organisation:
                yield organisation, verb, about, object_id


def _take_in(organisation: int, news: _News) -> int:
    """Counts the persons anew; where a unit was changed, those below it too."""
    units = Unit.objects.filter(organisation_id=organisation, pk__in=news.units)
    profiles = set(news.profiles)
    if news.units:
        below = Q()
        for path in units.values_list("path", flat=True):
            below |= Q(unit__path__startswith=path)
        if below:
            employed = Employment.objects.filter(below, organisation_id=organisation)
            profiles.update(employed.values_list("profile_id", flat=True))
    changed = count(organisation, sorted(profiles))
    if news.units:
        with transaction.atomic():
            set_right(_locked(organisation), units)
    return changed


def _changed_by_date(organisation: int, before: dt.date, day: dt.date) -> list[int]:
    """Profiles of whom a date says something else than it did before: begun, ended, leave."""
    later, until = {"gt": before, "lte": day}, {"gte": before, "lt": day}
    wanted = Q()
    for name, bounds in (
        ("starts_on", later),
        ("leave_from", later),
        ("ends_on", until),
        ("leave_until", until),
    ):
        wanted |= Q(**{f"{name}__{bound}": value for bound, value in bounds.items()})
    rows = Employment.objects.filter(wanted, organisation_id=organisation)
    return sorted(set(rows.values_list("profile_id", flat=True)))


def count(organisation: int, profiles: Iterable[int]) -> int:
    """Counts these profiles anew, some at a time; returns how many counted as something else."""
    waiting = list(profiles)
    return sum(
        _count_some(organisation, waiting[start : start + AT_ONCE])
        for start in range(0, len(waiting), AT_ONCE)
    )


def _locked(organisation: int) -> TalliedUntil:
    """How far it is counted, held until the transaction ends: one counts at a time."""
    rows = TalliedUntil.objects.select_for_update()
    return rows.get_or_create(organisation_id=organisation)[0]


@transaction.atomic
def _count_some(organisation: int, profiles: list[int]) -> int:
    state = _locked(organisation)
    now = counts_of(profiles, clock.today())
    rows = Counted.objects.filter(profile_id__in=profiles)
    before = {
        row.profile_id: (row.pk, Counts(row.places, row.years))
        for row in rows.only("pk", "profile_id", "places", "years")
    }
    changed = [
        profile
        for profile in profiles
        if now.get(profile, Counts()) != before.get(profile, (0, Counts()))[1]
    ]
    if not changed:
        return 0
    _open_years(state, (now[profile].years for profile in changed if profile in now))
    changes = Changes(state.years)
    for profile in changed:
        if profile in before:
            changes.add(before[profile][1], -1)
        if profile in now:
            changes.add(now[profile], 1)
    put_on(state, changes)
    _remember(organisation, changed, before, now)
    return len(changed)


def _open_years(state: TalliedUntil, counted: Iterable[dict[str, list[int]]]) -> None:
    """Rows of their own for years in which there is something to be counted for the first time."""
    found = {NOTHING_OFFERED, *(year for years in counted for year in years)}
    for year in sorted(map(int, found)):
        if year not in state.years:
            open_year(state, year)


def _remember(
    organisation: int,
    changed: list[int],
    before: dict[int, tuple[int, Counts]],
    now: dict[int, Counts],
) -> None:
    """Writes down what the sums were made of."""
    gone = [before[profile][0] for profile in changed if profile not in now]
    if gone:
        Counted.objects.filter(pk__in=gone).delete()
    stays = [Counted(pk=before[p][0], **_row(now[p])) for p in changed if p in before and p in now]
    Counted.objects.bulk_update(stays, ["places", "years"], batch_size=200)
    Counted.objects.bulk_create(
        [
            Counted(organisation_id=organisation, profile_id=p, **_row(now[p]))
            for p in changed
            if p in now and p not in before
        ],
        batch_size=500,
    )


def _row(counts: Counts) -> dict[str, object]:
    return {"places": counts.places, "years": counts.years}
