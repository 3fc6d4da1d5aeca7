"""What the demo holds: three organisations, their people, and talks in every stage."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.hashers import make_password
from django.db import transaction

from musling.cli.demo import PASSWORD, committees, living, rounds, town
from musling.cli.demo.living import STORIES, Pair, acting, at, morning
from musling.conversations.actions import following_up, offering, on_paper, releasing
from musling.conversations.actions.planning import make_talks
from musling.conversations.coverage.counting import bring_up_to_date
from musling.conversations.models import Conversation, Offer, Part, Participant, Release, State
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.frames.actions import adopt_standard
from musling.mail import outbox
from musling.organisations.models import Organisation, Unit
from musling.people.actions.founding import Founded, found_organisation
from musling.people.actions.leaderships import give_leadership
from musling.people.actions.roles import give_role
from musling.people.import_files.rows import read_people, read_units
from musling.people.imports import apply_import
from musling.people.leading import Leaders, active
from musling.people.log_ins import make_log_in
from musling.people.models import Employment, Leadership, Person, Profile
from musling.privacy import destroying

Told = Callable[[str], None]


def fill(told: Told) -> bool:
    """Fills an empty database; False where there is an organisation already."""
    if Organisation.objects.exists():
        return False
    told("Havneby Kommune: 1,200 people …")
    with at(morning(clock.today() - dt.timedelta(days=800))), transaction.atomic():
        havneby = _havneby()
        sandvig = _sandvig()
        bpa = _bpa()
    told("Two earlier years and this one: talks in every stage …")
    with transaction.atomic():
        _everybody_else(havneby.actor, told)
    with transaction.atomic():
        _team(havneby)
        _helpers(bpa)
        _neighbours(sandvig)
    told("This year's round …")
    rounds.fill(
        _profile(havneby, "hr@havneby.example"),
        sent_by=[_profile(havneby, "chef@havneby.example")],
        year=_year(),
    )
    told("What the rules of retention have destroyed since …")
    _let_the_rules_run()
    bring_up_to_date()  # coverage, which a worker would count within a minute
    outbox.pass_over()  # nobody gets mail about what the demo lived through
    told("Done.")
    return True


def _let_the_rules_run() -> None:
    """Some of the nights in which both were told, or something went."""
    today = clock.today()
    new_year = today.replace(month=1, day=2)
    for day in (
        new_year,
        new_year.replace(day=20),
        *(today - dt.timedelta(days=n) for n in (20, 1)),
    ):
        if day < today:
            with at(morning(day, 2)):
                destroying.run()


def _found(name: str, slug: str, sector: str, first: str, last: str, email: str) -> Founded:
    founded = found_organisation(
        name=name,
        slug=slug,
        sector=sector,
        talk_name="MUS",
        first_name=first,
        last_name=last,
        email=email,
        password=PASSWORD,
        leads=sector == Organisation.Sector.BPA,
    )
    kind, frame = ("mus_bpa", "mus-bpa") if sector == "bpa" else ("mus", "mus-municipality")
    adopt_standard(founded.actor, name=frame, kind=kind)
    return founded


def _havneby() -> Founded:
    founded = _found(
        "Havneby Kommune", "havneby", "municipal", "Hanne", "Vest", "hr@havneby.example"
    )
    this_year = clock.today()
    people, units = town.files(leave_from=f"01-09-{_year()}", leave_until=f"01-02-{_year() + 1}")
    apply_import(
        founded.actor,
        read_people("medarbejdere.csv", people),
        read_units("enheder.csv", units),
        allow_ending=True,
    )
    _log_ins(founded, "havneby.example")
    for account, role in (("med", "committee"), ("tr", "union_rep"), ("drift", "operator")):
        give_role(
            founded.actor,
            profile=_profile(founded, f"{account}@havneby.example"),
            name=role,
            starts_on=this_year,
        )
    committees.fill(
        founded.actor,
        member=_profile(founded, "med@havneby.example"),
        leader=_profile(founded, "leder@havneby.example"),
        unit=Unit.objects.get(organisation=founded.organisation, number="101"),
        year=_year(),
    )
    return founded


def _year() -> int:
    """The year that the demo is opened in, whatever moment is being lived through."""
    return dt.datetime.now(dt.UTC).year  # noqa: TID251 (the demo's own today)


def _log_ins(founded: Founded, domain: str) -> None:
    """Log-ins for the known accounts, as if each had activated it."""
    hashed = make_password(PASSWORD)
    waiting = Profile.objects.filter(
        organisation=founded.organisation, email__endswith=domain, person=None
    )
    for profile in waiting:
        person = Person.objects.filter(email=profile.email).first() or make_log_in(
            email=profile.email, hashed=hashed
        )
        profile.person, profile.linked_at = person, clock.now()
        profile.save(update_fields=["person", "linked_at"])


def _profile(founded: Founded, email: str) -> Profile:
    return Profile.objects.get(organisation=founded.organisation, email=email)


def _sandvig() -> Founded:
    founded = _found(
        "Sandvig Kommune", "sandvig", "municipal", "Sanne", "Vig", "hr@sandvig.example"
    )
    rows = (
        "employment_id;person_id;first_name;last_name;email;title;unit_id;is_leader;from\n"
        "S1;S1;Niels;Bo;nabo@sandvig.example;Pædagog;10;0;01-03-2020\n"
        "S2;S2;Dorte;Lind;;Leder;10;1;01-03-2020\n"
        "S3;S3;Vibeke;Lauridsen;vikar@havneby.example;Vikar;10;0;01-03-2022\n"
    )
    units = "unit_id;name;parent_id\n1;Sandvig Kommune;\n10;Børnehuset Klitten;1\n"
    apply_import(
        founded.actor,
        read_people("medarbejdere.csv", rows.encode()),
        read_units("enheder.csv", units.encode()),
        allow_ending=True,
    )
    _log_ins(founded, "sandvig.example")
    _log_ins(founded, "vikar@havneby.example")
    return founded


def _bpa() -> Founded:
    founded = _found("Birgits hjælpere", "birgit", "bpa", "Birgit", "Holm", "bruger@bpa.example")
    unit = Employment.objects.get(profile=founded.profile).unit.number
    rows = "employment_id;person_id;first_name;last_name;email;title;unit_id;is_leader;from\n"
    association = "unit_id;name;parent_id\nF;BPA-foreningen;\n"
    helpers = (
        ("Henrik", "Falk", "hjaelper@bpa.example"),
        ("Sofie", "Lyng", ""),
        ("Ahmed", "Noor", ""),
        ("Gry", "Bang", ""),
        ("Karen", "Konge", "konsulent@bpa.example"),
    )
    for n, (first, last, email) in enumerate(helpers, 1):
        title = "Arbejdsmiljøkonsulent" if first == "Karen" else "Hjælper"
        place = "F" if first == "Karen" else unit
        rows += f"B{n};B{n};{first};{last};{email};{title};{place};0;01-05-2022\n"
    apply_import(
        founded.actor,
        read_people("hjaelpere.csv", rows.encode()),
        read_units("enheder.csv", association.encode()),
        allow_ending=True,
    )
    _log_ins(founded, "bpa.example")
    consultant = _profile(founded, "konsulent@bpa.example")
    give_role(founded.actor, profile=consultant, name="consultant", starts_on=clock.today())
    return founded


STAGES = (
    (State.PLANNED, 15),
    (State.OFFERED, 20),
    (State.DECLINED, 3),
    (State.BOOKED, 25),
    (State.HELD, 10),
    (State.MINUTES_OUT, 7),
    (State.AGREED, 20),
)
HELD = {State.HELD, State.MINUTES_OUT, State.AGREED}


def _everybody_else(hr: Actor, told: Told) -> None:
    """Talks of the whole municipality: open columns only, nobody in the demo can read more.

    The team of the known leader is left out: it lives through its talks one by one.
    """
    for back in (2, 1, 0):
        year = clock.today().year - back
        told(f"  {year}")
        day = clock.today() - dt.timedelta(days=back * 365 + 45)
        with at(morning(day)):
            actor = Actor(None, 0, hr.organisation_id, clock.now())
            # Whoever can log in meets no talk without its minutes: those are lived through, or
            # have not been held yet.
            pairs = _pairs(actor, known=back == 0)
            made = make_talks(actor, pairs=pairs, kind="mus", year=year)
            _put_in_stages(made, day, random.Random(year), settled=back > 0)  # noqa: S311


def _pairs(actor: Actor, *, known: bool) -> list[tuple[Employment, Employment]]:
    leaders = Leaders(actor.organisation_id, actor.today)
    rows = active(actor.today).filter(organisation_id=actor.organisation_id)
    pairs = []
    for employment in rows.select_related("profile", "unit").order_by("pk"):
        leader = leaders.of(employment)
        if not isinstance(leader, Employment) or employment.unit.number == "101":
            continue
        if known or not (employment.profile.person_id or leader.profile.person_id):
            pairs.append((employment, leader))
    return pairs


def _put_in_stages(
    talks: list[Conversation], day: dt.date, chance: random.Random, *, settled: bool
) -> None:
    """Gives each talk a stage with the dates that belong to it; earlier years are settled."""
    names = [state for state, _weight in STAGES]
    weights = [weight for _state, weight in STAGES]
    sender = dict(
        Participant.objects.filter(conversation__in=talks, part=Part.LEADER).values_list(
            "conversation", "pk"
        )
    )
    seen = set(
        Participant.objects.filter(
            conversation__in=talks, profile__person__isnull=False
        ).values_list("conversation", flat=True)
    )
    offers = []
    for row in talks:
        row.state = State.AGREED if settled else chance.choices(names, weights)[0]
        if row.pk in seen and row.state in HELD:
            row.state = State.BOOKED
        if row.state == State.PLANNED:
            continue
        ahead = 14 if row.state in {State.BOOKED, State.OFFERED} else -10
        time = morning(day + dt.timedelta(days=45 + ahead + chance.randint(-9, 9)), 10)
        answer = {State.OFFERED: "none", State.DECLINED: "declined"}.get(row.state, "accepted")
        offers.append(
            Offer(
                organisation_id=row.organisation_id,
                conversation=row,
                sent_at=row.made_at,
                sent_by_id=sender[row.pk],
                times=[time.isoformat()],
                answer=answer,
                answered_at=None if answer == "none" else row.made_at + dt.timedelta(days=2),
            )
        )
        if answer == "accepted":
            row.starts_at, row.ends_at = time, time + dt.timedelta(minutes=45)
        if row.state in HELD:
            row.held_at = row.ends_at
    fields = ["state", "starts_at", "ends_at", "held_at"]
    Conversation.objects.bulk_update(talks, fields, batch_size=300)
    Offer.objects.bulk_create(offers, batch_size=1000)


def _team(havneby: Founded) -> None:
    """The known leader's team, lived through by the actions that the pages call."""
    rows = active(clock.today()).filter(organisation=havneby.organisation, unit__number="101")
    people = {row.profile.first_name: row for row in rows.select_related("profile").order_by("-pk")}
    people |= {
        row.profile.first_name: row
        for row in rows.exclude(profile__person=None).select_related("profile")
    }
    lars = people.pop("Lars")
    pairs = {
        name: Pair(row, lars, STORIES[n % len(STORIES)])
        for n, (name, row) in enumerate(sorted(people.items()))
    }
    pairs["Mette"].story = STORIES[0]
    pairs["Jonas"].story = STORIES[1]
    pairs["Kim"].story = STORIES[2]
    today = clock.today()
    for back in (2, 1):
        for n, name in enumerate(("Mette", "Jonas", "Peter", "Amina", "Kim", "Tina", "Lone")):
            day = today - dt.timedelta(days=back * 365 - 17 + n)
            pair = replace(pairs[name], story=STORIES[(n + back) % len(STORIES)])
            talk = living.whole_year(
                pair,
                morning(day, 10),
                she_writes=n % 2 == 0,
                year=today.year - back,
            )
            later = day + dt.timedelta(days=80)
            # All but the last agreement of last year is done by both; earlier years are closed.
            living.followed_up(pair, talk, later, leave_open=1 if back == 1 and n % 2 == 0 else 0)
    _this_year(pairs, today)
    _others(havneby, pairs, today)


