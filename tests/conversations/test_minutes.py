"""Minutes go out, come back or are approved, and are signed in three ways."""

import datetime as dt

import pytest

from musling.conversations.actions import approving, talking
from musling.conversations.models import (
    Comment,
    Conversation,
    Minutes,
    MinutesSection,
    Signature,
    State,
)
from musling.conversations.queries import room as queries
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused

pytestmark = pytest.mark.django_db


def opened(member: Member, talk: Conversation) -> queries.OpenedMinutes:
    return queries.opened_minutes(member.actor, open_talk(member.actor, talk.public_id))


def approve(member: Member, talk: Conversation, version: int | None = None) -> None:
    version = stages.minutes_of(talk).version if version is None else version
    approving.approve_minutes(member.actor, public_id=talk.public_id, version=version)


def send_back(member: Member, talk: Conversation, comment: str = "Ret datoen") -> None:
    approving.return_minutes(
        member.actor,
        public_id=talk.public_id,
        comment=comment,
        version=stages.minutes_of(talk).version,
    )


def signers() -> dict[str, str]:
    """Part → how, for every signature."""
    return dict(Signature.objects.values_list("participant__part", "how"))


# --- sending --------------------------------------------------------------------------------------


def test_sending_fixes_the_words_and_signs_for_whoever_wrote(cast: Cast):
    talk = stages.held_talk(cast)
    for _press in range(2):
        approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    minutes = stages.minutes_of(talk)
    assert (talk.state, minutes.state, minutes.version) == (
        State.MINUTES_OUT,
        Minutes.State.OUT,
        2,
    )
    assert minutes.hash == opened(cast.leader, talk).fixed() != ""
    assert (signers(), count("minutes.sent"), count("minutes.signed")) == (
        {"employee": "alone"},
        1,
        1,
    )


def test_the_other_does_not_send(cast: Cast):
    talk = stages.held_talk(cast)
    with refused("the other of you writes and sends"):
        approving.send_minutes(cast.leader.actor, public_id=talk.public_id)


def test_a_talk_is_ended_before_its_minutes_are_sent(cast: Cast):
    talk = stages.open_talk(cast)
    stages.write(cast, talk, "x", "talk")
    with refused("End the talk"):
        approving.send_minutes(cast.employee.actor, public_id=talk.public_id)


def test_empty_minutes_are_not_sent(cast: Cast):
    talk = stages.open_talk(cast)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    with refused("Nothing is written"):
        approving.send_minutes(cast.employee.actor, public_id=talk.public_id)


def test_nobody_sends_and_signs_what_the_other_added_after_looking(cast: Cast):
    talk = stages.held_talk(cast)
    seen = opened(cast.employee, talk).fixed()
    stages.agree(cast, talk, "Lige en til")
    with refused("were changed after"):
        approving.send_minutes(cast.employee.actor, public_id=talk.public_id, seen=seen)
    assert stages.minutes_of(talk).state == Minutes.State.DRAFT
    assert signers() == {}
    again = opened(cast.employee, talk).fixed()
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id, seen=again)


# --- back and approved ----------------------------------------------------------------------------


def test_sent_back_with_a_comment_it_is_written_and_signed_anew(cast: Cast):
    talk = stages.sent_talk(cast)
    send_back(cast.leader, talk)
    talk.refresh_from_db()
    assert (talk.state, stages.minutes_of(talk).state) == (State.HELD, Minutes.State.RETURNED)
    assert signers() == {}
    (comment,) = opened(cast.employee, talk).comments
    assert (comment["text"], comment["mine"]) == ("Ret datoen", False)
    assert b"datoen" not in bytes(Comment.objects.get().text)
    stages.write(cast, talk, "Nu er den rettet", "talk")
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    approve(cast.leader, talk)
    assert signers() == {"employee": "alone", "leader": "alone"}
    assert opened(cast.employee, talk).is_unchanged


@pytest.mark.parametrize(("comment", "words"), [("  ", "what should change"), ("x" * 5001, "5000")])
def test_sending_back_says_why_and_not_at_endless_length(cast: Cast, comment, words):
    talk = stages.sent_talk(cast)
    with refused(words, "comment"):
        send_back(cast.leader, talk, comment)
    assert stages.minutes_of(talk).state == Minutes.State.OUT


@pytest.mark.row("E8")
def test_approving_locks_signs_and_dates_once(cast: Cast):
    talk = stages.sent_talk(cast)
    approve(cast.leader, talk)
    approve(cast.leader, talk)
    talk.refresh_from_db()
    minutes = stages.minutes_of(talk)
    assert (talk.state, minutes.state) == (State.AGREED, Minutes.State.APPROVED)
    assert minutes.approved_by == stages.seat(talk, "leader")
    assert signers() == {"employee": "alone", "leader": "alone"}
    assert (count("minutes.approved"), count("minutes.signed")) == (1, 2)
    assert opened(cast.employee, talk).unchanged_since == clock.today()


