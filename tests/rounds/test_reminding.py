"""Who is reminded while a round's offers have no time yet: the leader, who has to propose one."""

import pytest

from musling.conversations.models import Conversation, Offer
from musling.foundation import clock
from musling.mail.reasons import not_offered, unanswered_offers
from musling.rounds.actions import opening
from tests.cast import Cast
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("E2")]


def test_an_offer_without_a_time_waits_for_the_leader_and_not_for_the_employee(cast: Cast):
    place, today = cast.havneby.pk, clock.today()
    opening.open_round(cast.hr.actor, public_id=planned(cast).public_id)
    worked()
    mine = cast.employee.employment
    assert unanswered_offers(place, today) == []
    assert mine.pk in not_offered(place, today)
    talk = Conversation.objects.get(participant__employment=mine, participant__part="employee")
    Offer.objects.filter(conversation=talk).update(times=[clock.now().isoformat()])
    assert [case.about for case in unanswered_offers(place, today)] == [talk.pk]
    assert mine.pk not in not_offered(place, today)
