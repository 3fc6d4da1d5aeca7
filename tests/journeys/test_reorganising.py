"""HR splits a unit and merges another: looks first, says yes, and the talks follow (row X9)."""

import pytest

from musling.conversations.models import State
from musling.organisations.models import Unit
from musling.people.models import Employment
from tests.browser import DESKTOP, PHONE
from tests.cast import booked_talk, make_cast, next_week
from tests.conversations import stages
from tests.journeys.steps import Visitor, local
from tests.reorganising.changed import town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X9")]
WAYS = pytest.mark.parametrize(
    ("size", "scripts"),
    [(DESKTOP, True), (DESKTOP, False), (PHONE, True), (PHONE, False)],
    ids=str,
)


def comes_in(visit, member, size, scripts) -> Visitor:
    """Somebody who has logged in."""
    visitor = Visitor(visit(size=size, javascript=scripts), member, looks_closely=scripts)
    visitor.logs_in()
    return visitor


@WAYS
def test_a_unit_is_split_and_merged_and_the_talk_follows(visit, size, scripts):
    cast = make_cast()
    place = town(cast)
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    hanne = comes_in(visit, cast.hr, size, scripts)

    # A part of the team becomes a unit of its own, led by Jonas.
    hanne.goes_to("/havneby/people/units/")
    hanne.presses("main a:has-text('Hjemmeplejen')")
    hanne.presses("main a:text-is('Del')")
    hanne.ticks("who", cast.colleague.employment.public_id)
    hanne.ticks("who", cast.union_rep.employment.public_id)
    hanne.writes("name", "Natholdet")
    hanne.writes("leader", "Jonas")
    hanne.presses()
    assert "Nogle fra Hjemmeplejen flytter til den nye enhed Natholdet." in hanne.reads()
    assert not Unit.objects.filter(name="Natholdet").exists()
    hanne.presses()
    assert "2 personer er flyttet." in hanne.reads()
    night = Unit.objects.get(name="Natholdet")
    assert Employment.objects.get(pk=cast.union_rep.employment.pk).unit == night

    # The rest is merged into Sygeplejen: first with a mistake, which the page says.
    hanne.goes_to(f"/havneby/people/units/{cast.unit.public_id}/")
    hanne.presses("main a:has-text('Læg sammen med en anden')")
    hanne.writes("into", "Hjemmeplejen · 2")
    hanne.presses()
    assert "Det er enheden selv." in hanne.reads()
    hanne.writes("into", "sygepl")
    hanne.presses()
    told = hanne.reads()
    assert "Hjemmeplejen går op i Sygeplejen." in told
    assert "3\npersoner flytter" in told
    assert "1 af dem har et tidspunkt: det aflyses" in told
    assert "De leder Hjemmeplejen" in told

    # Somebody is hired meanwhile: nothing is done before that is seen, too.
    Employment.objects.filter(pk=cast.union_rep.employment.pk).update(unit=cast.unit)
    hanne.presses("main .button-primary:visible")
    assert "Noget er ændret siden." in hanne.reads()
    assert "4\npersoner flytter" in hanne.reads()
    hanne.presses("main button:has-text('Ret noget')")
    assert hanne.page.input_value("[name=into]") == "sygepl"
    hanne.presses()
    hanne.presses("main .button-primary:visible")
    assert "1 samtale har fået sin nye leder." in hanne.reads()
    assert stages.seat(talk, "leader").profile_id == place.signe.profile.pk

    # Signe has the talk, without its time and without what Mette handed in; she offers a time.
    signe = comes_in(visit, place.signe, size, scripts)
    signe.goes_to("/havneby/team/")
    assert "Mette" in signe.reads()
    signe.goes_to(f"/havneby/talks/{talk.public_id}/offer/")
    signe.writes("time_1", local(next_week(13)))
    signe.presses()
    talk.refresh_from_db()
    assert talk.state == State.OFFERED

    # Mette reads who leads the talk now, and takes the time.
    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to(f"/havneby/talks/{talk.public_id}/")
    assert "Signe" in mette.reads()
    assert "Lars" not in mette.reads()
    lars = comes_in(visit, cast.leader, size, scripts)
    answer = lars.page.goto(f"/havneby/talks/{talk.public_id}/")
    assert answer.status == 404
