"""The standing cast: who is who in every test that needs people.

Havneby (organisation)
└── Kommunen            led by Christian (the leader's leader)
    └── Hjemmeplejen    led by Lars
        Mette (employee), Jonas (colleague), Tanja (union representative), Vilma (works in both)
HR: Hanne. Committee: Mogens. Operator: Ove. Consultant: Karen.
Sandvig (another organisation): Nabo Nina; Vilma has an own, separate world there.
"""

import datetime as dt
from dataclasses import dataclass, field
from functools import cache

from django.contrib.auth.hashers import make_password
from django.test import Client

from musling.conversations.actions.offering import accept_offer, offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Conversation
from musling.conversations.queries.times import booked_spans
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.frames.actions import adopt_standard
from musling.organisations.models import Organisation, Unit
from musling.people.log_ins import make_log_in
from musling.people.models import Employment, Leadership, Person, Profile, Role
from musling.vault import keyring

PASSWORD = "correct horse battery"
LONG_AGO = dt.date(2020, 1, 1)


@dataclass
class Member:
    """Somebody in one organisation."""

    organisation: Organisation
    profile: Profile
    employment: Employment | None

    @property
    def actor(self) -> Actor:
        """A fresh actor at this moment."""
        return Actor(self.profile.person_id, self.profile.pk, self.organisation.pk, clock.now())

    @property
    def person(self) -> Person:
        """The log-in."""
        assert self.profile.person is not None
        return self.profile.person

    @property
    def client(self) -> Client:
        """A browser in which this person is logged in."""
        browser = Client()
        browser.force_login(self.person)
        return browser


@dataclass
class Cast:
    """Everybody by part."""

    havneby: Organisation
    sandvig: Organisation
    top: Unit
    unit: Unit
    employee: Member
    leader: Member
    leaders_leader: Member
    hr: Member
    colleague: Member
    union_rep: Member
    committee: Member
    consultant: Member
    operator: Member
    two_places: Member
    two_places_sandvig: Member
    neighbour: Member
    neighbour_leader: Member
    everybody: dict[str, Member] = field(default_factory=dict)


@cache
def hashed_password() -> str:
    """The password's hash, made once: a slow hash is meant to be slow."""
    return make_password(PASSWORD)


def organisation(slug: str, name: str) -> Organisation:
    """An organisation with the municipal frame in use."""
    if not keyring.numbers():
        keyring.begin()
    made = Organisation.objects.create(
        slug=slug,
        name=name,
        sector=Organisation.Sector.MUNICIPAL,
        may_decline=True,
        made_at=clock.now(),
    )
    program = Actor(None, 0, made.pk, clock.now())
    adopt_standard(program, name="mus-municipality", kind="mus")
    adopt_standard(program, name="mus-bpa", kind="mus_bpa")
    return made


def unit(place: Organisation, number: str, name: str, parent: Unit | None = None) -> Unit:
    """A unit below its parent."""
    made = Unit.objects.create(organisation=place, number=number, name=name, parent=parent, path="")
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save(update_fields=["path"])
    return made


def member(
    place: Organisation,
    at: Unit,
    first_name: str,
    *,
    person: Person | None = None,
    role: str = "",
    leads: Unit | None = None,
    log_in: bool = True,
) -> Member:
    """Somebody with a log-in, an employment, and perhaps a role or a unit to lead."""
    number = f"{first_name}-{place.slug}".lower()
    email = f"{first_name.lower()}@{place.slug}.example"
    if person is None and log_in:
        person = make_log_in(email=email, hashed=hashed_password())
    profile = Profile.objects.create(
        organisation=place,
        person=person,
        number=number,
        first_name=first_name,
        last_name="Prøve",
        email=email,
    )
    employment = Employment.objects.create(
        organisation=place,
        profile=profile,
        number=number,
        unit=at,
        title="Assistent",
        starts_on=LONG_AGO,
    )
    if role:
        Role.objects.create(organisation=place, profile=profile, name=role, starts_on=LONG_AGO)
    if leads:
        Leadership.objects.create(
            organisation=place, unit=leads, employment=employment, starts_on=LONG_AGO
        )
    return Member(place, profile, employment)


def make_cast() -> Cast:
    """The whole cast, in two organisations."""
    havneby, sandvig = organisation("havneby", "Havneby"), organisation("sandvig", "Sandvig")
    top = unit(havneby, "1", "Kommunen")
    home_care = unit(havneby, "2", "Hjemmeplejen", top)
    office = unit(sandvig, "1", "Rådhuset")
    both = member(havneby, home_care, "Vilma")
    cast = Cast(
        havneby=havneby,
        sandvig=sandvig,
        top=top,
        unit=home_care,
        employee=member(havneby, home_care, "Mette"),
        leader=member(havneby, home_care, "Lars", leads=home_care),
        leaders_leader=member(havneby, top, "Christian", leads=top),
        hr=member(havneby, top, "Hanne", role=Role.Name.HR),
        colleague=member(havneby, home_care, "Jonas"),
        union_rep=member(havneby, home_care, "Tanja", role=Role.Name.UNION_REP),
        committee=member(havneby, top, "Mogens", role=Role.Name.COMMITTEE),
        consultant=member(havneby, top, "Karen", role=Role.Name.CONSULTANT),
        operator=member(havneby, top, "Ove", role=Role.Name.OPERATOR),
        two_places=both,
        two_places_sandvig=member(sandvig, office, "Vilma", person=both.person),
        neighbour=member(sandvig, office, "Nina"),
        neighbour_leader=member(sandvig, office, "Nils", leads=office),
    )
    cast.everybody = {
        name: value for name, value in vars(cast).items() if isinstance(value, Member)
    }
    return cast


def next_week(hour: int = 10) -> dt.datetime:
    """A moment ahead on which a talk can be held."""
    day = clock.today() + dt.timedelta(days=7)
    return dt.datetime.combine(day, dt.time(hour), COPENHAGEN)


def planned_talk(cast: Cast, kind: str = "mus") -> Conversation:
    """A talk between Mette and Lars that is planned, nothing more."""
    assert cast.employee.employment is not None
    return plan_talks(cast.leader.actor, employments=[cast.employee.employment], kind=kind)[0]


def booked_talk(cast: Cast, kind: str = "mus") -> Conversation:
    """A talk between Mette and Lars that is booked for next week."""
    return booked(cast, planned_talk(cast, kind))


def booked(cast: Cast, talk: Conversation) -> Conversation:
    """The same for a talk of theirs that is planned; where Lars is taken then, an hour later."""
    time, hour = next_week(), dt.timedelta(hours=1)
    while booked_spans(cast.leader.profile.pk, time, time + hour):
        time += hour
    offer_talk(cast.leader.actor, public_id=talk.public_id, times=[time], minutes=45)
    accept_offer(cast.employee.actor, public_id=talk.public_id, time=time)
    talk.refresh_from_db()
    return talk
