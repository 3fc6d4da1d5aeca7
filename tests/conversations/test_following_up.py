"""Agreements through the year: notes, done when both say so, reminders, typed in from paper."""

import datetime as dt

import pytest

from musling.activity.models import Activity
from musling.conversations.actions import following_up, talking
from musling.conversations.models import Agreement, FollowUp
from musling.conversations.queries import agreements as queries
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from tests.cast import Cast, booked_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast: Cast) -> Agreement:
    """An agreement of an approved talk."""
    stages.approved_talk(cast)
    return Agreement.objects.get()


def note(member, row: Agreement, words: str = "", *, done: bool = False) -> Agreement:
    return following_up.note_follow_up(
        member.actor, agreement=row.public_id, note=words, says_done=done
    )


def test_both_see_each_others_notes_in_order(cast: Cast, row):
    note(cast.employee, row, "Begyndt")
    note(cast.leader, row, "Godt set")
    for member, mine in ((cast.employee, [True, False]), (cast.leader, [False, True])):
        notes = queries.agreement(member.actor, row.public_id).notes
        assert [one.text for one in notes] == ["Begyndt", "Godt set"]
        assert [one.mine for one in notes] == mine
    assert b"Begyndt" not in bytes(FollowUp.objects.order_by("pk")[0].note)
    assert count("agreement.noted") == 2


def test_a_note_says_something_and_not_too_much(cast: Cast, row):
    with refused("how it goes", "note"):
        note(cast.employee, row, "  ")
    with refused("longer than 2000", "note"):
        note(cast.employee, row, "x" * 2001)
    assert not FollowUp.objects.exists()


@pytest.mark.row("X8")
def test_it_is_done_when_both_say_so(cast: Cast, row):
    note(cast.employee, row, "Klar", done=True)
    note(cast.employee, row, done=True)
    mine = queries.agreement(cast.employee.actor, row.public_id)
    theirs = queries.agreement(cast.leader.actor, row.public_id)
    assert (mine.i_say_done, mine.other_says_done, mine.is_done) == (True, False, False)
    assert (theirs.i_say_done, theirs.other_says_done) == (False, True)
    note(cast.leader, row, done=True)
    assert queries.agreement(cast.employee.actor, row.public_id).is_done
    assert (count("agreement.claimed_done"), count("agreement.done")) == (1, 1)


def test_done_can_be_taken_back_once(cast: Cast, row):
    note(cast.employee, row, done=True)
    note(cast.leader, row, done=True)
    for _press in range(2):
        following_up.not_done_after_all(cast.employee.actor, agreement=row.public_id)
    followed = queries.agreement(cast.leader.actor, row.public_id)
    assert (followed.is_done, followed.i_say_done) == (False, True)
    assert count("agreement.noted") == 1


def test_what_is_still_being_agreed_is_not_followed_up(cast: Cast):
    row = stages.agree(cast, stages.open_talk(cast))
    with refused("still agreeing"):
        note(cast.employee, row, "allerede")


def test_nobody_else_notes_anything(cast: Cast, row):
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        with pytest.raises(NotThere):
            note(member, row, "x")
        with pytest.raises(NotThere):
            following_up.not_done_after_all(member.actor, agreement=row.public_id)
        with pytest.raises(NotThere):
            queries.agreement(member.actor, row.public_id)


# --- typed in from paper -----------------------------------------------------------------------


def type_in(member, talk, what: str = "Færre møder") -> Agreement:
    return following_up.type_in_agreement(
        member.actor, public_id=talk.public_id, content={"what": what}
    )


@pytest.mark.parametrize(("writer", "other"), [("employee", "leader"), ("leader", "employee")])
def test_either_types_in_and_the_other_confirms(cast: Cast, writer: str, other: str):
    talk = booked_talk(cast)
    row = type_in(getattr(cast, writer), talk)
    with refused("The other of you confirms"):
        following_up.confirm_typed_in(
            getattr(cast, writer).actor, agreement=row.public_id, confirm=True
        )
    for _press in range(2):
        following_up.confirm_typed_in(
            getattr(cast, other).actor, agreement=row.public_id, confirm=True
        )
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert (count("agreement.typed_in"), count("agreement.confirmed")) == (1, 1)


def test_what_was_not_so_goes_away(cast: Cast):
    talk = booked_talk(cast)
    row = type_in(cast.employee, talk)
    following_up.confirm_typed_in(cast.leader.actor, agreement=row.public_id, confirm=False)
    assert queries.my_agreements(cast.employee.actor) == []
    with pytest.raises(NotThere):
        following_up.confirm_typed_in(cast.leader.actor, agreement=row.public_id, confirm=True)


def test_whoever_typed_takes_it_away_until_it_is_confirmed(cast: Cast):
    talk = booked_talk(cast)
    wrong, right = type_in(cast.employee, talk, "Slåfejl"), type_in(cast.employee, talk)
    with pytest.raises(NotThere):
        following_up.withdraw_typed_in(cast.leader.actor, agreement=wrong.public_id)
    following_up.withdraw_typed_in(cast.employee.actor, agreement=wrong.public_id)
    following_up.confirm_typed_in(cast.leader.actor, agreement=right.public_id, confirm=True)
    with refused("has confirmed this"):
        following_up.withdraw_typed_in(cast.employee.actor, agreement=right.public_id)
    assert list(Agreement.objects.filter(removed_at=None)) == [right]


