"""Times: hours, times put out for several, the second to pick, a shift, a sick leader."""

import pytest

from musling.conversations.models import Conversation, Offer, Participant
from tests.browser import PHONE
from tests.cast import Cast, Member, make_cast
from tests.journeys.steps import Visitor

pytestmark = [
    pytest.mark.django_db(transaction=True),
    *(pytest.mark.row(name) for name in ("A1", "E2", "X11")),
]


def talk_of(member: Member) -> str:
    seat = Participant.objects.select_related("conversation").get(
        profile=member.profile, part="employee"
    )
    return f"/havneby/talks/{seat.conversation.public_id}/"


@pytest.mark.parametrize("javascript", [True, False], ids=["360", "without JavaScript"])
def test_times_are_found_put_out_picked_and_moved_on_a_phone(visit, transactional_db, javascript):
    cast: Cast = make_cast()
    lars, mette, jonas = (
        Visitor(visit(size=PHONE, javascript=javascript), one, looks_closely=javascript)
        for one in (cast.leader, cast.employee, cast.colleague)
    )
    sets_hours(lars)
    puts_out_times(lars)
    mette.logs_in()
    jonas.logs_in()
    mette.goes_to(talk_of(cast.employee))
    jonas.goes_to(talk_of(cast.colleague))
    for one in (mette, jonas):
        one.page.locator("[name=time]").first.check(force=True)
        one.presses()
    assert "En anden har lige taget den tid." in jonas.page.inner_text("body")
    assert jonas.page.locator("[name=time]").count() == Offer.objects.count()
    jonas.presses("button:has-text('uden for min arbejdstid')")
    assert Offer.objects.filter(answer="outside").count() == 1
    falls_ill(lars)
    assert Conversation.objects.filter(state="booked").count() == 0
    assert Conversation.objects.get(state="planned").postponed == 1


def sets_hours(lars: Visitor) -> None:
    lars.logs_in()
    lars.goes_to("/havneby/me/calendar/")
    for day in range(5):
        lars.page.fill(f"[name=from-{day}]", "07:00")
        lars.page.fill(f"[name=to-{day}]", "15:00")
    lars.presses("#hours .button-primary")
    assert lars.page.input_value("[name=from-0]") == "07:00"
    lars.presses("#feed .button-secondary")
    assert "/calendar/" in lars.page.input_value("#feed-address")


def puts_out_times(lars: Visitor) -> None:
    lars.goes_to("/havneby/team/invite/?way=three")
    lars.goes_to("/havneby/team/invite/?way=pick")
    people = lars.page.locator("[name^=invite-]").count()
    times = lars.page.locator("[name=times]")
    # One more than people.
    for number in range(people + 1, times.count()):
        times.nth(number).uncheck(force=True)
    lars.presses("main form [type=submit].button-primary")
    assert Offer.objects.count() == people


def falls_ill(lars: Visitor) -> None:
    """Puts off whatever there is in the next weeks."""
    booked = Conversation.objects.get(state="booked")
    day = booked.starts_at.date()
    lars.goes_to(f"/havneby/team/move/?from_on={day}&to_on={day}")
    lars.presses("button[value=postpone]")
    assert "Udskudt: foreslå en ny tid" in lars.reads()
