"""Every type of question in the browser: prepared, handed in, seen side by side, talked over."""

import pytest

from musling.conversations.queries.preparation import own_preparation
from musling.conversations.queries.talks import talk as open_talk
from tests import every_type
from tests.browser import DESKTOP, PHONE
from tests.cast import Cast, booked_talk, make_cast
from tests.conversations import stages
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D3")]
CELL, HOW = "cell.learn.plan/1.what", "cell.learn.plan/1.how"


def values(cast: Cast, talk) -> dict:
    me = cast.employee.actor
    return own_preparation(me, open_talk(me, talk.public_id)).values


def waits_for(visitor: Visitor, cast: Cast, talk, item: str, expected) -> None:
    for _moment in range(40):
        if values(cast, talk).get(item) == expected:
            return
        visitor.page.wait_for_timeout(250)
    assert values(cast, talk).get(item) == expected


def prepares(visitor: Visitor, talk) -> None:
    """Everything from the first page to handing in."""
    visitor.goes_to(f"/havneby/talks/{talk.public_id}/prepare/")
    visitor.ticks("length", "all")
    visitor.presses()
    visitor.ticks("a.job.well", "4")
    visitor.ticks("c.job.hours", "more")
    visitor.writes("t.job.hours", "Gerne om aftenen")
    visitor.ticks("c.job.tasks", "guide")
    visitor.ticks("c.job.tasks", "care")
    visitor.presses()
    visitor.writes(CELL, "Et kursus i forflytning")
    visitor.writes(HOW, "Sammen med Jonas")
    visitor.writes("cell.learn.plan/2.when", "Til maj")
    while "/topics/" not in visitor.page.url:
        visitor.presses()
    visitor.presses()
    assert "Vejledning, Pleje" in visitor.reads()
    assert "Et kursus i forflytning" in visitor.reads()
    visitor.presses()


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
def test_from_preparing_to_the_minutes(visit, size, scripts):
    cast = make_cast()
    every_type.adopt(cast)
    talk = booked_talk(cast)
    mette = Visitor(visit(size=size, javascript=scripts), cast.employee, looks_closely=scripts)
    lars = Visitor(visit(size=size, javascript=scripts), cast.leader, looks_closely=scripts)
    mette.logs_in()
    prepares(mette, talk)
    lars.logs_in()
    prepares(lars, talk)
    mette.goes_to(f"/havneby/talks/{talk.public_id}/handed-in/")
    assert mette.reads().count("Et kursus i forflytning") == 2
    stages.agreed_frame(cast, talk)
    for visitor in (lars, mette):
        visitor.goes_to(f"/havneby/talks/{talk.public_id}/room/?phase=ahead")
        assert visitor.reads().count("Til maj") == 2
        visitor.goes_to(f"/havneby/talks/{talk.public_id}/room/?phase=now")
        assert "Vejledning, Pleje" in visitor.reads()
        assert "Hvad er vigtigst for os to?" in visitor.reads()
    mette.writes("text.job", "Ro er vigtigst")
    if not scripts:
        mette.presses("#theme-job .write button")
    mette.presses("main a:has-text('Afslut samtalen')")
    mette.presses("main form .button-primary")
    assert "Ro er vigtigst" in mette.page.input_value("[name='text.job']")


def test_it_saves_while_one_chooses_and_takes_back(visit):
    cast = make_cast()
    every_type.adopt(cast)
    talk = booked_talk(cast)
    mette = Visitor(visit(), cast.employee, looks_closely=True)
    mette.logs_in()
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/")
    mette.ticks("length", "all")
    mette.presses()
    clear = mette.page.locator("fieldset[id='c.job.hours'] .clear button")
    assert not clear.is_visible()
    mette.ticks("c.job.hours", "fewer")
    waits_for(mette, cast, talk, "job.hours", {"chosen": ["fewer"]})
    clear.click()
    waits_for(mette, cast, talk, "job.hours", None)
    mette.ticks("c.job.tasks", "plan")
    waits_for(mette, cast, talk, "job.tasks", {"chosen": ["plan"]})
    mette.page.locator("[name='c.job.tasks'][value=plan]").uncheck(force=True)
    waits_for(mette, cast, talk, "job.tasks", None)


def test_two_tabs_in_one_table_show_both_texts(visit):
    cast = make_cast()
    every_type.adopt(cast)
    talk = booked_talk(cast)
    mette = Visitor(visit(), cast.employee, looks_closely=True)
    mette.logs_in()
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/")
    mette.ticks("length", "all")
    mette.presses()
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/learn/")
    other = mette.page.context.new_page()
    other.goto(mette.page.url)
    mette.writes(CELL, "Fane et")
    waits_for(mette, cast, talk, "learn.plan", {"cells": {"1.what": "Fane et"}})
    second = Visitor(other, mette.member, looks_closely=True)
    second.writes(HOW, "Nabofelt")
    waits_for(
        second, cast, talk, "learn.plan", {"cells": {"1.what": "Fane et", "1.how": "Nabofelt"}}
    )
    second.writes(CELL, "Fane to")
    dialog = other.locator("dialog[open]")
    dialog.wait_for()
    assert "Fane et" in dialog.inner_text()
    second.looks()
    dialog.locator("button[value=both]").click()
    both = {"1.what": "Fane et\n\nFane to", "1.how": "Nabofelt"}
    waits_for(second, cast, talk, "learn.plan", {"cells": both})