def _others(havneby: Founded, pairs: dict[str, Pair], today: dt.date) -> None:
    """Somebody will stand in for the leader; the union representative is to read something."""
    give_leadership(
        acting(_profile(havneby, "hr@havneby.example")),
        unit=pairs["Amina"].employee.unit,
        employment=pairs["Amina"].employee,
        kind=Leadership.Kind.STAND_IN,
        starts_on=today + dt.timedelta(days=21),
        ends_on=today + dt.timedelta(days=77),
    )
    mette = pairs["Mette"]
    last = Conversation.objects.get(
        participant__profile=mette.employee.profile,
        participant__part="employee",
        year=today.year - 1,
    )
    releasing.ask_to_release(
        mette.her,
        public_id=last.public_id,
        document=Release.Document.SHEET,
        email="tr@havneby.example",
        until=today + dt.timedelta(days=30),
        why="Tina hjælper mig med at søge om kurset.",
    )


def _this_year(pairs: dict[str, Pair], today: dt.date) -> None:
    """One of the team in each stage."""
    month_ago = today - dt.timedelta(days=20)
    rows = {name: living.planned(pair, month_ago) for name, pair in pairs.items() if name != "Sara"}

    def moment(days: int, hour: int = 10) -> dt.datetime:
        return morning(today + dt.timedelta(days=days), hour)

    for n, name in enumerate(("Mette", "Amina", "Tina", "Nanna")):
        living.booked(pairs[name], rows[name], month_ago, moment(9 + n, 10))
    living.prepared(
        pairs["Mette"], rows["Mette"], today - dt.timedelta(days=4), leader=False, part=True
    )
    living.prepared(pairs["Amina"], rows["Amina"], today - dt.timedelta(days=5))
    living.offered(pairs["Kim"], rows["Kim"], month_ago, moment(12, 13))
    living.offered(pairs["Jonas"], rows["Jonas"], month_ago, moment(6, 9))
    with at(morning(today - dt.timedelta(days=3))):
        offering.propose_other_times(
            pairs["Jonas"].her, public_id=rows["Jonas"].public_id, times=[moment(13, 14)]
        )
    living.offered(pairs["Birthe"], rows["Birthe"], month_ago, moment(7, 9))
    with at(morning(today - dt.timedelta(days=8))):
        # In a municipality the talk is a duty, too: another time instead of "no thanks".
        offering.refuse_outside_hours(pairs["Birthe"].her, public_id=rows["Birthe"].public_id)
    _held_this_year(pairs, rows, today)


