"""T7: the parent is allowed and the child is not, and the other way round.

(There are no rounds and no group talks yet: their cases come with them.)
"""

import pytest
from django.urls import reverse

from musling.conversations.actions import handing_over, offering, planning, talking
from musling.conversations.models import Agreement, Conversation, FocusArea
from tests.cast import Cast, Member, booked_talk, next_week
from tests.conversations import stages

pytestmark = pytest.mark.django_db


def colleagues_talk(cast: Cast) -> Conversation:
    """An open talk of Lars with Jonas, with an agreement and a focus area."""
    lars, jonas = cast.leader.actor, cast.colleague.actor
    talk = planning.plan_talks(lars, employments=[cast.colleague.employment])[0]
    offering.offer_talk(lars, public_id=talk.public_id, times=[next_week(8)], minutes=45)
    offering.accept_offer(jonas, public_id=talk.public_id, time=next_week(8))
    stages.agreed_frame_by(cast.colleague, cast.leader, talk)
    talking.write_agreement(jonas, public_id=talk.public_id, content={"what": "Jonas' sag"})
    talking.write_focus_area(jonas, public_id=talk.public_id, content={"title": "Jonas' mål"})
    return talk


def address(name: str, *given: str) -> str:
    return reverse(name, args=["havneby", *given])


def test_hr_sees_that_a_talk_was_held_and_reaches_nothing_in_it(cast: Cast):
    talk = stages.approved_talk(cast)
    row = Agreement.objects.get()
    client = cast.hr.client
    for name in (
        *("talk", "room", "room-news", "minutes", "agreements-of", "paper", "minutes-pdf"),
        *("agreement-sheet", "empty-sheet", "preparation-paper", "prepare", "hand-in", "type-in"),
    ):
        assert client.get(address(name, talk.public_id)).status_code == 404, name
    assert client.get(address("agreement", row.public_id)).status_code == 404


def test_leading_two_people_does_not_mix_their_talks(cast: Cast):
    theirs, mine = colleagues_talk(cast), stages.open_talk(cast)
    row, area = Agreement.objects.get(), FocusArea.objects.get()
    leader = cast.leader.client
    for kind, one in (("agreement", row), ("focus_area", area)):
        right = address("change-agreed", theirs.public_id, kind, one.public_id)
        wrong = address("change-agreed", mine.public_id, kind, one.public_id)
        assert leader.get(right).status_code == 200
        assert leader.get(wrong).status_code == 404
        assert leader.post(wrong, {"what": "x", "version": 1}).status_code == 404
        assert leader.post(wrong, {"take_away": "1"}).status_code == 404
        again = {"what": kind, "row": one.public_id}
        assert leader.post(address("put-back", mine.public_id), again).status_code == 404
    row.refresh_from_db()
    assert (row.version, row.removed_at) == (1, None)


def test_an_employee_reaches_no_child_of_a_colleagues_talk(cast: Cast):
    theirs, mine = colleagues_talk(cast), stages.open_talk(cast)
    row = Agreement.objects.get()
    for client in (cast.employee.client,):
        assert client.get(address("agreement", row.public_id)).status_code == 404
        assert client.post(address("agreement", row.public_id), {"note": "x"}).status_code == 404
        assert client.post(address("typed-in", row.public_id), {"answer": "no"}).status_code == 404
        for talk in (theirs, mine):
            url = address("change-agreed", talk.public_id, "agreement", row.public_id)
            assert client.get(url).status_code == 404


def test_a_type_that_is_not_the_rows_own_is_not_there(cast: Cast):
    talk = colleagues_talk(cast)
    row = Agreement.objects.get()
    for kind in ("focus_area", "initiative", "minutes", "conversation"):
        url = address("change-agreed", talk.public_id, kind, row.public_id)
        assert cast.leader.client.get(url).status_code == 404


def test_a_former_leader_keeps_the_own_preparation_and_loses_the_talk(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    for name in ("talk", "room", "prepare", "agreements-of", "preparation-paper"):
        assert cast.leader.client.get(address(name, talk.public_id)).status_code == 404, name
    stages.agreed_frame_by(cast.employee, cast.colleague, talk)
    for name in ("room", "room-news", "minutes", "minutes-pdf"):
        assert cast.leader.client.get(address(name, talk.public_id)).status_code == 404, name


def test_an_own_organisations_slug_does_not_open_a_foreign_talk(cast: Cast):
    talk = stages.approved_talk(cast)
    row = Agreement.objects.get()

    def everywhere(member: Member) -> set[int]:
        return {
            member.client.get(f"/{slug}/{rest}").status_code
            for slug in ("havneby", "sandvig")
            for rest in (
                f"talks/{talk.public_id}/minutes/",
                f"talks/{talk.public_id}/minutes.pdf",
                f"agreements/{row.public_id}/",
            )
        }

    for name in ("neighbour", "neighbour_leader", "two_places"):
        assert everywhere(cast.everybody[name]) == {404}
