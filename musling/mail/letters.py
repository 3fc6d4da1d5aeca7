"""A mail as it leaves: rendered when it is sent, in the reader's language."""

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import pgettext

from musling.foundation.clock import COPENHAGEN
from musling.mail.catalogue import Mail
from musling.mail.invitations import (
    Answer,
    Meeting,
    Method,
    Party,
    attach_invitation,
    one_line,
)
from musling.mail.matters import Matter
from musling.mail.models import Delivery
from musling.people.activation import code_to_mail, link_of
from musling.people.models import Profile
from musling.rounds import five_steps


class Overtaken(Exception):
    """There is nothing to say any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is made from."""

    delivery: Delivery
    mail: Mail
    matter: Matter
    reader: Profile  # with organisation and log-in loaded
    address: str

    @property
    def language(self) -> str:
        """The language of the log-in, else the one that the organisation knows."""
        person = self.reader.person
        return person.language if person else self.reader.language


def compose(letter: Letter) -> EmailMultiAlternatives:
    """The message, ready to be sent. Raises Overtaken where there is nothing to say any more."""
    with translation.override(letter.language):
        message = EmailMultiAlternatives(
            subject=one_line(str(letter.mail.subject)),
            body=_body(letter),
            to=[letter.address],
            headers={
                "Message-ID": letter.delivery.message_id,
                # No out-of-office answers to a program (RFC 3834; Microsoft's own).
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )
        if method := _method(letter):
            attach_invitation(message, _meeting(letter), method)
    return message


def message_id(delivery: Delivery) -> str:
    """The same for every try, so that mailboxes keep one of two copies; tells nothing by itself.

    Another one where somebody has it sent again on purpose, and for each try of a mail that holds a
    code: only its latest copy is of use.
    """
    name = f"{delivery.activity_id}|{delivery.recipient_id}|{delivery.again}"
    if delivery.mail == "activation":
        name += f"|{delivery.attempts}|{delivery.next_try_at}"
    digest = salted_hmac("musling.mail", name, algorithm="sha256").hexdigest()[:32]
    return f"<{digest}@{host()}>"


def host() -> str:
    """The installation's name, as it stands behind the @ of message and calendar ids."""
    return urlsplit(settings.MUSLING_BASE_URL).hostname or "localhost"


def _body(letter: Letter) -> str:
    text = render_to_string(f"mail/{letter.mail.name}.txt", _context(letter))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _context(letter: Letter) -> dict[str, object]:
    organisation = letter.reader.organisation
    talk, agreement = letter.matter.conversation, letter.matter.agreement
    return {
        "subject": letter.mail.subject,
        "talk_name": one_line(organisation.talk_name),
        "organisation": one_line(organisation.name),
        "firmness": organisation.firmness(organisation.sector),
        "link": link(letter),
        "starts": in_words(talk.starts_at) if talk and talk.starts_at else "",
        "times": _times(letter.matter),
        "due": day_in_words(agreement.due_on) if agreement and agreement.due_on else "",
        "goes_on": _day_of(letter.matter.activity.more.get("on")),
        "invitation": bool(_method(letter)),
        "words": _own_words(letter),
        "until": day_in_words(letter.matter.round.ends_on) if letter.matter.round else "",
        "optional": letter.mail.optional,
        "settings_link": _address("settings", organisation.slug) if letter.mail.optional else "",
    }


# Which step of a round a mail belongs to: HR may have worded it.
STEPS = {
    "round-leader": five_steps.LEADERS,
    "round-offered": five_steps.EMPLOYEES,
    "round-form": five_steps.FORM,
}


def _own_words(letter: Letter) -> str:
    """What the organisation says in this step, in the reader's language; else the ready-made."""
    number = STEPS.get(letter.mail.name)
    if number is None:
        return ""
    own = letter.matter.own_words.get(number, {}).get(letter.language, "")
    return own or str(five_steps.BY_NUMBER[number].text)


def _day_of(date: str | None) -> str:
    return day_in_words(dt.date.fromisoformat(date)) if date else ""


def link(letter: Letter) -> str:
    """The absolute address that the mail leads to, on the host that the settings name (T20)."""
    slug = letter.reader.organisation.slug
    talk = letter.matter.conversation
    if letter.mail.link == "activation":
        return _activation_link(letter)
    if letter.mail.link == "talk" and talk:
        return _address("talk", slug, talk.public_id)
    if letter.mail.link == "home":
        return _address("home")
    return _address(letter.mail.link, slug)


def _address(name: str, *parts: object) -> str:
    return settings.MUSLING_BASE_URL + reverse(name, args=parts)


def _activation_link(letter: Letter) -> str:
    """The code is made here and now; the log and the queue never hold it."""
    code = code_to_mail(letter.matter.activity.more.get("activation", 0))
    if code is None:
        raise Overtaken
    return link_of(code)


def _times(matter: Matter) -> list[str]:
    times = matter.offer.times if matter.offer else []
    return [in_words(dt.datetime.fromisoformat(time)) for time in times]


def in_words(moment: dt.datetime) -> str:
    """Day and time in Denmark, in the language that is on."""
    return date_format(
        moment.astimezone(COPENHAGEN), pgettext("day and time in a mail", "l j F Y, H:i")
    )


def day_in_words(day: dt.date) -> str:
    """A day, in the language that is on."""
    return date_format(day, pgettext("day in a mail", "l j F Y"))


def _method(letter: Letter) -> Method | None:
    """REQUEST while the talk has a time; CANCEL where a calendar may hold one."""
    if letter.mail.calendar == "REQUEST" and letter.matter.booked:
        return "REQUEST"
    if letter.mail.calendar == "CANCEL" and letter.matter.had_time:
        return "CANCEL"
    return None


def _meeting(letter: Letter) -> Meeting:
    """The talk as this reader's calendar shall hold it; nobody else stands in it."""
    talk, organisation = letter.matter.conversation, letter.reader.organisation
    if talk is None or talk.starts_at is None or talk.ends_at is None:
        raise Overtaken
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Meeting(
        uid=f"{talk.public_id}@{host()}",
        starts=talk.starts_at,
        ends=talk.ends_at,
        at=letter.matter.activity.at,
        organizer=Party(organisation.name, sender, "ACCEPTED"),
        attendees=(Party(letter.reader.name, letter.address, _answer(letter)),),
        link=link(letter),
        place=talk.place,
        sequence=talk.calendar_sequence,
    )


def _answer(letter: Letter) -> Answer:
    """Both said yes to a time that is booked; a talk that was moved is asked about again."""
    moved_by_other = (
        letter.mail.name == "moved" and letter.matter.activity.actor_id != letter.reader.pk
    )
    return "NEEDS-ACTION" if moved_by_other else "ACCEPTED"
