"""A lost connection, a session that ended, a closed lid, two tabs: nothing typed is lost."""

import pytest
from django.contrib.sessions.models import Session

from musling.conversations.models import Answer
from musling.vault import keys
from tests.cast import PASSWORD, make_cast
from tests.cast import booked_talk as booked
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X11")]
FIELD = "t.wellbeing.general"
NAME = f'[name="{FIELD}"]'


@pytest.fixture
def mette(visit, transactional_db):
    """Mette at the theme of well-being, with the field unfolded."""
    cast = make_cast()
    talk = booked(cast)
    visitor = Visitor(visit(), cast.employee, looks_closely=False)
    visitor.logs_in()
    visitor.goes_to(f"/havneby/talks/{talk.public_id}/prepare/wellbeing/")
    return visitor


def stored() -> str:
    answer = Answer.objects.filter(item="wellbeing.general").first()
    if answer is None:
        return ""
    value = answer.unseal(keys.open_key(answer.preparation.key_id), "content") or {}
    return str(value.get("text", ""))


def waits_until_stored(mette: Visitor, words: str) -> None:
    for _moment in range(60):
        if stored() == words:
            return
        mette.page.wait_for_timeout(250)
    assert stored() == words


def test_it_saves_while_one_writes(mette: Visitor):
    mette.writes(FIELD, "Jeg er glad for vagterne")
    waits_until_stored(mette, "Jeg er glad for vagterne")


def test_a_lost_connection(mette: Visitor):
    mette.page.context.set_offline(True)
    mette.writes(FIELD, "Skrevet i kælderen")
    mette.page.wait_for_timeout(1500)
    assert stored() == ""
    mette.page.context.set_offline(False)
    waits_until_stored(mette, "Skrevet i kælderen")


def test_a_lid_closed_while_there_was_no_connection(mette: Visitor):
    mette.page.context.set_offline(True)
    mette.writes(FIELD, "Før låget")
    mette.page.wait_for_timeout(1500)
    mette.page.context.set_offline(False)
    mette.page.reload()
    waits_until_stored(mette, "Før låget")
    assert mette.page.input_value(NAME) == "Før låget"


def test_a_session_that_ended_opens_log_in_in_place_and_goes_on(mette: Visitor):
    Session.objects.all().delete()
    mette.writes(FIELD, "Skrevet efter fyraften")
    dialog = mette.page.locator("dialog[open]")
    dialog.wait_for()
    assert stored() == ""
    dialog.locator("[name=login]").fill(mette.member.person.email)
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("form [type=submit]").first.click()
    waits_until_stored(mette, "Skrevet efter fyraften")
    assert mette.page.input_value(NAME) == "Skrevet efter fyraften"


def test_two_tabs_show_both_texts(mette: Visitor):
    other = mette.page.context.new_page()
    other.goto(mette.page.url)
    mette.writes(FIELD, "Fane et")
    waits_until_stored(mette, "Fane et")
    second = Visitor(other, mette.member, looks_closely=False)
    second.writes(FIELD, "Fane to")
    dialog = other.locator("dialog[open]")
    dialog.wait_for()
    assert "Fane et" in dialog.inner_text()
    assert "Fane to" in dialog.inner_text()
    dialog.locator("button[value=both]").click()
    for _moment in range(40):
        if "Fane et" in stored() and "Fane to" in stored():
            break
        other.wait_for_timeout(250)
    assert "Fane et" in stored()
    assert "Fane to" in stored()