def test_whoever_wrote_does_not_approve_or_send_back(cast: Cast):
    talk = stages.sent_talk(cast)
    for act in (approve, send_back):
        with refused("The other of you approves"):
            act(cast.employee, talk)


def test_what_is_not_out_is_not_approved(cast: Cast):
    talk = stages.held_talk(cast)
    with refused("not out for approval"):
        approve(cast.leader, talk)
    with refused("not out for approval"):
        send_back(cast.leader, talk)


def test_before_there_are_minutes_there_is_nothing_to_approve(cast: Cast):
    talk = booked_talk(cast)
    with pytest.raises(NotThere):
        approving.approve_minutes(cast.leader.actor, public_id=talk.public_id, version=1)


def test_an_older_version_is_not_approved(cast: Cast):
    talk = stages.sent_talk(cast)
    old = stages.minutes_of(talk).version
    send_back(cast.leader, talk)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    with refused("were changed after"):
        approve(cast.leader, talk, old)


def test_approved_minutes_are_not_sent_back(cast: Cast):
    talk = stages.approved_talk(cast)
    with refused("not out for approval"):
        send_back(cast.leader, talk)
    with refused("approved and locked"):
        approving.send_minutes(cast.employee.actor, public_id=talk.public_id)


def test_what_was_changed_in_the_database_is_not_approved_and_shows(cast: Cast):
    talk = stages.sent_talk(cast)
    _tamper(cast, talk)
    with refused("not what was sent"):
        approve(cast.leader, talk)
    assert not opened(cast.leader, talk).is_unchanged


def _tamper(cast: Cast, talk: Conversation) -> None:
    """Somebody with the database and the keys changes a word."""
    found = open_talk(cast.leader.actor, talk.public_id)
    row = MinutesSection.objects.get(minutes__conversation=talk)
    row.seal(found.key, "text", "Noget andet")
    row.save()


def test_after_approval_a_changed_word_shows(cast: Cast):
    talk = stages.approved_talk(cast)
    _tamper(cast, talk)
    page = opened(cast.employee, talk)
    assert (page.is_unchanged, page.unchanged_since) == (False, None)


def test_a_kind_that_needs_no_approval_is_locked_by_sending(cast: Cast):
    talk = stages.sent_talk(cast, "mus_bpa")
    minutes = stages.minutes_of(talk)
    assert (minutes.state, minutes.approved_by) == (Minutes.State.APPROVED, None)
    assert signers() == {"employee": "alone"}
    with refused("not out for approval"):
        send_back(cast.leader, talk)


# --- signing --------------------------------------------------------------------------------------


@pytest.mark.row("A6")
def test_where_only_signatures_are_asked_each_signs_alone(cast: Cast):
    talk = stages.sent_talk(cast, "mus_bpa")
    version = stages.minutes_of(talk).version
    for _press in range(2):
        approving.sign_minutes(cast.leader.actor, public_id=talk.public_id, version=version)
    assert signers() == {"employee": "alone", "leader": "alone"}
    assert count("minutes.signed") == 2