def _held_this_year(pairs: dict[str, Pair], rows: dict[str, Conversation], today: dt.date) -> None:
    """Open, held, out for approval either way, agreed and followed up; one on paper."""
    for n, (name, stage) in enumerate(
        (
            ("Ali", "open"),
            ("Lone", "held"),
            ("Fatima", "sent"),
            ("Rasmus", "sent"),
            ("Peter", "agreed"),
            ("Gitte", "agreed"),
        )
    ):
        pair, row, she_writes = pairs[name], rows[name], name != "Rasmus"
        time = morning(today - dt.timedelta(days=3 + 2 * n), 10)
        if stage == "open":  # going on right now, for whoever looks in at once
            time = clock.now() - dt.timedelta(minutes=18)
        living.booked(pair, row, today - dt.timedelta(days=19), time)
        living.prepared(pair, row, today - dt.timedelta(days=18))
        living.opened(pair, row, time, she_writes=she_writes)
        living.ticked(pair, row, time, 2 if stage == "open" else 4)
        living.written(pair, row, time, she_writes=she_writes)
        if stage == "open":
            continue
        living.held(pair, row, time)
        if stage == "held":
            continue
        living.sent(pair, row, time, she_writes=she_writes)
        if stage == "agreed":
            row.refresh_from_db()
            living.approved(pair, row, time, she_writes=she_writes)
    with at(morning(today - dt.timedelta(days=2))):
        on_paper.register_paper_talk(
            pairs["Piotr"].him,
            public_id=rows["Piotr"].public_id,
            held_on=today - dt.timedelta(days=6),
        )


