"""A talk between two people whose mail is watched: what the tests of mail stand on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Max
from icalendar import Calendar

from musling.activity import log
from musling.conversations.models import Conversation, Part, Participant, State
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.frames.actions import adopt_standard
from musling.mail import outbox
from musling.mail.models import UNSENT, Delivery
from musling.people.models import Profile
from musling.vault import keyring, keys
from tests.people.workplace import Workplace

BACKEND = "tests.mail.post.Server"


class Server(BaseEmailBackend):
    """A mail server that counts, and says no when a test wants it to."""

    taken: ClassVar[list[EmailMessage]] = []
    says: ClassVar[Callable[[EmailMessage], Exception | None]] = lambda _message: None
    is_there: ClassVar[Callable[[], Exception | None]] = lambda: None

    @classmethod
    def reset(cls) -> None:
        """An empty server that takes everything."""
        cls.taken = []
        cls.says = lambda _message: None
        cls.is_there = lambda: None

    def open(self) -> bool:
        """Answers, or fails as the test says."""
        if error := type(self).is_there():
            raise error
        return True

    def send_messages(self, email_messages: Any) -> int:
        """Takes a mail as it goes over the wire, with all its headers."""
        for message in email_messages:
            if error := type(self).says(message):
                raise error
            message.message().as_bytes()
            self.taken.append(message)
        return len(email_messages)


def working_hours() -> None:
    """Puts the clock to ten o'clock on a Tuesday that no day off is near to: mails leave."""
    set_clock(dt.datetime(2027, 9, 7, 10, tzinfo=clock.COPENHAGEN))


def set_clock(moment: dt.datetime) -> None:
    """It is that moment now."""
    clock.reset()
    clock.move(moment - clock.now())


def next_day() -> None:
    """It is ten o'clock on the next day."""
    set_clock(at_ten(1))


def sent_to(address: str) -> list[EmailMessage]:
    """The mails that the server took for an address, oldest first."""
    return [message for message in Server.taken if message.to == [address]]


def invitation_in(message: EmailMessage) -> Any:
    """The calendar in a mail, or None."""
    for part in getattr(message, "alternatives", []):
        if part.mimetype.startswith("text/calendar"):
            return Calendar.from_ical(part.content)
    return None


def everything_in(message: EmailMessage) -> str:
    """Subject, text and calendar of a mail."""
    calendar = invitation_in(message)
    return f"{message.subject}\n{message.body}\n{calendar.to_ical().decode() if calendar else ''}"


def verify(profile: Profile, email: str, *, primary: bool = True, verified: bool = True) -> None:
    """Gives the person's log-in an address of its own."""
    EmailAddress.objects.create(
        user=profile.person, email=email, primary=primary, verified=verified
    )


@dataclass
class Post:
    """A workplace with an employee, a leader and one talk between them."""

    work: Workplace = field(default_factory=Workplace)

    def __post_init__(self) -> None:
        if not keyring.numbers():
            keyring.begin()
        unit = self.work.unit("Hjemmeplejen")
        self.signe = self.work.employ(self.work.profile("Signe Bøgh"), unit)
        self.lars = self.work.employ(self.work.profile("Lars Holm"), unit)
        self.karen = self.work.employ(self.work.profile("Karen Toft"), unit)
        self.work.lead(self.lars, unit)
        frame = adopt_standard(self.leader, name="mus-municipality", kind="mus")
        self.content = frame.content
        self.talk = self.new_talk()

    def new_talk(self) -> Conversation:
        """Another planned talk between the two."""
        talk = Conversation.objects.create(
            organisation=self.work.organisation,
            kind="mus",
            year=clock.today().year,
            content=self.content,
            key=keys.new_key(organisation_id=self.work.organisation.pk, purpose="talk"),
            made_at=clock.now(),
        )
        for employment, part in ((self.signe, Part.EMPLOYEE), (self.lars, Part.LEADER)):
            Participant.objects.create(
                organisation=self.work.organisation,
                conversation=talk,
                profile=employment.profile,
                employment=employment,
                part=part,
            )
        return talk

    def actor(self, profile: Profile) -> Actor:
        """The person, now."""
        return Actor(
            person_id=profile.person_id,
            profile_id=profile.pk,
            organisation_id=self.work.organisation.pk,
            at=clock.now(),
        )

    @property
    def employee(self) -> Actor:
        """Signe, now."""
        return self.actor(self.signe.profile)

    @property
    def leader(self) -> Actor:
        """Lars, now."""
        return self.actor(self.lars.profile)

    def book(self, talk: Conversation | None = None, days: int = 7) -> Conversation:
        """Gives a talk a time, as if it had been accepted, and notes it."""
        talk = talk or self.talk
        talk.state = State.BOOKED
        talk.starts_at = at_ten(days)
        talk.ends_at = talk.starts_at + dt.timedelta(minutes=45)
        talk.place = "Rådhuset, lokale 3"
        talk.save()
        self.note("conversation.booked", talk, self.employee, sequence=talk.calendar_sequence)
        return talk

    def note(
        self, verb: str, talk: Conversation | None = None, by: Actor | None = None, **more: Any
    ) -> Any:
        """Notes a deed about a talk."""
        talk = talk or self.talk
        about = self.signe.profile_id
        return log.note(by or self.leader, verb, object_id=talk.pk, about=about, **more)


def at_ten(days: int) -> dt.datetime:
    """Ten o'clock in Denmark, so many days from now."""
    day = clock.today() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(10), clock.COPENHAGEN)


def deliver() -> list[EmailMessage]:
    """Delivers what is due and gives what the server took for it."""
    before = len(Server.taken)
    outbox.deliver()
    return Server.taken[before:]


def deliver_when_due() -> None:
    """Delivers everything there is to tell, as soon as all of it may leave: moves the clock."""
    outbox.plan()
    last = Delivery.objects.filter(state__in=UNSENT).aggregate(last=Max("next_try_at"))["last"]
    if last and last > clock.now():
        set_clock(last + dt.timedelta(seconds=1))
    outbox.deliver()
