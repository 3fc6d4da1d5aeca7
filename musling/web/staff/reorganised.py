"""What a change of units would do, in the words of the page that shows it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from musling.conversations.models import State
from musling.conversations.queries.following import FOLLOW, Fare
from musling.people.models import Employment
from musling.reorganising.changes import CLOSE, MERGE, MOVE
from musling.reorganising.consequences import Consequences, named
from musling.reorganising.talks import Talks

NAMED = 50
MOST_LEADERS = 50


def page_of(found: Consequences, number: int) -> dict[str, Any]:
    """What the template shows; one query."""
    count = len(found.going)
    pages = max(1, -(-count // NAMED))
    page = min(max(1, number), pages)
    return {
        "summary": summary(found),
        "sums": _sums(found),
        "leaders": _leaders(found),
        "more_leaders": max(0, len(found.leader_changes) - MOST_LEADERS),
        "talks": list(fares_in_words(found.talks)),
        "states": _states(found.talks),
        "people": named(found, page, NAMED) if count else [],
        "page": page,
        "pages": pages,
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < pages else None,
        "units": found.units_moving[:NAMED],
        "more_units": max(0, len(found.units_moving) - NAMED),
        "matters": found.matters,
        "odd": found.odd,
        "mark": found.mark,
    }


def summary(found: Consequences) -> str:
    """The change in a line."""
    change = found.change
    unit = {"unit": change.unit.name}
    if change.verb == MERGE and change.into:
        return _("%(unit)s is merged into %(into)s.") % {**unit, "into": change.into.name}
    if change.verb == MOVE:
        if change.under is None:
            return _("%(unit)s moves to the top.") % unit
        return _("%(unit)s moves below %(under)s.") % {**unit, "under": change.under.name}
    if change.verb == CLOSE:
        return " ".join(_closing(found))
    if change.new:
        return _("Some of %(unit)s go to the new unit %(into)s.") % {
            **unit,
            "into": change.new.name,
        }
    return _("Some of %(unit)s go to %(into)s.") % {
        **unit,
        "into": change.into.name if change.into else "",
    }


def _closing(found: Consequences) -> Iterator[str]:
    change = found.change
    yield _("%(unit)s is closed.") % {"unit": change.unit.name}
    if found.going and change.into:
        yield _("Its people go to %(into)s.") % {"into": change.into.name}
    if found.units_moving and change.under:
        yield _("Units below it go below %(under)s.") % {"under": change.under.name}
    elif found.units_moving:
        yield _("Units below it go to the top.")


def _sums(found: Consequences) -> list[dict[str, Any]]:
    people, jobs = found.persons_going, len(found.going)
    led = len({one.row.profile_id for one in found.people.with_new_leader})
    talks = found.talks.number(*FOLLOW)
    units = len(found.units_moving)
    sums = [
        {"number": people, "label": ngettext("person moves", "people move", people)},
        {"number": led, "label": ngettext("gets another leader", "get another leader", led)},
        {"number": talks, "label": ngettext("talk goes along", "talks go along", talks)},
        {"number": units, "label": ngettext("unit moves", "units move", units)},
    ]
    if jobs != people:
        label = ngettext("employment moves", "employments move", jobs)
        sums.insert(1, {"number": jobs, "label": label})
    if found.change.verb == "split":
        stay = found.staying
        sums.append(
            {"number": stay, "label": ngettext("employment stays", "employments stay", stay)}
        )
    return sums


def _leaders(found: Consequences) -> list[list[Any]]:
    rows = found.leader_changes[:MOST_LEADERS]
    return [
        [_name(row.before), _name(row.after), {"text": row.people, "number": True}] for row in rows
    ]


def _name(leader: Employment | None) -> str:
    return leader.profile.name if leader else _("Nobody")


THEN = {
    Fare.GOES: gettext_lazy("The new leader's"),
    Fare.WITH_TIME: gettext_lazy("The new leader's, without its time"),
    Fare.DECLINED: gettext_lazy("The new leader's, declined as before"),
    Fare.STAYS: gettext_lazy("The same leader's, until both agree"),
    Fare.AGREEMENTS: gettext_lazy("The open agreements go along"),
}


def _states(talks: Talks) -> list[dict[str, Any]]:
    """How many talks stand where, and whose they are then, in the order of a talk's life."""
    order = list(State)
    rows = sorted(talks.states.items(), key=lambda row: order.index(State(row[0][1])))
    return [
        {"state": State(state).label, "talks": count, "then": THEN[fare]}
        for (fare, state), count in rows
    ]


