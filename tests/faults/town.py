"""What happens in the processes of a fault test's installation: run there, not in pytest's own.

``place.inside("from tests.faults import town; town.…")``
"""

import datetime as dt
import json
import sys
from collections import Counter

from musling.activity.models import Activity
from musling.conversations.models import Conversation, Offer, Participant
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.mail import outbox
from musling.mail.models import Delivery
from musling.people.models import Employment, Leadership, Profile, Role
from musling.rounds.actions.planning import Plan, plan_round
from musling.rounds.actions.rolling_out import do_step
from musling.rounds.five_steps import EMPLOYEES
from musling.rounds.models import Place, Round, Step
from musling.work.models import Run
from tests.cast import member, organisation, unit

TEN = dt.datetime(2027, 9, 7, 10, tzinfo=clock.COPENHAGEN)  # a Tuesday: mails leave


def fill(units: int, each: int) -> None:
    """Havneby: a top, so many units below it with a leader and so many others each, and HR.

    The last unit's leader and everybody else have addresses; two in HR can log in.
    """
    clock.reset()
    clock.move(TEN - clock.now())
    place = organisation("havneby", "Havneby")
    top = unit(place, "1", "Kommunen")
    member(place, top, "Christian", leads=top)
    for name in ("Hanne", "Hugo"):
        member(place, top, name, role=Role.Name.HR)
    for n in range(units):
        below = unit(place, f"u{n}", f"Enhed {n}", top)
        member(place, below, f"L{n}", leads=below, log_in=False)
        for k in range(each):
            member(place, below, f"M{n}-{k}", log_in=False)
    plan_round(
        hr("Hanne"),
        Plan(
            name="MUS",
            kind="mus",
            year=clock.today().year,
            starts_on=clock.today(),
            ends_on=clock.today() + dt.timedelta(60),
        ),
    )
    Step.objects.update(by_itself=False)  # only what a test asks for
    outbox.pass_over()


def hr(name: str) -> Actor:
    """Somebody in HR, now."""
    found = Profile.objects.get(first_name=name)
    return Actor(found.person_id, found.pk, found.organisation_id, clock.now())


def open_round(name: str = "Hanne") -> None:
    """That person in HR tells the employees, which opens the round."""
    do_step(hr(name), public_id=Round.objects.get().public_id, number=EMPLOYEES)


def opened() -> None:
    """Prints, as JSON, whatever could be there twice, lack or hang after the round was opened."""
    seats = Participant.objects.order_by("conversation", "part")
    pairs: dict[int, list[tuple[str, int]]] = {}
    for talk, part, profile in seats.values_list("conversation", "part", "profile"):
        pairs.setdefault(talk, []).append((part, profile))
    employees = Counter(
        profile for pair in pairs.values() for part, profile in pair if part == "employee"
    )
    led = dict(Leadership.objects.values_list("unit", "employment__profile"))
    right = {
        row.profile_id: led[row.unit_id]
        for row in Employment.objects.all()
        if led[row.unit_id] != row.profile_id
    }
    with_whom = {
        next(p for part, p in pair if part == "employee"): next(
            p for part, p in pair if part == "leader"
        )
        for pair in pairs.values()
    }
    deliveries = Delivery.objects.exclude(recipient=None)
    sent = Counter(f"{mail} {state}" for mail, state in deliveries.values_list("mail", "state"))
    told = Activity.objects.filter(pk__in=deliveries.values("activity_id"))
    reasons = Counter(told.values_list("verb", "about_id"))
    sys.stdout.write(
        json.dumps(
            {
                "round": Round.objects.get().state,
                "runs": sorted(
                    Run.objects.filter(name="rounds.open").values_list("state", flat=True)
                ),
                "people": Employment.objects.count(),
                "places": Place.objects.count(),
                "places_of": Place.objects.values("employment").distinct().count(),
                "talks": Conversation.objects.count(),
                "offers": Offer.objects.count(),
                "offered": Offer.objects.values("conversation").distinct().count(),
                "two_seats": sorted({len(pair) for pair in pairs.values()}),
                "most_talks_of_one": max(employees.values(), default=0),
                "wrong_leader": sum(with_whom.get(one) != leader for one, leader in right.items()),
                "told": Activity.objects.filter(verb="conversation.offered_in_round").count(),
                "opened_noted": Activity.objects.filter(verb="round.opened").count(),
                "mails": sorted(map(list, sent.items())),
                "told_twice": sum(n > 1 for n in reasons.values()),
                "message_ids": sorted(set(Delivery.objects.values_list("message_id", flat=True))),
            }
        )
    )
