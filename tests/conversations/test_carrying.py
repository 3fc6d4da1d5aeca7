"""Open agreements go along to the next talk; the old minutes keep what was signed."""

import pytest

from musling.conversations import access
from musling.conversations.actions import approving, following_up, handing_over, planning, talking
from musling.conversations.models import Agreement, Conversation, FollowUp
from musling.conversations.queries import agreements as following
from musling.conversations.queries import preparation
from musling.conversations.queries import room as queries
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation.problems import NotThere
from musling.vault import keys
from tests.cast import Cast, Member
from tests.conversations import stages

pytestmark = pytest.mark.django_db


def opened(member: Member, talk: Conversation) -> queries.OpenedMinutes:
    return queries.opened_minutes(member.actor, open_talk(member.actor, talk.public_id))


def hold(cast: Cast, talk: Conversation) -> None:
    """The talk is opened and ended; nothing is written in it."""
    stages.agreed_frame(cast, talk)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)


def both_say_done(cast: Cast, row: Agreement) -> None:
    for member in (cast.employee, cast.leader):
        following_up.note_follow_up(member.actor, agreement=row.public_id, says_done=True)


@pytest.fixture
def year(cast: Cast) -> dict:
    """A year with one agreement done and one open, each with a note; the next talk is booked."""
    talk = stages.open_talk(cast)
    done, still = stages.agree(cast, talk, "Nattevagt"), stages.agree(cast, talk, "Møder", who="L")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    approving.approve_minutes(
        cast.leader.actor, public_id=talk.public_id, version=stages.minutes_of(talk).version
    )
    following_up.note_follow_up(cast.employee.actor, agreement=still.public_id, note="På vej")
    both_say_done(cast, done)
    return {"talk": talk, "done": done, "open": still, "next": stages.next_year(cast)}


@pytest.mark.row("A7")
def test_before_the_next_talk_both_see_all_of_last_years(cast: Cast, year):
    for member in (cast.employee, cast.leader):
        found = open_talk(member.actor, year["next"].public_id)
        rows = preparation.last_agreements(member.actor, found)
        assert {row.what: row.is_done for row in rows} == {"Nattevagt": True, "Møder": False}


def test_open_ones_go_along_with_their_notes_and_done_ones_stay(cast: Cast, year):
    hold(cast, year["next"])
    for name, where in (("open", "next"), ("done", "talk")):
        year[name].refresh_from_db()
        assert year[name].conversation == year[where]
        assert year[name].origin == year["talk"]
    followed = following.agreement(cast.leader.actor, year["open"].public_id)
    assert (followed.text.what, followed.text.who) == ("Møder", "L")
    assert [note.text for note in followed.notes] == ["På vej"]


def test_when_the_old_key_goes_what_went_along_stays_readable(cast: Cast, year):
    hold(cast, year["next"])
    keys.destroy([year["talk"].key], reason="test")
    followed = following.agreement(cast.employee.actor, year["open"].public_id)
    assert followed.text.what == "Møder"
    with pytest.raises(NotThere):
        following.agreement(cast.employee.actor, year["done"].public_id)


def test_the_old_minutes_still_hold_and_show_what_was_signed(cast: Cast, year):
    before = opened(cast.employee, year["talk"])
    lines = [text.line() for text in before.agreements]
    assert before.is_unchanged
    hold(cast, year["next"])
    after = opened(cast.employee, year["talk"])
    assert [text.line() for text in after.agreements] == lines
    assert after.is_unchanged


def test_what_came_along_is_nothing_that_the_new_talk_made(cast: Cast, year):
    hold(cast, year["next"])
    assert opened(cast.leader, year["next"]).agreements == []
    found = open_talk(cast.leader.actor, year["next"].public_id)
    assert [row.what for row in preparation.last_agreements(cast.leader.actor, found)] == [
        "Nattevagt",
        "Møder",
    ]


def test_over_three_years_the_second_minutes_hold_only_their_own(cast: Cast, year):
    second = year["next"]
    stages.agreed_frame(cast, second)
    stages.agree(cast, second, "Kursus")
    talking.end_talk(cast.leader.actor, public_id=second.public_id)
    approving.send_minutes(cast.employee.actor, public_id=second.public_id)
    third = stages.next_year(cast)
    hold(cast, third)
    assert set(Agreement.objects.filter(conversation=third)) == {
        year["open"],
        Agreement.objects.get(origin=second),
    }
    page = opened(cast.leader, second)
    assert [text.what for text in page.agreements] == ["Kursus"]
    assert page.is_unchanged


