"""Both together let somebody else read a document for a time; either ends it (A5)."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.conversations import access
from musling.conversations.actions import releasing
from musling.conversations.models import Conversation, Release
from musling.conversations.queries.releases import open_copy, released_to_me, releases_of
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.foundation.public_ids import new_public_id
from musling.mail import outbox
from musling.people.models import Profile
from musling.privacy import destroying
from musling.vault import keys
from tests.cast import Cast
from tests.conversations import stages
from tests.conversations.test_new_leader import hand_over, new_leader
from tests.mail.post import deliver_when_due

pytestmark = [pytest.mark.django_db, pytest.mark.row("A5")]
A_DAY = dt.timedelta(days=1)
COPY = b"%PDF-1.7 the minutes"


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    return stages.approved_talk(cast)


def readable(cast: Cast) -> list[str]:
    """What the union representative can read."""
    return [one.row.public_id for one in released_to_me(cast.union_rep.actor)]


def test_nothing_can_be_read_before_both_have_said_yes(cast: Cast, talk):
    row = stages.asked_to_release(cast, talk)
    assert readable(cast) == []
    with pytest.raises(NotThere):
        open_copy(cast.union_rep.actor, row.public_id)
    (one,) = releases_of(cast.leader.actor, open_talk(cast.leader.actor, talk.public_id))
    assert (one.state, one.waits_for_me, one.why) == ("waits", True, "Hun hjælper mig videre")


def test_whoever_asked_cannot_say_yes_too(cast: Cast, talk):
    row = stages.asked_to_release(cast, talk)
    with pytest.raises(Refused):
        releasing.agree_to_release(
            cast.employee.actor, release=row.public_id, make_copy=lambda _row: COPY
        )
    assert Release.objects.get().agreed_at is None


def test_the_reader_gets_the_copy_and_nothing_else_of_the_talk(cast: Cast, talk):
    row = stages.released(cast, talk, COPY)
    reader = cast.union_rep.actor
    assert open_copy(reader, row.public_id)[1] == COPY
    (one,) = released_to_me(reader)
    assert (one.employee, one.leader, one.why) == (
        "Mette Prøve",
        "Lars Prøve",
        "Hun hjælper mig videre",
    )
    for ask in (access.readable_minutes, access.readable_agreements, access.own_talks):
        assert not ask(reader).exists()
    with pytest.raises(NotThere):
        open_talk(reader, talk.public_id)


def test_the_copy_stays_as_it_was_when_both_said_yes_and_pressing_twice_makes_no_other(
    cast: Cast, talk
):
    row = stages.released(cast, talk, COPY)
    releasing.agree_to_release(
        cast.leader.actor, release=row.public_id, make_copy=lambda _row: b"another"
    )
    assert open_copy(cast.union_rep.actor, row.public_id)[1] == COPY
    assert Activity.objects.filter(verb="release.agreed").count() == 1


def test_where_no_copy_can_be_made_nothing_is_agreed(cast: Cast, talk):
    row = stages.asked_to_release(cast, talk)

    def fails(_row: Release) -> bytes:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 (raised by this test alone)
        releasing.agree_to_release(cast.leader.actor, release=row.public_id, make_copy=fails)
    assert Release.objects.get().agreed_at is None


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_either_ends_it_at_once_and_the_copy_is_gone(cast: Cast, talk, who: str):
    row = stages.released(cast, talk, COPY)
    ended = releasing.end_release(cast.everybody[who].actor, release=row.public_id)
    assert bytes(ended.copy) == bytes(Release.objects.get().copy) == b""
    assert readable(cast) == []
    with pytest.raises(NotThere):
        open_copy(cast.union_rep.actor, row.public_id)
    releasing.end_release(cast.everybody[who].actor, release=row.public_id)
    assert Activity.objects.filter(verb="release.ended").count() == 1


def test_nobody_else_can_agree_or_end_it(cast: Cast, talk):
    row = stages.asked_to_release(cast, talk)
    for name in set(cast.everybody) - {"employee", "leader"}:
        actor = cast.everybody[name].actor
        with pytest.raises(NotThere):
            releasing.agree_to_release(actor, release=row.public_id, make_copy=lambda _row: COPY)
        with pytest.raises(NotThere):
            releasing.end_release(actor, release=row.public_id)
    assert Release.objects.filter(agreed_at=None, ended_at=None).count() == 1


def test_it_ends_with_its_last_day(cast: Cast, talk):
    stages.released(cast, talk, COPY)
    clock.move(30 * A_DAY)
    assert len(readable(cast)) == 1
    assert releasing.blank_what_is_over(clock.today()) == 0
    clock.move(A_DAY)
    assert readable(cast) == []
    assert releasing.blank_what_is_over(clock.today()) == 1
    assert bytes(Release.objects.get().copy) == b""
    assert releasing.blank_what_is_over(clock.today()) == 0


def test_an_answer_after_the_last_day_is_too_late(cast: Cast, talk):
    row = stages.asked_to_release(cast, talk)
    clock.move(31 * A_DAY)
    with pytest.raises(Refused):
        releasing.agree_to_release(
            cast.leader.actor, release=row.public_id, make_copy=lambda _row: COPY
        )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody@havneby.example"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "lars@havneby.example"}, "email"),
        ({"email": "nina@sandvig.example"}, "email"),  # of another organisation
        ({"document": "preparation"}, "document"),
        ({"until": dt.date(2020, 1, 1)}, "until"),
        ({"until": dt.date(2099, 1, 1)}, "until"),
        ({"why": "x" * 1001}, "why"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, talk, wrong: dict, field: str):
    with pytest.raises(Refused) as refused:
        stages.asked_to_release(cast, talk, **wrong)
    assert refused.value.field == field
    assert not Release.objects.exists()


def test_only_somebody_with_a_log_in_can_be_named(cast: Cast, talk):
    Profile.objects.filter(pk=cast.union_rep.profile.pk).update(person=None)
    with pytest.raises(Refused, match="log-in"):
        stages.asked_to_release(cast, talk)


def test_the_same_is_not_asked_twice_but_again_after_it_has_ended(cast: Cast, talk):
    row = stages.asked_to_release(cast, talk)
    with pytest.raises(Refused):
        stages.asked_to_release(cast, talk)
    releasing.end_release(cast.employee.actor, release=row.public_id)
    assert stages.asked_to_release(cast, talk).pk != row.pk


def test_before_the_minutes_are_agreed_there_is_nothing_to_release(cast: Cast):
    talk = stages.held_talk(cast)
    with pytest.raises(Refused):
        stages.asked_to_release(cast, talk)


def test_after_another_leader_came_only_ending_is_left(cast: Cast, talk):
    row = stages.released(cast, talk, COPY)
    new_leader(cast, cast.colleague)
    assert hand_over(cast) == 1
    assert len(readable(cast)) == 1
    with pytest.raises(Refused):
        stages.asked_to_release(cast, talk, document="sheet")
    for actor in (cast.colleague.actor, cast.leader.actor):
        with pytest.raises(NotThere):
            releasing.end_release(actor, release=row.public_id)
    releasing.end_release(cast.employee.actor, release=row.public_id)
    assert readable(cast) == []


def test_the_copy_goes_with_the_talk(cast: Cast, talk):
    row = stages.released(cast, talk, COPY)
    keys.destroy([talk.key], reason="test")
    assert bytes(Release.objects.get().copy) == b""
    assert readable(cast) == []
    with pytest.raises(keys.KeyDestroyed):
        open_copy(cast.union_rep.actor, row.public_id)
    (one,) = releases_of(cast.employee.actor, open_talk(cast.employee.actor, talk.public_id))
    assert one.why == ""


def test_the_rows_go_with_the_proof(cast: Cast, talk):
    stages.released(cast, talk, COPY)
    clock.move(dt.timedelta(days=365 * 3))
    destroying.run()
    clock.move(20 * A_DAY)
    destroying.run()
    assert Release.objects.exists()
    clock.move(dt.timedelta(days=365 * 5))
    assert destroying.run()["proofs"] == 1
    assert not Release.objects.exists()


def told() -> dict[str, int]:
    """How many mails each got."""
    deliver_when_due()
    found: dict[str, int] = {}
    for message in mail.outbox:
        found[message.to[0]] = found.get(message.to[0], 0) + 1
    mail.outbox.clear()
    return found


def test_the_reader_is_told_when_both_have_said_yes_and_when_it_ends(cast: Cast, talk):
    outbox.pass_over()
    row = stages.asked_to_release(cast, talk)
    assert told() == {"lars@havneby.example": 1}
    releasing.agree_to_release(
        cast.leader.actor, release=row.public_id, make_copy=lambda _row: COPY
    )
    assert told() == {"mette@havneby.example": 1, "tanja@havneby.example": 1}
    releasing.end_release(cast.leader.actor, release=row.public_id)
    assert told() == {"mette@havneby.example": 1, "tanja@havneby.example": 1}


def test_a_no_is_told_to_whoever_asked_alone(cast: Cast, talk):
    outbox.pass_over()
    row = stages.asked_to_release(cast, talk)
    told()
    releasing.end_release(cast.leader.actor, release=row.public_id)
    assert told() == {"mette@havneby.example": 1}


def test_what_was_taken_back_is_told_to_nobody(cast: Cast, talk):
    outbox.pass_over()
    row = stages.asked_to_release(cast, talk)
    releasing.end_release(cast.employee.actor, release=row.public_id)
    assert told() == {}


def queries(ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_no_query_per_release(cast: Cast, talk):
    stages.released(cast, talk, COPY)
    mine, found = cast.union_rep.actor, open_talk(cast.employee.actor, talk.public_id)
    assert found.key  # opened once
    one = (
        queries(lambda: released_to_me(mine)),
        queries(lambda: releases_of(cast.employee.actor, found)),
    )
    row = Release.objects.get()
    for _n in range(30):
        row.pk, row.public_id = None, new_public_id()
        row._state.adding = True
        row.seal(keys.open_key(talk.key_id), "why", "x")
        row.save()
    many = (
        queries(lambda: released_to_me(mine)),
        queries(lambda: releases_of(cast.employee.actor, found)),
    )
    assert len(released_to_me(mine)) == 31
    assert many == one
