"""Every page of the talk's second half opens for both parties when it is its time."""

import pytest

from tests.cast import Cast, booked_talk, planned_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db

STAGES = {
    "planned": planned_talk,
    "booked": booked_talk,
    "open": stages.open_talk,
    "held": stages.held_talk,
    "sent": stages.sent_talk,
    "approved": stages.approved_talk,
    "on paper, waiting": lambda cast: stages.paper_talk(cast, confirmed=False),
    "on paper": stages.paper_talk,
}
PAGES = {
    "room/": {"booked", "open"},
    "room/?phase=now": {"booked", "open"},
    "room/?phase=ahead&write=conclusion": {"booked", "open"},
    "room/end/": {"open"},
    "we-agree/": {"open", "held", "on paper"},
    "minutes/": {"open", "held", "sent", "approved", "on paper"},
    "agreements/": set(STAGES),
    "agreements/type-in/": {"planned", "booked", "open", "on paper, waiting"},
    "paper/": set(STAGES),
}


@pytest.mark.parametrize("stage", STAGES)
def test_pages_open_for_both_parties_when_it_is_their_time(cast: Cast, stage: str):
    talk = STAGES[stage](cast)
    for member in (cast.employee, cast.leader):
        for page, when in PAGES.items():
            answer = member.client.get(f"/havneby/talks/{talk.public_id}/{page}")
            opens = answer.status_code == 200
            assert opens == (stage in when), (stage, page, answer.status_code)
            assert answer.status_code in {200, 302, 404}
        assert member.client.get("/havneby/agreements/").status_code == 200