@pytest.mark.parametrize("confirmed", [True, False])
def test_only_what_both_said_goes_along_of_what_was_typed_in(cast: Cast, confirmed: bool):
    talk = stages.open_talk(cast)
    row = stages.typed_in_agreement(cast, talk, confirmed=confirmed)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    nexts = stages.next_year(cast)
    hold(cast, nexts)
    row.refresh_from_db()
    assert row.conversation == (nexts if confirmed else talk)


def test_a_new_leader_gets_the_open_agreement_and_nothing_else(cast: Cast, year):
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=year["next"].public_id, employment=cast.colleague.employment
    )
    new = cast.colleague
    assert set(access.readable_agreements(new.actor)) == {year["open"]}
    assert set(access.changeable_agreements(new.actor)) == set()
    assert not access.readable_minutes(new.actor).exists()
    with pytest.raises(NotThere):
        following_up.note_follow_up(new.actor, agreement=year["open"].public_id, note="x")
    stages.agreed_frame_by(cast.employee, new, year["next"])
    talking.end_talk(new.actor, public_id=year["next"].public_id)
    assert set(access.changeable_agreements(new.actor)) == {year["open"]}
    assert set(access.changeable_agreements(cast.leader.actor)) == {year["done"]}


def test_what_is_taken_away_does_not_go_along(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.agree(cast, talk, "Fortrudt")
    talking.take_away(
        cast.leader.actor, public_id=talk.public_id, what="agreement", row=row.public_id
    )
    stages.write(cast, talk, "x", "talk")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    hold(cast, stages.next_year(cast))
    row.refresh_from_db()
    assert row.conversation == talk


def test_after_destruction_the_next_talk_is_held_all_the_same(cast: Cast, year):
    keys.destroy([year["talk"].key], reason="test")
    hold(cast, year["next"])
    assert not Agreement.objects.filter(conversation=year["next"]).exists()
    assert all(bytes(row.note) == b"" for row in FollowUp.objects.all())


def test_carrying_costs_the_same_for_one_and_for_thirty(cast: Cast, django_assert_max_num_queries):
    talk = stages.open_talk(cast)
    for number in range(30):
        stages.agree(cast, talk, f"nr. {number}")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    nexts = stages.next_year(cast)
    stages.agreed_frame(cast, nexts)
    with django_assert_max_num_queries(20):
        talking.end_talk(cast.leader.actor, public_id=nexts.public_id)
    assert Agreement.objects.filter(conversation=nexts).count() == 30


@pytest.mark.parametrize("when", ["in the room", "come along"])
def test_what_both_signed_last_year_is_not_written_or_taken_away_this_year(
    cast: Cast, year, when: str
):
    talk, row = year["next"], year["open"]
    stages.agreed_frame(cast, talk)
    if when == "come along":
        talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    row.refresh_from_db()
    with pytest.raises(NotThere):
        talking.write_agreement(
            cast.leader.actor,
            public_id=talk.public_id,
            content={"what": "omskrevet"},
            agreement=row.public_id,
            version=row.version,
        )
    for act in (talking.take_away, talking.put_back):
        with pytest.raises(NotThere):
            act(cast.leader.actor, public_id=talk.public_id, what="agreement", row=row.public_id)


def test_what_was_typed_in_is_not_changed_through_the_minutes(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.typed_in_agreement(cast, talk)
    with pytest.raises(NotThere):
        talking.write_agreement(
            cast.employee.actor,
            public_id=talk.public_id,
            content={"what": "omskrevet"},
            agreement=row.public_id,
            version=row.version,
        )
    with pytest.raises(NotThere):
        talking.take_away(
            cast.employee.actor, public_id=talk.public_id, what="agreement", row=row.public_id
        )


def test_a_talk_planned_before_the_last_one_was_held_goes_on_from_it(cast: Cast):
    talk = stages.open_talk(cast)
    stages.agree(cast, talk, "Fast makker")
    pair = (cast.employee.employment, cast.leader.employment)
    (early,) = planning.make_talks(cast.leader.actor, pairs=[pair], kind="mus", year=talk.year + 1)
    other = stages.next_year(cast, kind="mus_bpa")
    assert (early.previous_id, other.previous_id) == (None, None)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    for row in (early, other):
        row.refresh_from_db()
    assert (early.previous_id, other.previous_id) == (talk.pk, None)
    stages.book(cast, early, hour=12)
    hold(cast, early)
    assert Agreement.objects.get().conversation == early
