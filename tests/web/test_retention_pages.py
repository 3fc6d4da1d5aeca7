"""The page that says how long what is kept, and the form with which HR sets it."""

import datetime as dt

import pytest

from musling.foundation import clock
from musling.privacy.models import RetentionPeriod
from tests.cast import Cast
from tests.web.staff_pages import at, english, queries, words

pytestmark = pytest.mark.django_db
RULE = {"kind": "mus", "rule": "next_held"}
CHANGE = at("retention-change", "mus", "next_held")


def test_everybody_reads_the_rules_and_only_hr_is_offered_to_change_them(cast: Cast):
    for one in (cast.employee, cast.leader, cast.hr):
        page = words(english(one).get(at("retention")))
        assert "14 days after the next talk is held" in page
        assert "24 months after the talk, where the next one never comes" in page
        assert "at once after its own talk is held and the minutes are approved" in page
        assert ("Change" in page) == (one is cast.hr)


def test_hr_sets_a_period_and_everybody_sees_what_comes(cast: Cast):
    hr = english(cast.hr)
    day = clock.today() + dt.timedelta(days=30)
    form = words(hr.get(CHANGE))
    assert "Between 7 days and 180 days" in form
    sent = hr.post(CHANGE, {"number": "60", "valid_from": day.isoformat()})
    assert sent.url == at("retention")
    assert "14 days after the next talk" in words(english(cast.employee).get(at("retention")))
    assert "60 days" in words(english(cast.employee).get(at("retention")))


@pytest.mark.parametrize(("number", "days"), [("3", 0), ("500", 0), ("", 0), ("x", 0), ("30", -1)])
def test_what_cannot_be_set_comes_back_with_the_reason(cast: Cast, number, days):
    day = (clock.today() + dt.timedelta(days=days)).isoformat()
    answer = english(cast.hr).post(CHANGE, {"number": number, "valid_from": day})
    assert answer.status_code == 422
    assert 'class="form-error' in answer.content.decode()
    assert not RetentionPeriod.objects.exists()


def test_a_rule_or_kind_that_there_is_not_is_not_there(cast: Cast):
    hr = english(cast.hr)
    for address in ("/havneby/kept/mus/nonsense/", "/havneby/kept/grus/next_held/"):
        assert hr.get(address).status_code == 404
    assert english(cast.leader).get(CHANGE).status_code == 404


def test_the_page_costs_the_same_however_much_is_set(cast: Cast):
    browser = english(cast.hr)
    before = queries(browser, at("retention"))
    RetentionPeriod.objects.bulk_create(
        RetentionPeriod(
            organisation=cast.havneby,
            **RULE,
            number=30 + number,
            valid_from=clock.today() + dt.timedelta(days=number),
            set_at=clock.now(),
        )
        for number in range(30)
    )
    assert queries(browser, at("retention")) == before
