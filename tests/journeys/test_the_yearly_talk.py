"""HR names the yearly talk and says how firm it is; every page and mail follows."""

import pytest
from django.core import mail

from musling.conversations.actions.offering import offer_talk
from musling.conversations.models import Conversation
from musling.organisations.models import Organisation
from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast, next_week, planned_talk
from tests.journeys.steps import comes_in
from tests.mail.post import deliver_when_due

pytestmark = [pytest.mark.django_db(transaction=True)]
WAYS = pytest.mark.parametrize(("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=str)


@pytest.mark.row("B3")
@pytest.mark.row("C10")
@pytest.mark.row("D1")
@WAYS
def test_named_and_worded_by_the_rules_of_the_workplace(visit, size, scripts):
    cast = make_cast()
    Organisation.objects.update(may_decline=None)  # as the sector has it
    talk = planned_talk(cast)
    offer_talk(cast.leader.actor, public_id=talk.public_id, times=[next_week()], minutes=45)
    here = f"/havneby/talks/{talk.public_id}/"

    # In a municipality the talk is a yearly right and a duty of both: there is no "no thanks".
    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to(here)
    assert "ret til en MUS en gang om året" in mette.reads()
    assert "Nej tak" not in mette.reads()

    hanne = comes_in(visit, cast.hr, size, scripts)
    hanne.goes_to("/havneby/coverage/")
    hanne.presses("main a[href$='/coverage/no-thanks/']")
    hanne.writes("talk_name", "")
    hanne.presses()
    assert Organisation.objects.get(slug="havneby").talk_name == "MUS"
    hanne.writes("talk_name", "PUS")
    hanne.ticks("may_decline", "yes")
    hanne.presses()

    for path in ("/havneby/", "/havneby/talks/", here, f"{here}prepare/"):
        mette.goes_to(path)
        assert "PUS" in mette.reads(), path
        assert "MUS" not in mette.reads(), path
    mette.goes_to(here)
    mette.presses("main button:has-text('Nej tak, ikke i år')")
    assert Conversation.objects.get(pk=talk.pk).state == "declined"
    deliver_when_due()
    said = [one.body for one in mail.outbox if "(PUS)" in one.body or "PUS" in one.subject]
    assert said
    assert not [one for one in mail.outbox if "MUS" in f"{one.subject}{one.body}"]
