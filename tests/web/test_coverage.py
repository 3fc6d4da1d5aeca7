"""Coverage counts persons once, where their talk stands; the file holds what the page shows."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook
from pypdf import PdfReader

from musling.conversations.coverage.queries import PER_PAGE, Line, coverage
from musling.conversations.coverage.standing import FIELDS, STAND_FIELDS, Stand
from musling.conversations.models import Conversation, TalliedUntil, Tally
from musling.foundation.problems import NotThere
from musling.organisations.models import Unit
from musling.people.log_ins import make_log_in
from musling.people.models import Employment, Leadership, Profile, Role
from musling.schedule import counting
from musling.web.templatetags.numbers import grouped
from tests.cast import (
    LONG_AGO,
    Cast,
    Member,
    booked_talk,
    hashed_password,
    member,
    organisation,
    planned_talk,
    unit,
)
from tests.conversations import stages
from tests.documents.conformance import problems
from tests.people.workplace import day
from tests.web.staff_pages import at, employ, employ_many, english, queries, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    return english(cast.hr)


def recount() -> None:
    """Everybody anew: these tests change rows behind the back of the actions."""
    TalliedUntil.objects.update(until=None)
    counting.count()


def lines(cast: Cast, unit=None, year: int | None = None) -> dict[str, Line]:
    recount()
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
    assert line.count(stand) == (5 if stand == Stand.NONE else 1)
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
    assert below["Hjemmeplejen"].count(Stand.BOOKED) == 1
    assert below["Kommunen itself"].count(Stand.BOOKED) == 0
    whole = lines(cast)["Kommunen"]
    assert whole.count(Stand.BOOKED) == 1
    assert whole.people == sum(line.people for line in below.values()) - 1


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
    assert lines(cast, cast.top)["Kommunen itself"].count(Stand.BOOKED) == 1


def test_the_late_come_first(cast, browser):
    booked_talk(cast)
    assert [line.late for line in lines(cast, cast.top).values()] == [5, 4]


def test_other_years_and_other_organisations_do_not_count(cast):
    booked_talk(cast)
    Conversation.objects.update(year=day().year - 1)
    assert lines(cast)["Kommunen"].count(Stand.BOOKED) == 0
    assert lines(cast, year=day().year - 1)["Kommunen"].count(Stand.BOOKED) == 1
    with pytest.raises(NotThere):
        coverage(cast.neighbour.actor, year=day().year)


def test_the_page_shows_the_numbers_and_opens_units(cast, browser):
    booked_talk(cast)
    unit(cast.havneby, "22", "Team Vest", cast.unit)
    recount()
    page = browser.get(at("coverage"))  # begins right below the one unit at the top
    assert f"unit={cast.unit.public_id}" in page.content.decode()
    below = words(browser.get(at("coverage"), {"unit": cast.top.public_id}))
    assert "Hjemmeplejen 5 4 0 0 0 1 0 0 0 0 0 0 0" in below
    assert "Counted" in below
    assert browser.get(at("coverage"), {"unit": "abcdefghjkmn"}).status_code == 404


def test_before_anything_is_counted_the_page_says_so(browser):
    assert "being counted for the first time" in words(browser.get(at("coverage")))


@pytest.mark.parametrize("year", ["", "x", "99999", "0000", "²026", "1 OR 1=1"])
def test_a_year_that_makes_no_sense_is_this_year(cast, browser, year):
    assert browser.get(at("coverage"), {"year": year}).context["found"].year == day().year


def many_units(cast: Cast, count: int) -> None:
    """Units below home care, one person each."""
    units = Unit.objects.bulk_create(
        Unit(
            organisation=cast.havneby,
            number=f"m{n}",
            name=f"Team {n:05}",
            parent=cast.unit,
            path=f"{cast.unit.path}{n + 100_000}/",
            pk=n + 100_000,
        )
        for n in range(count)
    )
    employ_many(cast, range(count))
    rows = Employment.objects.filter(number__startswith="many-").order_by("pk")
    for row, its in zip(rows, units, strict=True):
        row.unit = its
    Employment.objects.bulk_update(rows, ["unit"], batch_size=500)


def shown_in(page) -> list[list[str]]:
    """The table of a page, line by line."""
    return [
        [line["name"], str(line["people"]), *(str(one["count"]) for one in line["numbers"])]
        for line in page.context["lines"]
    ]


@pytest.mark.row("A1")
def test_the_files_hold_exactly_what_the_page_shows(cast, browser):
    """T6: none more, none fewer, the last page too."""
    booked_talk(cast)
    many_units(cast, PER_PAGE + 5)
    recount()
    for asked in (
        {"unit": cast.top.public_id},
        {"unit": cast.unit.public_id},
        {"q": "00000", "unit": cast.top.public_id},
    ):
        page = browser.get(at("coverage"), asked)
        shown = shown_in(page)
        if page.context["page"].has_next():
            shown += shown_in(browser.get(at("coverage"), asked | {"page": 2}))
        file = browser.get(at("coverage-csv"), asked).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(file), delimiter=";"))
        assert rows[1:-1] == shown
        assert rows[-1][1] == str(page.context["total"]["people"])
        book = load_workbook(io.BytesIO(browser.get(at("coverage-xlsx"), asked).content))
        cells = [[str(value) for value in row] for row in book.active.values]
        assert cells == rows


def test_a_long_list_is_turned_over_and_searched(cast, browser):
    many_units(cast, PER_PAGE + 5)
    recount()
    asked = {"unit": cast.unit.public_id}
    first = browser.get(at("coverage"), asked)
    assert len(first.context["lines"]) == PER_PAGE
    assert "Page 1 of 2" in words(first)
    assert "page=2" in first.content.decode()
    second = browser.get(at("coverage"), asked | {"page": 2})
    # The people of home care itself are a line as well.
    assert len(second.context["lines"]) == 6
    names = [row[0] for row in shown_in(first) + shown_in(second)]
    assert len(set(names)) == PER_PAGE + 6
    assert "Hjemmeplejen itself" in names
    found = browser.get(at("coverage"), {"q": "team 00003"})
    assert [row[0] for row in shown_in(found)] == ["Team 00003"]
    assert "No unit found" in words(browser.get(at("coverage"), {"q": "nowhere"}))


def test_beyond_the_last_page_is_the_last_one(cast, browser):
    many_units(cast, PER_PAGE + 5)
    recount()
    asked = {"unit": cast.unit.public_id}
    last = shown_in(browser.get(at("coverage"), asked | {"page": 2}))
    assert shown_in(browser.get(at("coverage"), asked | {"page": 99})) == last
    for nonsense in ("0", "-1", "x", "9" * 30):
        page = browser.get(at("coverage"), asked | {"page": nonsense})
        assert len(shown_in(page)) == PER_PAGE


def test_ten_thousand_units_cost_as_much_as_one(cast, browser):
    recount()
    address = at("coverage") + f"?unit={cast.top.public_id}"
    few = queries(browser, address)
    units = Unit.objects.bulk_create(
        Unit(
            organisation=cast.havneby,
            number=f"m{n}",
            name=f"Team {n:05}",
            parent=cast.top,
            path=f"{cast.top.path}{n + 100_000}/",
            pk=n + 100_000,
        )
        for n in range(10_000)
    )
    Tally.objects.bulk_create(
        Tally(
            organisation=cast.havneby,
            year=0,
            unit=one,
            parent=cast.top,
            sort=one.name.lower(),
            people=2,
            late=1,
        )
        for one in units
    )
    assert queries(browser, address) == few
    page = browser.get(address)
    assert len(page.context["lines"]) == PER_PAGE
    assert len(page.content) < 60_000
    file = browser.get(at("coverage-csv") + f"?unit={cast.top.public_id}")
    assert file.content.decode("utf-8-sig").count("\r\n") == 10_000 + 4
    found = browser.get(at("coverage"), {"q": "team 09999"})
    assert [row[0] for row in shown_in(found)] == ["Team 09999"]


def test_an_organisation_without_units_and_people_has_an_empty_page(db):
    place = organisation("tom", "Tom")
    person = make_log_in(email="hr@tom.example", hashed=hashed_password())
    profile = Profile.objects.create(
        organisation=place, person=person, number="1", first_name="Hanne"
    )
    Role.objects.create(organisation=place, profile=profile, name="hr", starts_on=LONG_AGO)
    counting.count()
    browser = english(Member(place, profile, None))
    assert "Nobody employed here" in words(browser.get("/tom/coverage/"))
    assert browser.get("/tom/coverage/coverage.xlsx").status_code == 200
    assert browser.get("/tom/coverage/report.pdf").status_code == 200


def test_the_page_costs_the_same_whatever_the_number_of_people(cast, browser):
    booked_talk(cast)
    counts = []
    for numbers in (range(1), range(1, 30), range(30, 1000)):
        employ_many(cast, numbers)
        recount()
        counts.append(queries(browser, at("coverage") + f"?unit={cast.top.public_id}"))
    assert counts[0] == counts[1] == counts[2]
    Employment.objects.filter(number__startswith="many-").delete()
    for n in range(PER_PAGE - 2):
        employ(cast, f"U{n}", "X", unit=unit(cast.havneby, f"u{n}", f"Team {n}", cast.top))
    recount()
    assert queries(browser, at("coverage") + f"?unit={cast.top.public_id}") == counts[0]


def test_hr_begins_with_what_is_late(cast: Cast, browser: Client):
    recount()
    page = words(browser.get(at("start")))
    assert f"without an offer in {cast.hr.actor.today.year}" in page
    late = words(browser.get(at("coverage")))
    assert "Hjemmeplejen" in page
    assert "Hjemmeplejen" in late
    assert "without an offer" not in words(english(cast.employee).get(at("start")))


# --- leaders' leaders -------------------------------------------------------------------------


def test_a_leaders_leader_sees_the_units_below_and_no_other(cast: Cast):
    other = unit(cast.havneby, "9", "Skolerne")
    member(cast.havneby, other, "Søren", leads=other)
    recount()
    browser = english(cast.leaders_leader)
    page = browser.get(at("coverage"))
    assert page.context["found"].unit == cast.top
    assert "Hjemmeplejen 5 5" in words(page)
    assert "report.pdf" not in page.content.decode(), "that is for HR and the committee"
    assert browser.get(at("coverage"), {"unit": cast.unit.public_id}).status_code == 200
    for name in ("coverage", "coverage-csv", "coverage-xlsx"):
        assert browser.get(at(name), {"unit": other.public_id}).status_code == 404
    assert "Coverage: how far the units are" in words(browser.get(at("start")))


def test_a_leader_without_units_below_has_no_such_page(cast: Cast):
    recount()
    browser = english(cast.leader)
    assert browser.get(at("coverage")).status_code == 404
    assert browser.get(at("coverage"), {"unit": cast.unit.public_id}).status_code == 404
    assert "Coverage" not in words(browser.get(at("start")))


def test_what_lies_above_the_own_unit_is_not_shown_the_way_to(cast: Cast):
    unit(cast.havneby, "22", "Team Vest", cast.unit)
    recount()
    browser = english(cast.leader)
    page = browser.get(at("coverage"))
    assert page.context["found"].unit == cast.unit
    assert page.context["found"].way == []
    assert browser.get(at("coverage"), {"unit": cast.top.public_id}).status_code == 404


def test_the_one_who_stands_in_looks_down_and_the_one_stood_in_for_does_not(cast: Cast):
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.top,
        employment=cast.committee.employment,
        kind=Leadership.Kind.STAND_IN,
        starts_on=LONG_AGO,
    )
    recount()
    assert cast.committee.client.get(at("coverage")).status_code == 200
    assert cast.leaders_leader.client.get(at("coverage")).status_code == 404


def test_whoever_looks_down_from_several_units_chooses(cast: Cast):
    other = unit(cast.havneby, "9", "Skolerne")
    unit(cast.havneby, "91", "Havneskolen", other)
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=other,
        employment=cast.leaders_leader.employment,
        starts_on=LONG_AGO,
    )
    recount()
    browser = english(cast.leaders_leader)
    page = browser.get(at("coverage"))
    assert "Choose the unit" in words(page)
    assert f"unit={other.public_id}" in page.content.decode()
    assert browser.get(at("coverage-csv")).status_code == 404
    assert browser.get(at("coverage-csv"), {"unit": other.public_id}).status_code == 200


# --- the report for the committee -------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_committee_takes_out_the_report_and_sees_no_page(cast: Cast):
    stages.approved_talk(cast)
    recount()
    browser = english(cast.committee)
    answer = browser.get(at("coverage-report"))
    assert answer["Content-Type"] == "application/pdf"
    assert problems(answer.content) == []
    text = text_of(answer.content)
    assert "The whole organisation" in text
    assert "Hjemmeplejen" in text
    assert browser.get(at("coverage")).status_code == 404
    assert browser.get(at("coverage-csv")).status_code == 404
    assert "are: report (PDF)" in words(browser.get(at("start")))
    danish = cast.committee.client.get(at("coverage-report"))
    assert danish.status_code == 200


def test_a_small_organisation_has_no_figures(cast: Cast):
    Employment.objects.filter(organisation=cast.havneby).exclude(
        pk__in=[cast.hr.employment.pk, cast.committee.employment.pk]
    ).update(ends_on=day(-1))
    recount()
    text = text_of(english(cast.hr).get(at("coverage-report")).content)
    assert "fewer than five people" in text
    assert "Kommunen itself" not in text


def test_what_is_exported_names_every_column(cast: Cast, browser: Client):
    recount()
    file = browser.get(at("coverage-csv")).content.decode("utf-8-sig")
    heads = next(csv.reader(io.StringIO(file), delimiter=";"))
    assert len(heads) == len(FIELDS) + 1
    assert len(set(heads)) == len(heads)
    assert len(STAND_FIELDS) == len(Stand)


def test_the_moment_of_counting_is_shown_in_danish_time(cast: Cast, browser: Client):
    recount()
    TalliedUntil.objects.update(until=dt.datetime(2026, 7, 1, 10, 30, tzinfo=dt.UTC))
    assert "12.30" in words(browser.get(at("coverage")))


def test_the_committee_takes_last_years_report_too(cast: Cast):
    """A round that goes into January is evaluated in the new year."""
    year = cast.hr.actor.today.year
    page = cast.committee.client.get("/havneby/").content.decode()
    for one in (year, year - 1):
        assert f"/havneby/coverage/report.pdf?year={one}" in page


def test_after_a_search_the_file_calls_its_last_line_as_the_page_does(cast: Cast):
    page = cast.hr.client.get("/havneby/coverage/", {"q": cast.unit.name})
    last = cast.hr.client.get("/havneby/coverage/coverage.csv", {"q": cast.unit.name})
    assert last.content.decode().splitlines()[-1].split(";")[0] == page.context["total_name"]
    assert page.context["total_name"] != "I alt"


@pytest.mark.parametrize(("language", "shown"), [("da", "1.234"), ("en", "1,234")])
def test_thousands_stand_apart(language: str, shown: str):
    with override(language):
        assert grouped(1234) == shown
        assert grouped("1234") == "1234"
