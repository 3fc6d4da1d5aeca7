"""What happens in the processes of a fault test's installation: run there, not in pytest's own.

``place.inside("from tests.faults import town; town.…")``
"""

import datetime as dt
import json
import sys
from collections import Counter

from allauth.account.models import EmailAddress
from django.test import Client

from musling.activity.models import Activity
from musling.cli.bench.bringing_in import files
from musling.conversations.actions.offering import accept_offer, offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Conversation, Offer, Participant
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.mail import outbox
from musling.mail.models import Delivery
from musling.organisations.models import Unit
from musling.people.import_folder import PEOPLE, UNITS, ImportFolder
from musling.people.import_runs import start_import
from musling.people.models import Employment, Leadership, Person, Profile, Role
from musling.rounds.actions.planning import Plan, plan_round
from musling.rounds.actions.rolling_out import do_step
from musling.rounds.five_steps import EMPLOYEES
from musling.rounds.models import Place, Round, Step
from musling.work.models import Run
from tests.cast import member, organisation, unit

TEN = dt.datetime(2027, 9, 7, 10, tzinfo=clock.COPENHAGEN)  # a Tuesday: mails leave

PEOPLE_IN_LIST = 300


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


def session(name: str) -> None:
    """Prints the key of a session in which that person is logged in."""
    person = Profile.objects.get(first_name=name).person
    assert person
    browser = Client()
    browser.force_login(person)
    sys.stdout.write(browser.cookies["session"].value)


def talk() -> None:
    """Hanne and Christian have agreed on a time; prints the talk's id."""
    employment = Employment.objects.get(profile__first_name="Hanne")
    (made,) = plan_talks(hr("Christian"), employments=[employment])
    times = [clock.now() + dt.timedelta(days=7)]
    offer_talk(hr("Christian"), public_id=made.public_id, times=times, minutes=60)
    accept_offer(hr("Hanne"), public_id=made.public_id, time=times[0])
    sys.stdout.write(made.public_id)


def begin_import() -> None:
    """HR uploads a list of new people, and of two whose log-ins are there, and says yes."""
    folder = ImportFolder.make()
    people, units = files(PEOPLE_IN_LIST)
    lines = [
        f"{name}-havneby;{name}-havneby;{name.title()};Anderledes;ny-{name}@havneby.example;;"
        "Assistent;0;01-01-2020;monthly;FOA"
        for name in ("hanne", "christian")
    ]
    assert people.splitlines()[0].count(b";") == lines[0].count(";")
    folder.keep(PEOPLE, "people.csv", [people + "\n".join(["", *lines]).encode()])
    folder.keep(UNITS, "units.csv", [units])
    start_import(hr("Hanne"), folder, allow_ending=True)


def imported() -> None:
    """Prints, as JSON, all that the import writes or must leave alone; no id, no moment."""
    deeds = Activity.objects.filter(verb__regex="^(import|person|employment|unit|leadership)")
    told = {
        "units": sorted(Unit.objects.values_list("number", "name", "closed_on")),
        "above": sorted(Unit.objects.exclude(parent=None).values_list("number", "parent__number")),
        "profiles": sorted(
            Profile.objects.values_list(
                "number", "first_name", "last_name", "email", "mobile", "imported"
            )
        ),
        "employments": sorted(
            Employment.objects.values_list(
                *("number", "profile__number", "unit__number", "title", "starts_on"),
                *("pay", "agreement", "imported"),
            )
        ),
        "over": Employment.objects.exclude(ends_on=None).count(),
        "leaders": sorted(
            map(
                repr,
                Leadership.objects.values_list("unit__number", "employment__number", "ends_on"),
            )
        ),
        "deeds": sorted(Counter(deeds.values_list("verb", flat=True)).items()),
        "log_ins": sorted(
            Person.objects.values_list("email", "password", "is_active", "language", "made_at")
        ),
        "sessions": sorted(Person.objects.values_list("email", "session_epoch")),
        "who": sorted(Profile.objects.exclude(person=None).values_list("number", "person__email")),
        "addresses": sorted(EmailAddress.objects.values_list("email", "verified", "primary")),
        "runs": [[run.name, run.state, run.result] for run in Run.objects.all()],
    }
    sys.stdout.write(json.dumps(told, default=str, sort_keys=True))


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
