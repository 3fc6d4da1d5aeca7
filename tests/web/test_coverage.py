"""Coverage counts persons once, where their talk stands; the file holds what the page shows."""

import csv
import io

import pytest
from django.test import Client

from musling.conversations.models import Conversation
from musling.conversations.queries.coverage import Line, Stand, coverage
from musling.organisations.models import Unit
from musling.people.models import Employment
from tests.cast import Cast, booked_talk, planned_talk
from tests.people.workplace import day
from tests.web.staff_pages import at, employ, employ_many, english, queries, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    return english(cast.hr)


def lines(cast: Cast, unit=None, year: int | None = None) -> dict[str, Line]:
    found = coverage(cast.hr.actor, year=year or day().year, unit=unit)
    return {f"{line.unit.name}{' itself' if line.itself else ''}": line for line in found.lines}


@pytest.mark.parametrize(
    ("state", "stand"),
    [
        ("planned", Stand.NONE),
        ("offered", Stand.OFFERED),
        ("declined", Stand.DECLINED),
        ("booked", Stand.BOOKED),
        ("open", Stand.BOOKED),
        ("held", Stand.HELD),
        ("minutes_out", Stand.HELD),
        ("agreed", Stand.AGREED),
        ("cancelled", Stand.NONE),
    ],
)
def test_everybody_counts_once_where_the_talk_stands(cast, state, stand):
    planned_talk(cast)
    Conversation.objects.update(state=state)
    line = lines(cast, cast.top)["Hjemmeplejen"]
    assert line.people == 5
    assert line.stands[cast.employee.profile.pk] == stand
    assert line.count(Stand.NONE) == (5 if stand == Stand.NONE else 4)


def test_the_numbers_of_a_line_add_up(cast, browser):
    booked_talk(cast)
    employ(cast, "Olga", "Orlov", leave_from=day(-1))
    for line in lines(cast).values():
        assert sum(line.count(stand) for stand in Stand) == line.people
    assert lines(cast, cast.top)["Hjemmeplejen"].count(Stand.ON_LEAVE) == 1


def test_a_person_with_two_employments_counts_once_above_them(cast):
    booked_talk(cast)
    Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="second",
        unit=cast.top,
        starts_on=day(-9),
    )
    below = lines(cast, cast.top)
    profile = cast.employee.profile.pk
    assert below["Hjemmeplejen"].stands[profile] == Stand.BOOKED
    assert below["Kommunen itself"].stands[profile] == Stand.NONE
    assert lines(cast)["Kommunen"].stands[profile] == Stand.BOOKED


def test_a_talk_follows_the_person_to_a_new_employment(cast):
    booked_talk(cast)
    Employment.objects.filter(pk=cast.employee.employment.pk).update(ends_on=day(-1))
    Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="second",
        unit=cast.top,
        starts_on=day(),
    )
    assert lines(cast)["Kommunen"].stands[cast.employee.profile.pk] == Stand.BOOKED


def test_the_late_come_first(cast, browser):
    booked_talk(cast)
    assert [line.late for line in lines(cast, cast.top).values()] == [5, 4]


def test_other_years_and_other_organisations_do_not_count(cast):
    booked_talk(cast)
    Conversation.objects.update(year=day().year - 1)
    assert lines(cast)["Kommunen"].count(Stand.BOOKED) == 0
    assert lines(cast, year=day().year - 1)["Kommunen"].count(Stand.BOOKED) == 1
    assert coverage(cast.neighbour.actor, year=day().year).total.people == 1


def test_the_page_shows_the_numbers_and_opens_units(cast, browser):
    booked_talk(cast)
    add_below = Unit.objects.create(
        organisation=cast.havneby, number="22", name="Team Vest", parent=cast.unit
    )
    Unit.objects.filter(pk=add_below.pk).update(path=f"{cast.unit.path}{add_below.pk}/")
    page = browser.get(at("coverage"))  # begins right below the one unit at the top
    assert f"unit={cast.unit.public_id}" in page.content.decode()
    below = words(browser.get(at("coverage"), {"unit": cast.top.public_id}))
    assert "Hjemmeplejen 5 4 0 0 0 1 0 0" in below
    assert browser.get(at("coverage"), {"unit": "abcdefghjkmn"}).status_code == 404


@pytest.mark.parametrize("year", ["", "x", "99999", "0000", "²026", "1 OR 1=1"])
def test_a_year_that_makes_no_sense_is_this_year(cast, browser, year):
    assert browser.get(at("coverage"), {"year": year}).context["found"].year == day().year


@pytest.mark.row("A1")
def test_the_file_holds_exactly_what_the_page_shows(cast, browser):
    """T6: none more, none fewer."""
    booked_talk(cast)
    asked = {"unit": cast.top.public_id}
    page = browser.get(at("coverage"), asked)
    file = browser.get(at("coverage-csv"), asked).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    shown = [
        [line["name"], str(line["people"]), *(str(one["count"]) for one in line["numbers"])]
        for line in page.context["lines"]
    ]
    assert rows[1:-1] == shown
    assert rows[-1][1:3] == [str(page.context["total"]["people"]), "9"]


def test_the_page_costs_the_same_whatever_the_number_of_people(cast, browser):
    booked_talk(cast)
    counts = []
    for numbers in (range(1), range(1, 30), range(30, 1000)):
        employ_many(cast, numbers)
        counts.append(queries(browser, at("coverage") + f"?unit={cast.top.public_id}"))
    assert counts[0] == counts[1] == counts[2]


def test_hr_begins_with_what_is_late(cast: Cast, browser: Client):
    page = words(browser.get(at("start")))
    assert "without an offer this year" in page
    late = words(browser.get(at("coverage")))
    assert "Hjemmeplejen" in page
    assert "Hjemmeplejen" in late
    assert "without an offer" not in words(english(cast.employee).get(at("start")))