def _helpers(bpa: Founded) -> None:
    """The citizen offers each helper a talk; one is booked, one declined."""
    citizen = Employment.objects.select_related("profile").get(profile=bpa.profile)
    helpers = {
        row.profile.first_name: Pair(row, citizen, STORIES[0])
        for row in Employment.objects.filter(organisation=bpa.organisation, title="Hjælper")
        .select_related("profile")
        .order_by("pk")
    }
    today = clock.today()
    ago = today - dt.timedelta(days=25)
    time = morning(today + dt.timedelta(days=10), 11)
    for name, pair in helpers.items():
        row = living.planned(pair, ago, kind="mus_bpa")
        if name == "Henrik":
            living.booked(pair, row, ago, time)
            with at(morning(today - dt.timedelta(days=4))):
                following_up.type_in_agreement(
                    pair.her,
                    public_id=row.public_id,
                    content={"what": "Kursus i førstehjælp", "who": "Henrik"},
                )
        elif name == "Sofie":
            living.offered(pair, row, ago, time + dt.timedelta(days=1))
            with at(morning(today - dt.timedelta(days=9))):
                offering.decline_offer(pair.her, public_id=row.public_id)
        elif name == "Ahmed":
            living.offered(pair, row, ago, time + dt.timedelta(days=2))


def _neighbours(sandvig: Founded) -> None:
    """A talk in the other organisation, so that there is something to keep apart."""
    people = {
        row.profile.first_name: row
        for row in Employment.objects.filter(organisation=sandvig.organisation).select_related(
            "profile"
        )
    }
    today = clock.today()
    for n, name in enumerate(("Niels", "Vibeke")):
        pair = Pair(people[name], people["Dorte"], STORIES[(n + 1) % len(STORIES)])
        ago = today - dt.timedelta(days=15)
        row = living.planned(pair, ago)
        living.booked(pair, row, ago, morning(today + dt.timedelta(days=8 + n), 9))
        living.prepared(pair, row, ago + dt.timedelta(days=3), leader=False)
