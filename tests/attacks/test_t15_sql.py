"""T15: SQL through search, filter, sort and page numbers of HR's lists."""

import pytest

from musling.people.models import Leadership, Profile
from tests.cast import Cast
from tests.web.staff_pages import at, names

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "' OR 1=1 --",
    '" OR ""="',
    "'; DROP TABLE people_profile; --",
    "1); DELETE FROM people_profile; --",
    "%' OR '%'='",
    "\\' OR 1=1 --",
    "x' UNION SELECT password FROM people_person --",
    "{|}",
    "%",
    "_",
    "a" * 5000,
    "\x00",
    "()[]*+?.^$",
)
FIELDS = (
    *(("staff", name) for name in ("q", "unit", "state", "page", "sort", "order_by")),
    *(("units", name) for name in ("q", "unit")),
    ("unit-add", "below"),
    *(("coverage", name) for name in ("unit", "year", "q", "page")),
    *(("coverage-csv", name) for name in ("unit", "year", "q")),
    *(("coverage-xlsx", name) for name in ("unit", "year", "q")),
)


@pytest.mark.parametrize(("page", "field"), FIELDS)
def test_what_is_typed_is_never_a_part_of_the_query(cast: Cast, page, field):
    browser = cast.hr.client
    people = Profile.objects.count()
    for payload in PAYLOADS:
        answer = browser.get(at(page), {field: payload})
        assert answer.status_code in {200, 404}, payload
        assert Profile.objects.count() == people


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_typed_into_a_form_that_looks_for_a_name_is_a_name(cast: Cast, payload):
    browser = cast.hr.client
    leaders = list(Leadership.objects.values())
    person = cast.employee.profile.public_id
    for address, typed in (
        (at("post-add", cast.unit.public_id), {"employment": payload, "kind": "leader"}),
        (at("unit-move", cast.unit.public_id), {"parent": payload, "do": "1", "seen": payload}),
        (at("unit-merge", cast.unit.public_id), {"into": payload, "page": payload}),
        (at("unit-split", cast.unit.public_id), {"q": payload, "who": payload, "name": payload}),
        (at("employment-add", person), {"unit": payload, "pay": "monthly"}),
        (at("mail-again", person), {"delivery": payload}),
    ):
        answer = browser.post(address, typed | {"starts_on": "2026-01-01"})
        assert answer.status_code in {200, 404}, address
    assert list(Leadership.objects.values()) == leaders


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_finds_people_that_it_does_not_name(cast: Cast, payload):
    """A wildcard is a letter like any other, and a condition is words that nobody is called."""
    assert names(cast.hr.client.get(at("staff"), {"q": payload, "state": "all"})) == []


def test_the_order_is_ours_whatever_is_asked(cast: Cast):
    browser = cast.hr.client
    plain = names(browser.get(at("staff")))
    for asked in ("password", "-person__password", "person__email"):
        assert names(browser.get(at("staff"), {"sort": asked, "order_by": asked})) == plain
