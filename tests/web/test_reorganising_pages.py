"""HR merges, splits, moves and closes units in the browser: looks first, then says yes (row X9)."""

import re

import pytest
from django.test import Client

from musling.conversations.models import Participant
from musling.organisations.models import Unit
from musling.people.models import Employment, Leadership
from musling.web.staff import reorganising_forms
from tests.cast import Cast, booked_talk, member, planned_talk
from tests.cast import unit as make_unit
from tests.conversations import stages
from tests.reorganising.changed import Town, town
from tests.web.staff_pages import at, employ, english, queries, said_yes, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("X9")]
ALL_FOUR = ("unit-merge", "unit-split", "unit-move", "unit-close")


@pytest.fixture
def place(cast: Cast) -> Town:
    return town(cast)


@pytest.fixture
def browser(cast: Cast) -> Client:
    return english(cast.hr)


def unit_of(who) -> Unit:
    return Employment.objects.get(pk=who.employment.pk).unit


def test_the_units_page_leads_to_all_four(place, browser):
    page = browser.get(at("unit", place.cast.unit.public_id)).content.decode()
    for name in ALL_FOUR:
        assert at(name, place.cast.unit.public_id) in page
        assert browser.get(at(name, place.cast.unit.public_id)).status_code == 200


@pytest.mark.parametrize("name", ALL_FOUR)
@pytest.mark.parametrize("who", ["employee", "leader", "leaders_leader", "committee", "operator"])
def test_nobody_but_hr(place, name, who):
    browser = getattr(place.cast, who).client
    address = at(name, place.cast.unit.public_id)
    assert browser.get(address).status_code == 404
    facts = {"into": "Sygeplejen", "parent": "", "do": "1", "seen": "0" * 16, "everybody": "on"}
    assert browser.post(address, facts).status_code == 404
    assert unit_of(place.cast.employee) == place.cast.unit


def test_merging_is_shown_and_then_done(place, browser):
    talk = booked_talk(place.cast)
    address = at("unit-merge", place.cast.unit.public_id)
    shown = browser.post(address, {"into": "sygepl"})
    page = words(shown)
    assert "Hjemmeplejen is merged into Sygeplejen. Nothing is done yet." in page
    assert "5 people move" in page
    assert "Lars Prøve Signe Prøve 4" in page
    assert "1 talk that has not begun goes to the new leader" in page
    assert "1 of them has a time: it is called off" in page
    assert "Mette Prøve, Assistent" in page
    assert unit_of(place.cast.employee) == place.cast.unit
    answer = said_yes(browser, address, into="sygepl")
    assert answer.url == at("unit", place.other.public_id)
    done = words(browser.get(answer.url))
    assert "It is done. 5 people have moved. 1 talk has its new leader." in done
    assert stages.seat(talk, "leader").profile_id == place.signe.profile.pk


def test_pressing_twice_says_that_it_is_done(place, browser):
    address = at("unit-merge", place.cast.unit.public_id)
    mark = browser.post(address, {"into": "Sygeplejen"}).context["mark"]
    facts = {"into": "Sygeplejen", "do": "1", "seen": mark}
    assert browser.post(address, facts).status_code == 302
    answer = browser.post(address, facts, follow=True)
    assert "It is done already." in words(answer)


def test_what_changed_meanwhile_is_shown_and_nothing_is_done(place, browser):
    address = at("unit-merge", place.cast.unit.public_id)
    mark = browser.post(address, {"into": "Sygeplejen"}).context["mark"]
    planned_talk(place.cast)
    answer = browser.post(address, {"into": "Sygeplejen", "do": "1", "seen": mark})
    assert "Something has changed since." in words(answer)
    assert "1 talk that has not begun" in words(answer)
    assert unit_of(place.cast.employee) == place.cast.unit
    again = {"into": "Sygeplejen", "do": "1", "seen": answer.context["mark"]}
    assert browser.post(address, again).status_code == 302


@pytest.mark.parametrize("seen", ["", "x", "\x00", "é", "0" * 5000])
def test_a_yes_to_nothing_that_was_shown_does_nothing(place, browser, seen):
    address = at("unit-merge", place.cast.unit.public_id)
    answer = browser.post(address, {"into": "Sygeplejen", "do": "1", "seen": seen})
    assert answer.status_code == 200
    assert unit_of(place.cast.employee) == place.cast.unit


def test_going_back_keeps_what_was_typed(place, browser):
    address = at("unit-close", place.cast.unit.public_id)
    facts = {"into": "Sygeplejen", "under": "Kommunen", "day": str(place.cast.hr.actor.today)}
    shown = browser.post(address, facts).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    assert facts.items() <= hidden.items()
    form = browser.post(address, {**hidden, "change": "1"})
    assert 'value="Sygeplejen"' in form.content.decode()
    assert "mark" not in form.context


def test_closing_says_where_people_and_units_go(place, browser):
    make_unit(place.cast.havneby, "8", "Aftenholdet", place.cast.unit)
    facts = {"into": "Sygeplejen", "under": "Kommunen", "day": str(place.cast.hr.actor.today)}
    shown = words(browser.post(at("unit-close", place.cast.unit.public_id), facts))
    assert (
        "Hjemmeplejen is closed. Its people go to Sygeplejen. Units below it go below Kommunen."
    ) in shown
    shown = words(browser.post(at("unit-close", place.cast.unit.public_id), facts | {"under": ""}))
    assert "Units below it go to the top." in shown


