"""One talk for several employments, from the wish to the leaders' answers, in the browser."""

import pytest

from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.cast import make_cast
from tests.conversations.test_joint import second_job
from tests.journeys.steps import comes_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X9")]
WAYS = pytest.mark.parametrize(("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=str)


@WAYS
def test_asked_by_the_person_and_agreed_by_the_leaders(visit, size, scripts):
    cast = make_cast()
    second_job(cast, cast.employee)

    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to("/havneby/talks/")
    mette.presses("main a:has-text('Én samtale for flere ansættelser')")
    assert "Christian Prøve" in mette.reads()
    if scripts:
        assert_accessible(mette.page)
    mette.presses()
    assert "Vælg en af dine ansættelser." in mette.reads()
    mette.ticks("holder", cast.employee.employment.public_id)
    mette.presses()
    assert "Det gælder, når alle dine ledere er enige." in mette.reads()

    for member in (cast.leader, cast.leaders_leader):
        leader = comes_in(visit, member, size, scripts)
        leader.goes_to("/havneby/team/")
        assert "Mette Prøve beder om én samtale" in leader.reads()
        if scripts:
            assert_accessible(leader.page)
        leader.presses("main button:has-text('Jeg er enig')")
        assert "beder om én samtale" not in leader.reads()

    mette.goes_to("/havneby/talks/one-for-all/")
    assert "én samtale, med din leder i Hjemmeplejen" in mette.reads()
