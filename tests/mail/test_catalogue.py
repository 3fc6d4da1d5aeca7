"""Every mail of the catalogue: it can be written, leads somewhere, and tells nothing (T33)."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

import musling
from musling.activity import log
from musling.activity.models import Activity
from musling.conversations.models import Agreement, Offer, Participant
from musling.foundation import clock
from musling.foundation.actor import program
from musling.mail.catalogue import ACCESS, BY_NAME, CATALOGUE, NEWS, REMINDER, WAITING, Mail
from musling.mail.letters import Letter, compose
from musling.mail.matters import matters
from musling.mail.models import Delivery
from musling.people.activation import send_activation
from musling.people.models import Role
from musling.rounds.evaluation.actions import ask_for_evaluation
from tests.mail.post import Post, at_ten, everything_in, invitation_in
from tests.rounds.evaluation.evaluating import make_round

TEXTS = Path(musling.__file__).parent / "web" / "templates" / "mail"
HOST = "https://musling.havneby.example"
EVERY_MAIL = [(verb, mail) for verb, mails in CATALOGUE.items() for mail in mails]
IDS = [f"{verb}-{mail.name}" for verb, mail in EVERY_MAIL]


def deed(post: Post, verb: str) -> Activity:
    """A deed of that verb, about something that has all there is to tell."""
    if verb.startswith("agreement."):
        return log.note(post.leader, verb, object_id=an_agreement(post).pk)
    if verb == "activation.sent":
        send_activation(hr(post), post.signe.profile)
        return Activity.objects.latest("pk")
    if verb.startswith(("person.", "activation.")):
        return log.note(post.leader, verb, object_id=post.signe.profile_id)
    if verb == "theme.due":
        seat(post)
        return log.note(post.leader, verb, on="2027-01-01")
    if verb == "core_task.told":
        about = post.signe.profile_id
        return log.note(post.leader, verb, object_id=post.talk.pk, about=about, on="2027-01-01")
    if verb == "team.changed":
        about = post.signe.profile_id
        return log.note(post.leader, verb, object_id=about, about=about)
    if verb == "evaluation.asked":
        return log.note(post.leader, verb, object_id=evaluated(post), about=post.signe.profile_id)
    post.book()
    return post.note(verb, offer=an_offer(post).pk)


def seat(post: Post, **more: object) -> Role:
    """Lets the employee sit in a committee; the main one unless a unit is named."""
    return Role.objects.create(
        organisation=post.work.organisation,
        profile=post.signe.profile,
        name=Role.Name.COMMITTEE,
        starts_on=dt.date(2020, 1, 1),
        **more,
    )


def evaluated(post: Post) -> int:
    """The id of a round that is being evaluated."""
    row = make_round(post.work.organisation)
    return ask_for_evaluation(program(post.work.organisation.pk), row).round_id


def hr(post: Post) -> object:
    """Somebody in HR."""
    return post.work.hr()


def an_agreement(post: Post) -> Agreement:
    """An open agreement, due in March."""
    return Agreement.objects.create(
        organisation=post.work.organisation,
        conversation=post.talk,
        origin=post.talk,
        due_on=dt.date(2027, 3, 10),
    )


def an_offer(post: Post) -> Offer:
    """An offer of two times."""
    return Offer.objects.create(
        organisation=post.work.organisation,
        conversation=post.talk,
        sent_at=clock.now(),
        sent_by=Participant.objects.get(conversation=post.talk, part="leader"),
        times=[at_ten(7).isoformat(), at_ten(8).isoformat()],
        place="Rådhuset, lokale 3",
    )


def written(post: Post, verb: str, mail: Mail, language: str) -> object:
    """The mail to the employee."""
    (matter,) = matters([deed(post, verb)])
    reader = post.signe.profile
    reader.language = language
    delivery = Delivery(
        activity_id=matter.activity.pk, recipient=reader, mail=mail.name, message_id="<1@x.example>"
    )
    return compose(Letter(delivery, mail, matter, reader, "signe@havneby.example"))


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("verb", "mail"), EVERY_MAIL, ids=IDS)
def test_every_mail_tells_neither_whom_nor_what_before_log_in(
    post: Post, verb: str, mail: Mail, language: str
) -> None:
    message = written(post, verb, mail, language)
    with translation.override(language):
        assert message.subject in {str(text) for text in (WAITING, NEWS, REMINDER, ACCESS)}
    for secret in ("Signe", "Bøgh", "Lars", "Holm", "Rådhuset", "Hjemmeplejen"):
        assert secret not in f"{message.subject}\n{message.body}"
    links = re.findall(r"https?://\S+", message.body)
    assert links
    assert all(link.startswith(f"{HOST}/") for link in links)
    assert not re.search(r"[{}%]|None|\n{3}", message.body)
    # What a lock screen shows of the text: nothing but that there is something.
    if mail.subject != ACCESS:
        beginning = message.body.partition(links[0])[0]
        assert beginning.replace(message.subject, "").strip() in BEGINNINGS
    calendar = invitation_in(message)
    assert (calendar is not None) == bool(mail.calendar)
    if calendar:
        assert calendar["METHOD"] == mail.calendar
        assert "Lars" not in everything_in(message)


BEGINNINGS = {"Hello\n\n. Log in here to see it:", "Hej\n\n. Log ind her for at se det:"}


def test_every_text_belongs_to_a_mail() -> None:
    assert {path.stem for path in TEXTS.glob("*.txt")} - {"letter", "digest"} == set(BY_NAME)


def test_a_name_means_one_mail() -> None:
    for _verb, mail in EVERY_MAIL:
        same = BY_NAME[mail.name]
        assert (same.label, same.subject, same.link) == (mail.label, mail.subject, mail.link)


def test_what_is_optional_says_how_to_turn_it_off(post: Post) -> None:
    for name, verb in (("due", "agreement.due"), ("noted", "agreement.noted")):
        message = written(post, verb, BY_NAME[name], "en")
        assert BY_NAME[name].optional
        address = HOST + reverse("mail-choices", args=["havneby"])
        assert f"{address}#id_{name}\n" in message.body


def test_days_and_times_are_written_the_danish_way(post: Post) -> None:
    message = written(post, "agreement.due", BY_NAME["due"], "da")
    assert "onsdag 10. marts 2027" in message.body
    message = written(post, "agreement.due", BY_NAME["due"], "en")
    assert "Wednesday 10 March 2027" in message.body


def test_user_text_is_neither_escaped_nor_run(post: Post) -> None:
    post.work.organisation.talk_name = "M&US {{ 7|add:7 }} <b>"
    post.work.organisation.save()
    post.signe.profile.organisation.refresh_from_db()
    message = written(post, "conversation.offered", BY_NAME["offered"], "en")
    assert "(M&US {{ 7|add:7 }} <b>)" in message.body