def test_what_cannot_be_stands_at_its_field_and_nothing_typed_is_lost(place, browser):
    below = make_unit(place.cast.havneby, "8", "Aftenholdet", place.cast.unit)
    answer = browser.post(at("unit-merge", place.cast.unit.public_id), {"into": below.name})
    assert list(answer.context["form"].errors) == ["into"]
    assert 'value="Aftenholdet"' in answer.content.decode()


def ticked(*who) -> list[str]:
    return [one.employment.public_id for one in who]


def test_splitting_into_a_new_unit(place, browser):
    cast = place.cast
    facts = {
        "who": ticked(cast.employee, cast.colleague),
        "name": "Natholdet",
        "number": "77",
        "parent": "Hjemmeplejen",
        "leader": "Jonas",
    }
    address = at("unit-split", cast.unit.public_id)
    shown = words(browser.post(address, facts))
    assert "Some of Hjemmeplejen go to the new unit Natholdet." in shown
    assert "3 employments stay" in shown
    said_yes(browser, address, **facts)
    new = Unit.objects.get(number="77")
    assert (new.parent, unit_of(cast.employee)) == (cast.unit, new)
    assert Leadership.objects.get(unit=new).employment == cast.colleague.employment


def test_splitting_asks_for_one_place_and_for_people(place, browser):
    address = at("unit-split", place.cast.unit.public_id)
    assert set(browser.post(address, {}).context["form"].errors) == {"into", "who"}
    both = {"into": "Sygeplejen", "name": "Nyt", "who": ticked(place.cast.employee)}
    assert set(browser.post(address, both).context["form"].errors) == {"name"}


def test_who_has_moved_meanwhile_is_passed_over(place, browser):
    cast = place.cast
    Employment.objects.filter(pk=cast.colleague.employment.pk).update(unit=cast.top)
    facts = {"who": ticked(cast.employee, cast.colleague), "into": "Sygeplejen"}
    shown = words(browser.post(at("unit-split", cast.unit.public_id), facts))
    assert "1 person moves" in shown
    facts["who"] = ticked(cast.colleague)
    answer = browser.post(at("unit-split", cast.unit.public_id), facts)
    assert list(answer.context["form"].errors) == ["who"]


def test_of_very_many_a_search_finds_some_and_all_of_them_move(place, browser, monkeypatch):
    monkeypatch.setattr(reorganising_forms, "MOST_LISTED", 10)
    cast = place.cast
    for number in range(30):
        employ(cast, f"Nat{number:02}", "Vagt", title="Nattevagt" if number % 2 else "Vikar")
    address = at("unit-split", cast.unit.public_id)
    page = browser.get(address, {"q": "nattevagt"})
    assert "15 are found, and the first 10 are listed." in words(page)
    facts = {"q": "nattevagt", "everybody": "on", "into": "Sygeplejen"}
    said_yes(browser, address, **facts)
    moved = Employment.objects.filter(unit=place.other, title="Nattevagt")
    assert (moved.count(), Employment.objects.filter(unit=place.other).count()) == (15, 16)


def test_the_names_come_fifty_at_a_time(place, browser):
    for number in range(60):
        employ(place.cast, f"Navn{number:02}", "Prøve")
    address = at("unit-merge", place.cast.unit.public_id)
    first = words(browser.post(address, {"into": "Sygeplejen"}))
    assert "Page 1 of 2" in first
    assert "Navn59" not in first
    for page, shown in (("2", True), ("99999", True), ("abc", False), ("-1", False)):
        answer = words(browser.post(address, {"into": "Sygeplejen", "page": page}))
        assert ("Navn59" in answer) is shown, page


def test_the_page_of_a_split_costs_the_same_with_few_and_with_many(place, browser):
    address = at("unit-split", place.cast.unit.public_id)
    before = queries(browser, address)
    for number in range(30):
        employ(place.cast, f"Navn{number}", "Prøve")
    assert queries(browser, address) == before


def test_an_empty_unit_and_one_alone(place, browser):
    empty = make_unit(place.cast.havneby, "9", "Depotet", place.cast.top)
    shown = words(browser.post(at("unit-merge", empty.public_id), {"into": "Sygeplejen"}))
    assert "0 people move" in shown
    assert "No talk gets another leader." in shown
    page = words(browser.get(at("unit-split", empty.public_id)))
    assert "Nobody works here." in page
    member(place.cast.havneby, empty, "Ene")
    shown = words(browser.post(at("unit-merge", empty.public_id), {"into": "Sygeplejen"}))
    assert "1 person moves" in shown


def test_markup_in_a_name_is_words(place, browser):
    Unit.objects.filter(pk=place.other.pk).update(name="<b>Sygeplejen</b>")
    facts = {"into": "<b>Sygeplejen</b> · 3"}
    page = browser.post(at("unit-merge", place.cast.unit.public_id), facts).content.decode()
    assert "<b>Sygeplejen</b>" not in page
    assert "&lt;b&gt;Sygeplejen&lt;/b&gt;" in page
    assert Participant.objects.count() == 0