def test_nobody_signs_past_the_approval(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version
    with refused("Approve the minutes first"):
        approving.sign_minutes(cast.leader.actor, public_id=talk.public_id, version=version)
    assert signers() == {"employee": "alone"}


def test_drafts_are_not_signed(cast: Cast):
    talk = stages.held_talk(cast)
    for act in (approving.sign_minutes, approving.register_paper_signature):
        with refused("still being written"):
            act(cast.employee.actor, public_id=talk.public_id, version=1)


def test_together_on_one_screen_the_other_signs_and_approves(cast: Cast):
    talk = stages.sent_talk(cast)
    approving.sign_together(
        cast.employee.actor,
        public_id=talk.public_id,
        version=stages.minutes_of(talk).version,
        other_person_id=cast.leader.person.pk,
    )
    minutes = stages.minutes_of(talk)
    assert signers() == {"employee": "alone", "leader": "together"}
    assert (minutes.state, minutes.approved_by) == (
        Minutes.State.APPROVED,
        stages.seat(talk, "leader"),
    )


def test_on_the_readers_screen_the_reader_is_the_one_who_approves(cast: Cast):
    talk = stages.sent_talk(cast)
    Signature.objects.all().delete()
    approving.sign_together(
        cast.leader.actor,
        public_id=talk.public_id,
        version=stages.minutes_of(talk).version,
        other_person_id=cast.employee.person.pk,
    )
    assert stages.minutes_of(talk).approved_by == stages.seat(talk, "leader")
    assert signers() == {"employee": "together", "leader": "together"}


@pytest.mark.parametrize("who", ["colleague", "employee", "nobody"])
def test_nobody_else_proves_for_the_other(cast: Cast, who: str):
    talk = stages.sent_talk(cast)
    person = 0 if who == "nobody" else getattr(cast, who).person.pk
    with refused("not the log-in of the other", "password"):
        approving.sign_together(
            cast.employee.actor,
            public_id=talk.public_id,
            version=stages.minutes_of(talk).version,
            other_person_id=person,
        )
    assert signers() == {"employee": "alone"}


def test_somebody_without_a_log_in_is_not_proved_by_nobody(cast: Cast):
    talk = stages.sent_talk(cast)
    cast.leader.profile.person = None
    cast.leader.profile.save()
    with refused("not the log-in of the other"):
        approving.sign_together(
            cast.employee.actor,
            public_id=talk.public_id,
            version=stages.minutes_of(talk).version,
            other_person_id=None,
        )


def register(member: Member, talk: Conversation) -> None:
    approving.register_paper_signature(
        member.actor, public_id=talk.public_id, version=stages.minutes_of(talk).version
    )


def test_on_paper_it_counts_when_the_other_confirms(cast: Cast):
    talk = stages.sent_talk(cast)
    register(cast.employee, talk)
    register(cast.employee, talk)
    signature = Signature.objects.get(how="paper")
    assert signature.confirmed_at is None
    assert stages.minutes_of(talk).state == Minutes.State.OUT
    approving.confirm_paper_signature(cast.leader.actor, public_id=talk.public_id, confirm=True)
    signature.refresh_from_db()
    assert signature.confirmed_at is not None
    assert stages.minutes_of(talk).approved_by == stages.seat(talk, "leader")
    with refused("no signature on paper"):
        approving.confirm_paper_signature(cast.leader.actor, public_id=talk.public_id, confirm=True)


def test_who_has_not_signed_on_paper_says_so_and_nothing_is_left(cast: Cast):
    talk = stages.sent_talk(cast)
    register(cast.employee, talk)
    approving.confirm_paper_signature(cast.leader.actor, public_id=talk.public_id, confirm=False)
    assert signers() == {"employee": "alone"}
    assert stages.minutes_of(talk).state == Minutes.State.OUT


def test_nobody_confirms_what_was_said_of_the_other(cast: Cast):
    talk = stages.sent_talk(cast)
    register(cast.employee, talk)
    with refused("no signature on paper"):
        approving.confirm_paper_signature(
            cast.employee.actor, public_id=talk.public_id, confirm=True
        )


def test_whoever_signs_here_needs_not_confirm_the_paper_too(cast: Cast):
    talk = stages.sent_talk(cast)
    register(cast.employee, talk)
    approve(cast.leader, talk)
    assert signers() == {"employee": "alone", "leader": "alone"}


def test_what_is_signed_already_is_not_said_to_be_on_paper(cast: Cast):
    talk = stages.approved_talk(cast)
    register(cast.employee, talk)
    assert signers() == {"employee": "alone", "leader": "alone"}


def test_nobody_from_outside_touches_minutes(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version
    this = {"public_id": talk.public_id, "version": version}
    acts = (
        lambda a: approving.send_minutes(a, public_id=talk.public_id),
        lambda a: approving.approve_minutes(a, **this),
        lambda a: approving.return_minutes(a, comment="x", **this),
        lambda a: approving.sign_minutes(a, **this),
        lambda a: approving.sign_together(a, other_person_id=cast.leader.person.pk, **this),
        lambda a: approving.register_paper_signature(a, **this),
        lambda a: approving.confirm_paper_signature(a, public_id=talk.public_id, confirm=True),
    )
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        for act in acts:
            with pytest.raises(NotThere):
                act(member.actor)
    assert signers() == {"employee": "alone"}


@pytest.mark.parametrize("field", ["due_on", "follow_up_on"])
def test_a_date_that_has_passed_is_refused_unless_it_stood_there(cast: Cast, field: str):
    talk = stages.open_talk(cast)
    yesterday = clock.today() - dt.timedelta(days=1)
    with pytest.raises(Refused) as refused:
        talking.write_agreement(
            cast.leader.actor,
            public_id=talk.public_id,
            content={"what": "Ny makker"},
            **{field: yesterday},
        )
    assert refused.value.field == field
    row = talking.write_agreement(
        cast.leader.actor,
        public_id=talk.public_id,
        content={"what": "Ny makker"},
        **{field: clock.today()},
    )
    clock.move(dt.timedelta(days=3))
    again = talking.write_agreement(
        cast.leader.actor,
        public_id=talk.public_id,
        content={"what": "Ny makker igen"},
        agreement=row.public_id,
        version=row.version,
        **{field: getattr(row, field)},
    )
    assert again.version == row.version + 1