def fares_in_words(talks: Talks) -> Iterator[str]:
    """How the talks fare, by which rule: one sentence for each thing that happens to some."""
    numbers = {fare: talks.number(fare) for fare in Fare}
    yield from counted_fares(numbers, talks.waiting)


def counted_fares(numbers: dict[Fare, int], waiting: int) -> Iterator[str]:
    """The same of numbers alone, as an import tells them."""
    going = numbers[Fare.GOES] + numbers[Fare.WITH_TIME]
    sentences = [
        (
            going,
            ngettext(
                "%(n)s talk that has not begun goes to the new leader, who proposes times anew. "
                "What each has prepared stays with each; what was handed in is handed in anew. "
                "The employee is told.",
                "%(n)s talks that have not begun go to the new leaders, who propose times anew. "
                "What each has prepared stays with each; what was handed in is handed in anew. "
                "The employees are told.",
                going,
            ),
        ),
        (
            numbers[Fare.WITH_TIME],
            ngettext(
                "%(n)s of them has a time: it is called off, in calendars too.",
                "%(n)s of them have a time: it is called off, in calendars too.",
                numbers[Fare.WITH_TIME],
            ),
        ),
        (
            numbers[Fare.DECLINED],
            ngettext(
                "%(n)s talk that was declined stays declined, and is the new leader's.",
                "%(n)s talks that were declined stay declined, and are the new leader's.",
                numbers[Fare.DECLINED],
            ),
        ),
        (
            numbers[Fare.STAYS],
            ngettext(
                "%(n)s talk that has begun is ended by whoever leads it, until both agree on the "
                "minutes.",
                "%(n)s talks that have begun are ended by whoever leads them, until both agree on "
                "the minutes.",
                numbers[Fare.STAYS],
            ),
        ),
        (
            numbers[Fare.AGREEMENTS],
            ngettext(
                "Of %(n)s talk that is held, the open agreements go along within the hour. The new "
                "leader sees nothing of what was said, unless the employee says so.",
                "Of %(n)s talks that are held, the open agreements go along within the hour. The "
                "new leader sees nothing of what was said, unless the employee says so.",
                numbers[Fare.AGREEMENTS],
            ),
        ),
        (
            waiting,
            ngettext(
                "%(n)s talk waits with whoever leads it now, until somebody leads the employee.",
                "%(n)s talks wait with whoever leads them now, until somebody leads the employees.",
                waiting,
            ),
        ),
    ]
    for number, sentence in sentences:
        if number:
            yield sentence % {"n": number}


def reorganised_by(told: dict[str, Any] | None) -> dict[str, Any]:
    """What an import would do to units and leaders, for its page; empty where it does nothing."""
    if not told or not (any(told["numbers"]) or told["moving"] or told["new_leader"]):
        return {}
    merged, closed, moved = told["numbers"]
    numbers = {fare: told["talks"].get(fare.value, 0) for fare in Fare}
    led, people = told["new_leader"], told["moving"]
    return {
        "sums": [
            {"number": people, "label": ngettext("person moves", "people move", people)},
            {"number": led, "label": ngettext("gets another leader", "get another leader", led)},
            {"number": merged, "label": ngettext("unit merged", "units merged", merged)},
            {"number": moved, "label": ngettext("unit moves", "units move", moved)},
            {"number": closed, "label": ngettext("unit closed", "units closed", closed)},
        ],
        "merged": [{"unit": unit, "into": into} for unit, into in told["merged"]],
        "moved": told["moved"],
        "closed": told["closed"],
        "talks": list(counted_fares(numbers, told["waiting"])),
    }
