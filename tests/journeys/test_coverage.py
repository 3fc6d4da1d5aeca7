"""HR, a leader's leader and the committee see how far the talks are; by phone and plainly too."""

import io
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from musling.conversations.coverage.queries import PER_PAGE
from musling.people.models import Leadership
from musling.schedule import counting
from tests.browser import DESKTOP, PHONE
from tests.cast import LONG_AGO, Cast, make_cast, unit
from tests.conversations import stages
from tests.journeys.steps import Visitor, comes_in
from tests.web.staff_pages import employ

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A1")]
WAYS = pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)


@pytest.fixture
def town(transactional_db) -> Cast:
    """A talk agreed on, and more teams than a page shows."""
    cast = make_cast()
    stages.approved_talk(cast)
    for number in range(PER_PAGE + 2):
        team = unit(cast.havneby, f"t{number}", f"Team {number:02}", cast.unit)
        employ(cast, f"Navn{number}", "Prøve", unit=team)
    counting.count()
    return cast


def takes(visitor: Visitor, link: str) -> bytes:
    """The file behind a link."""
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(link).first.click()
    return Path(waiting.value.path()).read_bytes()


def kept(visitor: Visitor, name: str) -> None:
    """A picture to be looked at, where a folder is named for them."""
    if folder := os.environ.get("MUSLING_TEST_PICTURES"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@WAYS
def test_hr_opens_the_tree_turns_the_page_searches_and_takes_it_along(visit, town, size, scripts):
    hanne = comes_in(visit, town.hr, size, scripts)
    hanne.goes_to("/havneby/coverage/")
    assert "Hjemmeplejen" in hanne.reads()
    hanne.presses("main th a:has-text('Hjemmeplejen')")
    assert "Side 1 af 2" in hanne.reads()
    kept(hanne, f"coverage-{size[0]}-{scripts}")
    hanne.presses("main a[rel=next]")
    assert "Team 26" in hanne.reads()
    hanne.page.fill("[name=q]", "team 07")
    hanne.presses("main form button")
    assert hanne.page.locator("tbody th").all_inner_texts() == ["Team 07"]
    book = load_workbook(io.BytesIO(takes(hanne, "main a[href*=xlsx]")))
    assert [row[0] for row in book.active.values][1:-1] == ["Team 07"]
    hanne.goes_to("/havneby/coverage/")
    hanne.presses("main a:has-text('Året før')")
    assert "Hjemmeplejen" in hanne.reads()
    report = takes(hanne, "main a[href*=report]")
    assert "Andre små enheder" in PdfReader(io.BytesIO(report)).pages[0].extract_text()


@WAYS
def test_a_leaders_leader_finds_it_on_the_start_page(visit, town, size, scripts):
    christian = comes_in(visit, town.leaders_leader, size, scripts)
    christian.presses("main a:has-text('Dækning')")
    assert "Hjemmeplejen" in christian.reads()
    assert "Udvalgets" not in christian.page.locator("main .go").inner_text()
    # Who looks down from two places is asked from which.
    schools = unit(town.havneby, "9", "Skolerne")
    unit(town.havneby, "91", "Havneskolen", schools)
    Leadership.objects.create(
        organisation=town.havneby,
        unit=schools,
        employment=town.leaders_leader.employment,
        starts_on=LONG_AGO,
    )
    christian.goes_to("/havneby/coverage/")
    christian.presses("main a:has-text('Skolerne')")
    assert "Ingen ansat her" in christian.reads()


@WAYS
def test_the_committee_finds_the_report_on_the_start_page(visit, town, size, scripts):
    mogens = comes_in(visit, town.committee, size, scripts)
    report = takes(mogens, "main a[href*='report.pdf']")
    assert "Hele organisationen" in PdfReader(io.BytesIO(report)).pages[0].extract_text()
