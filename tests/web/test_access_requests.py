"""Access requests as pages: asked under one's own data, answered by the leader."""

import pytest

from musling.people.models import Profile
from musling.privacy.models import AccessRequest
from tests.cast import Cast
from tests.privacy.test_access_requests import WORDS, handed_out, talk
from tests.web.staff_pages import at, english, words
from tests.web.test_my_data import downloaded

pytestmark = pytest.mark.django_db
__all__ = ["talk"]


def ask(cast: Cast) -> AccessRequest:
    cast.employee.client.post(at("access-ask"))
    return AccessRequest.objects.get(ended_at=None)


def test_from_asking_to_reading(cast: Cast, talk):
    row = ask(cast)
    page = words(english(cast.employee).get(at("my-data")))
    assert "Lars Prøve" in page
    assert "Waits for an answer" in page
    start = cast.leader.client.get(at("start")).content.decode()
    assert at("asked") in start
    listed = cast.leader.client.get(at("asked")).content.decode()
    assert at("asked-one", row.public_id) in listed
    shown = cast.leader.client.get(at("asked-one", row.public_id)).content.decode()
    assert WORDS in shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    given = {"answer": "hand_out", "seen": seen}
    cast.leader.client.post(at("asked-one", row.public_id), given)
    answer = cast.employee.client.get(at("access-answer", row.public_id))
    assert WORDS in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert WORDS in str(downloaded(cast.employee)[0]["access_requests"])
    assert cast.leader.client.get(at("asked-one", row.public_id)).status_code == 302


def test_a_refusal_without_a_reason_keeps_what_was_typed(cast: Cast, talk):
    row = ask(cast)
    long = "Grund " * 400
    answer = cast.leader.client.post(
        at("asked-one", row.public_id), {"answer": "refuse", "reason": long}
    )
    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    assert cast.leader.client.post(at("asked-one", row.public_id), {}).status_code == 422
    cast.leader.client.post(
        at("asked-one", row.public_id), {"answer": "refuse", "reason": "Om en anden"}
    )
    shown = words(english(cast.employee).get(at("access-answer", row.public_id)))
    assert "Om en anden" in shown
    assert "Datatilsynet" in shown


def test_nobody_else_comes_to_any_of_its_pages(cast: Cast, talk):
    row = ask(cast)
    handed_out(cast, row)
    for name, member in cast.everybody.items():
        wanted = 200 if name == "employee" else 404
        assert member.client.get(at("access-answer", row.public_id)).status_code == wanted, name
        holder = 302 if name == "leader" else 404
        assert member.client.get(at("asked-one", row.public_id)).status_code == holder, name
        if name != "employee":
            assert member.client.post(at("access-back", row.public_id)).status_code == 404, name


def test_where_the_leader_has_no_access_any_more_it_says_that_nobody_can_open_it(cast: Cast, talk):
    ask(cast)
    Profile.objects.filter(pk=cast.leader.profile.pk).update(person=None)
    assert "nobody can open it" in words(english(cast.employee).get(at("my-data")))
    page = english(cast.hr).get(at("person", cast.employee.profile.public_id))
    assert "nobody can open it" in words(page)


def test_it_can_be_taken_back(cast: Cast, talk):
    row = ask(cast)
    cast.employee.client.post(at("access-back", row.public_id))
    assert "Waits for an answer" not in words(english(cast.employee).get(at("my-data")))
    assert cast.leader.client.get(at("asked-one", row.public_id)).status_code == 404


def test_with_nothing_to_ask_for_it_says_so(cast: Cast):
    answer = english(cast.employee).post(at("access-ask"), follow=True)
    assert "nothing that a leader wrote to prepare is kept" in words(answer)
