"""The leader fits the questions to the team; the employee sees it and prepares."""

import pytest

from musling.conversations.models import Conversation
from musling.frames.queries import document_of
from tests.browser import DESKTOP, PHONE
from tests.cast import booked, make_cast, planned_talk
from tests.journeys.steps import Visitor

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.row("D4"),
    pytest.mark.row("D5"),
    pytest.mark.row("D6"),
]
HIDE, MUST = "tasks.value", "tasks.time"
OWN, HELP = "Hvad skal vi holde op med?", "Hvad tager længst tid?"


def pushes(leader: Visitor, deed: str, scripts: bool, then: str) -> None:
    """Presses a small button; with a script only a part of the page changes, in its place."""
    button = leader.page.locator(f'button[value="{deed}"]')
    if not scripts:
        leader.presses(f'button[value="{deed}"]')
        return
    button.focus()
    leader.page.keyboard.press("Enter")
    leader.page.locator(then).first.wait_for()
    leader.looks()


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
def test_the_leader_fits_it_and_the_employee_sees_it_and_prepares(visit, size, scripts):
    cast = make_cast()
    talk = planned_talk(cast)
    lars = Visitor(visit(size=size, javascript=scripts), cast.leader, looks_closely=scripts)
    lars.logs_in()
    lars.goes_to("/havneby/team/")
    lars.presses("main a[href$='/team/asked/']")
    page = lars.page
    # What is mandatory has no button, and a button made by hand does not help.
    assert page.locator(f"button[value='hide {MUST}']").count() == 0
    pushes(lars, f"hide {HIDE}", scripts, f"button[value='show {HIDE}']")
    if scripts:
        assert page.evaluate("document.activeElement.id") == f"h-{HIDE}"
    pushes(lars, "down tasks.motivation", scripts, "#unsaved")
    lars.presses("a[href$='?write=add#own']")
    lars.writes("text", OWN)
    lars.ticks("phase", "ahead")
    page.select_option("[name=theme]", "tasks")
    lars.presses("form.own button.button-primary")
    page.locator("#i-tasks\\.time summary").click()
    lars.presses("#i-tasks\\.time details a")
    lars.writes("help", HELP)
    lars.presses("form.own button.button-primary")
    lars.presses("#unsaved a.button-secondary")
    assert OWN in lars.reads()
    lars.presses("main a.button-secondary")
    lars.presses("#unsaved button[value=save]")
    lars.presses("main button[value=use]")
    assert page.locator("#unsaved").count() == 0

    # It stands from the offer on, and then it can be prepared.
    booked(cast, talk)
    mette = Visitor(visit(size=size, javascript=scripts), cast.employee, looks_closely=scripts)
    mette.logs_in()
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/")
    mette.page.locator("main details:has-text('Mit arbejde gør gavn') summary").click()
    assert OWN in mette.reads()
    assert HELP in mette.reads()
    mette.presses("main a[href$='/asked/']")
    assert OWN in mette.reads()
    mette.presses()
    mette.presses()
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/tasks/")
    asked = mette.page.inner_text("main form")
    assert OWN in asked
    assert "Mit arbejde gør gavn" not in asked
    own = [item.id for item in document_of(fresh(talk).content).items if item.added_by == "team"]
    mette.writes(f"t.{own[0]}", "Med at skrive alting to gange.")
    mette.presses()

    # From now on this talk keeps its questions.
    lars.goes_to(f"/havneby/talks/{talk.public_id}/fit/")
    assert page.locator("main button[name=do]").count() == 0


def fresh(talk: Conversation) -> Conversation:
    """The talk as it is now."""
    return Conversation.objects.select_related("content").get(pk=talk.pk)


@pytest.mark.parametrize(("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=str)
def test_a_mandatory_question_stays_even_with_a_button_made_by_hand(visit, size, scripts):
    cast = make_cast()
    talk = planned_talk(cast)
    lars = Visitor(visit(size=size, javascript=scripts), cast.leader, looks_closely=scripts)
    lars.logs_in()
    lars.goes_to(f"/havneby/talks/{talk.public_id}/fit/")
    page = lars.page
    button = page.locator(f"button[value='hide {HIDE}']")
    button.evaluate(f"button => {{ button.value = 'hide {MUST}' }}")
    page.locator(f"button[value='hide {MUST}']").click()
    page.locator("#messages .alert-error").wait_for()
    assert MUST in [item.id for item in document_of(fresh(talk).content).items]
    assert page.locator("#unsaved").count() == 0
