"""The talk on two screens at once: each follows the other, and nobody's words are overwritten."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.cast import booked_talk, make_cast
from tests.conversations import stages
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True)]
SOON = 15_000  # milliseconds: one round of asking, and some


@pytest.fixture
def two(visit, transactional_db):
    """Mette on a phone and Lars at a desk, both logged in, with a talk that is booked."""
    cast = make_cast()
    talk = booked_talk(cast)
    mette = Visitor(visit(size=PHONE), cast.employee, looks_closely=False)
    lars = Visitor(visit(size=DESKTOP), cast.leader, looks_closely=False)
    for visitor in (mette, lars):
        visitor.logs_in()
    return cast, talk, mette, lars


def in_the_room(two, phase: str = "now"):
    """Both have the same phase of the open room before them; Mette writes."""
    cast, talk, mette, lars = two
    stages.agreed_frame(cast, talk)
    for visitor in (mette, lars):
        visitor.goes_to(f"/havneby/talks/{talk.public_id}/room/?phase={phase}")
    return mette.page, lars.page


@pytest.mark.row("C7")
def test_before_the_room_each_sees_the_other_and_both_come_in(two):
    _cast, talk, mette, lars = two
    for visitor in (mette, lars):
        visitor.goes_to(f"/havneby/talks/{talk.public_id}/room/")
    mette.page.fill("[name=expectation]", "At vi når at tale om weekenderne")
    mette.page.locator("[name=minute_taker]").first.check(force=True)
    expect(lars.page.locator("#theirs")).to_contain_text("weekenderne", timeout=SOON)
    expect(lars.page.locator("[name=minute_taker]").first).to_be_checked(timeout=SOON)
    lars.page.click("[name=agree]")
    expect(mette.page.locator("#news .mark.ok")).to_have_count(1, timeout=SOON)
    mette.page.click("[name=agree]")
    for visitor in (mette, lars):
        expect(visitor.page.locator(".phases")).to_be_visible(timeout=SOON)
    for visitor in (mette, lars):
        assert_accessible(visitor.page)


@pytest.mark.row("E8")
def test_what_one_writes_the_other_reads_a_moment_later(two):
    mette, lars = in_the_room(two)
    mette.fill('[name="text.wellbeing"]', "Vi prøver en fast makker")
    expect(lars.locator("#minutes-wellbeing")).to_have_text(
        "Vi prøver en fast makker", timeout=SOON
    )
    lars.click("[data-dialog]")
    lars.fill("dialog [name=what]", "Fast makker i weekenden")
    lars.fill("dialog [name=who]", "Lars")
    assert_accessible(lars)
    lars.click("dialog[open] .button-primary")
    expect(lars.locator("#agreed")).to_contain_text("Fast makker i weekenden")
    expect(mette.locator("#agreed")).to_contain_text("Fast makker i weekenden", timeout=SOON)


def test_news_never_touch_the_field_that_one_is_writing_in(two):
    cast, talk, *_people = two
    mette, _lars = in_the_room(two)
    field = mette.locator('[name="text.tasks"]')
    field.click()
    field.press_sequentially("Jeg er midt i ")
    stages.agree(cast, talk, "Noget nyt")
    expect(mette.locator("#agreed")).to_contain_text("Noget nyt", timeout=SOON)
    field.press_sequentially("en sætning")
    expect(field).to_be_focused()
    expect(field).to_have_value("Jeg er midt i en sætning")


def test_both_write_the_conclusion_and_both_texts_are_shown(two):
    cast, talk, _mette, lars = two
    mette_page, _lars_page = in_the_room(two, "ahead")
    lars.goes_to(f"/havneby/talks/{talk.public_id}/room/?phase=ahead&write=conclusion")
    mette_page.fill('[name="text.conclusion"]', "Mettes ord")
    saved(mette_page, "text.conclusion")
    lars.page.fill('[name="text.conclusion"]', "Lars' ord")
    dialog = lars.page.locator("dialog[data-clash]")
    expect(dialog).to_contain_text("Mettes ord", timeout=SOON)
    expect(dialog).to_contain_text("Lars' ord")
    dialog.locator("button[value=both]").click()
    saved(lars.page, "text.conclusion")
    stored = stages.section_of(cast, talk, "conclusion")
    assert "Mettes ord" in stored
    assert "Lars' ord" in stored


def saved(page: Page, name: str) -> None:
    """Waits until the form says that it is saved."""
    line = page.locator(f'.write:has([name="{name}"]) [data-save-state]')
    expect(line).to_contain_text("Gemt", timeout=SOON)


def test_the_network_drops_and_comes_back(two):
    cast, talk, *_people = two
    mette, lars = in_the_room(two)
    mette.context.set_offline(True)
    mette.fill('[name="text.wellbeing"]', "Skrevet uden net")
    mette.wait_for_timeout(1500)
    assert stages.section_of(cast, talk, "wellbeing") == ""
    mette.context.set_offline(False)
    expect(lars.locator("#minutes-wellbeing")).to_have_text("Skrevet uden net", timeout=2 * SOON)


def test_the_other_ends_the_talk_while_one_writes(two):
    cast, talk, _mette, lars = two
    page, _lars = in_the_room(two)
    page.fill('[name="text.wellbeing"]', "Sidste ord")
    lars.goes_to(f"/havneby/talks/{talk.public_id}/room/end/")
    lars.presses()
    expect(page.locator("#news .alert")).to_be_visible(timeout=SOON)
    expect(page.locator('[name="text.wellbeing"]')).to_have_value("Sidste ord")
    page.fill('[name="text.tasks"]', "Og et til")
    saved(page, "text.tasks")
    assert stages.section_of(cast, talk, "tasks") == "Og et til"


def test_the_form_asks_for_what_its_type_needs(two):
    mette, lars = in_the_room(two)
    for page in (mette, lars):
        page.click("[data-dialog]")
        expect(page.locator("dialog [name=due_on]")).to_be_visible()
        expect(page.locator("dialog [name=support]")).to_be_hidden()
        page.locator("dialog [value=focus_area]").check(force=True)
        expect(page.locator("dialog [name=due_on]")).to_be_hidden()
        expect(page.locator("dialog [name=support]")).to_be_visible()
        page.locator("dialog [value=initiative]").check(force=True)
        expect(page.locator("dialog [name=support]")).to_be_hidden()


def test_big_text_and_the_button_under_the_thumb(two):
    mette, _lars = in_the_room(two)
    before = mette.evaluate("getComputedStyle(document.documentElement).fontSize")
    mette.click(".room-line [data-big]")
    assert mette.evaluate("getComputedStyle(document.documentElement).fontSize") > before
    button = mette.locator(".agree-go .button-primary")
    expect(button).to_be_in_viewport()
    mette.locator('[name="text.wellbeing"]').focus()
    assert mette.evaluate(
        """() => {
            const box = document.activeElement.getBoundingClientRect();
            const bar = document.querySelector(".agree-go").getBoundingClientRect();
            return box.top < bar.top && box.top >= 0;
        }"""
    ), "the field that has the focus lies behind the bar"
