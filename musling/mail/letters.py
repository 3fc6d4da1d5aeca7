"""A mail as it leaves: rendered when it is sent, in the reader's language."""

import datetime as dt
import hmac
from collections import Counter
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from musling.foundation.clock import COPENHAGEN
from musling.foundation.public_ids import LENGTH
from musling.mail.catalogue import ACCESS, NEWS, REMINDER, WAITING, Mail, Text
from musling.mail.invitations import (
    Answer,
    Meeting,
    Method,
    Party,
    attach_invitation,
    one_line,
)
from musling.mail.matters import Matter
from musling.mail.rows import Due, Reader
from musling.mail.wording import filled_in, plain_message
from musling.people.activation import code_to_mail, link_of
from musling.rounds import five_steps


class Overtaken(Exception):
    """There is nothing to say any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is made from."""

    delivery: Due
    mail: Mail
    matter: Matter
    reader: Reader
    address: str


def compose(letter: Letter) -> EmailMultiAlternatives:
    """The message, ready to be sent. Raises Overtaken where there is nothing to say any more."""
    message = plain_message(
        _kind(letter),
        lambda: _made(letter),
        _varying(letter),
        language=letter.reader.language,
        to=letter.address,
        headers=_headers(letter.delivery),
    )
    if method := _method(letter):
        with translation.override(letter.reader.language):
            message = _as_invitation(message)
            attach_invitation(message, _meeting(letter), method)
    return message


def _as_invitation(message: EmailMultiAlternatives) -> EmailMultiAlternatives:
    """The same as a message that takes attachments."""
    return EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        to=message.to,
        headers=message.extra_headers,
    )


def compose_digest(letters: list[Letter]) -> EmailMultiAlternatives:
    """One message about several matters of one reader: what each is about, and its link."""
    first = letters[0]
    with translation.override(first.reader.language):
        subject = next(one for one in BY_WEIGHT if one in {row.mail.subject for row in letters})
        lines = Counter((str(letter.mail.label), link(letter)) for letter in letters)
        organisation = first.reader.organisation
        context = {
            "subject": subject,
            "organisation": one_line(organisation.name),
            "link": _address("start", organisation.slug),
            "lines": [(*line, count) for line, count in lines.items()],
            "optional": any(letter.mail.optional for letter in letters),
            "settings_link": _address("mail-choices", organisation.slug),
        }
        return EmailMultiAlternatives(
            subject=_subject(subject),
            body=filled_in("digest", context),
            to=[first.address],
            headers=_headers(first.delivery),
        )


# The subject of a mail about several matters is that of the weightiest.
BY_WEIGHT = (WAITING, REMINDER, NEWS, ACCESS)


def _subject(subject: Text) -> str:
    return one_line(str(subject))


