"""The tree of units: opened, changed, and what is wrong in it; with one unit and with thousands."""

import pytest
from django.test import Client

from musling.organisations.models import Unit
from musling.people.models import Employment, Leadership
from musling.web.staff.units import MOST_SHOWN
from tests.cast import Cast
from tests.people.workplace import day
from tests.web.staff_pages import at, employ, english, queries, said_yes, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    return english(cast.hr)


def add_units(cast: Cast, count: int, below: Unit) -> list[Unit]:
    """So many units right below another, with true paths."""
    made = Unit.objects.bulk_create(
        Unit(organisation=cast.havneby, number=f"{below.pk}-{n}", name=f"Enhed {n}", parent=below)
        for n in range(count)
    )
    for unit in made:
        unit.path = f"{below.path}{unit.pk}/"
    Unit.objects.bulk_update(made, ["path"], batch_size=500)
    return made


def test_the_tree_shows_leaders_and_people(cast, browser):
    page = words(browser.get(at("units")))
    assert "Hjemmeplejen Lars Prøve · 5" in page
    assert "Rådhuset" not in page


def test_five_thousand_units_cost_what_one_costs(cast, browser):
    before = queries(browser, at("units"))
    for unit in add_units(cast, 50, cast.top):
        add_units(cast, 99, unit)
    assert queries(browser, at("units")) == before
    page = browser.get(at("units"))
    assert "5002 units" in words(page) or "5,002 units" in words(page)
    assert page.content.count(b'class="unit"') == 52
    assert len(page.content) < 40_000
    assert "Show 99 units below Enhed 0" in words(page)


def test_a_very_wide_level_is_cut_and_searched(cast, browser):
    add_units(cast, MOST_SHOWN + 40, cast.unit)
    page = browser.get(at("units"), {"unit": cast.unit.public_id})
    assert page.content.count(b'class="unit"') == MOST_SHOWN + 1
    assert "and 40 more" in words(page)
    found = browser.get(at("units"), {"q": "enhed 33"})
    assert [unit.name for unit in found.context["found"]][:2] == ["Enhed 33", "Enhed 330"]
    assert "No unit is called so" in words(browser.get(at("units"), {"q": "xyz"}))


def test_units_without_any_above_them_are_cut_too(cast, browser):
    Unit.objects.bulk_create(
        Unit(organisation=cast.havneby, number=f"flat-{n}", name=f"Flad {n}", path=f"/9{n:05}/")
        for n in range(MOST_SHOWN + 40)
    )
    page = browser.get(at("units"))
    assert page.content.count(b'class="unit"') == MOST_SHOWN
    assert "and 41 more" in words(page)


def test_a_branch_opens_on_a_page_of_its_own(cast, browser):
    unit = add_units(cast, 1, cast.unit)[0]
    page = browser.get(at("units"), {"unit": cast.unit.public_id})
    assert unit.name in words(page)
    assert "Havneby › Kommunen" in words(page)
    assert browser.get(at("units"), {"unit": "abcdefghjkmn"}).status_code == 404


def test_what_is_wrong_is_said_first(cast, browser):
    lonely = add_units(cast, 1, cast.unit)[0]
    employ(cast, "Åse", "Bro", unit=lonely)
    assert "The post is vacant: 1 person is led from above." in words(browser.get(at("units")))
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.colleague.employment,
        starts_on=day(-3),
    )
    assert "Two hold the leader&#x27;s post." in words(browser.get(at("units")))
    Leadership.objects.all().delete()
    assert "Nobody leads this unit or any above it." in words(browser.get(at("units")))
    Unit.objects.filter(pk=cast.top.pk).update(parent=cast.unit)
    assert "form a circle" in words(browser.get(at("units")))


def test_a_unit_is_added_renamed_moved_and_closed(cast, browser):
    browser.post(at("unit-add"), {"name": "Team Vest", "parent": "Hjemmeplejen"})
    unit = Unit.objects.get(name="Team Vest")
    assert unit.parent == cast.unit
    page = browser.get(at("unit-change", unit.public_id)).context["form"]
    facts = {"name": "Team Sydvest", "number": "12", "seen": page["seen"].value()}
    browser.post(at("unit-change", unit.public_id), facts)
    said_yes(browser, at("unit-move", unit.public_id), parent="Kommunen · 1")
    unit.refresh_from_db()
    assert (unit.name, unit.number, unit.parent) == ("Team Sydvest", "12", cast.top)
    assert unit.path == f"{cast.top.path}{unit.pk}/"
    said_yes(browser, at("unit-close", unit.public_id), day=day().isoformat(), under="Kommunen")
    unit.refresh_from_db()
    assert unit.closed_on == day()
    assert "Team Sydvest" not in words(browser.get(at("units")))


def test_a_circle_is_refused_in_clear_words(cast, browser):
    answer = browser.post(at("unit-move", cast.top.public_id), {"parent": "Hjemmeplejen"})
    assert "A unit cannot lie under itself" in words(answer)
    assert 'value="Hjemmeplejen"' in answer.content.decode()


def test_two_who_rename_a_unit_see_both(cast, browser):
    address = at("unit-change", cast.unit.public_id)
    seen = browser.get(address).context["form"]["seen"].value()
    Unit.objects.filter(pk=cast.unit.pk).update(name="Ældrepleje")
    answer = browser.post(address, {"name": "Omsorg", "number": "2", "seen": seen})
    assert answer.context["clash"] == [{"label": "Name", "now": "Ældrepleje", "typed": "Omsorg"}]


def test_a_unit_with_people_is_not_closed(cast, browser):
    answer = browser.post(at("unit-close", cast.unit.public_id), {"day": day().isoformat()})
    assert answer.context["form"].errors.keys() == {"into"}
    cast.unit.refresh_from_db()
    assert cast.unit.closed_on is None


def test_the_page_of_a_unit_costs_the_same_with_one_post_and_thirty(cast, browser):
    address = at("unit", cast.unit.public_id)
    before = queries(browser, address)
    for number in range(30):
        employment = Employment.objects.create(
            organisation=cast.havneby,
            profile=cast.colleague.profile,
            number=f"more-{number}",
            unit=cast.unit,
            starts_on=day(-5),
        )
        Leadership.objects.create(
            organisation=cast.havneby, unit=cast.unit, employment=employment, starts_on=day(9)
        )
    assert queries(browser, address) == before
