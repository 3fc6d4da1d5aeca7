"""Dates that lie beyond all calendars are told of at their field, wherever one is asked for."""

import pytest

from musling.rounds.models import Round
from tests.cast import Cast, booked_talk, planned_talk
from tests.rounds.planned import planned
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db
FAR = ("0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31")
SAID = "Write a year from 1900 to 2200."


@pytest.mark.parametrize("day", FAR)
def test_of_a_leaders_talks(cast: Cast, day: str):
    browser = english(cast.leader)
    answer = browser.get(at("team-move"), {"from_on": day, "to_on": day})
    assert answer.status_code == 422
    assert SAID in words(answer)
    form = {"from_on": day, "to_on": day, "minutes": "45"}
    for more in ({}, {"do": "find"}):
        answer = browser.post(at("invite"), form | more)
        assert answer.status_code == 422
        assert SAID in words(answer)


@pytest.mark.parametrize("day", FAR)
def test_of_a_round(cast: Cast, day: str):
    browser = english(cast.hr)
    form = {"name": "MUS", "kind": "mus", "year": "2027", "default_form": "individual"}
    answer = browser.post(at("round-plan"), form | {"starts_on": day, "ends_on": day})
    assert SAID in words(answer)
    assert not Round.objects.exists()
    row = planned(cast)
    answer = browser.post(at("round-step", row.public_id, 1), {"due_on": day})
    assert SAID in words(answer)
    answer = browser.post(at("round-copy", row.public_id))
    assert answer.status_code == 302


@pytest.mark.parametrize("day", FAR)
def test_of_an_employment(cast: Cast, day: str):
    """One leave for ever would stop the round of everybody."""
    employment = cast.employee.employment
    form = {
        "unit": cast.unit.name,
        "starts_on": "2020-01-01",
        "leave_from": "2026-01-01",
        "leave_until": day,
        "pay": "monthly",
    }
    answer = english(cast.hr).post(at("employment-change", employment.public_id), form)
    assert SAID in words(answer)


@pytest.mark.parametrize("day", FAR)
def test_of_a_talk(cast: Cast, day: str):
    browser = english(cast.leader)
    moment = f"{day}T23:59"
    talk = planned_talk(cast)
    answer = browser.post(at("offer", talk.public_id), {"time_1": moment, "minutes": "45"})
    assert SAID in words(answer)


@pytest.mark.parametrize("day", FAR)
def test_of_a_talk_that_is_moved(cast: Cast, day: str):
    talk = booked_talk(cast)
    form = {"time": f"{day}T00:00", "minutes": "45", "place": ""}
    answer = english(cast.leader).post(at("move", talk.public_id), form)
    assert answer.status_code == 422