def _headers(delivery: Due) -> dict[str, str]:
    return {
        "Message-ID": message_id(delivery),
        # No out-of-office answers to a program (RFC 3834; Microsoft's own).
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def message_id(delivery: Due) -> str:
    """The same for every try, so that mailboxes keep one of two copies; tells nothing by itself.

    Another one where somebody has it sent again on purpose, and for each try of a mail that holds a
    code: only its latest copy is of use. Mails that leave as one have one together.
    """
    name = f"{delivery.activity_id}|{delivery.recipient_id}|{delivery.again}"
    if delivery.digest_id is not None:
        name = f"digest|{delivery.digest_id}|{delivery.recipient_id}"
    if delivery.mail == "activation":
        name += f"|{delivery.attempts}|{delivery.next_try_at}"
    return f"<{_keyed(name, settings.SECRET_KEY)}@{host()}>"


def _keyed(name: str, secret: str) -> str:
    return hmac.digest(_key(secret), name.encode(), "sha256").hex()[:32]


@lru_cache(1)
def _key(secret: str) -> bytes:
    """That of Django's ``salted_hmac``, which makes it anew each time."""
    return sha256(b"musling.mail" + secret.encode()).digest()


def host() -> str:
    """The installation's name, as it stands behind the @ of message and calendar ids."""
    return _host_in(settings.MUSLING_BASE_URL)


@lru_cache(1)
def _host_in(address: str) -> str:
    return urlsplit(address).hostname or "localhost"


def _varying(letter: Letter) -> dict[str, str | list[str]]:
    """What differs from reader to reader, in the reader's language."""
    language, matter = letter.reader.language, letter.matter
    talk, agreement = matter.conversation, matter.agreement
    on = matter.activity.more.get("on")
    return {
        "link": link(letter),
        "settings_link": _settings_link(letter) if letter.mail.optional else "",
        "starts": in_words(talk.starts_at, language) if talk and talk.starts_at else "",
        "times": _times(matter, language),
        "due": day_in_words(agreement.due_on, language) if agreement and agreement.due_on else "",
        "goes_on": day_in_words(dt.date.fromisoformat(on), language) if on else "",
    }


def _kind(letter: Letter) -> tuple[object, ...]:
    """Everything that the rest of the text depends on: see ``_made``."""
    organisation, matter = letter.reader.organisation, letter.matter
    return (
        letter.mail.name,
        organisation.name,
        organisation.talk_name,
        organisation.sector,
        matter.offer and matter.offer.shared_id is not None,
        matter.evaluation and matter.evaluation.closes_on,
        matter.round and (matter.round.ends_on, matter.round.leader_word),
        _method(letter) is not None,
        _own_words(letter),
    )


def _made(letter: Letter) -> tuple[str, str, dict[str, object]]:
    """Template, subject, and the values that are the same for many, in the language that is on."""
    organisation, matter = letter.reader.organisation, letter.matter
    language = letter.reader.language
    values = {
        "subject": str(letter.mail.subject),
        "talk_name": one_line(organisation.talk_name),
        "organisation": one_line(organisation.name),
        "firmness": organisation.firmness(organisation.sector),
        "picks": bool(matter.offer and matter.offer.shared_id),
        "answer_by": _day(matter.evaluation.closes_on if matter.evaluation else None, language),
        "until": _day(matter.round.ends_on if matter.round else None, language),
        "invitation": _method(letter) is not None,
        "words": _own_words(letter) or _ready_made(letter),
        "optional": letter.mail.optional,
    }
    return letter.mail.name, _subject(letter.mail.subject), values


def _day(day: dt.date | None, language: str) -> str:
    return day_in_words(day, language) if day else ""


# Which step of a round a mail belongs to: HR may have worded it.
STEPS = {
    "round-leader": five_steps.LEADERS,
    "round-offered": five_steps.EMPLOYEES,
    "round-form": five_steps.FORM,
    "evaluation": five_steps.EVALUATION,
}


def _own_words(letter: Letter) -> str:
    """What the organisation says in this step, in the reader's language; else nothing."""
    number = STEPS.get(letter.mail.name)
    if number is None:
        return ""
    return letter.matter.own_words.get(number, {}).get(letter.reader.language, "")


def _ready_made(letter: Letter) -> str:
    number = STEPS.get(letter.mail.name)
    word = letter.matter.round.leader_word if letter.matter.round else ""
    return five_steps.BY_NUMBER[number].ready_made(word) if number is not None else ""


def _settings_link(letter: Letter) -> str:
    """Where mails of this kind are turned down."""
    return _address("mail-choices", letter.reader.organisation.slug) + f"#id_{letter.mail.name}"


OF_A_TALK = {"talk", "prepare"}
ANY_TALK = "a" * LENGTH  # stands for the talk in an address that is looked up once


def link(letter: Letter) -> str:
    """The absolute address that the mail leads to, on the host that the settings name (T20)."""
    slug = letter.reader.organisation.slug
    talk = letter.matter.conversation
    if letter.mail.link == "activation":
        return _activation_link(letter)
    if letter.mail.link == "evaluation" and letter.matter.evaluation:
        return _address("evaluation", slug, letter.matter.evaluation.round.public_id)
    if letter.mail.link in OF_A_TALK and talk:
        return _address(letter.mail.link, slug, ANY_TALK).replace(ANY_TALK, str(talk.public_id))
    if letter.mail.link == "home":
        return _address("home")
    return _address(letter.mail.link, slug)


def _address(name: str, *parts: str) -> str:
    return str(settings.MUSLING_BASE_URL) + _path(name, *parts)


@lru_cache(2000)
def _path(name: str, *parts: str) -> str:
    return reverse(name, args=parts)


def _activation_link(letter: Letter) -> str:
    """The code is made here and now; the log and the queue never hold it."""
    code = code_to_mail(letter.matter.activity.more.get("activation", 0))
    if code is None:
        raise Overtaken
    return link_of(code)


def _times(matter: Matter, language: str) -> list[str]:
    """Those that were proposed; none where several pick: they go while the mail lies there."""
    times = matter.offer.times if matter.offer and matter.offer.shared_id is None else []
    return [in_words(dt.datetime.fromisoformat(time), language) for time in times]


@lru_cache(2000)
def in_words(moment: dt.datetime, language: str) -> str:
    """Day and time in Denmark."""
    with translation.override(language):
        return date_format(
            moment.astimezone(COPENHAGEN), pgettext("day and time in a mail", "l j F Y, H:i")
        )


@lru_cache(2000)
def day_in_words(day: dt.date, language: str) -> str:
    """A day."""
    with translation.override(language):
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