@pytest.mark.row("A6")
def test_up_to_ten_are_typed_in(cast: Cast):
    talk = booked_talk(cast)
    for number in range(10):
        row = type_in(cast.employee, talk, f"nr. {number}")
    with refused("Ten are typed in"):
        type_in(cast.leader, talk)
    following_up.withdraw_typed_in(cast.employee.actor, agreement=row.public_id)
    type_in(cast.leader, talk)


def test_typing_in_needs_words_a_first_year_and_a_talk_to_come(cast: Cast):
    talk = booked_talk(cast)
    with refused("what you agreed on", "what"):
        type_in(cast.employee, talk, " ")
    stages.agreed_frame(cast, talk)
    type_in(cast.employee, talk)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    with refused("The talk is held"):
        type_in(cast.employee, talk)
    with refused("are here already"):
        type_in(cast.employee, stages.next_year(cast))


def test_before_it_is_confirmed_it_is_not_followed_up(cast: Cast):
    row = type_in(cast.employee, booked_talk(cast))
    with refused("First the other of you confirms"):
        note(cast.employee, row, "x")
    following_up.confirm_typed_in(cast.leader.actor, agreement=row.public_id, confirm=True)
    note(cast.leader, row, "Det gik godt")


def test_how_many_wait_for_whom(cast: Cast):
    talk = booked_talk(cast)
    type_in(cast.employee, talk)
    type_in(cast.employee, talk, "Mere")
    for member, waiting in ((cast.employee, 0), (cast.leader, 2)):
        found = open_talk(member.actor, talk.public_id)
        assert queries.waiting_for_me(member.actor, found) == waiting


# --- reminders ---------------------------------------------------------------------------------


def remind(cast: Cast) -> int:
    program = Actor(None, 0, cast.havneby.pk, clock.now())
    return following_up.note_due_agreements(program)


def due_in(row: Agreement, days: int) -> None:
    row.due_on = clock.today() + dt.timedelta(days=days)
    row.save()


def test_an_agreement_is_reminded_of_once_a_week_before(cast: Cast, row):
    due_in(row, 8)
    assert remind(cast) == 0
    clock.move(dt.timedelta(days=1))
    assert (remind(cast), remind(cast)) == (1, 0)
    reminder = Activity.objects.get(verb="agreement.due")
    assert (reminder.object_id, reminder.about_id) == (row.pk, cast.employee.profile.pk)


def test_done_taken_away_unconfirmed_and_past_ones_are_not_reminded_of(cast: Cast, row):
    due_in(row, 3)
    for change in (
        {"removed_at": clock.now()},
        {"done_by_employee_at": clock.now(), "done_by_leader_at": clock.now()},
        {"typed_in_by": stages.seat(row.conversation, "leader")},
        {"due_on": clock.today() - dt.timedelta(days=1)},
    ):
        before = {name: getattr(row, name) for name in change}
        Agreement.objects.update(**change)
        assert remind(cast) == 0, change
        Agreement.objects.update(**before)
    assert remind(cast) == 1


def test_a_new_date_is_reminded_of_anew(cast: Cast, row):
    due_in(row, 3)
    assert remind(cast) == 1
    clock.move(dt.timedelta(days=60))
    due_in(row, 5)
    assert remind(cast) == 1


def test_another_organisation_is_not_reminded(cast: Cast, row):
    due_in(row, 3)
    program = Actor(None, 0, cast.sandvig.pk, clock.now())
    assert following_up.note_due_agreements(program) == 0


# --- lists --------------------------------------------------------------------------------------


def test_the_list_holds_own_and_led_talks_newest_first(cast: Cast, row):
    groups = queries.my_agreements(cast.employee.actor)
    assert [(group.with_whom, [one.text.what for one in group.open]) for group in groups] == [
        ("Lars Prøve", ["Fast makker"])
    ]
    assert queries.my_agreements(cast.colleague.actor) == []
    assert queries.my_agreements(cast.hr.actor) == []


def test_what_a_talk_is_still_making_is_not_in_the_list(cast: Cast):
    talk = stages.open_talk(cast)
    stages.agree(cast, talk)
    assert queries.my_agreements(cast.leader.actor) == []
    found = open_talk(cast.leader.actor, talk.public_id)
    assert len(queries.agreements_in(cast.leader.actor, found).rows) == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_cost_three_queries_whatever_their_length(
    cast: Cast, rows: int, django_assert_num_queries
):
    talk = stages.open_talk(cast)
    for number in range(rows):
        made = stages.agree(cast, talk, f"nr. {number}")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    note(cast.employee, made, "Begyndt")
    actor = cast.leader.actor
    with django_assert_num_queries(3):
        (group,) = queries.my_agreements(actor)
    assert len(group.open) == rows
